"""Several syntheses end to end in flat arrays, so that one and ten thousand take the same way.

Only sums and spreading stand here; what is summed is the business of the estimators.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from review.effects import Array

Number = TypeVar("Number", bound=np.generic)


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """Where each of g syntheses lies in flat arrays of n studies; none is empty.

    Attributes
    ----------
    starts : ndarray of int, shape (g,)
        First study of each synthesis.
    sizes : ndarray of int, shape (g,)
        Number of its studies.
    """

    starts: NDArray[np.intp]
    sizes: NDArray[np.intp]

    def total(self, values: Array) -> Array:
        """Sums over each synthesis: shape (n,) to (g,)."""
        return np.add.reduceat(values, self.starts)

    def low(self, values: Array) -> Array:
        """Smallest value of each synthesis: shape (n,) to (g,)."""
        return np.minimum.reduceat(values, self.starts)

    def high(self, values: Array) -> Array:
        """Largest value of each synthesis: shape (n,) to (g,)."""
        return np.maximum.reduceat(values, self.starts)

    def spread(self, values: NDArray[Number]) -> NDArray[Number]:
        """Each synthesis' value at each of its studies: shape (g,) to (n,)."""
        return np.repeat(values, self.sizes)

    def subset(self, chosen: NDArray[np.bool_]) -> Groups:
        """Some of the syntheses, closed up; `spread(chosen)` says which studies stay."""
        return groups_of(self.sizes[chosen])

    def take(self, chosen: NDArray[np.intp]) -> tuple[NDArray[np.intp], Groups]:
        """The rows of syntheses by number, as often as each is named, and the groups that these rows make."""
        part = groups_of(self.sizes[chosen])
        return np.arange(part.sizes.sum()) + part.spread(self.starts[chosen] - part.starts), part


def groups_of(sizes: NDArray[np.intp]) -> Groups:
    """Syntheses of these sizes, one after the other."""
    return Groups(starts=np.cumsum(sizes) - sizes, sizes=sizes)


def one_group(k: int) -> Groups:
    """One synthesis of k studies, k of 1 or more."""
    return groups_of(np.array([k], dtype=np.intp))


def grouped(labels: pd.Series[Any]) -> tuple[NDArray[np.intp], Groups, pd.Index[Any]]:
    """The order that brings equal labels together, the groups in that order, and their labels, sorted."""
    codes, names = pd.factorize(labels, sort=True)
    sizes = np.bincount(codes, minlength=len(names)).astype(np.intp)
    return np.argsort(codes, kind="stable"), groups_of(sizes), pd.Index(names, name=labels.name)
