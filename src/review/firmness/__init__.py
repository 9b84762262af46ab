"""How firm a verdict is: what becomes of it under every choice that a reasonable reviewer could make otherwise.

One row for each choice by itself, then all combinations of them.  It says nothing of bias in the data, nor of trials
that nobody has read.
"""

from review.firmness.case import Choice
from review.firmness.rows import CAPTION, Firmness, Row, firmness, firmness_records
from review.firmness.steadiness import Steadiness

__all__ = ["CAPTION", "Choice", "Firmness", "Row", "Steadiness", "firmness", "firmness_records"]
