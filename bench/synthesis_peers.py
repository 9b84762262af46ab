"""Ours and the peers: how each is asked for the tau² of many syntheses.

A contestant first takes the studies as it likes them, untimed, and gives back the call that is timed.  Every call makes
what its software makes by default of a random-effects synthesis (estimate, interval, and often more); tau² is what is
compared.  R is run as a program of its own, which times its own loop.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from review.errors import WrongUse
from review.synthesis import pool_many
from review.synthesis.fits import fit, studies_of
from review.synthesis.groups import groups_of
from review.synthesis.options import Options, checked_options
from review.vocabulary import Measure

Array = NDArray[np.float64]

#: tau² of each synthesis, and whether it converged; None where the software does not say.
Answer = tuple[Array, NDArray[np.bool_] | None]
Call = Callable[[], Answer]

OURS, FIT = "pool_many", "fit"
NOT_INSTALLED = "not installed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contestant:
    """One way to pool many syntheses; `make` takes estimates, variances and the estimator's name."""

    name: str
    estimator: str
    package: str
    make: Callable[[Array, Array, str], Call]

    def missing(self) -> str:
        """Why it cannot run, empty if it can."""
        if self.package == "review":
            try:
                random_effects(self.estimator)
            except WrongUse:
                return "not available in this version"
            return ""
        return "" if find_spec(self.package) else NOT_INSTALLED

    def prepare(self, yi: Array, vi: Array) -> Call:
        """The call to be timed."""
        return self.make(yi, vi, self.estimator)


def random_effects(estimator: str) -> Options:
    """The package's options for a random-effects synthesis with a Wald interval."""
    return checked_options(
        measure="GEN", model="random", common="IV", tau2=estimator, interval="z", level=95, adhoc=False
    )


def ours(yi: Array, vi: Array, estimator: str) -> Call:
    """A frame in, a table with every number of a synthesis out."""
    sets, studies = yi.shape
    frame = pd.DataFrame({"set": np.repeat(np.arange(sets), studies), "yi": yi.ravel(), "vi": vi.ravel()})

    def call() -> Answer:
        table = pool_many(frame, by="set", measure="GEN", tau2=estimator)
        return table["tau2"].to_numpy(), (table["reason"] == "").to_numpy()

    return call


def our_fit(yi: Array, vi: Array, estimator: str) -> Call:
    """The same from arrays to arrays, as PyMARE's calls are."""
    columns, groups = {"yi": yi.ravel(), "vi": vi.ravel()}, groups_of(np.full(len(yi), yi.shape[1]))
    options = random_effects(estimator)

    def call() -> Answer:
        fits = fit(studies_of(columns, groups, Measure.GEN), options)
        return fits.tau2, np.array([not reason for reason in fits.reason])

    return call


def pymare_estimator(estimator: str) -> Any:
    """PyMARE's estimator, with its Wald interval, which costs less than its default."""
    from pymare import estimators

    if estimator == "DL":
        return estimators.DerSimonianLaird(small_sample_correction="wald")
    return estimators.VarianceBasedLikelihoodEstimator(method=estimator, small_sample_correction="wald")


def pymare_at_once(yi: Array, vi: Array, estimator: str) -> Call:
    """All syntheses in one call, as columns."""
    model, ones = pymare_estimator(estimator), np.ones((yi.shape[1], 1))
    y, v = np.ascontiguousarray(yi.T), np.ascontiguousarray(vi.T)
    return lambda: (np.ravel(model.fit(y, v, ones).params_["tau2"]), None)


def pymare_loop(yi: Array, vi: Array, estimator: str) -> Call:
    """One call a synthesis."""
    model, ones = pymare_estimator(estimator), np.ones((yi.shape[1], 1))
    columns = [(y[:, None], v[:, None]) for y, v in zip(yi, vi, strict=True)]
    return lambda: (np.array([np.ravel(model.fit(y, v, ones).params_["tau2"])[0] for y, v in columns]), None)


def pymetaanalysis_loop(yi: Array, vi: Array, estimator: str) -> Call:
    """One call a synthesis."""
    from meta_analyze import meta_analysis

    def call() -> Answer:
        fits = [meta_analysis(effect=y, variance=v, tau2_method=estimator) for y, v in zip(yi, vi, strict=True)]
        return np.array([one.tau2 for one in fits]), np.array([one.diagnostics.converged for one in fits])

    return call


def statsmodels_loop(yi: Array, vi: Array, estimator: str) -> Call:
    """One call a synthesis; its Paule-Mandel does not hand on whether it converged."""
    from statsmodels.stats.meta_analysis import combine_effects

    method = {"DL": "dl", "PM": "iterated"}[estimator]
    return lambda: (np.array([combine_effects(y, v, method).tau2 for y, v in zip(yi, vi, strict=True)]), None)


def metafor(yi: Array, vi: Array, repeats: int, budget: float) -> tuple[list[float], Answer | None, str]:
    """Seconds of each loop over metafor's `rma` as R counted them, its tau², and why there are none."""
    rscript = shutil.which("Rscript")
    if rscript is None or run(rscript, "-e", "library(metafor)").returncode:
        return [], None, NOT_INSTALLED
    with tempfile.TemporaryDirectory() as folder:
        studies, results = Path(folder, "studies.csv"), Path(folder, "results.csv")
        rows = pd.DataFrame({"yi": yi.ravel(), "vi": vi.ravel()})
        rows.to_csv(studies, index=False, float_format="%.17g")
        script = Path(__file__).with_name("metafor.R")
        done = run(rscript, script, studies, results, yi.shape[1], repeats, budget)
        done.check_returncode()
        tau2 = pd.read_csv(results)["tau2"].to_numpy(dtype=np.float64)
    return [float(line) for line in done.stdout.split()], (tau2, np.isfinite(tau2)), ""


def run(program: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """A program's output, with nothing of it on the screen."""
    return subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, check=False)  # noqa: S603 - R


CONTESTANTS = (
    *(
        Contestant(name=f"{OURS}, a frame", estimator=name, package="review", make=ours)
        for name in ("REML", "DL", "PM")
    ),
    *(
        Contestant(name=f"{FIT}, arrays", estimator=name, package="review", make=our_fit)
        for name in ("REML", "DL", "PM")
    ),
    *(
        Contestant(name="PyMARE, all at once", estimator=name, package="pymare", make=pymare_at_once)
        for name in ("REML", "DL")
    ),
    *(Contestant(name="PyMARE, loop", estimator=name, package="pymare", make=pymare_loop) for name in ("REML", "DL")),
    *(
        Contestant(name="PyMetaAnalysis, loop", estimator=name, package="meta_analyze", make=pymetaanalysis_loop)
        for name in ("REML", "DL", "PM")
    ),
    *(
        Contestant(name="statsmodels, loop", estimator=name, package="statsmodels", make=statsmodels_loop)
        for name in ("DL", "PM")
    ),
)
