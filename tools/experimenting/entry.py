"""How tests are found by what people call them, and which of its variants somebody means."""

from collections.abc import Sequence

from rapidfuzz import fuzz
from sqlalchemy.orm import Session

from memory.ab_tests import AbTest, called_tests
from memory.enums import AbElement
from tools.core.context import Context
from tools.core.errors import BadInput
from tools.core.records import Noun, RecordName, fold, register, resolve
from tools.core.result import RecordLink
from tools.quoting import inert
from tools.show import listing, shorten

AB_TEST = "ab_test"
LETTERS = "ABCDEF"
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")
#: rapidfuzz score from which a misspelt variant counts.
_NEAR = 88


def the_test(ctx: Context, ab_test: str) -> AbTest:
    """The test that `ab_test` names. Raises NotFound or Ambiguous, with candidates."""
    return ctx.session.get_one(AbTest, resolve(ctx, AB_TEST, ab_test, "ab_test").id)


def test_link(test: AbTest) -> RecordLink:
    return RecordLink(noun=AB_TEST, id=test.id, name=test.name)


def the_variant(test: AbTest, wanted: str) -> int:
    """The position of the variant that is meant: by its words or a part of them, its letter, number or place.

    Raises BadInput, naming the variants, where none or several fit.
    """
    texts = [fold(variant.text) for variant in test.variants]
    said = fold(wanted)
    short = " ".join(
        word for word in said.split() if word not in ("the", "variant", "version", "option", "one", "number")
    )
    ways = (
        [at for at, text in enumerate(texts) if text == said],
        [at for at in range(len(texts)) if short in (LETTERS[at].lower(), str(at + 1), _ORDINALS[at])],
        [at for at, text in enumerate(texts) if len(said) >= 2 and said in text],
        [at for at, text in enumerate(texts) if len(text) >= 4 and text in said],
        [at for at, text in enumerate(texts) if fuzz.ratio(said, text) >= _NEAR],
    )
    for found in ways:
        if len(found) == 1:
            return found[0]
        if found:
            break
    listed = listing([f"{LETTERS[at]} “{inert(shorten(one.text, 60))}”" for at, one in enumerate(test.variants)], "or")
    raise BadInput(f"Which variant do you mean by “{inert(shorten(wanted, 60))}”? The test has {listed}.", "variant")


def test_names(session: Session, text: str | None) -> Sequence[RecordName]:
    """Every test, also by its mailing and by what is tested."""
    return [
        RecordName(AB_TEST, id, name, (mailing, _element_words(element)))
        for id, name, element, mailing in called_tests(session)
    ]


def _element_words(element: AbElement) -> str:
    return f"{element.value.replace('_', ' ')} test"


register(
    Noun(
        AB_TEST,
        "A/B test",
        "A/B tests",
        ("test", "tests", "experiment", "experiments", "a", "b", "ab", "a/b", "split", "variant", "variants"),
        test_names,
    )
)
