"""When posts do well in general: the starting point where the house's own results are few."""

from dataclasses import dataclass

from memory.enums import Platform


@dataclass(frozen=True)
class Hours:
    """Weekdays (0 is Monday) and the hours of them, from `start` up to (not including) `end`."""

    weekdays: tuple[int, ...]
    start: int
    end: int


#: Times of most engagement in local time, over the posts of 34,000 businesses: Sprout Social, "Best times to post on
#: social media in 2023", as summed up by Social Media Today (10 May 2023) and O'Dwyer's (7 June 2023). Mastodon and
#: Bluesky were not studied: they get what held for most platforms.
SOURCE = "Sprout Social, “Best times to post on social media in 2023”"
GENERAL = (Hours((1, 2, 3), 9, 12),)
BEST_HOURS: dict[Platform, tuple[Hours, ...]] = {
    Platform.FACEBOOK: (Hours((0, 1, 2), 8, 13), Hours((3,), 8, 12)),
    Platform.INSTAGRAM: (Hours((0,), 10, 12), Hours((1,), 9, 13), Hours((2,), 10, 13), Hours((4,), 9, 11)),
    Platform.TWITTER: (Hours((1, 2, 3, 4), 9, 12),),
    Platform.LINKEDIN: (Hours((1, 2), 10, 12),),
    Platform.TIKTOK: (Hours((1, 2, 3), 14, 18),),
    Platform.MASTODON: GENERAL,
    Platform.BLUESKY: GENERAL,
}
STUDIED = frozenset(Platform) - {Platform.MASTODON, Platform.BLUESKY}


def is_usual(platform: Platform, weekday: int, hour: int) -> bool:
    """Whether an hour of a weekday is one at which posts do well in general."""
    return any(weekday in one.weekdays and one.start <= hour < one.end for one in BEST_HOURS[platform])
