"""What people say for the values of the closed vocabularies: "on hold" is paused, "X" is twitter.

Keys are the enum's name in the catalogue; words are compared without case. The value itself always counts.
"""

Words = dict[str, tuple[str, ...]]

VOCABULARY: dict[str, Words] = {
    "campaign_type": {
        "email": ("e-mail", "mail", "newsletter"),
        "social": ("social media",),
        "ads": ("ad", "advertising", "paid", "ppc", "paid media"),
        "multi-channel": ("multichannel", "multi channel", "omnichannel", "cross-channel", "cross channel"),
    },
    "campaign_status": {
        "draft": ("drafts", "unfinished", "still in draft"),
        "active": (
            "running", "live", "ongoing", "resume", "resumed", "activate", "reactivate", "unpause", "restart", "continue", "wake up", "wake it up", "carry on",
            "start again", "back on", "switch on", "turn on", "go live",
        ),
        "paused": (
            "pause", "on hold", "hold", "freeze", "frozen", "halt", "suspend", "suspended", "on ice", "stop for now",
            "put a stop", "stop", "stopped", "switch off", "turn off",
        ),
        "completed": ("complete", "finished", "finish", "done", "ended", "over", "wrap up", "wrapped up", "closed", "close"),
    },
    "channel": {
        "email": ("e-mail", "emails", "e-mails", "mail", "mailing", "newsletter"),
        "social": ("social media", "socials", "social networks"),
        "ads": ("ad", "advertising", "paid ads", "adverts", "paid"),
        "sms": ("text message", "text messages", "texting"),
        "phone": ("call", "calls", "telephone", "phone calls"),
    },
    "platform": {
        "facebook": ("fb", "facbook", "facebok"),
        "linkedin": ("linked in", "li", "linkdin", "linkedn"),
        "twitter": ("x", "x.com", "tweet", "tweets", "twiter"),
        "instagram": ("insta", "ig", "gram", "instgram", "instagramm"),
        "tiktok": ("tik tok", "tiktoc"),
        "mastodon": ("toot", "toots"),
        "bluesky": ("blue sky", "bsky"),
    },
    "ad_platform": {
        "google": ("google ads", "adwords", "search ads", "search"),
        "facebook": ("fb", "meta"),
        "linkedin": ("linked in",),
        "twitter": ("x", "x.com"),
        "instagram": ("insta", "ig"),
        "tiktok": ("tik tok",),
    },
    "goal": {
        "lead_generation": ("lead generation", "leads", "lead gen", "leadgen", "new leads", "get leads", "more leads", "sign-ups", "signups"),
        "sales": ("sell", "selling", "revenue", "sell more", "more sales"),
        "brand_awareness": ("brand awareness", "awareness", "get known", "visibility", "reach"),
        "retention": ("retain", "keep customers", "loyalty", "repeat customers", "winning back", "win back"),
        "product_launch": ("product launch", "launch", "launching"),
        "event": ("events", "webinar", "trade fair", "conference"),
    },
    "email_status": {
        "draft": ("drafts", "unsent", "unfinished", "not sent", "not sent yet"),
        "scheduled": ("planned", "queued", "waiting to go out", "going out"),
        "sending": ("going out now", "being sent"),
        "paused": ("on hold", "held"),
        "sent": ("gone out", "delivered", "went out"),
        "cancelled": ("canceled", "called off", "withdrawn"),
    },
    "post_status": {
        "draft": ("drafts", "unpublished", "not published"),
        "scheduled": ("planned", "queued", "upcoming", "coming up", "lined up"),
        "published": ("posted", "live", "gone up", "went up", "put out"),
        "failed": ("failing", "did not go out", "broken"),
        "cancelled": ("canceled", "withdrawn", "called off"),
    },
    "workflow_status": {
        "draft": ("drafts", "unfinished"),
        "active": ("running", "live", "switched on", "turned on", "on"),
        "paused": ("on hold", "stopped", "switched off", "turned off", "off"),
    },
    "lead_status": {
        "new": ("fresh",),
        "contacted": ("reached out", "reached", "spoke to", "spoken to", "talked to", "called", "in touch"),
        "qualified": ("qualify", "sql", "mql", "hot"),
        "customer": ("customers", "client", "clients", "won", "bought", "converted", "buyer", "signed"),
        "lost": ("dead", "gone", "not interested", "closed lost", "no longer interested", "dropped out"),
    },
    "metric": {
        "leads": ("lead", "new leads", "sign-ups", "signups"),
        "conversions": ("conversion", "converted", "conversion rate"),
        "revenue": ("turnover", "sales", "income", "earnings", "money"),
        "opens": ("open", "open rate", "open rates", "opening rate"),
        "clicks": ("click", "click rate", "click rates", "ctr", "click-through", "click-throughs"),
        "unsubscribes": ("unsubscribe", "unsubscribed", "opt-outs", "opt outs", "unsubscriptions", "opt-out"),
        "engagement": ("interactions", "likes", "reactions"),
        "spend": ("spending", "costs", "cost", "ad spend", "expenses", "outlay"),
    },
    "attribution_model": {
        "first_touch": ("first touch", "first-touch", "first click", "first contact"),
        "last_touch": ("last touch", "last-touch", "last click", "last contact"),
        "linear": ("evenly", "equally", "even split"),
        "time_decay": ("time decay", "time-decay", "decay"),
        "position_based": ("position based", "position-based", "u-shaped", "u shaped", "40/20/40"),
    },
    "report_format": {"html": ("web page", "webpage"), "pdf": (), "markdown": ("md",)},
    "ab_element": {
        "subject": ("subject line", "subject lines", "subjects", "headline"),
        "content": ("body", "text", "copy", "button", "layout"),
        "send_time": ("send time", "sending time", "time of day", "timing", "send times"),
    },
    "ab_metric": {
        "opens": ("open rate", "opening rate", "open"),
        "clicks": ("click rate", "ctr", "click"),
        "conversions": ("conversion", "conversion rate", "orders", "sales"),
    },
    "ab_status": {
        "running": ("active", "live", "ongoing", "in progress"),
        "decided": ("finished", "done", "completed", "over", "won"),
        "stopped": ("cancelled", "canceled", "aborted"),
    },
    "template_kind": {
        "email": ("e-mail", "mail", "emails"),
        "sms": ("text message", "text messages", "texting"),
        "social": ("social media", "post", "posts"),
        "ad": ("ads", "advert", "adverts"),
        "call_script": ("call script", "call scripts", "phone script", "phone scripts", "call", "phone"),
    },
    "knowledge_kind": {
        "article": ("articles", "docs", "documents", "guides", "guidelines"),
        "ticket": ("tickets", "support tickets", "complaints", "support requests"),
        "campaign": ("campaigns", "past campaigns"),
    },
}

#: What stands for {channel} and {status} in example sentences.
CHANNEL_WORDS: tuple[str, ...] = ("email", "social", "ads", "sms", "phone")
STATUS_WORDS: tuple[str, ...] = ("draft", "active", "paused", "completed", "running", "on hold")
