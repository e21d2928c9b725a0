"""Which segments could serve a goal: patterns that marketers know and groups that the leads really form, each counted."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from memory.enums import LeadStatus
from memory.lead_lookup import count_by_status, tag_counts, value_counts
from memory.segments import list_segments
from tools.core.context import Context
from tools.leading.segments import SegmentIdea, SegmentSuggestions, read
from tools.segmenting import count_segment, in_words
from tools.show import shorten
from tools.writing.compose import Part, as_numbered, numbered, rows, write
from tools.writing.context import gathered

MOST = 5
#: So many are shown at least, where leads form them, even if nothing ties them to the goal.
FEWEST = 3
#: Words of a goal (their beginnings) that tell what it is after.
THEMES = {
    "winback": ("win", "back", "reactivat", "lapsed", "sleep", "inactive", "dormant", "lost", "churn", "return", "again"),
    "loyalty": ("loyal", "retention", "retain", "repeat", "vip", "best", "reward", "referral", "review", "club", "regular"),
    "upsell": ("sell", "upsell", "cross", "premium", "upgrade", "more sales", "revenue", "order", "offer", "sale", "buy", "book"),
    "first": ("first", "convert", "trial", "new", "lead", "acqui", "sign", "onboard", "welcome", "nurtur"),
    "launch": ("launch", "announce", "product", "event", "webinar", "invite", "invitation", "workshop", "course", "fair", "news"),
    "clean": ("clean", "delivera", "hygiene", "unengaged"),
}  # fmt: skip


@dataclass(frozen=True)
class _Pattern:
    name: str
    conditions: str
    why: str
    themes: tuple[str, ...]


PATTERNS = (
    _Pattern("Sleeping customers", "status is customer and last order older than 180 days",
             "They bought before and stopped: a reason to come back reaches people who know you.", ("winback",)),
    _Pattern("Customers about to drift off", "status is customer and last order older than 90 days and not last order older than 180 days",
             "Their last order is a while ago, but not long: a reminder now comes before they are gone.", ("winback", "loyalty")),
    _Pattern("Lost leads who still look", "status is lost and last activity in the last 90 days",
             "They said no, but still open, click or visit: worth one more try.", ("winback",)),
    _Pattern("Best customers", "status is customer and orders at least 5",
             "They order often: thank them, ask for a referral, show them new things first.", ("loyalty", "upsell", "launch")),
    _Pattern("One-time buyers", "orders is 1",
             "The second order is the step to a regular customer.", ("loyalty", "upsell")),
    _Pattern("Returning customers", "orders at least 2",
             "They came back by themselves: open for more and for something better.", ("upsell", "loyalty", "launch")),
    _Pattern("Interested, never ordered", "clicks at least 1 and orders is 0",
             "They clicked, so the subject interests them; the first order is what is missing.", ("first", "upsell", "launch")),
    _Pattern("Frequent visitors without an order", "visits at least 5 and orders is 0",
             "They keep coming back to the site: something holds them up.", ("first", "upsell")),
    _Pattern("Qualified leads", "status is qualified",
             "Somebody found them fit to buy: they are nearest to a first order.", ("first", "upsell")),
    _Pattern("New leads", "status is new",
             "Nobody has written to them yet: they should hear who you are.", ("first",)),
    _Pattern("Active readers", "opened an email in the last 30 days",
             "They read what you send, so news reaches them.", ("launch", "upsell", "loyalty")),
    _Pattern("Newsletter subscribers", "consent is newsletter",
             "They agreed to get news from you.", ("launch", "upsell")),
    _Pattern("Silent subscribers", "consent is newsletter and not opened an email in the last 180 days",
             "They agreed to the newsletter but do not open it: ask whether they want to stay, else let them go.", ("clean", "winback")),
)  # fmt: skip


def suggest(ctx: Context, goal: str) -> SegmentSuggestions:
    """The segments that serve `goal` best, counted now; nothing is stored."""
    in_all = sum(count_by_status(ctx.session).values())
    goal = shorten(goal, 200)
    if not in_all:
        return SegmentSuggestions(goal=goal, ideas=(), in_all=0)
    ideas = _chosen(ctx, goal)
    if not ideas:
        return SegmentSuggestions(goal=goal, ideas=(), in_all=in_all)
    told = "; ".join(f"{place}. {one.name}: {one.conditions}" for place, one in enumerate(ideas, 1))
    piece = write(
        ctx,
        "These segments of contacts were chosen for the goal.\n"
        "- why: for each, in their order, one sentence of at most 25 words that says why it serves the goal, and with what "
        "message\nUse no numbers that are not in the facts.",
        {"Goal": goal, "Segments": told},
        gathered(ctx, goal, "email", public=False),
        numbered(len(ideas), Part("why", 180)),
        lambda: as_numbered(("why",), [(one.why,) for one in ideas]),
        signer="Your team",
        public=False,
    )
    reasons = rows(piece.texts, len(ideas), "why")
    ideas = [one.model_copy(update={"why": why or one.why}) for one, (why,) in zip(ideas, reasons, strict=True)]
    return SegmentSuggestions(
        goal=goal,
        ideas=tuple(ideas),
        in_all=in_all,
        ai_generated=piece.ai_generated,
        note=piece.note,
        sources=piece.sources,
        learned=piece.learned,
    )


def _chosen(ctx: Context, goal: str) -> list[SegmentIdea]:
    """Those that fit the goal's themes, then the larger ones; only such as hold somebody, but not everybody."""
    said = goal.casefold()
    wanted = {theme for theme, starts in THEMES.items() if any(re.search(rf"\b{start}", said) for start in starts)}
    taken = {one.conditions for one in list_segments(ctx.session)}
    found: list[tuple[int, int, SegmentIdea]] = []
    for pattern in (*_named(ctx, said), *PATTERNS):
        tree = read(ctx, pattern.conditions)
        words = in_words(tree)
        amount = count_segment(ctx.session, tree, ctx.now) if words not in taken else 0
        if amount:
            fit = 3 if "named" in pattern.themes else len(wanted & set(pattern.themes))
            found.append((fit, amount, SegmentIdea(name=pattern.name, conditions=words, leads=amount, why=pattern.why)))
            taken.add(words)
    found.sort(key=lambda one: (-one[0], -one[1]))
    fitting = sum(fit > 0 for fit, _, _ in found)
    return [idea for _, _, idea in found[: min(MOST, max(fitting, FEWEST))]]


def _named(ctx: Context, said: str) -> Iterator[_Pattern]:
    """Groups that the leads form and the goal names: a tag, a city, a source; and the customers of the largest city."""
    for tag, _ in tag_counts(ctx.session):
        if re.search(rf"\b{re.escape(tag)}s?\b", said):
            yield _Pattern(
                f"Tagged {tag}", f"tag is “{tag}”", f"They carry the tag {tag}, which the goal names.", ("named",)
            )
    for field in ("city", "source"):
        for value, _ in value_counts(ctx.session, field):
            if len(value) > 2 and "”" not in value and re.search(rf"\b{re.escape(value.casefold())}s?\b", said):
                yield _Pattern(
                    f"{value} leads",
                    f"{field} is “{value}”",
                    f"Their {field} is {value}, which the goal names.",
                    ("named",),
                )
    cities = value_counts(ctx.session, "city", limit=1)
    if cities and count_by_status(ctx.session).get(LeadStatus.CUSTOMER) and "”" not in cities[0][0]:
        city = cities[0][0]
        why = f"Most of your leads with a known city are in {city}: local offers and events reach them."
        yield _Pattern(f"Customers in {city}", f"status is customer and city is “{city}”", why, ("loyalty", "launch"))
