"""Every synthesis with its figure: what was compared, what came of it, and how sure it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
from markupsafe import Markup

from review.appraisal import synthesis_grades
from review.cells import rows
from review.certainty import Grade, target_sentence
from review.claims import parent_id
from review.evidence import Index, SynthesisEvidence, index_of, synthesis_evidence
from review.figures.duration import duration_alt, plot_duration
from review.figures.forest import forest_alt, plot_forest
from review.figures.harvest import harvest_alt, plot_harvest
from review.figures.inline import inline_svg
from review.figures.single_arm import plot_single_arm, single_arm_alt
from review.figures.terms import arms_in_order
from review.references import short_citation
from review.report.judged import appraisable, certainty_symbol
from review.report.labels import counted
from review.report.section import Section, anchor, fill
from review.risk_of_bias import study_judgements
from review.vocabulary import Match, OutcomeKind, Role, SynthesisGroup

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from review.workbook import Workbook


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One synthesis behind a picture."""

    synthesis_id: str
    claim_id: str
    role: str
    certainty: str
    symbol: str
    reason: str
    target: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A figure with what a reader needs beside it.

    Attributes
    ----------
    title : str
        The outcome's name.
    drawing : Markup
        The picture as an element of the page, with its alternative text.
    lines : tuple of Line
        The syntheses that it shows.
    arms : tuple
        Their rows of results, for the table beside it.
    """

    title: str
    drawing: Markup
    lines: tuple[Line, ...]
    arms: tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gallery:
    """What figures need from the workbook, looked up once."""

    book: Workbook
    index: Index
    evidence: Mapping[str, SynthesisEvidence]
    grades: Mapping[str, Grade]
    bias: pd.DataFrame
    names: Mapping[str, str]


def syntheses(book: Workbook) -> Section:
    """The figure of every synthesis, with its arms as a table, its role, its certainty and why."""
    found = pictures(book)
    html = fill("syntheses", pictures=found)
    return Section(name="syntheses", size=counted(len(book.syntheses), "synthesis", "syntheses"), html=html)


def harvest(book: Workbook) -> Section:
    """The direction that each study states, outcome by outcome, where nothing is pooled; never a count."""
    found = harvest_pictures(book)
    html = fill("harvest", pictures=found)
    return Section(name="directions study by study", size=counted(len(found), "outcome"), html=html)


def harvest_pictures(book: Workbook) -> tuple[Picture, ...]:
    """A figure for each outcome whose effects at least two studies state and that no synthesis pools.

    Parameters
    ----------
    book : Workbook
        Any.

    Returns
    -------
    tuple of Picture
        In the order of the outcomes table.
    """
    pooled = set(book.syntheses.loc[book.syntheses["measure"] != "", "outcome_id"])
    designs = dict(zip(book.studies["study_id"], book.studies["design"], strict=True))
    names = short_names(book)
    found = []
    for outcome in rows(book.outcomes):
        effects = book.reported_effects[book.reported_effects["outcome_id"] == outcome.outcome_id]
        if outcome.outcome_id not in pooled and len(set(effects["study_id"])) > 1:
            figure = plot_harvest(effects, designs, names, title=outcome.name)
            alt = harvest_alt(effects, designs, names, title=outcome.name)
            key = f"harvest-{outcome.outcome_id}"
            found.append(framed(figure, alt, key=key, title=outcome.name, arms=tuple(rows(effects))))
    return tuple(found)


def framed(
    figure: Figure, alt: str, *, key: str, title: str, lines: tuple[Line, ...] = (), arms: tuple[Any, ...] = ()
) -> Picture:
    """A drawing as a picture of the page; `key` begins the names within it and is the page's only one of its kind."""
    # Our own drawing, in which all text is escaped.
    drawing = Markup(inline_svg(figure, key=anchor("figure", key), alt=alt))  # noqa: S704
    return Picture(title=title, drawing=drawing, lines=lines, arms=arms)


def pictures(book: Workbook) -> tuple[Picture, ...]:
    """One figure for each different set of comparisons, in the order of the syntheses table.

    Parameters
    ----------
    book : Workbook
        Any; without readable risk-of-bias answers there is none.

    Returns
    -------
    tuple of Picture
        Syntheses of several claims that show the same are shown once.
    """
    if not appraisable(book):
        return ()
    gallery = _gallery(book)
    return tuple(_picture(given, gallery) for given in _drawn_together(gallery))


def claim_pictures(book: Workbook) -> dict[str, Picture]:
    """The figure that shows most of each whole claim: its deciding synthesis's, else its first one's.

    Parameters
    ----------
    book : Workbook
        As for `pictures`.

    Returns
    -------
    dict
        By claim; claims without a synthesis have none.
    """
    if not appraisable(book):
        return {}
    gallery = _gallery(book)
    groups = list(_drawn_together(gallery))
    first: dict[str, Any] = {}
    for row in sorted(rows(book.syntheses), key=lambda row: row.role != Role.DECIDING):
        if row.synthesis_id in gallery.evidence:
            first.setdefault(parent_id(row.claim_id), row.synthesis_id)
    found = {}
    for claim, name in first.items():
        given = next(group for group in groups if name in {row.synthesis_id for row in group})
        found[claim] = _picture(given, gallery, key=f"of-{claim}")
    return found


def _gallery(book: Workbook) -> _Gallery:
    index = index_of(book)
    return _Gallery(
        book=book,
        index=index,
        evidence=synthesis_evidence(book, index),
        grades=synthesis_grades(book),
        bias=study_judgements(book.risk_of_bias),
        names=short_names(book),
    )


def short_names(book: Workbook) -> dict[str, str]:
    """Each study's short name, by its main reference."""
    found = {}
    for row in rows(book.studies):
        main = book.references.get(row.reference_keys[0]) if row.reference_keys else None
        found[row.study_id] = short_citation(main) if main is not None else row.study_id
    return found


def _drawn_together(gallery: _Gallery) -> Iterator[list[Any]]:
    """Rows of the syntheses table that one figure shows."""
    groups: dict[tuple[object, ...], list[Any]] = {}
    for row in rows(gallery.book.syntheses):
        if row.synthesis_id not in gallery.evidence:
            continue
        kind = gallery.index.outcomes[row.outcome_id].kind
        if row.group == SynthesisGroup.BOTH:
            key: tuple[object, ...] = ("both", row.outcome_id, row.measure, tuple(row.include))
        elif kind == OutcomeKind.TIME:
            # The same times stand against another bound in another claim.
            key = ("time", row.claim_id.partition(".")[0], row.outcome_id, tuple(sorted(row.include)))
        else:
            key = ("single", row.claim_id.partition(".")[0], row.outcome_id)
        groups.setdefault(key, []).append(row)
    yield from groups.values()


def _picture(given: Sequence[Any], gallery: _Gallery, *, key: str = "") -> Picture:
    first = given[0]
    outcome = gallery.index.outcomes[first.outcome_id]
    include = [name for row in given for name in row.include]
    arms = arms_in_order(gallery.book.results, include)
    figure, alt = _drawing(given, arms, outcome, gallery)
    lines = tuple(_line(row, gallery) for row in given)
    return framed(figure, alt, key=key or first.synthesis_id, title=outcome.name, lines=lines, arms=tuple(rows(arms)))


def _drawing(given: Sequence[Any], arms: pd.DataFrame, outcome: Any, gallery: _Gallery) -> tuple[Figure, str]:
    """The figure for what is shown together, and the same in sentences."""
    shown = [gallery.evidence[row.synthesis_id] for row in given]
    names = gallery.names
    if shown[0].group == SynthesisGroup.BOTH:
        picture = plot_forest(shown[0], arms, gallery.bias, names, outcome=outcome)
        return picture, forest_alt(shown[0], arms, gallery.bias, names, outcome=outcome)
    if outcome.kind == OutcomeKind.TIME:
        return plot_duration(shown[0], arms, names, outcome=outcome), duration_alt(
            shown[0], arms, names, outcome=outcome
        )
    itself = _mesotherapy(shown, gallery)
    picture = plot_single_arm(shown, arms, names, outcome=outcome, mesotherapy=itself)
    return picture, single_arm_alt(shown, arms, names, outcome=outcome, mesotherapy=itself)


def _mesotherapy(shown: Sequence[SynthesisEvidence], gallery: _Gallery) -> frozenset[str]:
    """Studies of what is claimed itself, by the fit of their intervention or by its name."""
    studies = gallery.index.studies
    return frozenset(
        study.study_id
        for one in shown
        for study in one.body.studies
        if study.intervention == Match.YES or "mesotherapy" in studies[study.study_id].intervention.lower()
    )


def _line(row: Any, gallery: _Gallery) -> Line:
    grade = gallery.grades[row.synthesis_id]
    certainty = str(grade.level or "")
    return Line(
        synthesis_id=row.synthesis_id,
        claim_id=row.claim_id,
        role=row.role,
        certainty=certainty,
        symbol=certainty_symbol(certainty),
        reason=grade.reason,
        target=target_sentence(row, unit=gallery.index.outcomes[row.outcome_id].unit),
        note=row.note,
    )
