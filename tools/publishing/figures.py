"""What came of published posts: their platforms are asked, and what is new is recorded on the day it was seen.

Platforms tell totals; `memory.metrics` sums figures. So the difference to what is recorded already is added (also a
negative one: somebody took a like back).
"""

import logging
from datetime import UTC, timedelta

from memory.database import Database
from memory.enums import Channel, Platform
from memory.metrics import record_metric, totals
from memory.publishing import posts_to_follow
from tools.core.context import Clock
from tools.core.errors import HubError
from tools.posting.entry import KIND
from tools.publishing.accounts import Accounts, PublishSetup
from tools.publishing.answers import Later, PublishingError
from tools.publishing.credentials import Account

log = logging.getLogger(__name__)

#: For how long after it came out a post is asked for: most of what happens to a post happens in its first days.
FOLLOWED = timedelta(days=30)


def fetch_figures(database: Database, setup: PublishSetup, clock: Clock) -> int:
    """Record what is new of each post of the last weeks; returns of how many something was. A post or an account that
    cannot be asked now is left to the next time. Opening an account also renews its tokens where they end soon."""
    accounts = Accounts(database, setup, clock)
    try:
        return _fetch(database, accounts, clock)
    finally:
        accounts.close()


def _fetch(database: Database, accounts: Accounts, clock: Clock) -> int:
    now = clock.now()
    with database.session() as session:
        opened = {platform: _opened(accounts, platform) for platform in accounts.ready(session)}
        posts = posts_to_follow(session, now.astimezone(UTC) - FOLLOWED)
    changed = 0
    for post_id, platform, external_id in posts:
        account = opened.get(platform)
        if account is None:
            continue
        try:
            found = accounts.adapters[platform].figures(account, external_id)
        except Later as error:
            log.info("%s is not asked further now: %s", platform.value, error.sentence)
            opened[platform] = None
            continue
        except PublishingError as error:
            log.info("post %d: %s", post_id, error.sentence)
            continue
        except (KeyError, TypeError, ValueError, IndexError, AttributeError):
            log.exception("post %d: the figures that %s gave cannot be read", post_id, platform.value)
            continue
        changed += _record(database, post_id, found, clock)
    return changed


def _opened(accounts: Accounts, platform: Platform) -> Account | None:
    try:
        return accounts.opened(platform)
    except (PublishingError, HubError) as error:
        log.warning("the %s account cannot be asked: %s", platform.value, error.sentence)
        return None


def _record(database: Database, post_id: int, found: dict[str, float], clock: Clock) -> bool:
    with database.session(write=True) as session:
        had = totals(session, KIND, post_id)
        # A first figure of 0 is recorded, too: "no likes" is something else than "not known".
        new = {
            metric: value - had.get(metric, 0.0)
            for metric, value in found.items()
            if metric not in had or value != had[metric]
        }
        for metric, value in sorted(new.items()):
            record_metric(session, KIND, post_id, metric, value, day=clock.now().date(), channel=Channel.SOCIAL)
    return bool(new)
