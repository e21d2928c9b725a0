"""The context of a draft, gathered in one place: the house, past results of the same kind, articles, complaints."""

from collections.abc import Sequence
from typing import Literal

from memory.enums import CampaignType, Goal, Platform
from tools.core.context import Context
from tools.core.result import PastResult, Source
from tools.knowing.complaints import pain_points
from tools.show import count, shorten
from tools.writing.background import (
    ARTICLE,
    FACT_LENGTH,
    TICKET,
    Background,
    as_background,
    house,
    knowledge,
    similar_campaigns,
)
from tools.writing.context_records import past_mailings, past_posts
from tools.writing.context_results import MOST, in_words, outcome_line

Medium = Literal["email", "social", "other"]
#: Of complaints a text for the public may know the subject, never what a customer wrote.
COMPLAINTS = "Customers had trouble with"
RESULTS = "Past results like this"


def gathered(
    ctx: Context,
    about: str,
    medium: Medium = "other",
    *,
    public: bool = True,
    platform: Platform | None = None,
    besides: int | None = None,
    besides_mailing: int | None = None,
    type: CampaignType | None = None,
    goal: Goal | None = None,
    campaigns: int = 1,
    articles: int = 1,
    quotes: int = 0,
    opens_first: bool = False,
    more: Sequence[PastResult] = (),
) -> Background:
    """What a writer is to know of `about`, and where it comes from.

    Past results are campaigns, and mailings or posts by the medium; `more` are those that the caller found. `quotes` is how
    many tickets are quoted (for texts of the house itself); the subject of complaints is told at any rate.
    """
    past = similar_campaigns(ctx, about, besides=besides, type=type, goal=goal, limit=MOST)
    # No public text may name its own campaign's figures; but what its mailings came to teaches the next one.
    own = {besides} if besides is not None else set()
    found: tuple[PastResult, ...] = tuple(more)
    if medium == "email":
        mine = own | {one.campaign.id for one in past}
        found += past_mailings(ctx, about, campaigns=mine, besides=besides_mailing, opens_first=opens_first)
    elif medium == "social":
        found += past_posts(ctx, about, platform)
    results = _as_background(found, public)
    return (
        house(ctx)
        # The writer reads of the best, the person hears how many there were.
        + as_background(past[:campaigns], ctx.currency)
        + Background(past=tuple(one.result for one in past[campaigns:] if one.result.outcomes))
        + results
        + knowledge(ctx, about, (ARTICLE,), limit=articles)
        + (knowledge(ctx, about, (TICKET,), limit=quotes) if quotes else Background())
        + complaints(ctx, about)
    )


def complaints(ctx: Context, about: str) -> Background:
    """The subject of complaints (two tickets at least) that has to do with `about`, if there is one: its words only."""
    if not about.strip():
        return Background()
    hits = [hit.record_id for hit in ctx.index.search(ctx.session, about, [TICKET], limit=3)]
    if not hits:
        return Background()
    for point in pain_points(ctx, None).pain_points:
        near = [ticket for ticket in hits if ticket in point.tickets]
        if near:
            used = f"{count(point.count, 'ticket')} about {point.label}"
            quote = next((one for one in point.quotes if one.ticket in near), point.quotes[0])
            source = Source(noun=TICKET, id=quote.ticket, name=quote.title, used=used)
            return Background(((COMPLAINTS, shorten(point.label, 80)),), (source,))
    return Background()


def _as_background(found: Sequence[PastResult], public: bool) -> Background:
    if not found:
        return Background()
    told = in_words(found) if public else "; ".join(f"“{one.name}”: {outcome_line(one)}" for one in found[:2])
    facts = ((RESULTS, shorten(told, FACT_LENGTH)),) if told else ()
    sources = tuple(
        Source(noun=one.noun, id=one.id, name=one.name, used=outcome_line(one)) for one in found if one.outcomes
    )
    return Background(facts, sources, past=tuple(found))
