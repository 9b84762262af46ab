"""From bounds and certainty to a label."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from review.claims import parse_quantities
from review.verdicts import GLOSSES, Limits, direction_of_comparison, direction_of_quantity, label_of, place
from review.vocabulary import Certainty, Direction, Documentation, VerdictLabel

ROOT = Path(__file__).parents[1]
(NO_PAIN,) = parse_quantities("risk(pain): stands < 0.01, fails >= 0.10")
(MOST_CLEAR,) = parse_quantities("risk(clear): stands > 0.5, fails <= 0.5")


def limits(low, high):
    """Limits around their middle."""
    return Limits(name="x", estimate=(low + high) / 2, low=low, high=high)


@pytest.mark.parametrize(
    ("low", "high", "where"),
    [
        pytest.param(0.0, 0.009, "claim", id="upper limit under the first bound"),
        pytest.param(0.0, 0.01, "between", id="upper limit on the first bound"),
        pytest.param(0.02, 0.05, "between", id="between the bounds"),
        pytest.param(0.099, 0.9, "between", id="lower limit under the second bound"),
        pytest.param(0.10, 0.9, "other", id="lower limit on the second bound"),
    ],
)
def test_an_absence_claim_is_read_against_its_two_bounds(low, high, where):
    """Upper limit for standing, lower limit for failing."""
    assert place(limits(low, high), NO_PAIN) == where


@pytest.mark.parametrize(("low", "high", "where"), [(0.6, 0.9, "claim"), (0.4, 0.6, "between"), (0.1, 0.5, "other")])
def test_a_claim_of_most_people_is_read_the_other_way_round(low, high, where):
    """Lower limit for standing, upper limit for failing."""
    assert place(limits(low, high), MOST_CLEAR) == where


def test_all_limits_must_lie_on_one_side():
    """One study in between makes a quantity inconclusive, and so does none at all."""
    high, middle, low = limits(0.2, 0.3), limits(0.05, 0.3), limits(0.0, 0.005)

    assert direction_of_quantity([high, high], NO_PAIN) == Direction.CONTRADICTS
    assert direction_of_quantity([high, middle], NO_PAIN) == Direction.INCONCLUSIVE
    assert direction_of_quantity([high, low], NO_PAIN) == Direction.INCONCLUSIVE
    assert direction_of_quantity([low], NO_PAIN) == Direction.SUPPORTS
    assert direction_of_quantity([], NO_PAIN) == Direction.INCONCLUSIVE


@pytest.mark.parametrize(
    ("ends", "threshold", "higher", "direction"),
    [
        pytest.param((0.1, 0.5), 0.0, True, "supports", id="beyond the null"),
        pytest.param((-0.1, 0.5), 0.0, True, "inconclusive", id="crosses the null"),
        pytest.param((-0.5, -0.1), 0.0, True, "contradicts", id="beyond on the other side"),
        pytest.param((-0.5, -0.1), 0.0, False, "supports", id="lower is claimed"),
        pytest.param((0.1, 0.5), 0.2, True, "inconclusive", id="crosses the important difference"),
        pytest.param((0.3, 0.5), 0.2, True, "supports", id="beyond the important difference"),
        pytest.param((0.05, 0.15), 0.2, True, "contradicts", id="inside the important difference"),
        pytest.param((-0.15, 0.15), 0.2, True, "contradicts", id="around the null, inside the important difference"),
        pytest.param((-0.5, -0.3), 0.2, True, "contradicts", id="important on the other side"),
    ],
)
def test_a_comparison_is_read_against_its_threshold(ends, threshold, higher, direction):
    """Beyond supports, beyond on the other side or inside contradicts, crossing is inconclusive."""
    found = direction_of_comparison(limits(*ends), null=0.0, threshold=threshold, higher_is_claimed=higher)

    assert found == direction


STRONG = (Certainty.HIGH, Certainty.MODERATE, Documentation.WELL, Documentation.DOCUMENTED)
WEAK = (Certainty.LOW, Documentation.THIN)
WORST = (Certainty.VERY_LOW, Documentation.CONFLICTING)


@pytest.mark.parametrize(
    ("direction", "certainties", "wording", "label"),
    [
        ("supports", STRONG, 5, "Supported"),
        ("supports", WEAK, 5, "Supported with limits"),
        ("partly supports", STRONG + WEAK, 4, "Overstated"),
        ("partly supports", STRONG + WEAK, 5, "Overstated"),
        ("partly supports", STRONG + WEAK, 3, "Supported with limits"),
        ("contradicts", STRONG + WEAK, 0, "Contradicted"),
        ("supports", WORST, 0, "Not substantiated"),
        ("partly supports", WORST, 5, "Not substantiated"),
        ("contradicts", WORST, 5, "Not substantiated"),
        ("inconclusive", (*STRONG, *WEAK, *WORST, None), 5, "Not substantiated"),
        ("none found", (None,), 5, "No evidence found"),
        ("not searched", (None,), 5, "Not searched"),
        ("not testable", (None,), 5, "Not testable"),
        ("not judged yet", (None,), 5, "Not judged yet"),
        ("supports", (None,), 5, "Not judged yet"),
    ],
)
def test_the_label_follows_the_table(direction, certainties, wording, label):
    """Each row of the table in docs/methods.md."""
    for certainty in certainties:
        assert label_of(Direction(direction), certainty, wording=wording) == label


def test_very_low_certainty_never_speaks_for_or_against():
    """Whatever the direction and wording, very low certainty gives neither support nor contradiction."""
    labels = {label_of(d, c, wording=w) for d, c, w in product(Direction, WORST, range(6))}

    assert labels.isdisjoint({"Supported", "Supported with limits", "Overstated", "Contradicted"})


def test_every_label_has_its_gloss_and_the_methods_page_prints_it():
    """No label stands anywhere without what it says and does not say."""
    page = (ROOT / "docs" / "methods.md").read_text()

    assert set(GLOSSES) == set(VerdictLabel)
    assert all(label in page for label in VerdictLabel if label != VerdictLabel.NOT_JUDGED)
