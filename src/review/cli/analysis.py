"""The commands on one CSV file: `review pool`, `review rob2`."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from review.cells import rows
from review.cli.reading import in_file, read_rows
from review.cli.terminal import plain, print_json
from review.errors import InvalidInput
from review.tables import Column, Type
from review.vocabulary import Measure

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table

    from review.synthesis import Pooled

File = Annotated[str, typer.Argument(help="A CSV file with a header line; - for standard input.")]
Json = Annotated[bool, typer.Option("--json", help="As JSON.")]

#: The numbers of `review pool --json` beside `studies`, by the names of `Pooled`.
POOL_KEYS = (
    *("k", "measure", "mu", "se", "ci_low", "ci_high", "estimate", "estimate_ci_low", "estimate_ci_high"),
    *("tau2", "i2", "h2", "q", "q_p", "pi_low", "pi_high"),
)

MEASURE_WORDS: Mapping[str, str] = {
    Measure.RR: "Risk ratio",
    Measure.OR: "Odds ratio",
    Measure.RD: "Risk difference",
    Measure.PETO: "Odds ratio by Peto",
    Measure.MD: "Mean difference",
    Measure.SMD: "Standardised mean difference (Hedges g)",
    Measure.ROM: "Ratio of means",
    Measure.PLO: "Proportion (logit)",
    Measure.PFT: "Proportion (Freeman-Tukey)",
    Measure.GEN: "Effect",
}
COMMON_WORDS: Mapping[str, str] = {"IV": "inverse variance", "MH": "Mantel-Haenszel", "PETO": "Peto"}
TAU2_WORDS: Mapping[str, str] = {
    "DL": "DerSimonian-Laird",
    "PM": "Paule-Mandel",
    "REML": "REML",
    "ML": "maximum likelihood",
    "HS": "Hunter-Schmidt",
    "HE": "Hedges",
    "SJ": "Sidik-Jonkman",
    "EB": "empirical Bayes",
    "MH": "DerSimonian-Laird around Mantel-Haenszel",
}
INTERVAL_WORDS: Mapping[str, str] = {"z": "Wald", "hk": "Hartung-Knapp"}

#: What stands in a table for no value.
NONE = "–"


def pool(
    results: File,
    *,
    measure: Annotated[
        str,
        typer.Option(metavar="RR|OR|RD|PETO|MD|SMD|ROM|PLO|PFT|GEN", help="The effect measure; GEN takes yi and vi."),
    ] = "RR",
    model: Annotated[str, typer.Option(metavar="common|random", help="One effect, or a distribution of effects.")] = (
        "random"
    ),
    common: Annotated[str, typer.Option(metavar="IV|MH|PETO", help="How a common effect is estimated.")] = "IV",
    tau2: Annotated[
        str,
        typer.Option(
            metavar="DL|PM|REML|ML|HS|HE|SJ|EB|MH",
            help="How the variance between studies is estimated; MH is DL around the Mantel-Haenszel estimate.",
        ),
    ] = "REML",
    interval: Annotated[str, typer.Option(metavar="z|hk", help="Wald, or Hartung and Knapp.")] = "z",
    level: Annotated[float, typer.Option(help="Level of the intervals in percent.")] = 95,
    as_json: Json = False,
) -> None:
    """Pool the studies of a CSV file.

    Columns: events_1,n_1,events_2,n_2 or mean_1,sd_1,n_1,mean_2,sd_2,n_2 (1 is the intervention, 2 the comparator),
    events,n for proportions, or yi,vi on the analysis scale (log for ratios). A column study names the rows; other
    columns are passed over.
    """
    from review.effects import EFFECT_MEASURES, GENERIC
    from review.synthesis import pool as pool_studies
    from review.synthesis.options import checked_options

    # Wrong words are told before the file is opened.
    options = checked_options(
        measure=measure, model=model, common=common, tau2=tau2, interval=interval, level=level, adhoc=False
    )
    shapes = (EFFECT_MEASURES[options.measure].columns, GENERIC)
    frame, name = read_rows(results, *map(_study_columns, shapes))
    try:
        pooled = pool_studies(
            frame, measure=measure, model=model, common=common, tau2=tau2, interval=interval, level=level
        )
    except InvalidInput as fault:
        raise InvalidInput([in_file(problem, frame, name) for problem in fault.problems]) from None
    if as_json:
        print_json(_pooled_values(pooled))
    else:
        _print_pooled(pooled, _study_names(frame))


def rob2(
    answers: File,
    *,
    effect: Annotated[
        str, typer.Option(metavar="assignment|adhering", help="The effect of interest: D2 asks different questions.")
    ] = "assignment",
    as_json: Json = False,
) -> None:
    """Judge the risk of bias of studies by their answers to RoB 2.

    Columns: study,question,answer, a row for each answer (Y, PY, PN, N, NI, NA). A question without an answer leaves
    its domain without a judgement.
    """
    from review.risk_of_bias import rob2 as judge

    columns = [Column(name=name, meaning="") for name in ("study", "question", "answer")]
    frame, name = read_rows(answers, columns)
    judged = judge(frame, effect, file=name)
    if as_json:
        print_json({row.pop("study"): row for row in judged.to_dict("records")})
    else:
        _print_judgements(judged)


def _study_columns(names: Sequence[str]) -> list[Column]:
    """The columns of a file of studies: these numbers, and a name where there is one."""
    label = Column(name="study", meaning="", optional=True)
    return [label, *(Column(name=name, meaning="", type=Type.NUMBER) for name in names)]


def _study_names(frame: pd.DataFrame) -> list[str]:
    """What each row is called: its name, else its line."""
    return [plain(row.study) or f"line {row.Index}" for row in rows(frame)]


def _pooled_values(pooled: Pooled) -> dict[str, Any]:
    """The synthesis as its JSON has it; what is not a number is null."""
    studies = [{key: _finite(getattr(study, key)) for key in ("yi", "vi", "weight")} for study in pooled.studies]
    return {key: _finite(getattr(pooled, key)) for key in POOL_KEYS} | {"studies": studies}


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _print_pooled(pooled: Pooled, names: Sequence[str]) -> None:
    from rich.console import Console
    from rich.text import Text

    interval = f"{pooled.level:g} % CI"
    table = _plain_table(("Study", "left"), (pooled.measure, "right"), (interval, "right"), ("Weight", "right"))
    for name, row in zip(names, _study_rows(pooled), strict=True):
        table.add_row(Text(name), *row)
    overall = (_shown(pooled.estimate), _span(pooled.estimate_ci_low, pooled.estimate_ci_high), "")
    table.add_row("Pooled" if pooled.k > 1 else "One study", *overall, style="bold")
    typer.echo(f"{MEASURE_WORDS.get(pooled.measure, pooled.measure)}: {_methods(pooled)}\n")
    Console(highlight=False).print(table)
    for line in _spread(pooled) if pooled.k > 1 else ():
        typer.echo(f"\n{line}")


def _methods(pooled: Pooled) -> str:
    """The methods that were used, in words."""
    if pooled.k == 1:
        model = "one study, nothing pooled"
    elif pooled.tau2_method is None:
        model = f"common effect by {COMMON_WORDS.get(pooled.common or '', pooled.common)}"
    else:
        model = f"random effects, tau² by {TAU2_WORDS.get(pooled.tau2_method, pooled.tau2_method)}"
    return f"{model}, {INTERVAL_WORDS.get(pooled.interval, pooled.interval)} interval"


def _study_rows(pooled: Pooled) -> Iterator[tuple[str, str, str]]:
    """Estimate, Wald interval and weight of each study, on the scale that people read."""
    from review.effects import normal_quantile

    z = normal_quantile(pooled.level)
    for study in pooled.studies:
        if study.yi is None or study.vi is None:
            yield NONE, NONE, f"{study.weight:.1f} %"
            continue
        half = z * math.sqrt(study.vi)
        at, low, high = _read(pooled, [study.yi, study.yi - half, study.yi + half], [study.vi])
        yield _shown(at), _span(low, high), f"{study.weight:.1f} %"


def _read(pooled: Pooled, values: Sequence[float], variances: Sequence[float]) -> list[float]:
    """Values on the scale that people read; the studies' variances say how many people PFT is to be read with."""
    import numpy as np

    from review.effects import EFFECT_MEASURES, back_transform, sizes_of

    measure = Measure(pooled.measure)
    sized = EFFECT_MEASURES[measure].sized
    n = 1 / np.mean(1 / sizes_of({"vi": np.asarray(variances)})) if sized else None
    return [float(value) for value in back_transform(measure, values, n=n)]


def _spread(pooled: Pooled) -> Iterator[str]:
    """Heterogeneity and prediction interval, a line each."""
    from review.figures.terms import p_value

    chance, spread = p_value(pooled.q_p), f"H² {_shown(pooled.h2)}, tau² {_shown(pooled.tau2)}"
    yield f"Heterogeneity: Q {_shown(pooled.q)} ({chance}), I² {pooled.i2:.1f} %, {spread}"
    if pooled.pi_low is not None and pooled.pi_high is not None:
        variances = [study.vi for study in pooled.studies if study.vi is not None]
        yield f"Prediction interval: {_span(*_read(pooled, [pooled.pi_low, pooled.pi_high], variances))}"


def _shown(value: float | None) -> str:
    return NONE if value is None or math.isnan(value) else f"{value:.4g}"


def _span(low: float | None, high: float | None) -> str:
    return f"{_shown(low)} to {_shown(high)}"


def _print_judgements(judged: pd.DataFrame) -> None:
    from rich.console import Console
    from rich.text import Text

    table = _plain_table(*((name.capitalize(), "left") for name in judged.columns))
    for study, *judgements in judged.itertuples(index=False, name=None):
        table.add_row(Text(plain(str(study))), *(judgement or NONE for judgement in judgements))
    console = Console(highlight=False)
    console.print(table)
    if judged.isna().to_numpy().any():
        console.print(f"{NONE} no judgement: an answer that it needs is missing.")


def _plain_table(*columns: tuple[str, str]) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name, justify in columns:
        table.add_column(name, justify=justify, no_wrap=justify == "right", overflow="fold")  # type: ignore[arg-type]
    return table
