"""The night's jobs: each may be done again the same day and finds what it has done already."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from tools.nightly.digest import tell_digest
from tools.nightly.keeping import Keep, answered_turns, forget_old, silent_conversations
from tools.nightly.odd import tell_odd
from tools.nightly.outcomes import keep_outcomes
from tools.running.jobs import Job

if TYPE_CHECKING:
    from agent.hub import Hub

log = logging.getLogger(__name__)

#: When each is done, by the hub's clock (cron expressions): what is told in the morning comes last.
NIGHT: Mapping[str, str] = {
    "outcomes": "20 3 * * *",
    "forget": "40 3 * * *",
    "prune_checkpoints": "50 3 * * *",
    "check_index": "0 4 * * *",
    "anomalies": "30 5 * * *",
    "digest": "0 6 * * *",
}
#: How long the checkpoints of an answered turn are kept: nobody goes on with it, but one may look into a mistake.
CHECKPOINTS = timedelta(days=1)


def night_jobs(hub: "Hub") -> dict[str, Job]:
    """The night's jobs, by their names."""
    return {
        "outcomes": lambda: outcomes(hub),
        "forget": lambda: forget(hub),
        "prune_checkpoints": lambda: _void(prune_checkpoints(hub)),
        "check_index": lambda: check_index(hub),
        "anomalies": lambda: _void(tell_odd(hub.door)),
        "digest": lambda: digest(hub),
    }


def digest(hub: "Hub") -> None:
    """Tell the house what happened yesterday and what waits."""
    people = hub.settings.journey_setup(mail=hub.mail.server is not None and bool(hub.mail.sender_address)).people
    with hub.door.reading() as ctx, hub.database.session(write=True) as session:
        tell_digest(replace(ctx, session=session), people)


def outcomes(hub: "Hub") -> None:
    """Put what came of ended campaigns into the search index."""
    with hub.door.reading() as ctx, hub.database.session(write=True) as session:
        keep_outcomes(replace(ctx, session=session))


def forget(hub: "Hub") -> None:
    """Remove what is older than the settings allow."""
    settings = hub.settings
    keep = Keep(settings.keep_machine_events, settings.keep_paths, settings.keep_notices)
    removed = forget_old(hub.database, hub.door.clock, keep)
    if settings.keep_conversations:
        removed["conversations"] = forget_conversations(hub, settings.keep_conversations)
    log.info("forgotten: %s", removed)


def forget_conversations(hub: "Hub", days: int) -> int:
    """Remove conversations in which nobody has spoken for so many days; returns how many."""
    old = silent_conversations(hub.database, hub.door.clock, days)
    for conversation in old:
        hub.delete_conversation(conversation)
    return len(old)


def prune_checkpoints(hub: "Hub") -> int:
    """Remove the checkpoints of turns that were answered a day ago; returns of how many turns."""
    answered = answered_turns(hub.database, hub.door.clock, CHECKPOINTS)
    saver = hub._saver  # the hub's own store of checkpoints; each turn is a thread there
    threads = {str(one.config["configurable"]["thread_id"]) for one in saver.list(None)}
    for turn in sorted(threads & answered):
        saver.delete_thread(turn)
    return len(threads & answered)


def check_index(hub: "Hub") -> None:
    """Bring the search index up to date; one that is broken is built anew from the database."""
    health = hub.index.check()
    if health.problem is not None:
        log.warning("the search index is built anew: %s", health.problem)
        hub.index.rebuild()
    elif health.pending:
        hub.index.refresh()


def _void(_: object) -> None:
    """A job has no result."""
