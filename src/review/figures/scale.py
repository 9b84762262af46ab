"""Limits and ticks of the figures' axes."""

from __future__ import annotations

import math
from collections.abc import Sequence

#: A ratio's axis goes no further than this to either side unless an estimate lies beyond; longer intervals get arrows.
FARTHEST_RATIO = 100.0
#: Ticks of a ratio's axis, the finest first; the first row with two to five in range is taken.
_RATIO_TICKS = (
    (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50),
    (0.1, 0.3, 1, 3, 10, 30, 100),
    (0.001, 0.01, 0.1, 1, 10, 100, 1000),
)
MOST_TICKS = 5


def ratio_range(values: Sequence[float], centres: Sequence[float]) -> tuple[float, float]:
    """Limits of a ratio's axis, with room on both sides of 1; `centres` are never outside."""
    low = max(min(values), 1 / FARTHEST_RATIO)
    high = min(max(values), FARTHEST_RATIO)
    inner = [at for at in centres if at > 0]
    return min([low / 1.15, 0.5, *(at / 1.5 for at in inner)]), max([high * 1.15, 2.0, *(at * 1.5 for at in inner)])


def difference_range(values: Sequence[float]) -> tuple[float, float]:
    """Limits of a difference's axis, with room on both sides of 0."""
    low, high = min([*values, 0.0]), max([*values, 0.0])
    span = (high - low) or 1.0
    return low - 0.15 * span, high + 0.15 * span


def ratio_ticks(low: float, high: float) -> list[float]:
    """Ticks of a ratio's axis between these limits."""
    choices = [[float(at) for at in row if low <= at <= high] for row in _RATIO_TICKS]
    return next((row for row in choices if 1 < len(row) <= MOST_TICKS), choices[-1] or [1.0])


def even_ticks(low: float, high: float) -> list[float]:
    """Ticks of an even axis between these limits, at steps of 1, 2 or 5 times a power of ten."""
    step = 10.0 ** math.floor(math.log10((high - low) / MOST_TICKS))
    step *= next((times for times in (1, 2, 5) if (high - low) / (step * times) <= MOST_TICKS), 10)
    return [step * at for at in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)]
