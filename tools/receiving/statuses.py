"""A lead's status follows what the lead does, by these rules; never backwards, and never over what a person set to lost
unless the lead buys.

| event | status |
| --- | --- |
| replied, called, met; a click of a person | at least contacted |
| signed up, submitted a form, converted without a value | at least qualified |
| ordered, or converted with a value | customer |

A connected CRM table learns the change by `marketing-hub`'s import with `status=both`: see tools.importing.table_links.
"""

from sqlalchemy.orm import Session

from memory.enums import EventType, LeadStatus
from memory.events import LeadEvent
from memory.lead_changes import put_status
from memory.leads import Lead

RANK = (LeadStatus.NEW, LeadStatus.CONTACTED, LeadStatus.QUALIFIED, LeadStatus.CUSTOMER)
RULES: dict[EventType, LeadStatus] = {
    **dict.fromkeys((EventType.CLICKED, EventType.REPLIED, EventType.CALLED, EventType.MET), LeadStatus.CONTACTED),
    **dict.fromkeys((EventType.SIGNED_UP, EventType.SUBMITTED_FORM, EventType.CONVERTED), LeadStatus.QUALIFIED),
    EventType.ORDERED: LeadStatus.CUSTOMER,
}


def status_after(status: LeadStatus, type: EventType, value: float | None = None) -> LeadStatus:
    """The status of a lead after an event: the same, or a later one."""
    wanted = RULES.get(type)
    if type == EventType.CONVERTED and value:
        wanted = LeadStatus.CUSTOMER
    if wanted is None:
        return status
    if status == LeadStatus.LOST:
        return wanted if wanted == LeadStatus.CUSTOMER else status
    return wanted if RANK.index(wanted) > RANK.index(status) else status


def follow_event(session: Session, lead: Lead, event: LeadEvent) -> bool:
    """Bring the lead's status up to an event of its own; whether it changed. Machines change nothing."""
    if event.machine or event.imported:
        return False
    wanted = status_after(lead.status, event.type, event.value)
    by = f"{event.type.value} on {event.at:%Y-%m-%d}"
    return put_status(session, lead, wanted, event.at, by=by) is not None
