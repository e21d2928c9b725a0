"""A content calendar: days and hours without collisions, a draft for each, nothing scheduled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from pydantic import BaseModel, ConfigDict

from memory.enums import Platform
from memory.posts import planned_moments, platforms_in_use
from tools.core.context import Context
from tools.core.errors import BadInput, Conflict, Missing
from tools.core.result import Drafted, RecordLink
from tools.posting.drafting import assembled, stored_draft
from tools.posting.entry import KIND, called
from tools.posting.limits import platform_name
from tools.posting.results import learned
from tools.posting.tags import from_topic
from tools.posting.times import AWAKE, best_hour
from tools.quoting import inert
from tools.show import count, day, listing, shorten, table
from tools.show import days as day_span
from tools.writing.background import company
from tools.writing.compose import Part, Texts, numbered, write
from tools.writing.context import gathered
from tools.writing.voice import about, heading

MOST_DAYS, MOST_POSTS = 92, 60
#: Where the house has no post on any platform yet.
USUAL_PLATFORMS = [Platform.FACEBOOK, Platform.INSTAGRAM, Platform.LINKEDIN]
#: Posts that the model writes in one go; more would let people wait for minutes.
WRITTEN = 6
#: Posts are at least so far from each other, whatever the platform.
APART = timedelta(hours=1)

#: Angles in turn, each with what stands there without a model. [..] is for a person to fill in.
ANGLES: tuple[tuple[str, str], ...] = (
    ("the news itself", "Let us talk about {topic}. What would you like to know?"),
    (
        "a question to the readers",
        "A question for you: what matters most to you about {topic}? Tell us in the comments.",
    ),
    ("a look behind the scenes", "A look behind the scenes: {topic}. Ask us anything."),
    ("a useful tip", "Our tip about {topic}: [your tip]"),
    ("what it does for the reader", "{Topic}: what is in it for you? [one benefit] Ask us for more."),
    ("an invitation to take part", "Do you know somebody who cares about {topic}? Send them this post."),
    ("a common misunderstanding", "What people often get wrong about {topic}: [the misunderstanding]"),
    ("the people who make it", "Who is behind {topic}? Meet [a colleague]."),
    ("what customers say", "What a customer told us about {topic}: [a quote, with their consent]"),
    ("a look back", "{Topic}: looking back, this is what we learned: [one lesson]"),
)


class CalendarEntry(BaseModel):
    """One planned post, stored as a draft; its time is in the hub's zone."""

    model_config = ConfigDict(frozen=True)

    id: int
    platform: Platform
    scheduled_time: datetime
    angle: str
    content: str


class ContentCalendar(Drafted):
    """Planned posts by time. `left_out` counts those for which no free day was left."""

    topic: str
    start: date
    end: date
    posts_per_week: int
    platforms: tuple[Platform, ...]
    entries: tuple[CalendarEntry, ...]
    left_out: int

    @property
    def text(self) -> str:
        head = (
            f"Content calendar for “{inert(shorten(self.topic, 80))}”, {day_span(self.start, self.end)}: "
            f"{count(len(self.entries), 'post')} on {listing(platform_name(one) for one in self.platforms)} "
            f"({self.posts_per_week} a week in all):"
        )
        rows = [
            (one.id, f"{one.scheduled_time:%a} {one.scheduled_time.day} {one.scheduled_time:%b, %H:%M}",
             platform_name(one.platform), inert(shorten(one.content, 90)))
            for one in self.entries
        ]  # fmt: skip
        parts = [head, table(("No.", "When", "Platform", "Draft"), rows)]
        if self.left_out:
            parts.append(f"No free day was left for {count(self.left_out, 'more post')}.")
        parts.append("All of them are drafts with a planned time. Nothing is scheduled yet: say which one to schedule.")
        return "\n\n".join(parts) + self.closing()

    @property
    def links(self) -> tuple[RecordLink, ...]:
        return tuple(RecordLink(noun=KIND, id=one.id, name=called(one.content)) for one in self.entries)


@dataclass(frozen=True)
class Wanted:
    """What a calendar is to hold, checked."""

    platforms: tuple[Platform, ...]
    start: date
    days: int
    posts: int

    @property
    def end(self) -> date:
        return self.start + timedelta(days=self.days - 1)


def content_calendar(
    ctx: Context, topic: str, platforms: Sequence[Platform] | None, start: date | None, length: int, per_week: int
) -> ContentCalendar:
    """Plan the posts, write them, and store each as a draft with its planned time."""
    topic = " ".join(topic.split())
    if not topic:
        raise Missing("What should the posts be about?", ["topic"])
    wanted = _wanted(ctx, platforms, start, length, per_week)
    plan(ctx, wanted)  # refuses before anything is written
    signer, written = company(ctx), min(wanted.posts, WRITTEN)
    piece = write(
        ctx,
        _task(written),
        {"Topic": topic},
        gathered(ctx, topic, "social"),
        numbered(written, Part("post", 170)),
        lambda: {f"post_{n + 1}": _template(topic, n) for n in range(written)},
        signer=signer,
    )
    slots = plan(ctx, wanted)  # again: somebody may have planned a post meanwhile
    entries = sorted(
        (_entry(ctx, topic, n, slot, piece.texts, ai=piece.ai_generated) for n, slot in slots),
        key=lambda one: one.scheduled_time,
    )
    return ContentCalendar(
        topic=topic,
        start=wanted.start,
        end=wanted.end,
        posts_per_week=per_week,
        platforms=wanted.platforms,
        entries=tuple(entries),
        left_out=wanted.posts - len(entries),
        ai_generated=piece.ai_generated,
        note=_note(piece.note, piece.ai_generated, entries),
        sources=piece.sources,
        learned=piece.learned,
    )


Slot = tuple[Platform, datetime]


def plan(ctx: Context, wanted: Wanted) -> list[tuple[int, Slot]]:
    """Number, platform and time of each post for which there is room: platforms in turn, days spread evenly.

    No platform gets two posts on one day, and no two posts lie closer than an hour, those planned before included.
    Raises Conflict where there is no room at all.
    """
    zone = ctx.clock.zone
    first = datetime.combine(wanted.start, time(), zone)
    taken = [
        (platform, at.astimezone(zone))
        for platform, at in planned_moments(ctx.session, first, first + timedelta(days=wanted.days))
    ]
    models = {platform: learned(ctx, platform) for platform in wanted.platforms}
    found: list[tuple[int, Slot]] = []
    for number in range(wanted.posts):
        platform = wanted.platforms[number % len(wanted.platforms)]
        ideal = number * wanted.days // wanted.posts
        order = [*range(ideal, wanted.days), *reversed(range(ideal))]
        for offset in order:
            on = wanted.start + timedelta(days=offset)
            best = best_hour(models[platform], platform, on.weekday())
            at = _free(on, best, platform, taken, ctx.now)
            if at is not None:
                taken.append((platform, at))
                found.append((number, (platform, at)))
                break
    if not found:
        raise Conflict(
            f"Every day from {day(wanted.start)} to {day(wanted.end)} has a planned post on "
            f"{listing(platform_name(one) for one in wanted.platforms)} already. Please choose other days or platforms."
        )
    return found


def _free(on: date, best: int, platform: Platform, taken: Sequence[Slot], now: datetime) -> datetime | None:
    """The free hour of a day that is nearest to the best one; None where the platform has a post that day."""
    if any(other == platform and at.date() == on for other, at in taken):
        return None
    for hour in sorted(AWAKE, key=lambda hour: (abs(hour - best), hour)):
        at = datetime.combine(on, time(hour), now.tzinfo)
        if at > now and all(abs(at - other) >= APART for _, other in taken):
            return at
    return None


def _wanted(
    ctx: Context, platforms: Sequence[Platform] | None, start: date | None, length: int, per_week: int
) -> Wanted:
    if not 1 <= length <= MOST_DAYS:
        raise BadInput(f"A calendar can hold 1 to {MOST_DAYS} days; {length} is not.", "days")
    first = start or ctx.today + timedelta(days=1)
    if first < ctx.today:
        raise BadInput(
            f"The start date {day(first)} is in the past (today is {day(ctx.today)}). Please give a day from today on.",
            "start_date",
        )
    chosen = tuple(dict.fromkeys(platforms or platforms_in_use(ctx.session) or USUAL_PLATFORMS))
    if not 1 <= per_week <= 7 * len(chosen):
        raise BadInput(
            f"With {count(len(chosen), 'platform')}, 1 to {7 * len(chosen)} posts a week can be planned (one a day on each); "
            f"{per_week} is not.",
            "posts_per_week",
        )
    posts = max(1, round(length * per_week / 7))
    if posts > MOST_POSTS:
        raise BadInput(
            f"That would be {posts} posts; a calendar holds at most {MOST_POSTS}. Please take fewer days, or fewer a week.",
            "days",
        )
    return Wanted(chosen, first, length, posts)


def _entry(ctx: Context, topic: str, number: int, slot: Slot, texts: Texts, *, ai: bool) -> CalendarEntry:
    platform, at = slot
    by_model = ai and number < WRITTEN
    text = texts[f"post_{number + 1}"] if number < WRITTEN else _template(topic, number)
    content = assembled(platform, text, from_topic(topic)[:1])
    post = stored_draft(ctx, platform, content, topic, ai_generated=by_model)
    post.scheduled_time = at.astimezone(UTC)
    ctx.session.flush()
    return CalendarEntry(
        id=post.id, platform=platform, scheduled_time=at, angle=ANGLES[number % len(ANGLES)][0], content=content
    )


def _template(topic: str, number: int) -> str:
    short = shorten(about(topic), 120)
    angle, text = ANGLES[number % len(ANGLES)]
    if number >= len(ANGLES):
        return f"[Post {number + 1} about {short}: {angle}]"
    return text.format(topic=short, Topic=heading(short, 120))


def _note(note: str | None, ai: bool, entries: Sequence[CalendarEntry]) -> str | None:
    notes = [note] if note else []
    if ai and len(entries) > WRITTEN:
        notes.append(f"The first {WRITTEN} are written; the others hold a template to start from.")
    if any("[" in one.content for one in entries):
        notes.append("What stands in [brackets] is for you to fill in.")
    return " ".join(notes) or None


def _task(amount: int) -> str:
    angles = "\n".join(f"- post_{n + 1}: {ANGLES[n % len(ANGLES)][0]}" for n in range(amount))
    return (
        f"Write {count(amount, 'social media post')} from the company to its followers about the topic, each of at most 20 "
        f"words, each with its own angle:\n{angles}\n"
        "Keep to the brand voice. No hashtags, no address. Say nothing about prices, dates, discounts or awards that is "
        "not in the facts."
    )
