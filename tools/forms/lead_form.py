"""Leads as a page changes them: edit the record, tag, record consent, delete, import with columns matched by hand."""

import json

from memory.deliveries import cancel_waiting_of_lead, deliveries_to
from memory.enums import Channel, ConsentState, DeliveryState, LeadStatus
from memory.lead_changes import (
    put_consent,
    put_field,
    put_status,
    put_tag,
    put_words,
    remove_tag,
    split_name,
    touch,
)
from memory.lead_lookup import custom_fields_of, lead_with_email, tags_of
from memory.leads import Lead
from tools.core.context import Context
from tools.core.declare import tool
from tools.core.errors import BadInput, Conflict
from tools.core.kinds import Company, Count, EmailAddress, LeadRef, PersonName, Prose, Source
from tools.core.result import Result
from tools.importing.cards import LeadImport
from tools.importing.importing import import_file
from tools.importing.mapping import check_mapping
from tools.leading.cards import LeadCard, card_fields
from tools.leading.checks import check_email, check_length
from tools.leading.entry import lead_name, the_lead
from tools.quoting import inert
from tools.show import count, words

MOST_TAGS = 100


class LeadSaved(LeadCard):
    """The lead after it was changed. `version` is the one to save the next change upon."""

    version: int

    @property
    def text(self) -> str:
        return f"Saved **{self.called}**."


class LeadConsentRecorded(LeadCard):
    """The lead after a consent was recorded; `changed` is False where it was so already."""

    channel: Channel
    state: ConsentState
    changed: bool

    @property
    def text(self) -> str:
        if not self.changed:
            return f"Nothing to change: {words(self.channel)} is {words(self.state)} for **{self.called}** already."
        return f"Recorded for **{self.called}**: {words(self.channel)} {words(self.state)}."


class LeadDeletion(Result):
    """What deleting a lead would do. `waiting` are messages to the lead that have not gone out."""

    id: int
    name: str
    email: str
    waiting: int

    @property
    def text(self) -> str:
        said = (
            f"Delete the lead **{inert(self.name)}** ({inert(self.email)}) for good, with tags, custom fields, consents and "
            "the whole history. What was counted for mailings and campaigns stays; a recorded unsubscribe stays, too."
        )
        if self.waiting:
            verb = "is" if self.waiting == 1 else "are"
            said += (
                f" {count(self.waiting, 'message').capitalize()} waiting to go out to this address {verb} cancelled."
            )
        return said


class LeadDeleted(LeadDeletion):
    """A lead that was deleted."""

    @property
    def text(self) -> str:
        said = f"Deleted the lead **{inert(self.name)}** ({inert(self.email)})."
        return said + (f" {count(self.waiting, 'waiting message').capitalize()} cancelled." if self.waiting else "")


@tool(effect="write", route="PUT /leads/{lead}", form=True)
def save_lead(
    ctx: Context,
    lead: LeadRef,
    email: EmailAddress,
    version: Count | None = None,
    name: PersonName | None = None,
    company: Company | None = None,
    job_title: str | None = None,
    phone: str | None = None,
    city: str | None = None,
    country: str | None = None,
    language: str | None = None,
    source: Source | None = None,
    status: LeadStatus | None = None,
    tags: list[str] | None = None,
    custom: Prose | None = None,
) -> LeadSaved:
    """Save a lead as the form holds it; what is not given is emptied (but the status, which stays).

    Args:
        lead: The lead, by its id.
        email: The address; no other lead may have it.
        version: The version that the form was opened with; another one since then is not overwritten.
        name: The person's name.
        company: The company the person works for.
        job_title: What the person does there.
        phone: The phone number.
        city: The city.
        country: The country.
        language: The language, such as en or de.
        source: Where the lead came from.
        status: The status.
        tags: All tags.
        custom: All custom fields, one a line: name: value.
    """
    found = the_lead(ctx, lead)
    if version is not None and version != found.version:
        raise Conflict(f"{inert(lead_name(found))} was changed by somebody else meanwhile. Open the lead again.")
    address = check_email(email)
    other = lead_with_email(ctx.session, address)
    if other is not None and other.id != found.id:
        raise Conflict(f"There is another lead with the address {inert(address)} (#{other.id}). Nothing was changed.")
    fields = custom_fields(custom or "")
    texts = {
        "company": company, "job_title": job_title, "phone": phone, "city": city, "country": country, "language": language,
        "source": source,
    }  # fmt: skip
    found.email = address
    named = check_length(name, "name", 200)
    if named != found.name:
        found.name = named
        found.first_name, found.last_name = split_name(named) if named else (None, None)
    for column, value in texts.items():
        setattr(found, column, check_length(value, column.replace("_", " "), _longest(column)))
    touch(found, ctx.now)
    ctx.session.flush()
    if status is not None:
        put_status(ctx.session, found, status, ctx.now, by=ctx.asker.name)
    _set_tags(ctx, found, tags or [])
    for old in custom_fields_of(ctx.session, [found.id]).get(found.id, {}):
        if old not in fields:
            put_field(ctx.session, found.id, old, "")
    for field, value in fields.items():
        put_field(ctx.session, found.id, field, value)
    put_words(ctx.session, found)
    ctx.session.flush()
    return LeadSaved(**card_fields(ctx, found), version=found.version)


@tool(effect="write", route="POST /leads/{lead}/tags", form=True)
def tag_lead(ctx: Context, lead: LeadRef, add: list[str] | None = None, remove: list[str] | None = None) -> LeadSaved:
    """Give a lead tags, or take some away.

    Args:
        lead: The lead, by its id.
        add: Tags to give.
        remove: Tags to take away.
    """
    found = the_lead(ctx, lead)
    for tag in remove or []:
        remove_tag(ctx.session, found.id, tag)
    for tag in add or []:
        put_tag(ctx.session, found.id, tag, ctx.now)
    ctx.session.flush()
    return LeadSaved(**card_fields(ctx, found), version=found.version)


@tool(effect="write", route="POST /leads/{lead}/consent", form=True)
def record_consent(
    ctx: Context, lead: LeadRef, channel: Channel, state: ConsentState, source: Source
) -> LeadConsentRecorded:
    """Record that a lead gave or withdrew consent to a channel, and how that came about.

    Args:
        lead: The lead, by its id.
        channel: What the consent is for.
        state: Given (granted), asked for (pending) or taken back (withdrawn).
        source: How it came about, such as “signed the form at the fair”: this is what a regulator asks for.
    """
    found = the_lead(ctx, lead)
    changed = put_consent(ctx.session, found.id, channel, state, ctx.now, source)
    return LeadConsentRecorded(**card_fields(ctx, found), channel=channel, state=state, changed=changed)


def preview_delete_lead(ctx: Context, lead: LeadRef) -> LeadDeletion:
    """What deleting this lead would remove."""
    found = the_lead(ctx, lead)
    return LeadDeletion(id=found.id, name=lead_name(found), email=found.email, waiting=_waiting(ctx, found))


@tool(effect="gated", route="DELETE /leads/{lead}", preview=preview_delete_lead, form=True)
def delete_lead(ctx: Context, lead: LeadRef) -> LeadDeleted:
    """Delete a lead for good, with everything that hangs on it.

    Args:
        lead: The lead, by its id.
    """
    found = the_lead(ctx, lead)
    gone = LeadDeleted(id=found.id, name=lead_name(found), email=found.email, waiting=_waiting(ctx, found))
    cancel_waiting_of_lead(ctx.session, found.id, "the lead was deleted", ctx.now)
    ctx.session.delete(found)
    ctx.session.flush()
    return gone


@tool(effect="write", route="POST /leads/import-as", form=True)
def import_leads_as(ctx: Context, source: Source, mapping: Prose) -> LeadImport:
    """Import leads from a CSV file of the import folder with its columns matched to fields by a person.

    Args:
        source: The file's name.
        mapping: Which column is which field, as a JSON object; columns that are not named are left out.
    """
    try:
        told = json.loads(mapping)
    except json.JSONDecodeError as error:
        raise BadInput("The mapping must be a JSON object of columns and fields.", "mapping") from error
    if not isinstance(told, dict):
        raise BadInput("The mapping must be a JSON object of columns and fields.", "mapping")
    return import_file(ctx, source, check_mapping({str(column): str(field) for column, field in told.items()}))


def custom_fields(lines: str) -> dict[str, str]:
    """Custom fields written one a line ("size: 12"). Raises BadInput for a line that is not so."""
    found: dict[str, str] = {}
    for line in filter(str.strip, lines.splitlines()):
        name, colon, value = line.partition(":")
        if not colon or not name.strip() or not value.strip():
            raise BadInput(
                f"Write each custom field on a line of its own as name: value; “{inert(line[:60])}” is not.", "custom"
            )
        found[name.strip().casefold()[:64]] = value.strip()[:2_000]
    return found


def _set_tags(ctx: Context, lead: Lead, wanted: list[str]) -> None:
    if len(wanted) > MOST_TAGS:
        raise BadInput(f"A lead can have {MOST_TAGS} tags at most; these are {len(wanted)}.", "tags")
    keep = {" ".join(tag.split()).casefold()[:64] for tag in wanted}
    for old in tags_of(ctx.session, [lead.id]).get(lead.id, []):
        if old not in keep:
            remove_tag(ctx.session, lead.id, old)
    for tag in sorted(keep - {""}):
        put_tag(ctx.session, lead.id, tag, ctx.now)
    ctx.session.flush()


def _longest(column: str) -> int:
    length: int = Lead.__table__.c[column].type.length  # type: ignore[attr-defined]
    return length


def _waiting(ctx: Context, lead: Lead) -> int:
    waiting = (DeliveryState.PENDING, DeliveryState.CLAIMED)
    return sum(one.state in waiting for one in deliveries_to(ctx.session, lead.email, limit=1_000))
