"""The reports that were made, and their files."""

from collections.abc import Sequence

from memory.reports import Report, list_reports, report_with_id
from tools.core.context import Context
from tools.core.errors import NotFound


def newest(ctx: Context) -> Sequence[Report]:
    """The newest reports, the last first, without their files."""
    return list_reports(ctx.session)


def report(ctx: Context, number: int) -> Report:
    """One report with its file. Raises NotFound."""
    found = report_with_id(ctx.session, number)
    if found is None:
        raise NotFound(f"There is no report {number}. Make one on the Analytics page.", "report")
    return found
