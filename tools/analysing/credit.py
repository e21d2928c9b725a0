"""How one conversion's credit is shared among the contacts before it: five models, in parts that always add up to one."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from memory.enums import AttributionModel
from memory.paths import Touch

#: Contacts this long before a conversion count.
WINDOW = timedelta(days=30)
#: In time decay, a contact this much earlier weighs half.
HALF_LIFE = timedelta(days=7)
#: Position based: the first and the last contact get this share each, those between share the rest.
END_SHARE = 0.4
#: Contacts of the same origin within this time are one visit (the session of web analytics).
SESSION = timedelta(minutes=30)
#: A conversion is shared in so many parts: whole numbers add up exactly, where fractions would not.
PARTS = 1_000_000_000


def credits(model: AttributionModel, moments: Sequence[datetime], converted: datetime) -> list[int]:
    """The parts (of `PARTS`) of each contact, oldest first; they add up to `PARTS` exactly. None without contacts.

    Models as in D. Chaffey and F. Ellis-Chadwick, "Digital Marketing", 8th edition (2022), and as Google Analytics has
    them: time decay with a half-life of 7 days, position based 40/20/40.
    """
    if not moments:
        return []
    return _whole_parts(_weights(model, moments, converted))


def visits(touches: Sequence[Touch]) -> list[Touch]:
    """The contacts without repeats: what comes from the same origin within a session counts once, at its last moment."""
    kept: list[Touch] = []
    last: dict[tuple[object, ...], int] = {}
    for touch in touches:
        origin = (touch.channel, touch.campaign_id, touch.email_campaign_id)
        place = last.get(origin)
        if place is not None and touch.at - kept[place].at <= SESSION:
            del kept[place]
            last = {key: at - (at > place) for key, at in last.items()}
        last[origin] = len(kept)
        kept.append(touch)
    return kept


def _weights(model: AttributionModel, moments: Sequence[datetime], converted: datetime) -> list[float]:
    n = len(moments)
    if model == AttributionModel.FIRST_TOUCH:
        return [1.0] + [0.0] * (n - 1)
    if model == AttributionModel.LAST_TOUCH:
        return [0.0] * (n - 1) + [1.0]
    if model == AttributionModel.TIME_DECAY:
        return [0.5 ** ((converted - at) / HALF_LIFE) for at in moments]
    if model == AttributionModel.POSITION_BASED and n > 2:
        between = (1 - 2 * END_SHARE) / (n - 2)
        return [END_SHARE, *[between] * (n - 2), END_SHARE]
    return [1.0] * n  # linear; and with two contacts or one, there is nothing between the first and the last


def _whole_parts(weights: Sequence[float]) -> list[int]:
    """Whole parts in proportion to the weights, by largest remainders (the Hare quota)."""
    whole = sum(weights)
    exact = [weight / whole * PARTS for weight in weights]
    parts = [int(part) for part in exact]
    by_remainder = sorted(range(len(parts)), key=lambda at: parts[at] - exact[at])
    for at in by_remainder[: PARTS - sum(parts)]:
        parts[at] += 1
    return parts
