"""The rules for a mailing's values: each refusal is one sentence that names the field and the fix."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from memory.lead_lookup import lead_with_email
from memory.mailings import email_campaign_named
from tools import merge
from tools.core.context import Context
from tools.core.errors import Ambiguous, BadInput, NotFound
from tools.core.records import resolve
from tools.leading.checks import valid_email
from tools.leading.entry import LEAD
from tools.quoting import inert
from tools.show import count, listing, moment, shorten

LONGEST_NAME = 200
#: RFC 5322 allows 998 characters a line; no inbox shows more than a fraction of this.
LONGEST_SUBJECT = 250
MOST_RECIPIENTS = 10_000
#: "Now" is a moment too: so near to the present, a time means at once.
NEAR = timedelta(minutes=1)


@dataclass(frozen=True)
class Addresses:
    """Single recipients: addresses in lower case, each once; `repeated` says how many were given more than once."""

    emails: tuple[str, ...] = ()
    repeated: int = 0


def check_time(ctx: Context, send_time: datetime) -> datetime:
    """The moment, if it is still to come. Raises for one in the past."""
    if send_time < ctx.now - NEAR:
        raise BadInput(
            f"The send time {moment(send_time.astimezone(ctx.now.tzinfo))} is in the past "
            f"(it is {moment(ctx.now)} now). Please give a later one.",
            "send_time",
        )
    return send_time


def check_subject(subject: str) -> str:
    """The subject line on one line. Raises where it is too long or its merge fields cannot work."""
    subject = " ".join(subject.split())
    if len(subject) > LONGEST_SUBJECT:
        raise BadInput(
            f"The subject line has {len(subject)} characters; please use at most {LONGEST_SUBJECT}.", "subject"
        )
    try:
        merge.fields(subject)
    except merge.BrokenMerge as error:
        raise BadInput(f"In the subject line: {error.sentence}", "subject") from error
    return subject


def check_recipients(ctx: Context, recipients: Sequence[str]) -> Addresses:
    """The addresses; a lead may be named instead. Raises for one that is neither, naming all that are wrong."""
    if len(recipients) > MOST_RECIPIENTS:
        raise BadInput(
            f"{count(len(recipients), 'recipient')} are too many to name one by one (at most {MOST_RECIPIENTS:,}). "
            "Import them as leads and use a segment.",
            "recipients",
        )
    found: list[str] = []
    wrong: list[str] = []
    for given in recipients:
        address = valid_email(given) or _address_of_lead(ctx, given)
        if address is None:
            wrong.append(f"“{inert(shorten(given, 60))}”")
        else:
            found.append(address)
    if wrong:
        shown = listing(wrong[:5]) + (f" and {len(wrong) - 5} more" if len(wrong) > 5 else "")
        verb = "is no email address" if len(wrong) == 1 else "are no email addresses"
        raise BadInput(
            f"Among the recipients, {shown} {verb} and no known lead. Please write addresses like name@company.com.",
            "recipients",
        )
    unique = tuple(dict.fromkeys(found))
    return Addresses(unique, len(found) - len(unique))


def free_name(ctx: Context, wanted: str) -> str:
    """`wanted` as a mailing's name, with a number behind it where another mailing has it."""
    base = shorten(" ".join(wanted.split()), LONGEST_NAME - 6) or "Mailing"
    name, number = base, 1
    while email_campaign_named(ctx.session, name) is not None:
        number += 1
        name = f"{base} ({number})"
    return name


def _address_of_lead(ctx: Context, named: str) -> str | None:
    if "@" in named:
        lead = lead_with_email(ctx.session, named)
        return lead.email if lead else None
    try:
        found = resolve(ctx, LEAD, named, "recipients")
    except NotFound:
        return None
    except Ambiguous:
        raise
    return next((alias for alias in found.aliases if "@" in alias), None)
