"""Pooling of studies: common and random effects, heterogeneity, intervals, and the primary analysis."""

from review.synthesis.options import Common, Interval, Model, Tau2
from review.synthesis.pooling import Pooled, PooledStudy, pool, pool_many
from review.synthesis.primary import Primary, primary_analysis
from review.synthesis.single_arm import SingleArmRisk, SingleArmRisks, single_arm_risks

__all__ = [
    "Common",
    "Interval",
    "Model",
    "Pooled",
    "PooledStudy",
    "Primary",
    "SingleArmRisk",
    "SingleArmRisks",
    "Tau2",
    "pool",
    "pool_many",
    "primary_analysis",
    "single_arm_risks",
]
