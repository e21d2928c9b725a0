"""What the A/B testing page shows beside the tools' results. Nothing is changed here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.enums import AbMetric
from tools.experimenting import desk
from tools.experimenting.desk import Course, Prospect
from tools.experimenting.entry import the_test
from tools.mailing.entry import the_mailing

if TYPE_CHECKING:
    from tools.core.door import Door

__all__ = ["Course", "ExperimentViews", "Prospect"]


class ExperimentViews:
    """`hub.views.experiments`."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def testable(self) -> list[tuple[int, str]]:
        """The mailings of which a test can be made now: id and name, newest first."""
        with self._door.reading() as ctx:
            return [(one.id, one.name) for one in desk.testable(ctx)]

    def prospect(self, mailing: str, metric: str, variants: int, share: float) -> Prospect:
        """Which difference a test could see before it is made. Raises NotFound, Ambiguous, Conflict, BadInput."""
        with self._door.reading() as ctx:
            return desk.prospect(ctx, the_mailing(ctx, mailing), AbMetric(metric), variants, share)

    def course(self, test: int) -> Course:
        """How a test stands and goes on by itself. Raises NotFound."""
        with self._door.reading() as ctx:
            return desk.course(ctx, the_test(ctx, str(test)))
