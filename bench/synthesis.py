"""Times the pooling of many small syntheses, and of one large one, beside other software, on the same made-up data.

`python bench/synthesis.py` prints, for each estimator of the between-study variance, the median time, how many times as
long a peer takes as `pool_many` and as `fit`, and how far each tau² is from the one that its definition asks for.  A
peer that is not installed is one line; bench/README.md says how to install them.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from synthesis_peers import CONTESTANTS, FIT, OURS, Answer, Contestant, metafor
from synthesis_truth import Truth, truth

Array = NDArray[np.float64]

#: Same data in every run.
SEED = 20261122

#: How many syntheses, of how many studies each, and how often they are pooled.
SIZES = ((2_000, 8, 5), (10_000, 8, 5), (1, 1_000, 25))

#: How many syntheses whose variances lie far apart are compared, not timed.
UNEVEN = 2_000

#: A tau² is off if it differs by more than this part of itself and the smallest sampling variance.
OFF = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one contestant did with one collection of syntheses: seconds of each round, and its answer."""

    name: str
    estimator: str
    seconds: Sequence[float]
    answer: Answer | None
    missing: str = ""


def main() -> None:
    """Run every comparison and print it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--budget", type=float, default=20, help="seconds for each contestant; the first round counts")
    parser.add_argument("--estimator", choices=["REML", "DL", "PM"], action="append", help="only this one")
    options = parser.parse_args()
    chosen = [one for one in CONTESTANTS if one.estimator in (options.estimator or ["REML", "DL", "PM"])]
    rng = np.random.default_rng(SEED)
    for sets, studies, repeats in SIZES:
        yi, vi = even_studies(rng, sets, studies)
        report(
            f"{sets:,} x {studies:,} studies",
            compare(chosen, yi, vi, repeats=repeats, budget=options.budget),
            truth(yi, vi),
        )
    yi, vi = uneven_studies(rng, UNEVEN, 8)
    report(
        f"{UNEVEN:,} x 8 studies, variances up to 100,000 times apart",
        compare(chosen, yi, vi, repeats=1, budget=0),
        truth(yi, vi),
    )


def even_studies(rng: np.random.Generator, sets: int, studies: int) -> tuple[Array, Array]:
    """Estimates and variances as trials have them; shapes (sets, studies)."""
    vi = np.clip(rng.chisquare(1, (sets, studies)) / 4, 0.01, 0.6)
    tau2 = rng.choice([0, 0.02, 0.05, 0.1, 0.3], (sets, 1))
    return 0.2 + rng.standard_normal((sets, studies)) * np.sqrt(vi + tau2), vi


def uneven_studies(rng: np.random.Generator, sets: int, studies: int) -> tuple[Array, Array]:
    """Estimates and variances that differ so much that the likelihood may have several peaks."""
    vi = 10 ** rng.uniform(-4, 1, (sets, studies))
    tau2 = 10 ** rng.uniform(-4, 1, (sets, 1))
    return rng.standard_normal((sets, studies)) * np.sqrt(vi + tau2), vi


def compare(chosen: Sequence[Contestant], yi: Array, vi: Array, *, repeats: int, budget: float) -> list[Result]:
    """Every contestant's times and answers, in rounds, so that a slow spell of the machine meets all alike."""
    calls = {place: one.prepare(yi, vi) for place, one in enumerate(chosen) if not one.missing()}
    seconds: dict[int, list[float]] = {place: [] for place in calls}
    answers: dict[int, Answer] = {}
    for _ in range(repeats):
        for place in [place for place in calls if sum(seconds[place]) <= budget]:
            answers[place], took = timed(calls[place])
            seconds[place].append(took)
    results = [
        Result(
            name=one.name,
            estimator=one.estimator,
            seconds=seconds.get(place, []),
            answer=answers.get(place),
            missing=one.missing(),
        )
        for place, one in enumerate(chosen)
    ]
    if any(one.estimator == "REML" for one in chosen):
        in_r, answer, missing = metafor(yi, vi, repeats, budget)
        results.append(
            Result(name="metafor, loop in R", estimator="REML", seconds=in_r, answer=answer, missing=missing)
        )
    return results


def timed(call: Callable[[], Answer]) -> tuple[Answer, float]:
    """What the call gives, and the seconds that it took."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        start = time.perf_counter()
        answer = call()
        return answer, time.perf_counter() - start


def report(title: str, results: Sequence[Result], right: Truth) -> None:
    """Print a comparison, a block for each estimator."""
    print(f"\n{title}")
    for estimator in dict.fromkeys(result.estimator for result in results):
        rows = [result for result in results if result.estimator == estimator]
        print(f"  {estimator:<34}{'seconds':>10}{'x pool_many':>13}{'x fit':>9}{'runs':>6}", end="")
        print(f"{'tau² off':>10}{'short':>9}{'not conv.':>11}")
        for row in rows:
            print("".join(cells(row, rows, right)))


def cells(row: Result, rows: Sequence[Result], right: Truth) -> Iterator[str]:
    """The cells of one contestant's line."""
    yield f"    {row.name:<32}"
    if row.missing or row.answer is None:
        yield f"  {row.missing}"
        return
    yield f"{np.median(row.seconds):10.4f}"
    for name, width in ((OURS, 13), (FIT, 9)):
        base = next((other for other in rows if other.name.startswith(name) and other.seconds), None)
        yield f"{ratio(row, base) if base else '':>{width}}"
    yield f"{len(row.seconds):6d}"
    tau2, converged = row.answer
    done = np.isfinite(tau2) if converged is None else converged & np.isfinite(tau2)
    aim = right.tau2[row.estimator]
    off = np.abs(tau2 - aim)[done] > OFF * (aim + right.least)[done]
    yield f"{np.mean(off):10.2%}"
    yield f"{right.short(tau2, done):9.1e}" if row.estimator == "REML" else f"{'':9}"
    yield f"{np.mean(~done):11.2%}"


def ratio(row: Result, base: Result) -> str:
    """How many times as long as the base, median to median."""
    return f"{np.median(row.seconds) / np.median(base.seconds):.1f}"


if __name__ == "__main__":
    main()
