"""Answers for a page's own script: a request {"name", "argument"} to the function of that name, errors as sentences."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from agent import HubError

log = logging.getLogger(__name__)


def answered(answers: Mapping[str, Callable[[dict[str, Any]], Any]], request: Any) -> dict[str, Any]:
    """{"value": …}, or {"error": a sentence}: what a person can mend in its own words, anything else logged. Blocking."""
    asked = request[0] if isinstance(request, list) else request
    answer = answers.get(str(asked.get("name"))) if isinstance(asked, dict) else None
    given = asked.get("argument") if isinstance(asked, dict) else None
    if answer is None or not isinstance(given, dict):
        return {"error": "The page asked for something that the hub does not know. Reload the page."}
    try:
        return {"value": answer(given)}
    except HubError as error:
        return {"error": error.sentence}
    except (KeyError, TypeError, ValueError):
        log.exception("a page's script asked %s wrongly", asked.get("name"))
        return {"error": "The page sent something that the hub could not read. Reload the page."}
