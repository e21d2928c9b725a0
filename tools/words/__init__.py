"""Reading days, times, periods and numbers out of English words: a small grammar, no model, no look at any record.

A text is cut into tokens (:mod:`tokens`); every rule takes the tokens and a position and gives what it read with the
position after it. ``numbers``, ``amounts`` and ``times`` give values; the calendar rules (``dates``, ``relatives``,
``parts``, ``holidays_named``, ``offsets``, ``ranges``) give expressions (:mod:`spans`) that a clock turns into days. The
policies for what English leaves open stand at the head of each module.
"""

from tools.words.amounts import resolve_amount
from tools.words.period import PERIOD_EXAMPLES, UnclearWords, resolve_date, resolve_moment, resolve_period

__all__ = ["PERIOD_EXAMPLES", "UnclearWords", "resolve_amount", "resolve_date", "resolve_moment", "resolve_period"]
