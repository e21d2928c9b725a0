"""Jobs that fetch what comes in: the mailbox of bounces and complaints, and the connected table, both ways."""

import logging
from typing import TYPE_CHECKING

from tools.core.context import Asker, Context
from tools.core.errors import HubError
from tools.importing.other_database import import_table
from tools.receiving.mailbox import MailboxTrouble, mailbox_of
from tools.receiving.returning import poll_mailbox
from tools.receiving.tracking import LinkReader
from tools.running.jobs import Job

if TYPE_CHECKING:
    from agent.hub import Hub

log = logging.getLogger(__name__)

#: When they are done, by the hub's clock (cron expressions).
INCOMING = {"mailbox": "*/5 * * * *", "connected_table": "*/15 * * * *"}


def incoming_jobs(hub: "Hub") -> dict[str, Job]:
    """The jobs; each does nothing where its setting is not set."""
    return {"mailbox": lambda: read_mailbox(hub), "connected_table": lambda: sync_table(hub)}


def read_mailbox(hub: "Hub") -> None:
    """Read the bounces and complaints that came since last time. What is wrong with the mailbox, doctor tells, too."""
    if hub.settings.bounce_mailbox_url is None:
        return
    links = LinkReader(hub.database, hub.door.clock, hub.mail.public_url).links()
    try:
        new = poll_mailbox(hub.database, mailbox_of(hub.settings.bounce_mailbox_url), links, hub.door.clock)
    except MailboxTrouble as trouble:
        log.warning("The mailbox of bounces could not be read: %s", trouble)
        return
    if new:
        log.info("%d new reports of bounces and complaints", new)


def sync_table(hub: "Hub") -> None:
    """Take what changed in the connected table, and tell it the statuses that changed here."""
    if hub.settings.crm_url is None:
        return
    try:
        with hub.database.session(write=True) as session:
            import_table(_context(hub, session), hub.settings.crm_url)
    except HubError as error:
        log.warning("The connected table could not be kept in step: %s", error.sentence)


def _context(hub: "Hub", session: object) -> Context:
    return Context(
        session=session,  # type: ignore[arg-type]
        clock=hub.door.clock,
        asker=Asker("the worker", "job", may_approve=False),
        index=hub.index,
        currency=hub.settings.currency,
        country=hub.settings.country,
    )
