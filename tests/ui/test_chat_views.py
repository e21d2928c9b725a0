"""What the chat page is given by a real hub: completions, plans in parts and changed, conversations found and named, files."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from agent import HubError
from ui.web import dropped

if TYPE_CHECKING:
    from agent import Hub
    from agent.viewing.chat import ChatViews


@pytest.fixture(scope="module")
def chat(real_hub: Hub) -> ChatViews:
    real_hub.call("create_campaign", name="Tulip Weeks", type="email")
    real_hub.call("create_campaign", name="Dahlia", type="social")
    return real_hub.views.chat


def offered(chat: ChatViews, text: str) -> list[str]:
    """The messages that the options would make of this one."""
    found = chat.complete(text)
    return [text[: found.start] + option.insert for option in found.options]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("/campaign upd", "/campaign update "),
        ("/dash", "/analytics dashboard "),
        ("/campaign update tul", '/campaign update "Tulip Weeks" '),
        ("/campaign update Dahlia st", "/campaign update Dahlia status="),
        ("/campaign update Dahlia status=pa", "/campaign update Dahlia status=paused "),
        ('/campaign update "Tulip Weeks" bud', '/campaign update "Tulip Weeks" budget='),
        ("/campaign create Fair so", "/campaign create Fair social "),
        ("/app", "/approve "),
    ],
)
def test_a_command_is_completed(chat: ChatViews, typed: str, first: str) -> None:
    assert offered(chat, typed)[0] == first


def test_every_command_is_offered_behind_the_slash(chat: ChatViews, real_hub: Hub) -> None:
    labels = {option.label for option in chat.complete("/").options}
    assert len(labels) >= len(real_hub.tools)
    assert {"/campaign create", "/help", "/undo"} <= labels


@pytest.mark.parametrize("typed", ["hello", "/home/me", "/nonsense and more", "a /campaign", ""])
def test_what_is_no_command_gets_no_menu(chat: ChatViews, typed: str) -> None:
    assert not chat.complete(typed).options


def test_what_belongs_here_is_told_where_nothing_can_be_listed(chat: ChatViews) -> None:
    found = chat.complete("/campaign create ")
    assert not found.options
    assert found.expects.startswith("name: What the campaign is called")


def test_a_plan_is_changed_before_it_is_decided(real_hub: Hub, chat: ChatViews) -> None:
    conversation = str(uuid.uuid4())
    real_hub.ask('/social schedule mastodon 2030-05-01T09:00 content="Tulips are here"', conversation=conversation)
    (sheet,) = chat.sheets(conversation)
    assert dict(sheet.facts)["Goes out"] == "Wed 1 May 2030, 09:00"
    assert sheet.sample is not None
    assert sheet.sample.content == "Tulips are here"
    fields = {field.name: field.value for field in sheet.fields}
    assert fields["scheduled_time"] == "2030-05-01T09:00"

    with pytest.raises(HubError, match="past"):
        chat.amend(sheet.id, {"scheduled_time": "2020-05-01T09:00"}, person="owner")
    assert [one.id for one in chat.sheets(conversation)] == [sheet.id], "what was refused leaves the plan as it was"

    changed = chat.amend(sheet.id, {"scheduled_time": "2030-05-02T18:30", "content": "Dahlias"}, person="owner")
    assert [one.id for one in chat.sheets(conversation)] == [changed.id]
    assert real_hub.plan(sheet.id).state == "superseded"
    assert real_hub.plan(sheet.id).replaced_by == changed.id
    with pytest.raises(HubError, match=f"replaced by plan {changed.id}"):
        chat.amend(sheet.id, {"content": "Roses"}, person="owner")

    assert "replaced" in real_hub.approve(sheet.id).reply, "the former plan can no longer be approved"
    real_hub.approve(changed.id)
    (post,) = (one for one in real_hub.call("list_social_posts").result.data()["posts"] if one["content"] == "Dahlias")
    assert (post["status"], post["scheduled_time"][:16]) == ("scheduled", "2030-05-02T18:30")


def test_conversations_are_found_by_name_and_by_what_was_said(real_hub: Hub, chat: ChatViews) -> None:
    one = real_hub.ask("/campaign get Dahlia").conversation
    other = real_hub.ask("/campaign get Tulip").conversation
    assert {found.id for found in chat.find("dahlia")} >= {one}
    assert other not in {found.id for found in chat.find("dahlia")}
    (found,) = [each for each in chat.find("multi") + chat.find("tulip weeks") if each.id == other]
    assert "Tulip Weeks" in found.part
    chat.rename(other, "  The  spring plan ")
    assert [each.title for each in chat.find("SPRING plan")] == ["The spring plan"]
    assert next(each.title for each in real_hub.conversations() if each.id == other) == "The spring plan"
    assert chat.find("100%_nothing") == []
    for wrong in ("", " ", "x" * 81):
        with pytest.raises(HubError, match="1 to 80"):
            chat.rename(other, wrong)
    with pytest.raises(HubError, match="deleted"):
        chat.rename("nowhere", "x")


def test_undo_by_command_takes_back_one_step_after_the_other(real_hub: Hub, chat: ChatViews) -> None:
    talk = str(uuid.uuid4())
    for said in ("/campaign create Crocus email budget=100", "/campaign update Crocus budget=200"):
        real_hub.ask(said, conversation=talk)
    last = chat.last_change(talk)
    assert last is not None
    assert last.can_be_undone
    assert "Undone: update campaign" in real_hub.ask(f"/undo {last.id}", conversation=talk).reply
    assert real_hub.call("get_campaign", campaign="Crocus").result.data()["budget"] == 100
    assert "Undone: create campaign" in real_hub.ask("/undo", conversation=talk).reply
    assert "nothing to undo" in real_hub.ask("/undo", conversation=talk).reply
    assert [turn.say for turn in real_hub.turns(talk)][-2:] == ["/undo", "/undo"]


CONVERSATION = "0b0f7c1e-0000-4000-8000-000000000001"


@pytest.fixture
def files(real_hub: Hub) -> tuple[TestClient, dropped.DroppedFiles]:
    app = FastAPI()
    dropped.add_route(app, real_hub)
    kept = dropped.DroppedFiles(real_hub)
    kept.forget(CONVERSATION)
    return TestClient(app), kept


def drop(client: TestClient, name: str, data: bytes, conversation: str = CONVERSATION) -> tuple[int, str | None]:
    answer = client.post("/dropped", params={"conversation": conversation, "name": name}, content=data)
    return answer.status_code, answer.json()["problem"]


def test_a_file_waits_and_is_taken_away(files: tuple[TestClient, dropped.DroppedFiles], real_hub: Hub) -> None:
    client, kept = files
    assert drop(client, "fair.csv", b"email\nann@example.org\n") == (200, None)
    (file,) = kept.waiting(CONVERSATION)
    assert (file.name, file.size, file.holds_leads) == ("fair.csv", 22, True)
    assert real_hub.views.leads.import_preview(file.source).mapping == {"email": "email"}
    kept.forget(CONVERSATION, "fair.csv")
    assert kept.waiting(CONVERSATION) == []
    assert not list((real_hub.settings.home / "imports" / dropped.FOLDER).rglob("*.csv"))


@pytest.mark.parametrize(
    ("name", "conversation", "status", "said"),
    [
        ("virus.exe", CONVERSATION, 415, "of a kind that cannot be read"),
        ("fair.csv", "../../etc", 400, "does not know its conversation"),
        ("fair.csv", "", 400, "does not know its conversation"),
    ],
)
def test_what_cannot_be_read_is_refused(
    files: tuple[TestClient, dropped.DroppedFiles], name: str, conversation: str, status: int, said: str
) -> None:
    answered, problem = drop(files[0], name, b"x", conversation)
    assert (answered, said in (problem or "")) == (status, True)


def test_a_file_cannot_choose_its_place(files: tuple[TestClient, dropped.DroppedFiles]) -> None:
    client, kept = files
    assert drop(client, '../../..\\evil/.hidden "x".csv', b"email\n")[0] == 200
    (file,) = kept.waiting(CONVERSATION)
    assert Path(file.source).parts[:2] == (dropped.FOLDER, CONVERSATION)
    assert '"' not in file.name
    assert not file.name.startswith(".")


def test_a_file_that_is_too_large_is_not_kept(
    files: tuple[TestClient, dropped.DroppedFiles], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, kept = files
    monkeypatch.setattr(dropped, "LARGEST", 1_000_000)
    status, problem = drop(client, "big.csv", b"x" * 1_000_001)
    assert status == 413
    assert problem is not None
    assert "larger than 1 MB" in problem
    assert drop(client, "empty.txt", b"") == (400, "empty.txt is empty.")
    assert kept.waiting(CONVERSATION) == []


def test_too_many_files_and_old_ones(
    files: tuple[TestClient, dropped.DroppedFiles], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, kept = files
    monkeypatch.setattr(dropped, "MOST_FILES", 2)
    assert [drop(client, f"{n}.txt", b"x")[0] for n in range(3)] == [200, 200, 409]
    monkeypatch.setattr(dropped, "LONGEST_KEPT", -1)
    assert drop(client, "new.txt", b"x")[0] == 200
    assert [file.name for file in kept.waiting(CONVERSATION)] == ["new.txt"]
