"""The spread over phrasings: cases that say the same in several voices, told by the end of their ids (ph-001-baker)."""

import re
from collections.abc import Iterable

from ui.evals.runner import Report

_VOICE = re.compile(r".*\d-([a-z]+)")


def by_voice(reports: Iterable[Report]) -> dict[str, tuple[int, int]]:
    """Passed and all cases of each voice; empty where the ids name none."""
    found: dict[str, tuple[int, int]] = {}
    for report in reports:
        if match := _VOICE.fullmatch(report.case.id):
            passed, total = found.get(match.group(1), (0, 0))
            found[match.group(1)] = passed + report.passed, total + 1
    return found
