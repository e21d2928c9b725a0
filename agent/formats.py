"""How values look in the tools' answers, so that a page shows the same money, days and shares."""

from tools.show import count, day, days, listing, moment, money, number, percent, shorten, words

__all__ = ["count", "day", "days", "listing", "moment", "money", "number", "percent", "shorten", "words"]
