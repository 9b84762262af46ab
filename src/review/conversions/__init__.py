"""Numbers made from what a paper prints: a mean, a spread or an arm that a synthesis needs and the paper does not give.

Every result is a value that says that it was derived, how, by which source, and on what it rests; nothing here decides
whether it is used.  All functions take numbers or arrays and broadcast them to one shape (k,).  Effects of arms stand
in `effects`; whether a printed number follows from its arms stands in `reproduction`.
"""

from review.conversions.arms import PairedDifference, combine_counts, combine_means, paired_difference, split_shared_arm
from review.conversions.derived import CONVERSION_RULES, Derived, DerivedCounts, DerivedMeans
from review.conversions.quantiles import mean_sd_from_quantiles
from review.conversions.spreads import (
    log_ratio_se,
    sd_from_difference,
    sd_from_interval,
    sd_from_se,
    se_from_interval,
    se_from_p,
)

__all__ = [
    "CONVERSION_RULES",
    "Derived",
    "DerivedCounts",
    "DerivedMeans",
    "PairedDifference",
    "combine_counts",
    "combine_means",
    "log_ratio_se",
    "mean_sd_from_quantiles",
    "paired_difference",
    "sd_from_difference",
    "sd_from_interval",
    "sd_from_se",
    "se_from_interval",
    "se_from_p",
    "split_shared_arm",
]
