"""How a test goes on as the page tells it: what happens next without anybody, and what the test is."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from ui.web.pages.experiments.show import Data, points
from ui.web.parts import cards
from ui.web.parts.formats import count, moment_of, number, percent, title
from ui.web.parts.links import record_link

if TYPE_CHECKING:
    from agent.viewing.experiments import Course

Lines = list[str | Markup]
YOURSELF = "You may decide before, with the buttons above: what would happen is shown first, and waits for your yes."


def coming(data: Data, course: Course, zone: ZoneInfo) -> Markup:
    """What happens next, and what of it without anybody."""
    lines = _running(data, course, zone) if data["status"] == "running" else _ended(data, course)
    return cards.section("What happens next", cards.bullets(lines), key="next")


def about(data: Data, course: Course, zone: ZoneInfo) -> Markup:
    """What the test is, and which difference it was made to see."""
    facts: list[tuple[str, str | Markup]] = [
        ("Mailing", record_link("email_campaign", data["email_campaign_id"], data["email_campaign"])),
        ("Tested", title(data["element"])),
        ("Decided by", title(data["metric"])),
        ("In the test", f"{percent(data['test_share'])} of the recipients"),
    ]
    if course.planned_recipients is not None:
        facts.append(("Planned with", count(course.planned_recipients, "recipient")))
    if course.planned_rate is not None:
        facts.append(("Usual rate then", percent(course.planned_rate)))
    if course.planned_effect is not None:
        facts.append(("Made to see", f"a difference of {points(course.planned_effect)} or more"))
    if data["decided_at"]:
        facts.append(("Decided" if data["status"] == "decided" else "Stopped", moment_of(data["decided_at"], zone)))
    return cards.section("The test", cards.facts(facts), key="about")


def _running(data: Data, course: Course, zone: ZoneInfo) -> Lines:
    if data["imported"]:
        return ["The figures are imported history: nothing is decided by itself. Decide with the buttons above."]
    if course.mailing_status == "paused":
        return ["Sending is paused: nothing is decided by itself until it goes on."]
    if not course.to_begin and not course.divided:
        return ["The mailing went out without being divided, so nothing is decided by itself. End the test above."]
    lines = _first(data, course, zone)
    lines.append(_winner(data, course))
    if not data["evidence"]["named"]:
        lines.append(_patience(data, course, zone))
    return [*lines, YOURSELF]


def _first(data: Data, course: Course, zone: ZoneInfo) -> Lines:
    """What comes before a decision."""
    evidence, share = data["evidence"], data["test_share"]
    lines: Lines = []
    if course.to_begin:
        mailing = record_link("email_campaign", data["email_campaign_id"], data["email_campaign"])
        begins = f"on {moment_of(course.begins_at, zone)}" if course.begins_at else "when somebody sends it"
        lines.append(Markup("The test begins when {} goes out: {}.").format(mailing, begins))
        lines.append(
            f"Then {percent(share)} of its recipients get one of the variants each, drawn by chance; the others wait."
            if share < 1
            else "Then each recipient gets one of the variants, drawn by chance; nobody waits."
        )
    elif evidence["waiting"]:
        lines.append(f"Before any decision, {count(evidence['waiting'], 'message')} of the test go out.")
    if course.window and evidence["ready_at"]:
        lines.append(
            f"The last time of sending has had its {_length(course.window)} {_on(evidence['ready_at'], zone)}."
        )
    elif course.window and course.to_begin:
        lines.append(f"Each time of sending gets {_length(course.window)} before the times are compared.")
    return lines


def _winner(data: Data, course: Course) -> str:
    """What is done with a winner."""
    held, look = data["evidence"]["held_back"], f"The hub looks at the figures every {_length(course.look)}."
    at = "at its time of day" if data["element"] == "send_time" else "at once"
    named = data["evidence"]["named"]
    if named:
        rest = f"the {count(held, 'recipient')} who waited get it {at}" if held else "nobody waits for it"
        return f"{look} The evidence names {named}: at its next look the test is decided by itself, and {rest}."
    if held:
        verb = "waits gets it" if held == 1 else "wait get it"
        return (
            f"{look} As soon as the evidence names a winner, the {count(held, 'recipient')} who {verb} {at}, by itself."
        )
    if course.to_begin and data["test_share"] < 1:
        return f"{look} As soon as the evidence names a winner, all who wait get it {at}, by itself."
    return f"{look} As soon as the evidence names a winner, the test is decided by itself; nobody waits for it."


def _patience(data: Data, course: Course, zone: ZoneInfo) -> str:
    """What is done without one."""
    waits = data["evidence"]["held_back"] or (course.to_begin and data["test_share"] < 1)
    rest = "; those who wait get the mailing as it was written" if waits else ""
    by = f"within {_length(course.patience)} after its last message"
    if course.ends_at is not None and not data["evidence"]["waiting"]:
        by = f"by {moment_of(course.ends_at, zone)}"
    return f"Without a winner {by}, the test ends without one{rest}."


def _ended(data: Data, course: Course) -> Lines:
    if data["status"] == "stopped":
        return ["Nothing: the test was stopped."]
    if course.to_begin:
        said = "with the winner" if data["winner"] else "as it was written"
        return [f"The mailing is not sent yet: all its recipients get it {said} when somebody sends it."]
    if course.rest_to_go:
        done = f"{number(course.rest_gone)} of {number(course.rest_gone + course.rest_to_go)}"
        return [f"The rest gets the mailing now: {done} messages are out."]
    if course.rest_gone:
        return [f"Nothing: all {count(course.rest_gone, 'message')} to the rest are out."]
    return ["Nothing: nobody waited for the winner."]


def _on(value: Any, zone: ZoneInfo) -> str:
    return f"on {moment_of(value, zone)}"


def _length(length: timedelta) -> str:
    """A whole length of time: "minute", "48 hours", "3 days"."""
    hours = length.total_seconds() / 3600
    if hours < 1:
        minutes = round(hours * 60)
        return "minute" if minutes == 1 else f"{minutes} minutes"
    return count(round(hours / 24), "day") if hours >= 72 else count(round(hours), "hour")
