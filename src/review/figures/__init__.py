"""Figures: each `plot_` function takes values and gives a Matplotlib figure, each `_alt` function says it in words.

Figures neither compute nor save; `as_svg` and `as_png` give their bytes.
"""

from review.figures.bias_lights import bias_lights_alt, plot_bias_lights
from review.figures.bias_summary import bias_summary_alt, plot_bias_summary
from review.figures.canvas import as_png, as_svg
from review.figures.duration import duration_alt, plot_duration
from review.figures.forest import forest_alt, plot_forest
from review.figures.harvest import harvest_alt, plot_harvest
from review.figures.inline import inline_svg
from review.figures.overclaim import overclaim_alt, plot_overclaim
from review.figures.single_arm import plot_single_arm, single_arm_alt
from review.figures.terms import arms_in_order

__all__ = [
    "arms_in_order",
    "as_png",
    "as_svg",
    "bias_lights_alt",
    "bias_summary_alt",
    "duration_alt",
    "forest_alt",
    "harvest_alt",
    "inline_svg",
    "overclaim_alt",
    "plot_bias_lights",
    "plot_bias_summary",
    "plot_duration",
    "plot_forest",
    "plot_harvest",
    "plot_overclaim",
    "plot_single_arm",
    "single_arm_alt",
]
