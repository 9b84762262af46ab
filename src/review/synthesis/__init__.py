"""Pooling of studies, the primary analysis, and how firm a pooled result is."""

from review.synthesis.absolute import absolute_effects
from review.synthesis.funnel import STUDIES_FOR_SMALL_STUDY_TESTS, SmallStudyEffects, small_study_effects
from review.synthesis.one_left_out import influence, leave_one_out
from review.synthesis.options import Common, Interval, Model, Tau2
from review.synthesis.pooling import Pooled, PooledStudy, pool, pool_many
from review.synthesis.primary import Primary, primary_analysis
from review.synthesis.q_profile import Tau2Interval, tau2_interval
from review.synthesis.single_arm import SingleArmRisk, SingleArmRisks, single_arm_risks
from review.synthesis.small_study import EggerTest, RankTest, egger_test, rank_test
from review.synthesis.subgroup_analysis import Subgroup, Subgroups, subgroups
from review.synthesis.trimming import TrimAndFill, trim_and_fill

__all__ = [
    "STUDIES_FOR_SMALL_STUDY_TESTS",
    "Common",
    "EggerTest",
    "Interval",
    "Model",
    "Pooled",
    "PooledStudy",
    "Primary",
    "RankTest",
    "SingleArmRisk",
    "SingleArmRisks",
    "SmallStudyEffects",
    "Subgroup",
    "Subgroups",
    "Tau2",
    "Tau2Interval",
    "TrimAndFill",
    "absolute_effects",
    "egger_test",
    "influence",
    "leave_one_out",
    "pool",
    "pool_many",
    "primary_analysis",
    "rank_test",
    "single_arm_risks",
    "small_study_effects",
    "subgroups",
    "tau2_interval",
    "trim_and_fill",
]
