"""What own posts teach: how much the time and the shape of a post matter on a platform, and how sure that is.

The model: log(1 + engagement) = usual level + what weekday, time of day, usual hours and shape add + chance. It is a
Bayesian linear regression with a conjugate normal, inverse-chi-square prior (Gelman et al., "Bayesian Data Analysis",
3rd edition, sections 14.2 and 14.8): each effect starts at 0 (the usual hours: at 10 %) and counts as much as `WEIGHT`
own posts, so that few posts move it little. Intervals are those of Student's t, at 80 %.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from memory.enums import Platform
from tools.posting.defaults import is_usual
from tools.posting.limits import hashtags_of, links_of

#: How many own posts each effect's starting value counts for.
WEIGHT = 4.0
#: What the usual hours are taken to add until own posts say otherwise (on the log scale).
USUAL_HOURS = math.log(1.1)
#: How far posts differ from each other before any are known: typically by a factor of 2, worth 4 posts.
SPREAD, SPREAD_WEIGHT = math.log(2.0), 4.0
LEVEL = 0.8
#: The day in bands of three hours; nobody is told to post at night, so 0 to 6 is one band.
BANDS = ((0, 6), (6, 9), (9, 12), (12, 15), (15, 18), (18, 21), (21, 24))
LONG_TEXT = 150

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Shape:
    """What of a post the model looks at; `media` is None where it is not known yet."""

    question: bool
    link: bool
    hashtags: bool
    media: bool | None
    long: bool


@dataclass(frozen=True)
class Observed:
    """A published post with its engagement (likes, shares and comments together); `at` in the hub's zone."""

    at: datetime
    shape: Shape
    engagement: float


@dataclass(frozen=True)
class Estimate:
    """A value with its 80 % interval."""

    value: float
    low: float
    high: float


SHAPES: tuple[tuple[str, str], ...] = (
    ("question", "a question"),
    ("link", "a link"),
    ("hashtags", "hashtags"),
    ("media", "a picture or film"),
    ("long", f"more than {LONG_TEXT} characters"),
)


def shape_of(content: str, media_urls: Sequence[str]) -> Shape:
    """The shape of a post."""
    return Shape(
        question="?" in content,
        link=bool(links_of(content)),
        hashtags=bool(hashtags_of(content)),
        media=bool(media_urls),
        long=len(content) > LONG_TEXT,
    )


def band_of(hour: int) -> int:
    """The number of the band that an hour lies in."""
    return next(number for number, (_, end) in enumerate(BANDS) if hour < end)


class Learned:
    """The model fitted to a platform's own posts (there may be none)."""

    def __init__(self, platform: Platform, observed: Sequence[Observed]) -> None:
        self.platform, self.n = platform, len(observed)
        size = 7 + len(BANDS) + 1 + len(SHAPES)
        self._start = np.zeros(size)
        self._start[7 + len(BANDS)] = USUAL_HOURS
        rows = np.array([self._row(one.at, one.shape) for one in observed]).reshape(self.n, size)
        y = np.log1p(np.array([one.engagement for one in observed], dtype=float))
        self.usual = float(y.mean()) if self.n else 0.0
        self._centre = rows.mean(axis=0) if self.n else np.zeros(size)
        x, residual = rows - self._centre, y - self.usual
        precision = x.T @ x + WEIGHT * np.eye(size)
        self._covariance = np.linalg.inv(precision)
        self.effects = self._covariance @ (x.T @ residual + WEIGHT * self._start)
        from scipy.special import stdtrit  # where posts are compared: a start does without

        self._freedom = SPREAD_WEIGHT + max(self.n - 1, 0)
        left = residual - x @ self.effects
        shift = self.effects - self._start
        squares = float(left @ left + WEIGHT * (shift @ shift))
        self.spread = math.sqrt((SPREAD_WEIGHT * SPREAD**2 + squares) / self._freedom)
        self._t = float(stdtrit(self._freedom, 0.5 + LEVEL / 2))

    def slot(self, weekday: int, hour: int) -> Estimate:
        """How a time compares with an average one: a factor (1.2 is 20 % more), with its interval.

        Not with the times of the own posts: were all of them at one time, that would be compared with itself.
        """
        x = np.zeros_like(self._start)
        self._put_time(x, weekday, hour)
        return self._factor(x)

    def part(self, name: str) -> Estimate:
        """What a shape adds (a factor), with its interval."""
        x = np.zeros_like(self._start)
        x[self._shape_at(name)] = 1.0
        return self._factor(x)

    def predict(self, shape: Shape, at: datetime | None) -> Estimate | None:
        """The engagement of one new post; None where there is no own post to go by.

        Without a time, that of the house's usual posts. The interval holds the chance of single posts too.
        """
        if not self.n:
            return None
        x = np.zeros_like(self._start)
        for name, _ in SHAPES:
            if getattr(shape, name) is not None:
                x[self._shape_at(name)] = float(getattr(shape, name)) - self._centre[self._shape_at(name)]
        if at is not None:
            self._put_time(x, at.weekday(), at.hour)
            x[: 8 + len(BANDS)] -= self._centre[: 8 + len(BANDS)]
        middle = self.usual + float(x @ self.effects)
        half = self._t * self.spread * math.sqrt(1 + 1 / self.n + float(x @ self._covariance @ x))
        low, high = (max(math.expm1(value), 0.0) for value in (middle - half, middle + half))
        return Estimate(max(math.expm1(middle), 0.0), low, high)

    def _factor(self, x: Vector) -> Estimate:
        middle = float(x @ self.effects)
        half = self._t * self.spread * math.sqrt(float(x @ self._covariance @ x))
        return Estimate(math.exp(middle), math.exp(middle - half), math.exp(middle + half))

    def _row(self, at: datetime, shape: Shape) -> Vector:
        x = np.zeros_like(self._start)
        self._put_time(x, at.weekday(), at.hour)
        for name, _ in SHAPES:
            x[self._shape_at(name)] = float(bool(getattr(shape, name)))
        return x

    def _put_time(self, x: Vector, weekday: int, hour: int) -> None:
        x[weekday] = 1.0
        x[7 + band_of(hour)] = 1.0
        x[7 + len(BANDS)] = float(is_usual(self.platform, weekday, hour))

    @staticmethod
    def _shape_at(name: str) -> int:
        return 8 + len(BANDS) + [shape for shape, _ in SHAPES].index(name)


def how_sure(own: int) -> str:
    """What an estimate from so many own posts is worth, in words."""
    if own == 0:
        return "not sure at all (none of your posts there has results yet)"
    posts = f"{own} of your posts there {'has' if own == 1 else 'have'} results"
    if own < 5:
        return f"hardly (only {posts})"
    return f"somewhat ({posts})" if own < 20 else f"fairly ({posts})"
