"""What is written for short on a phone, and the words that are meant."""

#: Lower-case forms; none of them is an English word that could be meant as such where it stands between words.
SHORTHAND: dict[str, str] = {
    # people and verbs
    "u": "you", "ur": "your", "r": "are", "ya": "you", "yall": "you all", "wat": "what", "wht": "what", "wats": "what's", "whats": "what's",
    "wheres": "where's", "hows": "how's", "whos": "who's", "thats": "that's", "im": "I'm", "ive": "I've", "theyre": "they're",
    "youre": "you're", "dont": "don't", "doesnt": "doesn't", "didnt": "didn't", "cant": "can't", "wont": "won't",
    "isnt": "isn't", "arent": "aren't", "wasnt": "wasn't", "shouldnt": "shouldn't", "couldnt": "couldn't",
    "wanna": "want to", "wana": "want to", "gonna": "going to", "gotta": "got to", "gimme": "give me", "lemme": "let me", "wannna": "want to",
    "shud": "should", "shld": "should", "shoud": "should", "wud": "would", "wd": "would", "wld": "would", "cud": "could", "cld": "could", "cn": "can",
    "hav": "have", "hv": "have", "giv": "give", "mak": "make", "tel": "tell", "wich": "which", "whch": "which", "wen": "when",
    "thru": "through", "tho": "though", "cos": "because", "coz": "because", "cuz": "because", "bcoz": "because",
    "ppl": "people", "sm1": "someone", "some1": "someone", "any1": "anyone", "evry1": "everyone", "every1": "everyone", "no1": "no one",
    "evry": "every", "evryone": "everyone", "evrybody": "everybody", "evrything": "everything", "sumthing": "something", "smth": "something", "sth": "something",
    "n": "and", "nd": "and", "adn": "and", "w": "with", "wth": "with", "wiht": "with", "abt": "about", "bout": "about",
    "tht": "that", "taht": "that", "ths": "this", "thsi": "this", "teh": "the", "hte": "the", "thier": "their", "fr": "for", "frm": "from",
    "b4": "before", "bfore": "before", "aftr": "after", "jus": "just", "jst": "just", "gud": "good", "alot": "a lot", "rly": "really", "tbh": "to be honest",
    "pls": "please", "plz": "please", "plse": "please", "pleas": "please", "thx": "thanks", "thnx": "thanks", "tnx": "thanks", "thanx": "thanks", "ty": "thanks",
    "rite": "write", "abut": "about", "gona": "going to", "pleaze": "please", "kno": "know",
    # the calendar
    "wk": "week", "wks": "weeks", "wkly": "weekly", "wkend": "weekend", "wknd": "weekend", "wkends": "weekends", "nxt": "next", "nex": "next", "lst": "last", "prev": "previous",
    "tmrw": "tomorrow", "tmr": "tomorrow", "tmw": "tomorrow", "tmrow": "tomorrow", "tomo": "tomorrow", "tomoz": "tomorrow", "2moro": "tomorrow", "2morrow": "tomorrow", "2mrw": "tomorrow",
    "2day": "today", "2nite": "tonight", "tonite": "tonight", "yday": "yesterday", "ystrday": "yesterday", "mnth": "month", "mnths": "months", "mth": "month", "mths": "months",
        "mins": "minutes", "morn": "morning", "midnite": "midnight",
    "til": "until", "untill": "until", "thur": "thursday", "thurs": "thursday", "tues": "tuesday", "weds": "wednesday",
    # the trade
    "msg": "message", "msgs": "messages", "txt": "text", "txts": "texts", "fone": "phone", "fon": "phone", "pic": "picture", "pics": "pictures",
    "budgt": "budget", "bdgt": "budget", "bugdet": "budget", "cmpgn": "campaign", "campain": "campaign", "campains": "campaigns", "campagne": "campaign",
    "emai": "email", "emial": "email", "maling": "mailing", "newsltr": "newsletter", "nl": "newsletter",  "sched": "schedule", "schedul": "schedule", "shedule": "schedule",
    "perf": "performance", "pawse": "pause", "opend": "opened", "meny": "many", "templ": "template", "tmpl": "template", "seg": "segment", "segs": "segments", "cust": "customer", "custs": "customers",
    "edm": "mailing", "edms": "mailings", "sl": "subject line", "sls": "subject lines", "biz": "business", "prognose": "forecast",
    "acct": "account", "addr": "address", "wf": "workflow", "kb": "knowledge base", "fb": "facebook",
}  # fmt: skip
