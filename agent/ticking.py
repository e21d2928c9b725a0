"""The ticks: everything that looks for due rows and carries them out; in the worker, or in a process of their own.

python -m agent.ticking        # what `agent.apart` starts: reads the settings from its input, ends when that closes
"""

import json
import logging
import os
import signal
import socket
import sys
import uuid
from contextlib import suppress
from typing import TYPE_CHECKING

from agent.settling import settle
from tools.delivering.sender import Sender
from tools.experimenting.running import Experiments
from tools.journeys.calling import Caller
from tools.journeys.engine import Journeys
from tools.publishing.publisher import Publisher
from tools.receiving.recording import Recorder
from tools.running.ticks import Tick, Ticker

if TYPE_CHECKING:
    from agent.house import House
    from tools.journeys.house import JourneySetup

log = logging.getLogger(__name__)

#: Seconds between two looks for mail that is due.
MAIL_EVERY = 1.0
#: Seconds between two looks for clicks and opens to judge.
HITS_EVERY = 2.0
#: Seconds between two looks at workflows, and at calls and mails to the house that wait.
JOURNEYS_EVERY = 1.0
#: Seconds between two looks for posts that are due.
POSTS_EVERY = 5.0
#: Seconds between two looks at A/B tests that run.
EXPERIMENTS_EVERY = 30.0
#: How much a process of their own gives way to whoever waits for a page or an answer (Unix; 19 would be the most).
NICE = 10


def ticks_of(house: "House", worker: str) -> list[Tick]:
    """All ticks, composed here; each kind of work has its own."""
    from agent.accounts import publish_setup_of

    setup, clock = journey_setup_of(house), house.door.clock
    sender = Sender(house.database, house.mail, clock, worker)
    recorder = Recorder(house.database, clock)
    journeys = Journeys(house.database, clock, setup)
    caller = Caller(house.database, clock, setup, house.mail, worker)
    publisher = Publisher(house.database, publish_setup_of(house), clock, worker)
    return [
        Tick("mail", MAIL_EVERY, sender.work, sender.close),
        Tick("hits", HITS_EVERY, recorder.run),
        Tick("journeys", JOURNEYS_EVERY, journeys.work),
        Tick("calls", JOURNEYS_EVERY, caller.work, caller.close),
        Tick("posts", POSTS_EVERY, publisher.work, publisher.close),
        Tick("experiments", EXPERIMENTS_EVERY, Experiments(house.database, house.door.reading).work),
    ]


def journey_setup_of(house: "House") -> "JourneySetup":
    """What running workflows needs to know of the house."""
    return house.settings.journey_setup(mail=house.mail.server is not None and bool(house.mail.sender_address))


def worker_id() -> str:
    """A name that no other worker has, and that tells where it runs."""
    return f"{socket.gethostname()[:20]}-{os.getpid()}-{uuid.uuid4().hex[:12]}"


def main() -> None:
    """Tick until the input closes, which it does when whoever started this process ends it or has died."""
    from agent.house import House
    from agent.settings import Settings

    for number in (signal.SIGINT, signal.SIGTERM):  # a terminal's Ctrl-C is the parent's to handle; it closes the input
        signal.signal(number, signal.SIG_IGN)
    asked = json.loads(sys.stdin.buffer.readline())
    with suppress(AttributeError, OSError):  # not on Windows; not where it is forbidden
        os.nice(NICE)
    house = House(Settings(**asked))
    ticker = Ticker(ticks_of(house, worker_id()))
    settle()
    ticker.start()
    sys.stdin.buffer.read()
    ticker.stop()
    house.close()


if __name__ == "__main__":
    main()
