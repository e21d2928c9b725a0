"""Percentiles, as the reports of the evals give them."""

import math
from collections.abc import Sequence


def percentile(values: Sequence[float], share: float) -> float | None:
    """The nearest-rank percentile: the smallest value with at least `share` (0 to 1) of all at or below it.

    None for no values. Definition: Hyndman & Fan, "Sample quantiles in statistical packages", 1996, type 1.
    """
    if not values:
        return None
    return sorted(values)[max(math.ceil(share * len(values)) - 1, 0)]
