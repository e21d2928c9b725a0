"""The publisher: takes due posts, prepares them, marks them, and asks their platform once.

waiting → claimed (uploads and other preparations; a crash repeats them) → *publishing, committed before the platform is
asked* → published, failed (nothing came out, for certain) or unknown (listed, never repeated).
"""

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

from memory.database import Database
from memory.enums import PostStatus
from memory.posts import PublishState
from memory.publishing import (
    DuePost,
    claim_posts,
    mark_publishing,
    release_posts,
    settle_post,
    something_to_publish,
    take_back_posts,
)
from tools.core.context import Clock
from tools.core.errors import HubError
from tools.posting.limits import platform_name
from tools.publishing.accounts import Accounts, PublishSetup
from tools.publishing.answers import InDoubt, Later, Published, Refused, TokenRefused
from tools.publishing.credentials import Account
from tools.show import moment

log = logging.getLogger(__name__)

#: Posts of one claim. They are published one after the other, so few: the rest may go to another worker.
BATCH = 8
#: How long a post waits that is to be tried again: at least and, however late it is already, at most.
WAITS = (timedelta(minutes=1), timedelta(minutes=30))
#: How long after its time a post is given up that could not be published, and one that nobody tried to publish.
GIVEN_UP, STALE = timedelta(hours=6), timedelta(hours=24)


class Publisher:
    """One worker's publisher. `work` is called by a tick, always from the same thread."""

    def __init__(self, database: Database, setup: PublishSetup, clock: Clock, worker: str) -> None:
        self._database = database
        self._setup = setup
        self._clock = clock
        self._worker = worker
        self._accounts = Accounts(database, setup, clock)

    def work(self) -> bool:
        """Publish what is due; returns whether there may be more at once."""
        with self._database.session() as session:
            platforms = self._accounts.ready(session)
            if not something_to_publish(session, self._now(), platforms):
                return False
        with self._database.session(write=True) as session:
            now = self._now()
            again, unknown = take_back_posts(session, now)
            until = now + timedelta(seconds=self._setup.lease)
            claimed = claim_posts(session, now, platforms, self._worker, until, BATCH)
        if again or unknown:
            log.warning(
                "leases ended: %d posts are due again, of %d it is unknown whether they came out", again, unknown
            )
        try:
            for post in claimed:
                self._publish(post)
        except BaseException:
            self._give_back()
            raise
        return len(claimed) == BATCH

    def close(self) -> None:
        """Give back what is claimed."""
        try:
            self._give_back()
        finally:
            self._accounts.close()

    # -- one post ----------------------------------------------------------------------------------------------------

    def _publish(self, post: DuePost) -> None:
        account: Account | None = None
        try:
            self._check_fresh(post)
            account = self._accounts.opened(post.platform)
            prepared = self._prepared(post, account)
            if not self._may_publish(post):
                log.info("post %d is not published: it was cancelled or changed meanwhile", post.id)
                return
            self._settle_published(post, self._asked_once(post, account, prepared))
        except TokenRefused as error:
            if account is not None and self._accounts.refused(account, post.platform):
                self._put_off(post, Later(error.sentence))
            else:
                self._fail(post, error.sentence)
        except Later as error:
            self._put_off(post, error)
        except Refused as error:
            self._fail(post, error.sentence)
        except HubError as error:
            self._fail(post, error.sentence)
        except InDoubt as error:
            log.warning("post %d: %s", post.id, error.sentence)
            self._settle(post, publish_state=PublishState.UNKNOWN, status=PostStatus.FAILED, failure=error.sentence)

    def _prepared(self, post: DuePost, account: Account) -> Any:
        try:
            return self._accounts.adapters[post.platform].prepare(account, post)
        except (Refused, HubError):
            raise
        except Exception as error:  # one post that cannot be prepared must not keep back the others
            log.exception("post %d could not be prepared", post.id)
            raise Later(f"The answer of {platform_name(post.platform)} could not be understood.") from error

    def _asked_once(self, post: DuePost, account: Account, prepared: Any) -> Published:
        try:
            return self._accounts.adapters[post.platform].publish(account, prepared)
        except (Refused, InDoubt):
            raise
        except Exception as error:  # an answer of another shape than documented: it may have come out
            log.exception("post %d: the answer of %s could not be understood", post.id, post.platform.value)
            raise InDoubt(
                f"The answer of {platform_name(post.platform)} could not be understood, so nobody knows whether the post "
                "came out; it is not repeated. Please look there."
            ) from error

    def _check_fresh(self, post: DuePost) -> None:
        late = self._now() - post.scheduled_time
        if late > STALE:
            raise Refused(
                f"It was not published: its time ({moment(post.scheduled_time.astimezone(self._clock.zone))}) passed while "
                "nothing could publish it. If it is still wanted, give it a new time."
            )

    def _may_publish(self, post: DuePost) -> bool:
        now = self._now()
        with self._database.session(durable=True) as session:
            until = now + timedelta(seconds=self._setup.publishing)
            return mark_publishing(session, post.id, self._worker, now, until)

    # -- what came of it ---------------------------------------------------------------------------------------------

    def _settle_published(self, post: DuePost, done: Published) -> None:
        self._settle(
            post, publish_state=PublishState.PUBLISHED, status=PostStatus.PUBLISHED, published_at=self._now(),
            external_id=done.id[:200], external_url=done.url, failure=None,
        )  # fmt: skip

    def _fail(self, post: DuePost, sentence: str) -> None:
        log.warning("post %d was not published: %s", post.id, sentence)
        self._settle(post, publish_state=PublishState.FAILED, status=PostStatus.FAILED, failure=sentence)

    def _put_off(self, post: DuePost, error: Later) -> None:
        now = self._now()
        late = now - post.scheduled_time
        wait = min(max(late, WAITS[0]), WAITS[1])
        wait = max(wait, error.wait) if error.wait is not None else wait
        if late + wait > GIVEN_UP:
            self._fail(post, f"{error.sentence} It was tried again and again, and is given up: give it a new time.")
            return
        again = now + wait
        sentence = f"{error.sentence} It is tried again at {moment(again.astimezone(self._clock.zone))}."
        log.info("post %d is put off: %s", post.id, sentence)
        self._settle(post, publish_state=PublishState.WAITING, not_before=again, failure=sentence)

    def _settle(self, post: DuePost, **values: Any) -> None:
        with self._database.session(durable=True) as session:
            known = settle_post(session, post.id, self._worker, updated_at=self._now(), **values)
        if not known:
            log.warning("what came of post %d was not written: another worker has it", post.id)

    def _give_back(self) -> None:
        with self._database.session(write=True) as session:
            release_posts(session, self._worker)

    def _now(self) -> datetime:
        return self._clock.now().astimezone(UTC)
