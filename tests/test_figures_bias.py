"""The summary of risk of bias: shares, weights, what stands in the picture, and the same in words."""

from __future__ import annotations

import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex, to_rgb

import review
from review.errors import WrongUse
from review.figures import as_png, as_svg
from review.figures.bias_summary import ORDER, bias_shares, bias_summary_alt, plot_bias_summary
from review.risk_of_bias import study_judgements

SUBJECTS = ("D1", "D2", "D3", "D4", "D5", "overall")


def bias_of(*studies):
    """Return judgements that are all Low, save what each study names; `not_reported` hangs on reporting."""
    low = {f"final_{subject}": "Low" for subject in SUBJECTS} | {"not_reported": ()}
    named = [{"study_id": f"s{place}", "outcome_id": ""} | low | given for place, given in enumerate(studies)]
    return pd.DataFrame(named, dtype="object")


FOUR = bias_of(
    {"final_D1": "High", "final_overall": "High"},
    {"final_D1": "Some concerns", "final_overall": "Some concerns"},
    {"final_D1": "High", "final_overall": "High", "not_reported": ("D1", "overall")},
    {"final_D1": None, "final_overall": None},
)


def texts(figure):
    """Return every text of a figure."""
    return [text.get_text() for axes in figure.axes for text in axes.texts if text.get_text()]


def bars(figure):
    """Return the outlined boxes of a figure that lie in its bars: place, width, colour, hatch."""
    boxes = [box for box in figure.axes[0].patches if to_hex(box.get_edgecolor()) == "#1a1a1a" and box.get_x() > 2]
    height = max(box.get_y() for box in boxes)
    return [
        (round(box.get_y(), 3), box.get_width(), to_hex(box.get_facecolor()), box.get_hatch() or "")
        for box in boxes
        if box.get_y() < height
    ]


def shares_of(bias, weights=None):
    """Return the shares of D1 that are not 0."""
    first = bias_shares(bias, weights)[0].by_judgement
    return {judgement: share for judgement, share in first.items() if share}


def test_without_weights_every_study_counts_the_same():
    """What hangs on missing reporting and what has no judgement have shares of their own, never Low."""
    assert shares_of(FOUR) == {"High": 0.25, "Some concerns": 0.25, "not reported": 0.25, "not assessed": 0.25}


def test_weights_are_those_of_the_synthesis_in_any_unit():
    """Percent and fractions give the same shares; a study without weight is not seen."""
    percent = shares_of(FOUR, [60, 30, 10, 0])

    assert percent == pytest.approx({"High": 0.6, "Some concerns": 0.3, "not reported": 0.1})
    assert shares_of(FOUR, [0.6, 0.3, 0.1, 0.0]) == pytest.approx(percent)


def test_the_shares_of_each_domain_are_whole():
    """Domains and overall in their order; each adds up to 1 over all judgements."""
    shares = bias_shares(FOUR, [3, 1, 4, 1])

    assert [share.subject for share in shares] == list(SUBJECTS)
    assert [list(share.by_judgement) for share in shares] == [list(ORDER)] * 6
    assert [sum(share.by_judgement.values()) for share in shares] == pytest.approx([1.0] * 6)


@pytest.mark.parametrize(
    "weights",
    [
        pytest.param([1, 2, 3], id="too few"),
        pytest.param([1, 2, 3, -1], id="negative"),
        pytest.param([0, 0, 0, 0], id="all 0"),
        pytest.param([1, 2, 3, float("nan")], id="no number"),
        pytest.param([1, 2, 3, float("inf")], id="endless"),
    ],
)
def test_weights_that_cannot_be_added_up_are_wrong_use(weights):
    """One line says what is expected."""
    with pytest.raises(WrongUse, match="weights"):
        plot_bias_summary(FOUR, weights)


def test_each_domain_has_a_bar_of_the_whole_width():
    """Six bars whose segments fill the axis; overall stands apart and bold."""
    figure = plot_bias_summary(FOUR, [60, 30, 5, 5])
    found = bars(figure)
    widths = {}
    for y, width, *_ in found:
        widths[y] = widths.get(y, 0) + width

    assert len(widths) == 6
    assert list(widths.values()) == pytest.approx([next(iter(widths.values()))] * 6)
    assert {"D1 Randomisation", "D5 Selection of results", "Overall", "× 60 %", "− 30 %", "0 %", "100 %"} <= set(
        texts(figure)
    )


def test_segments_are_told_apart_without_colour():
    """Each judgement differs from its neighbour in grey by a tenth and more, or in its hatching."""
    first = [segment[2:] for segment in bars(plot_bias_summary(FOUR))][:4]
    greys = [sum(share * part for share, part in zip((0.299, 0.587, 0.114), to_rgb(c), strict=True)) for c, _ in first]

    assert [hatch for _, hatch in first] == ["", "", "//////", "||"]
    assert greys[0] - greys[1] > 0.1
    assert greys[2] - greys[1] > 0.1


def test_a_narrow_segment_has_no_label():
    """A glyph where there is room for it alone, nothing where there is not even that."""
    figure = plot_bias_summary(bias_of({"final_D1": "High"}, {}, {}), [1, 5, 94])

    assert "+ 99 %" in texts(figure)
    assert not [text for text in texts(figure) if text.startswith("×") and text != "×"]
    assert texts(figure).count("×") == 1  # that of the legend


def test_nothing_spills_and_the_same_values_give_the_same_bytes():
    """All texts lie on the page; no date and no program in the file."""
    figure = plot_bias_summary(FOUR, [60, 30, 5, 5], weighted_by="their weight in the pooled risk ratio of pain")
    renderer = FigureCanvasAgg(figure).get_renderer()
    boxes = [text.get_window_extent(renderer) for text in figure.axes[0].texts]

    assert all(box.x0 >= 0 and box.x1 <= figure.bbox.width for box in boxes)
    assert all(box.y0 >= 0 and box.y1 <= figure.bbox.height for box in boxes)
    assert as_svg(figure) == as_svg(
        plot_bias_summary(FOUR, [60, 30, 5, 5], weighted_by="their weight in the pooled risk ratio of pain")
    )
    assert as_png(figure, dpi=50) == as_png(figure, dpi=50)
    assert b"dc:date" not in as_svg(figure)


def test_the_picture_in_words_has_every_share():
    """What the shares are of, then each domain and overall; shares of 0 are left out."""
    said = bias_summary_alt(FOUR, [60, 30, 10, 0])

    assert "4 appraisals, weighted by their weight in the synthesis." in said
    assert "D1 Randomisation: 30 % some concerns, 60 % high and 10 % not reported." in said
    assert "D2 Deviations: 100 % low." in said
    assert "4 appraisals, each counted the same." in bias_summary_alt(FOUR)


def test_no_study_is_no_bar():
    """An empty table is said in words, in the picture and beside it."""
    empty = FOUR.iloc[:0]

    assert "No study has been assessed." in texts(plot_bias_summary(empty))
    assert bias_summary_alt(empty).endswith("No study has been assessed.")
    assert bias_shares(empty, []) == ()


def test_the_reviews_own_judgements_can_be_drawn(root):
    """The shares are those that counting by hand gives."""
    bias = study_judgements(review.load(root).risk_of_bias)
    by_hand = sum("overall" in row.not_reported for row in bias.itertuples()) / len(bias)

    assert bias_shares(bias)[-1].by_judgement["not reported"] == pytest.approx(by_hand)
    assert as_svg(plot_bias_summary(bias))
