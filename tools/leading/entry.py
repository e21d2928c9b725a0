"""How leads and segments are found by what people call them."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from memory.lead_lookup import leads_named
from memory.leads import Lead
from memory.segments import Segment, list_segments
from tools.core.context import Context
from tools.core.errors import NotFound
from tools.core.records import NOUNS, Noun, RecordName, numbered, register, resolve
from tools.segmenting.lookup import StoredLookup

LEAD = "lead"
SEGMENT = "segment"


def lead_name(lead: Lead) -> str:
    """What a lead is called: the name, else the address."""
    return lead.name or lead.email


def lead_names(session: Session, text: str | None) -> Sequence[RecordName]:
    """The leads that `text` could name, each with address and company."""
    return [
        RecordName(LEAD, lead.id, lead_name(lead), tuple(alias for alias in (lead.email, lead.company) if alias))
        for lead in leads_named(session, text)
    ]


def segment_names(session: Session, text: str | None) -> Sequence[RecordName]:
    """Every segment, with its conditions."""
    return [RecordName(SEGMENT, one.id, one.name, (one.conditions,)) for one in list_segments(session)]


def the_lead(ctx: Context, lead: str) -> Lead:
    """The lead that `lead` names. Raises NotFound or Ambiguous, with candidates."""
    known = numbered(ctx, Lead, lead)
    return known or ctx.session.get_one(Lead, resolve(ctx, LEAD, lead, "lead").id)


def the_segment(ctx: Context, segment: str) -> Segment:
    """The segment that `segment` names. Raises NotFound or Ambiguous, with candidates."""
    return ctx.session.get_one(Segment, resolve(ctx, SEGMENT, segment, "segment").id)


class HubLookup(StoredLookup):
    """Tells words of conditions apart by the stored leads and mailings."""

    def __init__(self, ctx: Context) -> None:
        super().__init__(ctx.session)
        self.ctx = ctx

    def mailing(self, name: str) -> tuple[int, str] | None:
        if "email_campaign" not in NOUNS:
            return None
        try:
            found = resolve(self.ctx, "email_campaign", name, "conditions")
        except NotFound:
            return None
        return found.id, found.name


register(Noun(LEAD, "lead", "leads", ("lead", "leads", "contact", "contacts"), lead_names))
register(Noun(SEGMENT, "segment", "segments", ("segment", "segments", "audience", "group", "list"), segment_names))
