"""What the settings page shows beside the tools: the facts of the house, its accounts, and how it is set up."""

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pydantic import AliasChoices
from pydantic.fields import FieldInfo

from tools.core.door import Door
from tools.forms.house_form import AccountView, HouseFacts, accounts, house_facts

if TYPE_CHECKING:
    from agent.settings import Settings

__all__ = ["AccountView", "HouseFacts", "HouseViews", "SettingView", "shown_value"]

#: What of the settings may carry a password or a token: only the place it leads to is shown.
SECRET = ("url", "secret", "password", "token", "key", "webhook")
#: Addresses that hold nothing secret, and are shown whole.
OPEN = ("public_url",)
SECTIONS: dict[str, tuple[str, ...]] = {
    "models": (
        "model_use", "ollama_host", "model", "model_timeout", "num_ctx", "keep_alive", "model_linger", "embed_model", "model_cache",
    ),
    "database": ("home", "database_url", "chroma_url", "import_folders"),
    "house": ("time_zone", "currency", "country", "person"),
    "pages": ("host", "port", "allowed_hosts"),
    "mail": (),
}  # fmt: skip


@dataclass(frozen=True)
class SettingView:
    """One setting: the variable that sets it, its value as text ("" for none), and what has set it: that variable,
    "hub.toml", or None for the usual value. Passwords are never in it."""

    name: str
    variable: str
    value: str
    set_by: str | None
    description: str


class HouseViews:
    """`hub.views.house`."""

    def __init__(self, door: Door, settings: "Settings") -> None:
        self._door = door
        self._settings = settings

    def facts(self) -> HouseFacts:
        """What the house is called, what it does, how it sounds."""
        with self._door.reading() as ctx:
            return house_facts(ctx)

    def accounts(self) -> list[AccountView]:
        """The accounts on social platforms that posts go out from."""
        with self._door.reading() as ctx:
            return accounts(ctx)

    def settings(self) -> dict[str, list[SettingView]]:
        """All settings by section (models, database, house, pages, mail); what no section names is with the mail, whose
        settings stand in a class of their own."""
        fields = type(self._settings).model_fields
        named = {name for names in SECTIONS.values() for name in names}
        rest = tuple(name for name in fields if name not in named)
        return {
            section: [self._setting(name, fields[name]) for name in names or rest if name in fields]
            for section, names in SECTIONS.items()
        }

    def _setting(self, name: str, field: FieldInfo) -> SettingView:
        value = getattr(self._settings, name)
        return SettingView(
            name=name,
            variable=f"HUB_{name.upper()}",
            value=shown_value(name, value),
            set_by=self._set_by(name, field),
            description=field.description or "",
        )

    def _set_by(self, name: str, field: FieldInfo) -> str | None:
        if name not in self._settings.model_fields_set:
            return None
        others = field.validation_alias.choices if isinstance(field.validation_alias, AliasChoices) else ()
        names = {f"HUB_{name.upper()}", *(str(one).upper() for one in others)}
        return next((variable for variable in os.environ if variable.upper() in names), "hub.toml")


def shown_value(name: str, value: Any) -> str:
    """A setting's value as text, without user names, passwords, paths and queries where it may be secret."""
    if value is None or value == "":
        return ""
    if name not in OPEN and any(word in name for word in SECRET):
        return _place(str(value))
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value)
    return (
        "yes" if value is True else "no" if value is False else f"{value:g}" if isinstance(value, float) else str(value)
    )


def _place(address: str) -> str:
    """Where an address leads: its scheme, host and port."""
    try:
        parts = urlsplit(address)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "set, not shown"
    return f"{parts.scheme}://{parts.hostname}{port}" if parts.scheme and parts.hostname else "set, not shown"
