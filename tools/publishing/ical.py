"""Scheduled posts for people's own calendars (iCalendar, RFC 5545), and as text to paste into a platform by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event
from icalendar.enums import STATUS, TRANSP

from memory.enums import Platform
from tools.posting.limits import platform_name
from tools.show import shorten

#: How long a post stands in a calendar: none show an event without a length.
LENGTH = timedelta(minutes=15)
#: How often a calendar program should look again (RFC 7986, 5.7).
REFRESH = timedelta(hours=1)


@dataclass(frozen=True)
class PlannedPost:
    """A post that is to go out. Moments carry a zone; `revision` counts its changes."""

    id: int
    platform: Platform
    content: str
    media_urls: tuple[str, ...]
    at: datetime
    changed_at: datetime
    revision: int


def copied_out(platform: Platform, content: str, media_urls: tuple[str, ...]) -> str:
    """A post as text to paste into the platform by hand: its words as they go out, then the addresses of its media."""
    files = "\n".join(media_urls)
    return f"{content}\n\n{platform_name(platform)}, with:\n{files}" if files else content


def calendar_of(posts: Sequence[PlannedPost], name: str) -> bytes:
    """The posts as a calendar called `name`: one event each, whose description is the text to paste."""
    calendar = Calendar.new(name=name, prodid="-//Marketing Hub//Posts//EN", refresh_interval=REFRESH)
    for post in posts:
        event = Event.new(
            uid=f"social-post-{post.id}@marketing-hub",
            summary=f"{platform_name(post.platform)}: {shorten(' '.join(post.content.split()), 60)}",
            description=copied_out(post.platform, post.content, post.media_urls),
            start=post.at.astimezone(UTC),
            end=post.at.astimezone(UTC) + LENGTH,
            stamp=post.changed_at.astimezone(UTC),
            last_modified=post.changed_at.astimezone(UTC),
            sequence=post.revision,
            status=STATUS.CONFIRMED,
            transparency=TRANSP.TRANSPARENT,
        )
        calendar.add_component(event)
    made: bytes = calendar.to_ical()
    return made
