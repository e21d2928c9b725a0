"""What really happened to the people of one batch: asked of the database once for all of them, when first needed."""

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from memory.enums import EventType
from memory.mailings import EmailCampaign
from memory.past_events import events_of_leads, leads_among
from tools.automating.graph import Deed, Graph, MailAnswered, Where
from tools.automating.past import Event, condition_of

DEEDS: dict[Deed, EventType] = {
    "opened": EventType.OPENED,
    "clicked": EventType.CLICKED,
    "replied": EventType.REPLIED,
}


class BatchFacts:
    """The facts of some people on one version; `since` is when the first of them entered. `of` gives those of one."""

    def __init__(
        self,
        session: Session,
        graph: Graph,
        version_id: int,
        lead_ids: Sequence[int],
        since: datetime,
        now: datetime,
        zone: ZoneInfo,
    ) -> None:
        self._session = session
        self._graph = graph
        self._version_id = version_id
        self._leads = list(lead_ids)
        self._since = since
        self._local = now.astimezone(zone)
        self._events: dict[EventType, dict[int, list[Event]]] = {}
        self._holding: dict[str, set[int]] = {}

    def of(self, lead_id: int) -> "LeadFacts":
        return LeadFacts(self, lead_id)

    def events(self, type: EventType, lead_id: int) -> list[Event]:
        """The human events of one type of a lead since the first of the batch entered."""
        found = self._events.get(type)
        if found is None:
            found = self._events[type] = events_of_leads(self._session, self._leads, [type], self._since)
        return found.get(lead_id, [])

    def holds(self, where: Where, lead_id: int) -> bool:
        key = where.model_dump_json()
        found = self._holding.get(key)
        if found is None:
            condition = condition_of(self._session, where, self._local)
            found = leads_among(self._session, self._leads, condition) if condition is not None else set()
            self._holding[key] = found
        return lead_id in found

    @cached_property
    def mails(self) -> dict[str, int]:
        """The record of each step's mail."""
        rows = self._session.execute(
            select(EmailCampaign.workflow_node, EmailCampaign.id).where(
                EmailCampaign.workflow_version_id == self._version_id
            )
        )
        return {node: id for node, id in rows if node}

    def mail_asked(self, node: str | None) -> int | None:
        """The mailing whose opens count: that of a step, or (None) the one that the trigger names; None: any."""
        if node is not None:
            return self.mails.get(node)
        trigger = self._graph.trigger
        return trigger.mailing_id if isinstance(trigger, MailAnswered) else None


class LeadFacts:
    """The facts of one person (see tools.automating.advance.Facts)."""

    def __init__(self, batch: BatchFacts, lead_id: int) -> None:
        self._batch = batch
        self._lead_id = lead_id

    def answered(self, deed: Deed, node: str | None, since: datetime, until: datetime) -> datetime | None:
        wanted = self._batch.mail_asked(node)
        if node is not None and wanted is None:  # a text message: replies carry the step's name
            return self.happened(DEEDS[deed], node, since, until)
        return next(
            (
                at
                for at, _, _, mailing in self._batch.events(DEEDS[deed], self._lead_id)
                if (wanted is None or mailing == wanted) and since <= at <= until
            ),
            None,
        )

    def happened(self, event: EventType, name: str | None, since: datetime, until: datetime) -> datetime | None:
        folded = name.casefold() if name else None
        return next(
            (
                at
                for at, _, told, _ in self._batch.events(event, self._lead_id)
                if since <= at <= until and (folded is None or (told or "").casefold() == folded)
            ),
            None,
        )

    def holds(self, where: Where) -> bool:
        return self._batch.holds(where, self._lead_id)
