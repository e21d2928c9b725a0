"""What a page's own script asks: values, sentences for what a person can mend, and no more than that for the rest."""

from typing import Any

import pytest

from agent import HubError
from ui.web.parts.serving import answered


def refuse(_given: dict[str, Any]) -> None:
    raise HubError("That day is over. Choose a later one.")


ANSWERS = {"day": lambda given: given["day"], "move": refuse}


def test_a_value_also_from_a_list_of_one() -> None:
    assert answered(ANSWERS, {"name": "day", "argument": {"day": 3}}) == {"value": 3}
    assert answered(ANSWERS, [{"name": "day", "argument": {"day": 4}}]) == {"value": 4}


def test_what_a_person_can_mend_is_its_sentence() -> None:
    assert answered(ANSWERS, {"name": "move", "argument": {}}) == {"error": "That day is over. Choose a later one."}


@pytest.mark.parametrize(
    "request_",
    [None, "day", {"name": "nothing", "argument": {}}, {"name": "day", "argument": 3}, {"name": "day", "argument": {}}],
)
def test_anything_else_asks_for_a_reload(request_: Any) -> None:
    found = answered(ANSWERS, request_)
    assert list(found) == ["error"]
    assert found["error"].endswith("Reload the page.")
