"""Precision, recall and F1 of the claim candidates on labelled sentences of public adverts.

`python bench/candidates.py` prints both parts: the texts that weights and phrases were tuned on, and those held back,
whose errors were never listed.  `--errors` lists the wrong ones of the tuned part, `--speed` times 100 kB.

What the figures are worth: one person chose, labelled and, in a few places, shortened the sentences and wrote the cues;
they are picked sentences, not whole pages; and the held-back totals were printed after each of some six rounds, so they
are not blind.  Before any tuning the first eleven of the held-back texts gave F1 0.848 (recall 0.800).  Five texts that
new after most of it (48 sentences, 21 claims) gave precision 0.704, recall 0.905, F1 0.792, and were then tuned on.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import review
from review.cues.candidates import OFFERED, candidate_claims
from review.documents import quote_spans

DATA = Path(__file__).parent / "candidates"
PARTS = ("tuned", "held back")
#: Characters of the text that is timed.
LONG = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One labelled sentence, and the score that it was given."""

    text_id: str
    sentence: str
    claim: bool
    score: float

    @property
    def offered(self) -> bool:
        """Whether it is offered as a claim."""
        return self.score >= OFFERED


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--errors", action="store_true", help="list the errors of the tuned part")
    parser.add_argument("--speed", action="store_true", help="time a text of 100 kB")
    options = parser.parse_args()
    texts = {row["text_id"]: row for row in read("texts.csv")}
    judged = [one for text_id, rows in labelled().items() for one in judge(text_id, rows)]
    print("part        texts  sentences  claims  precision  recall    F1")
    for part in PARTS:
        show(part, [one for one in judged if texts[one.text_id]["part"] == part])
    print(f"mesotherapy quotes covered by an offered sentence: {coverage()}")
    if options.errors:
        for one in judged:
            if one.offered != one.claim and texts[one.text_id]["part"] == "tuned":
                print(f"{one.score:.3f} {'missed' if one.claim else 'extra '} {one.text_id}: {one.sentence}")
    if options.speed:
        speed()


def read(name: str) -> list[dict[str, str]]:
    """The rows of one of the tables."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def labelled() -> Mapping[str, Sequence[Mapping[str, str]]]:
    """The labelled sentences of each text, in order."""
    rows: dict[str, list[Mapping[str, str]]] = defaultdict(list)
    for row in read("sentences.csv"):
        rows[row["text_id"]].append(row)
    return rows


def judge(text_id: str, rows: Iterable[Mapping[str, str]]) -> list[Judged]:
    """The sentences of one text put under each other and scored; one that is cut has its best piece's score."""
    rows = list(rows)
    text = "\n\n".join(row["sentence"] for row in rows)
    found = candidate_claims(text)
    judged = []
    start = 0
    for row in rows:
        end = start + len(row["sentence"])
        score = max((one["score"] for one in found if one["start"] < end and start < one["end"]), default=0.0)
        judged.append(Judged(text_id=text_id, sentence=row["sentence"], claim=row["claim"] == "yes", score=score))
        start = end + len("\n\n")
    return judged


def show(part: str, judged: Sequence[Judged]) -> None:
    """One line of figures."""
    right = sum(one.offered and one.claim for one in judged)
    offered, claims = sum(one.offered for one in judged), sum(one.claim for one in judged)
    precision, recall = right / offered, right / claims
    f1 = 2 * precision * recall / (precision + recall)
    texts = len({one.text_id for one in judged})
    print(f"{part:<10} {texts:>6} {len(judged):>10} {claims:>7} {precision:>10.3f} {recall:>7.3f} {f1:>5.3f}")


def coverage() -> str:
    """How many quotes of the repository's own review lie in a sentence that is offered."""
    book = review.load(DATA.parents[1])
    claims = book.claims[~book.claims["claim_id"].str.contains(".", regex=False)]
    covered = total = 0
    for document_id, text in book.texts.items():
        offered = [(one["start"], one["end"]) for one in candidate_claims(text) if one["score"] >= OFFERED]
        for quote in claims.loc[claims["document_id"] == document_id, "quote"]:
            total += 1
            spans = quote_spans(text, quote)
            covered += any(start < last and first < end for start, end in spans for first, last in offered)
    return f"{covered} of {total}"


def speed() -> None:
    """Seconds for 100 kB of the labelled sentences, every sentence another."""
    sentences = [row["sentence"] for row in read("sentences.csv")]
    text = ""
    while len(text) < LONG:
        text += "".join(f"{sentence} ({len(text)})\n\n" for sentence in sentences)
    began = time.perf_counter()
    candidate_claims(text[:LONG])
    print(f"100 kB in {time.perf_counter() - began:.2f} s")


if __name__ == "__main__":
    main()
