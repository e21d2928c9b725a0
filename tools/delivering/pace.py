"""How much may go out: by the second to one provider, by the day while a sender is new, and how soon again after a no."""

from datetime import date, timedelta

#: Messages on the first day of a new sender, doubled each day until `WARM` days are over: at 25 million a day (day 20)
#: nothing is held back any more. Providers advise such a schedule, beginning with 50 or so.
FIRST_DAY = 50
WARM = 20
#: Waits before each new try after a temporary refusal; after the last one the message is given up (together about
#: two days; RFC 5321, 4.5.4.1 advises at least half an hour between tries and some days in all).
RETRIES = tuple(timedelta(minutes=minutes) for minutes in (5, 30, 60, 120, 240, 480, 960, 960))


def allowance(warmup_start: date | None, today: date) -> int | None:
    """How many messages may go out on a day of the warm-up; None where nothing holds them back."""
    if warmup_start is None:
        return None
    day = (today - warmup_start).days
    if day < 0:
        return 0
    return FIRST_DAY * 2**day if day < WARM else None


def burst(rate: float) -> int:
    """How many messages may go out at once to a domain that had none for a while: those of one second, at least one."""
    return max(int(rate), 1)


def next_try(attempts: int) -> timedelta | None:
    """How long to wait after the `attempts`-th refusal (1 for the first); None to give up."""
    return RETRIES[attempts - 1] if attempts <= len(RETRIES) else None
