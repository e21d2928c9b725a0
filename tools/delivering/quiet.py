"""Quiet hours: when nobody is written to, by the recipient's own clock."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_FORM = re.compile(r"\s*(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})\s*")


@dataclass(frozen=True)
class QuietHours:
    """From `begin` until `end`, both times of day; over midnight where the end is the earlier one."""

    begin: time
    end: time

    def end_of(self, moment: datetime, zone: ZoneInfo) -> datetime | None:
        """When the quiet hours end (UTC) in which `moment` falls in this zone; None where it falls in none."""
        local = moment.astimezone(zone)
        now = local.time().replace(tzinfo=None)
        over_midnight = self.end <= self.begin
        inside = now >= self.begin or now < self.end if over_midnight else self.begin <= now < self.end
        if not inside:
            return None
        day = local.date() + timedelta(days=1 if over_midnight and now >= self.begin else 0)
        return datetime.combine(day, self.end, zone).astimezone(UTC)


def quiet_hours(text: str) -> QuietHours | None:
    """“21:00-08:00” as quiet hours; None for an empty text. Raises ValueError for anything else."""
    if not text.strip():
        return None
    found = _FORM.fullmatch(text)
    try:
        if found is None:
            raise ValueError
        hours = [int(part) for part in found.groups()]
        quiet = QuietHours(time(hours[0], hours[1]), time(hours[2], hours[3]))
    except ValueError:
        raise ValueError(f"“{text}” are no quiet hours; write them like 21:00-08:00") from None
    if quiet.begin == quiet.end:
        raise ValueError("quiet hours that begin and end at the same time would never let anything out")
    return quiet


@lru_cache(maxsize=1_000)
def zone_named(name: str | None, otherwise: ZoneInfo) -> ZoneInfo:
    """The zone of this name; `otherwise` where there is none, or no such zone."""
    try:
        return ZoneInfo(name) if name else otherwise
    except (KeyError, ValueError, OSError):  # imported records may hold any word here
        return otherwise
