"""The calendar feed of scheduled posts: a signed address, since calendar programs cannot log in."""

import hashlib
from datetime import UTC, timedelta

from itsdangerous import BadSignature, Signer

from memory.database import Database
from memory.enums import PostStatus
from memory.house import COMPANY_NAME, house_fact
from memory.posts import list_posts
from memory.tracking import tracking_secrets
from tools.core.context import Clock
from tools.publishing.ical import PlannedPost, calendar_of

#: The path below the hub's public address; a token and ".ics" follow.
PATH = "/calendar/"
#: How far back posts are told that waited for somebody to copy them out.
BACK = timedelta(days=31)
_WHAT = "posts"


class CalendarFeed:
    """The feed of one house. `public_url` is where the house is reached, "" where it is not."""

    def __init__(self, database: Database, clock: Clock, public_url: str) -> None:
        self._database = database
        self._clock = clock
        self._base = public_url.rstrip("/")

    def address(self) -> str:
        """The feed's address (only its path without a public one). Whoever knows it may read the scheduled posts."""
        return f"{self._base}{PATH}{self._signer().sign(_WHAT).decode()}.ics"

    def read(self, token: str) -> bytes | None:
        """The calendar for a token (with or without ".ics"); None for one that this house did not sign."""
        try:
            if self._signer().unsign(token.removesuffix(".ics")) != _WHAT.encode():
                return None
        except BadSignature:
            return None
        return self.calendar()

    def calendar(self) -> bytes:
        """Every scheduled post, as a calendar."""
        with self._database.session() as session:
            since = self._clock.now().astimezone(UTC) - BACK
            found = list_posts(session, status=PostStatus.SCHEDULED, start=since)
            name = house_fact(session, COMPANY_NAME)
            posts = [
                PlannedPost(
                    post.id, post.platform, post.content, tuple(post.media_urls), post.scheduled_time, post.updated_at,
                    post.version,
                )
                for post in found
                if post.scheduled_time is not None
            ]  # fmt: skip
        return calendar_of(posts, f"Posts of {name}" if name else "Posts")

    def _signer(self) -> Signer:
        with self._database.session(write=True) as session:
            secrets = tracking_secrets(session, self._clock.now().astimezone(UTC))
        return Signer(secrets, salt="marketing-hub.calendar", digest_method=hashlib.sha256, key_derivation="hmac")
