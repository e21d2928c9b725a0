"""What is typed on a phone is spelled out; what has a meaning of its own stays, and every word keeps its place."""

import pytest

from agent.reading.spelling import spell_out
from agent.routing.vocabulary import spoken_words

NAMES = ("Kade & Roets", "Commuter Lease")

SPELLED = [
    ("shud we move it to nxt wk", "should we move it to next week"),
    ("show me evry lead w status new n sort them", "show me every lead with status new and sort them"),
    ("wat r the campains abt", "what are the campaigns about"),
    ("schedul the newsleter for tmrw", "schedule the newsletter for tomorrow"),
    ("hows the budgt", "how's the budget"),
    ("start it on tusday in septembr", "start it on tuesday in september"),
    ("pls giv me the performence of last mnth", "please give me the performance of last month"),
    ("Delte the template", "Delete the template"),
    ("wanna see evry1 w city Ghent", "want to see everyone with city Ghent"),
    ("cant we pauze the automation 2moro", "can't we pause the automation tomorrow"),
]
STAYS = [
    "Pause Kade & Roets",  # a record
    "write to Priya Nair and Budgt Bikes",  # capitalised names
    'save this: "c u tmrw, n bring ur bike"',  # quoted
    "mail pls@example.org and read www.evry.com/wks/n",  # addresses
    "wait 2 w, then option n",  # weeks, and a letter that is a name
    "rooibos and oolong from darjeeling",  # words that are near to nothing of ours
    "tag it #nxtwk please",
    "comuter lease",  # a slip in a record's name is forgiven elsewhere
    "we want leads with form and content",
]


@pytest.mark.parametrize(("typed", "meant"), SPELLED)
def test_spelled_out(typed: str, meant: str) -> None:
    spelled = spell_out(typed, NAMES, spoken_words)
    assert spelled.text == meant
    for text_start, text_end, start, end in spelled.pieces:
        assert spelled.place(text_start, text_end) == (start, end)
        assert spelled.text[:text_start].split() or not typed[:start].split()


@pytest.mark.parametrize("typed", STAYS)
def test_stays(typed: str) -> None:
    assert spell_out(typed, NAMES, spoken_words).text == typed


def test_places_between_changed_words() -> None:
    spelled = spell_out("giv u the wks n days", (), spoken_words)
    assert spelled.text == "give you the weeks and days"
    for word, typed in (("the", "the"), ("days", "days"), ("weeks and", "wks n")):
        at = spelled.text.index(word)
        start, end = spelled.place(at, at + len(word))
        assert spelled.said[start:end] == typed
