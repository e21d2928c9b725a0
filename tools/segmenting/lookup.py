"""What the stored leads know: whether a word is one of their cities, tags, sources..., and their custom fields."""

from typing import Protocol

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from memory.leads import Lead, LeadField, LeadTag


class Lookup(Protocol):
    """Tells bare words apart: is "Hamburg" a city, a source, a tag?"""

    def field_of(self, value: str, fields: tuple[str, ...]) -> str | None:
        """The first of `fields` in which some lead has this value."""
        ...

    def custom_names(self) -> frozenset[str]:
        """The names of all custom fields, in lower case."""
        ...

    def mailing(self, name: str) -> tuple[int, str] | None:
        """The id and name of the mailing that `name` means; None where mailings are not known here."""
        ...


class NothingKnown:
    """A lookup without records: words are judged by themselves."""

    def field_of(self, value: str, fields: tuple[str, ...]) -> str | None:
        return None

    def custom_names(self) -> frozenset[str]:
        return frozenset()

    def mailing(self, name: str) -> tuple[int, str] | None:
        return None


class StoredLookup(NothingKnown):
    """Looks into the leads of a session."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._custom: frozenset[str] | None = None

    def field_of(self, value: str, fields: tuple[str, ...]) -> str | None:
        folded = value.strip().lower()
        for field in fields:
            statement = select(Lead.id).where(func.lower(getattr(Lead, field, Lead.city)) == folded)
            if field == "tag":
                statement = select(LeadTag.lead_id).where(LeadTag.tag == value.strip().casefold())
            if self.session.scalars(statement.limit(1)).first() is not None:
                return field
        return None

    def custom_names(self) -> frozenset[str]:
        if self._custom is None:
            self._custom = frozenset(self.session.scalars(select(LeadField.name).distinct()))
        return self._custom
