"""Reading a message: dates, times, periods, money, numbers, texts and addresses, each with the words that it rests on.

:func:`read` is the entry; the readers of single kinds and the ``as_...`` functions (what a mention is worth to an argument
of a type) stand beside it. The grammar itself is in :mod:`tools.words`. Nothing is read that was not said.
"""

from agent.reading.addresses import read_emails, read_files, read_hashtags, read_phones, read_urls
from agent.reading.convert import as_amount, as_date, as_days, as_moment, as_period, as_range, as_share
from agent.reading.mention import Change, DateRange, Duration, Kind, Mention, Money, Period
from agent.reading.reader import mentions_of, read
from agent.reading.single import (
    read_changes,
    read_dates,
    read_durations,
    read_money,
    read_numbers,
    read_percents,
    read_times,
)
from agent.reading.texts import read_after_colon, read_names, read_quoted

__all__ = [
    "Change", "DateRange", "Duration", "Kind", "Mention", "Money", "Period",
    "as_amount", "as_date", "as_days", "as_moment", "as_period", "as_range", "as_share",
    "mentions_of", "read", "read_after_colon", "read_changes", "read_dates", "read_durations", "read_emails", "read_files",
    "read_hashtags", "read_money", "read_names", "read_numbers", "read_percents", "read_phones", "read_quoted", "read_times",
    "read_urls",
]  # fmt: skip
