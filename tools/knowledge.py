"""The knowledge tools: articles and support tickets, what they say, and what customers complain about."""

from datetime import UTC

from memory.campaigns import Campaign, list_campaigns
from memory.enums import KnowledgeKind
from memory.index import FoundBy, Hit
from memory.index.full_text import query_words
from memory.knowledge import KnowledgeItem, article_titled, count_knowledge
from tools.campaigning.entry import outcome
from tools.core.context import Context
from tools.core.declare import tool
from tools.core.errors import BadInput, Conflict
from tools.core.kinds import Period, Prose, Query, Source, Title
from tools.knowing.cards import ArticleAdded, FoundPassage, ImportResult, SearchResult
from tools.knowing.complaints import pain_points
from tools.knowing.entry import LONGEST_TITLE, NewItem, store
from tools.knowing.importing import import_source
from tools.knowing.pain import PainPoints
from tools.words import UnclearWords, resolve_period

#: An item of at most this many characters is shown whole, a longer one by its best passage.
SHOWN_WHOLE = 800
MOST_HITS = 5
#: Where nothing fits a query: words of it that are tried one by one, and records shown as coming nearest.
MOST_WORDS = 8
MOST_NEAR = 2


@tool(effect="read", route="GET /knowledge/search", keeps_answer=True)
def search_knowledge(ctx: Context, query: Query, kind: KnowledgeKind | None = None) -> SearchResult:
    """Look something up in the articles, the support tickets and the past campaigns with their outcomes.

    Args:
        query: What to look for, as a question or in a few words.
        kind: Only articles, only tickets or only campaigns.
    """
    kinds = [kind.value] if kind else [each.value for each in KnowledgeKind]
    hits = ctx.index.search(ctx.session, query, kinds=kinds, limit=MOST_HITS)
    only_near = not hits
    if only_near:
        hits = _nearest(ctx, query, kinds)
    passages = (_passage(ctx, hit) for hit in hits)
    return SearchResult(
        query=query,
        kind=kind,
        hits=tuple(passage for passage in passages if passage is not None),
        only_near=only_near and bool(hits),
        stored=_stored(ctx, kind),
    )


@tool(effect="write", route="POST /knowledge/articles")
def add_knowledge_article(ctx: Context, title: Title, content: Prose) -> ArticleAdded:
    """Add an article to the knowledge base; it can be found at once.

    Args:
        title: What the article is called; no other article may have the title.
        content: The article's text.
    """
    title = " ".join(title.split())
    if len(title) > LONGEST_TITLE:
        raise BadInput(f"The title is {len(title)} characters long; use at most {LONGEST_TITLE}.", "title")
    taken = article_titled(ctx.session, title)
    if taken is not None:
        raise Conflict(
            f"There is already an article called “{taken.title}” (#{taken.id}). Give this one another title, such as "
            f"“{title} ({ctx.today.year})”."
        )
    item = NewItem(title=title, content=content.strip())
    (row,) = store(ctx.session, KnowledgeKind.ARTICLE, [item], ctx.now.astimezone(UTC))
    return ArticleAdded(id=row.id, title=row.title, characters=len(row.content))


@tool(effect="write", route="POST /knowledge/import")
def import_knowledge(ctx: Context, source: Source, kind: KnowledgeKind = KnowledgeKind.ARTICLE) -> ImportResult:
    """Import articles, support tickets or past campaigns from a file in the import folder.

    Reads Markdown, text, HTML, PDF and Word files (one item each), and tables (CSV, JSON, JSON lines: one item a row).
    Past campaigns come from a table with a column for each figure (spend, opens, clicks, leads, conversions, revenue).
    Rows that cannot be taken in are listed with the reason; what is stored already is left out.

    Args:
        source: The file's name, or the name of a folder with files, inside the import folder.
        kind: What the file holds: articles, tickets or past campaigns.
    """
    return import_source(ctx, source, kind)


@tool(effect="read", route="GET /knowledge/pain-points")
def find_pain_points(ctx: Context, period: Period | None = None) -> PainPoints:
    """Find what customers complain about most: support tickets grouped by what they are about, with quotes.

    Args:
        period: Only tickets of this period, in words ("last month"); without it, all tickets.
    """
    if period is None:
        return pain_points(ctx, None)
    try:
        days = resolve_period(period, ctx.now, country=ctx.country)
    except UnclearWords as error:
        raise BadInput(str(error), "period") from error
    return pain_points(ctx, days)


def _nearest(ctx: Context, query: str, kinds: list[str]) -> list[Hit]:
    """Records that hold a telling word of a query that nothing fits ("brewing temperature", and the text says degrees).

    A word that more than a few records hold tells nothing; a record must hold at least a third of the words.
    """
    words = query_words(query)[:MOST_WORDS]
    found: dict[tuple[str, int], list[Hit]] = {}
    for word in words:
        hits = ctx.index.search(ctx.session, word, kinds=kinds, limit=MOST_HITS + 1)
        by_word = [hit for hit in hits if hit.found_by != FoundBy.MEANING]
        for hit in by_word if len(by_word) <= MOST_HITS else []:
            found.setdefault((hit.kind, hit.record_id), []).append(hit)
    ranked = sorted(found.values(), key=lambda hits: (-len(hits), -hits[0].score))
    return [hits[0] for hits in ranked if len(hits) * 3 >= len(words)][:MOST_NEAR]


def _passage(ctx: Context, hit: Hit) -> FoundPassage | None:
    """The hit as it is shown; None for one whose record is gone."""
    if hit.kind == KnowledgeKind.CAMPAIGN:
        campaign = ctx.session.get(Campaign, hit.record_id)
        if campaign is None:
            return None
        came_of_it = outcome(ctx.session, campaign, ctx.currency)
        return FoundPassage(
            kind=KnowledgeKind.CAMPAIGN,
            id=campaign.id,
            title=campaign.name,
            passage=hit.excerpt,
            outcome=came_of_it,
            found_by=hit.found_by,
        )
    item = ctx.session.get(KnowledgeItem, hit.record_id)
    if item is None:
        return None
    whole = len(item.content) <= SHOWN_WHOLE
    return FoundPassage(
        kind=item.kind,
        id=item.id,
        title=item.title,
        passage=item.content if whole else hit.excerpt,
        day=item.happened_at.astimezone(ctx.clock.zone).date() if item.happened_at else None,
        found_by=hit.found_by,
    )


def _stored(ctx: Context, kind: KnowledgeKind | None) -> int:
    if kind == KnowledgeKind.CAMPAIGN:
        return len(list_campaigns(ctx.session))
    return count_knowledge(ctx.session, kind) + (len(list_campaigns(ctx.session)) if kind is None else 0)
