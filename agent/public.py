"""What the house answers to those outside: readers of its mail, visitors of its forms, systems that report events."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tools.delivering.links import Links
from tools.mailing.sample import house_values
from tools.receiving import hooks
from tools.receiving.hooks import NotSigned
from tools.receiving.returning import message_told, reports_told
from tools.receiving.tracking import LinkReader, Tracking
from tools.subscribing import forms, recipients
from tools.subscribing.forms import Asked
from tools.subscribing.recipients import Preferences, known_recipient

if TYPE_CHECKING:
    from agent.hub import Hub

__all__ = ["Asked", "Form", "Known", "NotSigned", "Preferences", "Public"]


@dataclass(frozen=True)
class Known:
    """A recipient who was recognised by their link, and the path of their preferences."""

    preferences: Preferences
    preferences_path: str


@dataclass(frozen=True)
class Form:
    """A sign-up form: its name in the address, its title, and what people agree to."""

    slug: str
    title: str
    wording: str


class Public:
    """Over one hub, for one event loop. Methods that are not `async` use the database: call them in a thread."""

    def __init__(self, hub: "Hub") -> None:
        self._database = hub.database
        self._clock = hub.door.clock
        self._mail = hub.mail
        self._secret = hub.settings.hook_secret or ""
        self._currency = hub.settings.currency
        self.reader = LinkReader(hub.database, self._clock, hub.mail.public_url)
        self._tracking = Tracking(hub.database, self._clock, self.reader)

    def house(self) -> str:
        """The company's name, "" where it was not told."""
        with self._database.session() as session:
            return str(house_values(session).get("name") or "")

    # -- clicks and opens --------------------------------------------------------------------------------------------

    async def clicked(self, token: str, method: str, headers: Mapping[str, str], address: str | None) -> str | None:
        """Where a tracked link leads (the click is stored); None where it leads nowhere."""
        return await self._tracking.clicked(token, method, headers, address)

    async def opened(self, token: str, method: str, headers: Mapping[str, str], address: str | None) -> bool:
        """A letter's picture was asked for (stored); False for a token that is not the house's."""
        return await self._tracking.opened(token, method, headers, address)

    # -- what a reader wants -----------------------------------------------------------------------------------------

    def unsubscriber(self, token: str) -> Preferences | None:
        """Who an unsubscribe link belongs to; nothing changes. None for a link that is not the house's, or too old."""
        return self._look(self._delivery(token, Links.read_unsubscribe))

    def unsubscribe(self, token: str, how: str) -> Known | None:
        """Write to whom the link belongs to never again."""
        return self._leave(self._delivery(token, Links.read_unsubscribe), how)

    def leave(self, token: str) -> Known | None:
        """The same by a preferences link."""
        return self._leave(self._delivery(token, Links.read_preferences), recipients.PREFERENCES_PAGE)

    def preferences(self, token: str) -> Preferences | None:
        """What whom the link belongs to gets."""
        return self._look(self._delivery(token, Links.read_preferences))

    def choose(
        self, token: str, topics: Sequence[str], channels: Sequence[str], pause_days: int | None
    ) -> Preferences | None:
        """Store a reader's choice; what they get then."""
        delivery_id = self._delivery(token, Links.read_preferences)
        with self._database.session(write=True) as session:
            found = known_recipient(session, delivery_id)
            if found is None:
                return None
            recipients.put_preferences(
                session, found.recipient, self._mail.topics, self._now(), wanted_topics=topics,
                wanted_channels=channels, pause_days=pause_days,
            )  # fmt: skip
            return self._shown(recipients.preferences_of(session, found.recipient, self._mail.topics, self._now()))

    # -- signing up --------------------------------------------------------------------------------------------------

    def put_form(self, slug: str, title: str, wording: str, tag: str | None) -> Form:
        """Make a sign-up form, or change it. Raises HubError."""
        with self._database.session(write=True) as session:
            made = forms.put_form(session, slug, title, wording, self._now(), tag=tag)
            return Form(made.slug, made.title, made.wording)

    def all_forms(self) -> list[Form]:
        """Every form; the one called newsletter is always there."""
        with self._database.session(write=True) as session:
            forms.open_form(session, forms.DEFAULT, self._now())
            return [Form(one.slug, one.title, one.wording) for one in forms.all_forms(session)]

    def form_address(self, slug: str) -> str:
        """Where a form is reached; its path only, as long as the house has no public address."""
        return f"{self._mail.public_url}/f/{slug}"

    def form(self, slug: str) -> Form | None:
        """A form that takes requests; None where there is none, or the house could not send a confirmation."""
        if not self._mail.tracks:
            return None
        with self._database.session(write=True) as session:
            found = forms.open_form(session, slug, self._now())
            return Form(found.slug, found.title, found.wording) if found is not None else None

    def ask(self, slug: str, email: str, name: str | None, caller: str | None) -> forms.Asked | None:
        """Take a request through a form; None where there is no such form. Raises HubError for what is no address."""
        if not self._mail.tracks:
            return None
        with self._database.session(write=True) as session:
            found = forms.open_form(session, slug, self._now())
            if found is None:
                return None
            return forms.ask(session, found, forms.Person(email, name, caller), self._now())

    def confirmable(self, token: str) -> Form | None:
        """What a confirmation link would confirm; nothing changes."""
        with self._database.session() as session:
            found = forms.confirmable(session, self._delivery(token, Links.read_confirm), self._now())
            return Form(found[1].slug, found[1].title, found[0].wording) if found is not None else None

    def confirm(self, token: str, caller: str | None) -> Form | None:
        """The person's yes; None for a link that is not the house's, or too old."""
        delivery_id = self._delivery(token, Links.read_confirm)
        with self._database.session(durable=True) as session:
            found = forms.confirm(session, delivery_id, self._now(), caller)
            return Form(found.slug, found.title, found.wording) if found is not None else None

    # -- what other systems tell -------------------------------------------------------------------------------------

    @property
    def takes_events(self) -> bool:
        """Whether there is a secret to sign with."""
        return bool(self._secret)

    def told(self, headers: Mapping[str, str], body: bytes) -> hooks.Told:
        """Store events that another system tells. Raises hooks.NotSigned, HubError."""
        call_id = hooks.check_signature(self._secret, headers, body, self._now())
        events = hooks.read_events(body)
        with self._database.session(durable=True) as session:
            return hooks.store_events(session, events, call_id, self._now(), self._currency)

    def told_of_mail(self, headers: Mapping[str, str], body: bytes) -> hooks.Told:
        """Store bounces and complaints that a mail provider tells, in JSON or (message/rfc822) as the report itself. Raises
        hooks.NotSigned, HubError."""
        hooks.check_signature(self._secret, headers, body, self._now())
        links = self.reader.links()  # the keys may have to be written: before, not within
        if headers.get("content-type", "").partition(";")[0].strip().lower() == "message/rfc822":
            with self._database.session(durable=True) as session:
                return message_told(session, body, links, self._now())
        events = hooks.read_events(body)
        with self._database.session(durable=True) as session:
            return reports_told(session, events, links, self._now())

    def _leave(self, delivery_id: int | None, how: str) -> Known | None:
        with self._database.session(write=True) as session:
            found = known_recipient(session, delivery_id)
            if found is None:
                return None
            recipients.unsubscribe(session, found, self._now(), how)
            known = recipients.preferences_of(session, found.recipient, self._mail.topics, self._now())
            return Known(self._shown(known), urlsplit(self.reader.links().preferences(found.id)).path)

    def _look(self, delivery_id: int | None) -> Preferences | None:
        with self._database.session() as session:
            found = known_recipient(session, delivery_id)
            if found is None:
                return None
            return self._shown(recipients.preferences_of(session, found.recipient, self._mail.topics, self._now()))

    def _shown(self, known: Preferences) -> Preferences:
        """Moments in the house's zone, as they are shown."""
        return known.in_zone(self._clock.zone)

    def _delivery(self, token: str, read: Callable[[Links, str], int | None]) -> int | None:
        found = read(self.reader.links(), token)
        if found is None and (renewed := self.reader.fresh()) is not None:
            found = read(renewed, token)
        return found

    def _now(self) -> datetime:
        return self._clock.now().astimezone(UTC)
