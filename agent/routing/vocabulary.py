"""The words that the hub is spoken to in: those of its examples, its closed vocabularies, its records and the calendar."""

from functools import cache

from agent.reading.spelling import counted
from agent.routing.examples import load_examples
from tools.core.records import NOUNS
from tools.vocabulary import VOCABULARY
from tools.words.vocabulary import MONTHS, ONES, ORDINALS, TENS, UNITS, WEEKDAYS

#: Words of the trade that no example happens to hold.
_TRADE = (
    "marketing",
    "budget",
    "audience",
    "newsletter",
    "webinar",
    "instagram",
    "hashtags",
    "unsubscribes",
    "reschedule",
)


@cache
def spoken_words() -> dict[str, int]:
    """Each word with how often the examples say it."""
    terms = [word for enum in VOCABULARY.values() for value, said in enum.items() for word in (value, *said)]
    terms += [word for noun in NOUNS.values() for word in (noun.singular, noun.plural, *noun.words)]
    terms += [*MONTHS, *WEEKDAYS, *UNITS, *ONES, *TENS, *ORDINALS, *_TRADE]
    return counted((example.text for example in load_examples()), terms)
