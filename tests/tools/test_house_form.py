"""The house's own facts: saved by a form, kept where nothing new is given; secrets of settings are never shown."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from agent.viewing.house import shown_value
from memory.enums import Platform
from memory.social_accounts import SocialAccount
from tests.tools.conftest import NOW
from tools.catalogue import form_tools
from tools.core.door import Door
from tools.core.errors import BadInput, Missing
from tools.forms.house_form import HouseFacts, accounts, house_facts

Writing = Callable[[], AbstractContextManager[Session]]


@pytest.fixture
def desk(door: Door) -> Door:
    door.form_tools = form_tools()
    return door


def facts(door: Door) -> HouseFacts:
    with door.reading() as ctx:
        return house_facts(ctx)


def test_what_is_left_out_stays(desk: Door) -> None:
    assert facts(desk) == HouseFacts(None, None, None)
    desk.call("describe_house", {"name": "  Otter   Press ", "industry": "bookshop"})
    desk.call("describe_house", {"industry": "publisher"})
    desk.call("set_brand_voice", {"description": "dry and kind"})
    assert facts(desk) == HouseFacts("Otter Press", "publisher", "dry and kind")


def test_nothing_and_too_much_are_refused(desk: Door) -> None:
    with pytest.raises(Missing, match="What is the company called"):
        desk.call("describe_house", {})
    with pytest.raises(BadInput, match="201 characters"):
        desk.call("describe_house", {"name": "x" * 201})
    assert facts(desk).name is None


def test_only_connected_accounts_are_listed(door: Door, writing: Writing) -> None:
    with writing() as session:
        for handle, gone in (("old", NOW), ("new", None)):
            session.add(SocialAccount(platform=Platform.MASTODON, handle=handle, disconnected_at=gone))
    with door.reading() as ctx:
        assert [(one.platform, one.handle) for one in accounts(ctx)] == [("mastodon", "new")]


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("smtp_url", "smtp://me:secret@mail.example.com:587", "smtp://mail.example.com:587"),
        ("database_url", "postgresql://me:secret@db/hub?sslpassword=secret", "postgresql://db"),
        ("sms_webhook", "https://sms.example.com/secret?key=secret", "https://sms.example.com"),
        ("webhook_secret", "secret", "set, not shown"),
        ("smtp_url", "smtp://me:secret@[broken", "set, not shown"),
        ("public_url", "https://hub.example.com/a", "https://hub.example.com/a"),
        ("allowed_hosts", ("a", "b"), "a, b"),
        ("model_timeout", 60.0, "60"),
        ("country", None, ""),
        ("home", Path("/srv/hub"), "/srv/hub"),
    ],
)
def test_secrets_are_not_shown(name: str, value: Any, shown: str) -> None:
    assert shown_value(name, value) == shown
