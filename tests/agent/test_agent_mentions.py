"""Records in sentences: which words name which record, and how surely."""

import pytest

from agent.mentions import MISSPELT, ONE_WORD, PART, WHOLE, RecordMention, best_of, find_records
from agent.reading import read
from agent.routing.masking import mask, plain
from tools.core.records import RecordName

FERN = RecordName("campaign", 1, "Fern Week 2026")
FERN_OLD = RecordName("campaign", 2, "Fern Week 2025")
KETTLE = RecordName("campaign", 3, "Copperkettle")
TEASHOP = RecordName("campaign", 4, "Tea Shop")
FRAME = RecordName("template", 5, "Fern frame")
JANE_ACME = RecordName("lead", 6, "Jane Porter", ("jane@acme.example", "Acme"))
JANE_ZETA = RecordName("lead", 7, "Jane Holm", ("jane@zeta.example", "Zeta"))
OTTO = RecordName("lead", 8, "Otto Lind", ("otto@acme.example", "Acme"))
ALL = [FERN, FERN_OLD, KETTLE, TEASHOP, FRAME, JANE_ACME, JANE_ZETA, OTTO]


def best(message: str, noun: str) -> RecordMention:
    found = best_of(find_records(message, ALL), noun)
    assert found, f"nothing found in {message!r}"
    return max(found, key=lambda m: (m.certainty, m.end - m.start))


@pytest.mark.parametrize(
    ("message", "noun", "record", "words", "certainty"),
    [
        ("Pause Copperkettle now", "campaign", KETTLE, "Copperkettle", WHOLE),
        ("pause copperkettle", "campaign", KETTLE, "copperkettle", WHOLE),
        ("Copperkettle's budget", "campaign", KETTLE, "Copperkettle", WHOLE),
        ("pause copper kettle", "campaign", KETTLE, "copper kettle", WHOLE),
        ("open Teashop please", "campaign", TEASHOP, "Teashop", WHOLE),
        ("pause Coperkettle", "campaign", KETTLE, "Coperkettle", MISSPELT),
        ("pause Copperketle", "campaign", KETTLE, "Copperketle", MISSPELT),
        ("open Fern Week 2025", "campaign", FERN_OLD, "Fern Week 2025", WHOLE),
        ("open Fern Week 2026.", "campaign", FERN, "Fern Week 2026", WHOLE),
        ("write to otto@acme.example", "lead", OTTO, "otto@acme.example", 0.95),
        ("what about Jane from Acme?", "lead", JANE_ACME, "Jane from Acme", WHOLE),
        ("and Jane at Zeta", "lead", JANE_ZETA, "Jane at Zeta", WHOLE),
        ("how is Otto Lind doing", "lead", OTTO, "Otto Lind", WHOLE),
        ("use the Fern frame", "template", FRAME, "Fern frame", WHOLE),
    ],
)
def test_one_record(message: str, noun: str, record: RecordName, words: str, certainty: float) -> None:
    mention = best(message, noun)
    assert (mention.record, mention.text, mention.certainty) == (record, words, certainty)
    assert message[mention.start : mention.end] == words


def test_several_words_of_two_names_leave_both_open() -> None:
    mention = best("how is Fern Week doing", "campaign")
    assert {r.id for r in mention.records} == {1, 2}
    assert mention.record is None
    assert mention.certainty == PART


def test_one_telling_word_is_less_sure() -> None:
    mention = best("pause the Fern thing", "campaign")
    assert {r.id for r in mention.records} == {1, 2}
    assert ONE_WORD <= mention.certainty < PART


def test_a_company_of_two_leaves_both_open() -> None:
    assert {r.id for r in best("somebody of Acme", "lead").records} == {6, 8}
    assert {r.id for r in best("call Jane", "lead").records} == {6, 7}


@pytest.mark.parametrize("message", ["pause Fern Week 2024", "open Fern Week 2027"])
def test_another_number_is_no_misspelling(message: str) -> None:
    assert all(m.certainty < MISSPELT for m in find_records(message, ALL))


@pytest.mark.parametrize("message", ["what do we have this week", "", "12 of them", "Make a campaign for the week"])
def test_no_record_is_named_surely(message: str) -> None:
    assert [m.text for m in find_records(message, ALL) if m.certainty >= 0.68] == []


def test_mentions_of_one_noun_do_not_overlap() -> None:
    found = best_of(find_records("Compare Copperkettle with Tea Shop and Fern Week 2025", ALL), "campaign")
    assert [m.record for m in found] == [KETTLE, TEASHOP, FERN_OLD]


@pytest.mark.parametrize(
    ("message", "masked"),
    [
        ("Pause Copperkettle", "Pause {campaign}"),
        ("Pause the Copperkettle campaign", "Pause {campaign}"),
        ("Give Copperkettle 900 euros until 3 May", "Give {campaign} {money} until {date}"),
        ("Write to otto@acme.example on Instagram", "Write to {lead} on {platform}"),
        ("Post “Hello there” please", "Post {quoted} please"),
        ("Delete the Mossy Bank campaign", "Delete {campaign}"),
        ("Delete the campaign.", "Delete {campaign}."),
        ("What is new?", "What is new?"),
    ],
)
def test_masking(message: str, masked: str, now: object) -> None:
    mentions = read(message, now=now, time_zone="Europe/Berlin", country=None, names=())  # type: ignore[arg-type]
    assert mask(message, mentions, find_records(message, ALL)) == masked


def test_words_that_repeat_a_placeholder_go() -> None:
    assert plain("show me the {template} template") == "show me {template}"
    assert plain("start the workflow {workflow}") == "start {workflow}"
