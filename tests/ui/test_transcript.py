"""Turns as messages: what is shown, and that text stays text."""

import pytest
from markdown_it import MarkdownIt
from scripted_hub import created, deletion

from agent import Call, Evidence, Turn
from ui.answering import Answer
from ui.web.transcript import SHOWN_TURNS, as_text, messages, step


def turn(say: str = "hello", **fields: object) -> Turn:
    return Turn.model_validate({"id": "t", "conversation": "c", "say": say, **fields})


def shown(markdown: str) -> str:
    """The plain text that a Markdown renderer makes of it."""
    tokens = MarkdownIt("commonmark", {"html": True, "breaks": True}).enable("table").parse(markdown)
    lines = []
    for token in tokens:
        assert token.type in ("paragraph_open", "paragraph_close", "inline"), f"{token.type} in {markdown!r}"
        if token.type == "inline":
            for child in token.children or []:
                assert child.type in ("text", "text_special", "softbreak", "hardbreak"), f"{child.type} in {markdown!r}"
            lines.append(
                "".join("\n" if c.type in ("softbreak", "hardbreak") else c.content for c in token.children or [])
            )
    return "\n".join(lines)


@pytest.mark.parametrize(
    "said",
    [
        "Create a campaign called Bloom with $5,000 & 20 % off",
        "*bold* _it_ `code` ~~gone~~ **x**",
        "<script>alert(1)</script> <b>x</b> &lt; &amp;",
        "# not a heading",
        "- not a list",
        "+ nor this",
        "1. nor that",
        "12) nor that",
        "a\n---\nb",
        "a\n===\nb",
        "| a | b |",
        "![x](http://evil.test/x.png) [l](javascript:alert(1))",
        "a\\*b",
        "first\nsecond",
        "> no quote",
        "snake_case_name and __init__",
        "${1+1} {{7*7}}",
    ],
)
def test_what_a_person_typed_is_shown_as_typed(said: str) -> None:
    assert shown(as_text(said)) == said


def test_indented_lines_are_no_code() -> None:
    assert shown(as_text("    four spaces")) == "\xa0" * 4 + "four spaces"


def test_a_plain_sentence_is_left_alone() -> None:
    """It is what the copy button copies."""
    said = "Create an email campaign called Bloom with a 5000 dollar budget, starting on 1 May!"
    assert as_text(said) == said


def test_a_turn_is_the_message_its_steps_and_the_reply() -> None:
    found = messages([turn(calls=(created(),), reply="Created **Bloom**.")])
    assert [message["role"] for message in found] == ["user", "assistant", "assistant"]
    assert found[0]["content"] == "hello"
    assert found[1]["metadata"]["title"] == "Create campaign · done"
    assert found[2]["content"] == "Created **Bloom**."


def test_a_step_names_each_argument_and_the_words_it_rests_on() -> None:
    content = step(created())["content"]
    assert "| name | Bloom | “Bloom” |" in content
    assert "| budget | 5000 | “5000 dollar budget” |" in content
    assert "| type | email |  |" in content
    assert content.endswith("Created the campaign **Bloom**.")


def test_a_step_tells_where_a_value_came_from() -> None:
    call = Call(
        tool="generate_sms",
        arguments={"topic": "fair", "count": 3, "channels": ["email", "sms"], "urgent": True},
        rests_on={
            "topic": Evidence(words="the fair", origin="conversation"),
            "count": Evidence(words="", origin="default"),
        },
    )
    content = step(call)["content"]
    assert "| topic | fair | “the fair” *said earlier* |" in content
    assert "| count | 3 | *usual value* |" in content
    assert "| channels | email, sms |  |" in content
    assert "| urgent | yes |  |" in content


def test_steps_that_wait_or_failed_say_so() -> None:
    waiting = step(deletion().model_copy(update={"waiting": True, "plan": 7}))
    assert waiting["metadata"]["title"] == "Delete campaign · waits for approval"
    assert "Plan 7 waits for a person; nothing has happened yet." in waiting["content"]
    for state, title in (("executed", "approved"), ("rejected", "rejected"), ("superseded", "replaced")):
        laid = deletion().model_copy(update={"waiting": True, "plan": 7})
        assert step(laid, {7: state})["metadata"]["title"] == f"Delete campaign · {title}"
    failed = step(deletion().model_copy(update={"error": "There is no campaign <Bloom>."}))
    assert failed["metadata"]["title"] == "Delete campaign · did not work"
    assert "There is no campaign &lt;Bloom&gt;." in failed["content"]


def test_a_value_cannot_break_out_of_its_cell() -> None:
    content = step(Call(tool="x", arguments={"a": "1 | 2\n\n# head <b>"}))["content"]
    rows = content.splitlines()
    assert rows[2] == r"| a | 1 \| 2 # head &lt;b&gt; |  |"
    assert len(rows) == 3


def test_notes_stand_under_the_reply_unless_it_has_them() -> None:
    reply = messages([turn(reply="Done.", notes=("Cut after 10,000 characters <b>.",))])[-1]["content"]
    assert reply == 'Done.\n\n<div class="hub-note">Cut after 10,000 characters &lt;b&gt;.</div>'
    assert messages([turn(reply="Cut. Done.", notes=("Cut.",))])[-1]["content"] == "Cut. Done."


def test_an_answer_on_its_way_shows_what_is_done_and_what_is_being_done() -> None:
    coming = messages([turn(reply="before")], Answer("now", steps=(created(),), progress="Writing <i> …"))
    assert [m["content"] for m in coming[:2]] == ["hello", "before"]
    assert coming[2]["content"] == "now"
    assert coming[3]["metadata"]["title"] == "Create campaign · done"
    assert 'role="status">Writing &lt;i&gt; …<' in coming[4]["content"]


def test_an_error_is_an_alert_after_what_was_said() -> None:
    coming = messages([], Answer("now", text="half", error="It <broke>.\n\nTry again."))
    assert coming[1]["content"] == "half"
    assert coming[2]["content"] == '<div class="hub-error" role="alert">It &lt;broke&gt;.<br>Try again.</div>'


def test_a_stopped_answer_says_so() -> None:
    assert messages([], Answer("now", text="half", stopped=True))[-1]["content"].startswith("*Stopped.")


def test_old_turns_are_left_out_and_told() -> None:
    found = messages([turn(f"say {n}", reply="r") for n in range(SHOWN_TURNS + 3)])
    assert found[0]["content"] == "*3 earlier messages are not shown here; the hub remembers them.*"
    assert found[1]["content"] == "say 3"
    assert len(found) == 1 + 2 * SHOWN_TURNS
