"""The lead tools: the record itself, importing, segments, and how promising a lead is."""

from sqlalchemy import ColumnElement

from memory.enums import LeadStatus
from memory.lead_changes import new_lead, put_status
from memory.lead_lookup import count_leads, holds_query, lead_with_email, page_and_count, page_of_leads
from memory.lead_sources import table_of_lead
from memory.leads import Lead
from memory.segments import Segment, segment_named
from memory.segments import list_segments as stored_segments
from tools.core.context import Context, Page
from tools.core.declare import tool
from tools.core.errors import BadInput, Conflict, Missing
from tools.core.kinds import (
    Aim,
    Company,
    Conditions,
    Count,
    EmailAddress,
    LeadRef,
    Name,
    PersonName,
    Query,
    SegmentRef,
    Source,
)
from tools.importing.cards import LeadImport
from tools.importing.importing import import_source
from tools.leading.cards import (
    LeadAdded,
    LeadCard,
    LeadDetails,
    LeadList,
    LeadStatusChanged,
    card_fields,
    cards_fields,
    consent_infos,
    event_infos,
)
from tools.leading.checks import check_email, check_length
from tools.leading.entry import HubLookup, the_lead, the_segment
from tools.leading.scores import LeadRanking, LeadScore, scores_of
from tools.leading.segments import (
    SegmentCard,
    SegmentCreated,
    SegmentList,
    SegmentSuggestions,
    read,
    segment_fields,
    undated_note,
)
from tools.leading.suggestions import suggest
from tools.quoting import inert
from tools.scoring.ranking import best_leads, temperatures
from tools.segmenting import UnclearConditions, condition, in_words, load_tree, read_conditions, store_tree
from tools.show import words

LONGEST_NAME = 200
MOST_RANKED = 1_000
SHOWN = 100


@tool(effect="write", route="POST /leads/create")
def add_lead(
    ctx: Context,
    email: EmailAddress,
    name: PersonName | None = None,
    company: Company | None = None,
    source: Source | None = None,
) -> LeadAdded:
    """Add a person as a new lead.

    Args:
        email: The address; no other lead may have it.
        name: The person's name.
        company: The company the person works for.
        source: Where the lead came from, such as webinar, referral or trade fair.
    """
    email = check_email(email)
    known = lead_with_email(ctx.session, email)
    if known is not None:
        called = f" ({inert(known.name)}, #{known.id})" if known.name else f" (#{known.id})"
        raise Conflict(f"There is a lead with the address {inert(email)} already{called}. Nothing was changed.")
    lead = new_lead(
        ctx.session,
        email,
        ctx.now,
        name=check_length(name, "name", LONGEST_NAME),
        company=check_length(company, "company", 200),
        source=check_length(source, "source", 100),
    )
    return LeadAdded(**card_fields(ctx, lead))


@tool(effect="read", route="GET /leads/list", pages=True)
def list_leads(
    ctx: Context, query: Query | None = None, status: LeadStatus | None = None, segment: SegmentRef | None = None
) -> LeadList:
    """List leads, the newest first; with filters, those that fit all of them.

    Args:
        query: Words that stand in the lead's name, address, company, city, source or tags; or conditions such as “tag is vip”.
        status: Only leads with this status.
        segment: Only leads that are in this segment now, by its id or name.
    """
    conditions, filters = _filters(ctx, status, segment)
    if query:
        found, said = _query(ctx, query)
        conditions.append(found)
        filters.append(said)
    page = ctx.page or Page(limit=SHOWN)
    if query:
        leads, total = page_and_count(ctx.session, *conditions, limit=page.limit, offset=page.offset)
    else:
        leads = page_of_leads(ctx.session, *conditions, limit=page.limit, offset=page.offset)
        total = count_leads(ctx.session, *conditions)
    return LeadList(
        leads=tuple(LeadCard(**fields) for fields in cards_fields(ctx, list(leads))),
        total=total,
        in_all=count_leads(ctx.session),
        filters=" ".join(filters),
    )


@tool(effect="read", route="GET /leads/{lead}")
def get_lead(ctx: Context, lead: LeadRef) -> LeadDetails:
    """Show one lead with contact data, tags, consents and the last events.

    Args:
        lead: The lead, by id, address, (part of) the name, or company.
    """
    found = the_lead(ctx, lead)
    return LeadDetails(**card_fields(ctx, found), consents=consent_infos(ctx, found), events=event_infos(ctx, found))


@tool(effect="write", route="PATCH /leads/{lead}")
def update_lead_status(ctx: Context, lead: LeadRef, status: LeadStatus) -> LeadStatusChanged:
    """Give a lead another status.

    Args:
        lead: The lead, by id, address, (part of) the name, or company.
        status: The new status.
    """
    found = the_lead(ctx, lead)
    before = put_status(ctx.session, found, status, ctx.now, by=ctx.asker.name)
    return LeadStatusChanged(
        **card_fields(ctx, found),
        before=before,
        waits_for=table_of_lead(ctx.session, found.id) if before is not None else None,
    )


@tool(effect="read", route="POST /analyze-lead")
def analyze_lead(ctx: Context, lead: LeadRef) -> LeadScore:
    """Score one lead from 0 to 100 from its behaviour, recency and fit, with every reason and the next step.

    The points are fixed rules (explicit and implicit scoring with recency; see tools.scoring.rules for the weights and
    their sources); a likelihood is told only where it could be learned from enough own leads.

    Args:
        lead: The lead, by id, address, (part of) the name, or company.
    """
    return scores_of(ctx, [the_lead(ctx, lead)])[0]


@tool(effect="read", route="POST /analyze-batch")
def analyze_lead_batch(
    ctx: Context, status: LeadStatus | None = None, segment: SegmentRef | None = None, limit: Count = 50
) -> LeadRanking:
    """Score all leads that fit and rank them, the most promising first.

    Args:
        status: Only leads with this status.
        segment: Only leads that are in this segment now, by its id or name.
        limit: How many of the best are shown, 1 to 1000.
    """
    if not 1 <= limit <= MOST_RANKED:
        raise BadInput(f"The limit must be 1 to {MOST_RANKED:,}; {limit:,} is not.", "limit")
    conditions, filters = _filters(ctx, status, segment)
    amounts = temperatures(ctx.session, conditions, ctx.now)
    best = best_leads(ctx.session, conditions, ctx.now, limit)
    return LeadRanking(
        leads=tuple(scores_of(ctx, best)),
        total=sum(amounts.values()),
        hot=amounts["hot"],
        warm=amounts["warm"],
        cold=amounts["cold"],
        filters=" ".join(filters),
    )


@tool(effect="write", route="POST /leads/import")
def import_leads(ctx: Context, source: Source) -> LeadImport:
    """Import leads from a CSV file in the import folder, or from a table of another PostgreSQL database (Supabase too).

    Columns are matched to fields by their names and contents, and the match is shown. Leads that are known already are
    brought up to date; rows that cannot be read are listed. From a database, later imports read only what is new;
    a “status=both” in the address writes statuses that were changed here back to the table.

    Args:
        source: The file's name, or an address such as postgres://user:password@host/database?table=contacts.
    """
    return import_source(ctx, source)


@tool(effect="write", route="POST /segments/create")
def create_segment(ctx: Context, name: Name, conditions: Conditions) -> SegmentCreated:
    """Create a segment: a named group of the leads that fulfil conditions, looked up anew whenever it is used.

    Args:
        name: What the segment is called; no other segment may have the name.
        conditions: Who is in it, such as “status is customer and city is Berlin” or “opened an email in the last 30 days”.
    """
    name = check_length(name, "name", LONGEST_NAME) or ""
    if not name:
        raise Missing("What shall the segment be called?", ["name"])
    if segment_named(ctx.session, name) is not None:
        raise BadInput(f"There is a segment called “{inert(name)}” already. Please choose another name.", "name")
    tree = read(ctx, conditions)
    segment = Segment(
        name=name, conditions=in_words(tree), tree=store_tree(tree), created_at=ctx.now, updated_at=ctx.now
    )
    ctx.session.add(segment)
    ctx.session.flush()
    fields = segment_fields(ctx, segment, count_leads(ctx.session))
    return SegmentCreated.model_validate({**fields, "note": undated_note(ctx, tree)})


@tool(effect="read", route="GET /segments/list")
def list_segments(ctx: Context) -> SegmentList:
    """List all segments with their conditions and how many leads are in each now."""
    in_all = count_leads(ctx.session)
    found = stored_segments(ctx.session)
    return SegmentList(segments=tuple(SegmentCard.model_validate(segment_fields(ctx, one, in_all)) for one in found))


@tool(effect="read", route="POST /segments/suggest")
def suggest_segments(ctx: Context, goal: Aim) -> SegmentSuggestions:
    """Suggest segments that serve a goal, each with its conditions and counted size.

    Args:
        goal: What is to be achieved, in words.
    """
    return suggest(ctx, goal)


def _filters(
    ctx: Context, status: LeadStatus | None, segment: str | None
) -> tuple[list[ColumnElement[bool]], list[str]]:
    """Status and segment as conditions, and in words."""
    conditions: list[ColumnElement[bool]] = []
    filters = []
    if status:
        conditions.append(Lead.status == status)
        filters.append(f"with status {words(status)}")
    if segment:
        found = the_segment(ctx, segment)
        conditions.append(condition(load_tree(found.tree), ctx.now))
        filters.append(f"in the segment {inert(found.name)}")
    return conditions, filters


def _query(ctx: Context, query: str) -> tuple[ColumnElement[bool], str]:
    """A query as words to look for; where they stand nowhere but can be read as conditions, as those."""
    plain = holds_query(query)
    if count_leads(ctx.session, plain) == 0:
        try:
            tree = read_conditions(query, ctx.now, HubLookup(ctx))
        except UnclearConditions:
            pass
        else:
            return condition(tree, ctx.now), f"where {inert(in_words(tree))}"
    return plain, f"matching “{inert(query)}”"
