"""What a change of a campaign changes: each field before and after, as a person reads it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from memory.campaigns import Campaign
from tools.campaigning.cards import FieldChange
from tools.show import day, listing, money, shorten, words


def changes_between(campaign: Campaign, given: Mapping[str, Any], currency: str) -> tuple[FieldChange, ...]:
    """The fields of `given` (None: not given) whose value differs from the campaign's."""
    return changes_to(campaign, {field: value for field, value in given.items() if value is not None}, currency)


def changes_to(campaign: Campaign, given: Mapping[str, Any], currency: str) -> tuple[FieldChange, ...]:
    """The same for a whole form, in which None takes a value away."""
    return tuple(
        FieldChange(
            field=field,
            before=_shown(field, getattr(campaign, field), currency),
            after=_shown(field, value, currency),
        )
        for field, value in given.items()
        if value != getattr(campaign, field)
    )


def _shown(field: str, value: Any, currency: str) -> str:
    if value is None:
        return "none"
    if field == "budget":
        return money(value, currency)
    if isinstance(value, date):
        return day(value)
    if isinstance(value, list):
        return listing(words(one) for one in value)
    return words(value) if field in ("status", "type", "goal") else shorten(str(value), 120)
