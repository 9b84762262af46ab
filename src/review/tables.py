"""The declared tables: every column's type, unit, allowed words and meaning.

`cells` reads text by these declarations; rules that need more than one table stand in `integrity`; the data
dictionary (claims/README.md) is made from them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum

from review import vocabulary as words


class Type(Enum):
    """How a cell is read."""

    TEXT = "text"
    ID = "id"
    KEY = "BibTeX key"
    IDS = "ids, `;` between"
    KEYS = "BibTeX keys, `;` between"
    LIST = "texts, `;` between"
    WORD = "one word of the list"
    COUNT = "whole number"
    NUMBER = "number"
    DATE = "date, YYYY-MM-DD"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One declared column.

    Attributes
    ----------
    name : str
        As in the header.
    meaning : str
        One sentence for the data dictionary.
    type : Type
        How its cells are read.
    words : tuple of str
        The closed list of a `Type.WORD` column.
    unit : str
        Unit of a number; empty where it has none or another column names it.
    empty : bool
        Whether a cell may be empty.
    optional : bool
        Whether the whole column may be absent; it then reads as empty.
    low, high : float
        The range of a number, both ends allowed.
    refers_to : str
        The table whose key it holds, for the data dictionary; `integrity` checks it.
    """

    name: str
    meaning: str
    type: Type = Type.TEXT
    words: tuple[str, ...] = ()
    unit: str = ""
    empty: bool = True
    optional: bool = False
    low: float = -math.inf
    high: float = math.inf
    refers_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One declared table: a CSV file under claims/."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    optional: bool = False

    @property
    def file(self) -> str:
        """The file relative to the workbook."""
        return f"claims/{self.name}.csv"

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names in order."""
        return tuple(column.name for column in self.columns)

    @property
    def header(self) -> str:
        """The header line as it should stand in the file."""
        return ",".join(self.names)


def _text(name: str, meaning: str, *, empty: bool = True, optional: bool = False) -> Column:
    return Column(name=name, meaning=meaning, empty=empty, optional=optional)


def _id(name: str, meaning: str, *, refers_to: str = "", empty: bool = False) -> Column:
    return Column(name=name, meaning=meaning, type=Type.ID, empty=empty, refers_to=refers_to)


def _ids(name: str, meaning: str, *, refers_to: str = "", empty: bool = True) -> Column:
    return Column(name=name, meaning=meaning, type=Type.IDS, empty=empty, refers_to=refers_to)


def _key(name: str, meaning: str) -> Column:
    return Column(name=name, meaning=meaning, type=Type.KEY, empty=False, refers_to="references.bib")


def _word(
    name: str, meaning: str, allowed: type[StrEnum] | Sequence[str], *, empty: bool = False, optional: bool = False
) -> Column:
    return Column(
        name=name, meaning=meaning, type=Type.WORD, words=tuple(map(str, allowed)), empty=empty, optional=optional
    )


def _count(name: str, meaning: str, *, unit: str = "") -> Column:
    return Column(name=name, meaning=meaning, type=Type.COUNT, unit=unit, low=0)


def _number(name: str, meaning: str, *, unit: str = "", low: float = -math.inf, high: float = math.inf) -> Column:
    return Column(name=name, meaning=meaning, type=Type.NUMBER, unit=unit, low=low, high=high)


_LOCATOR = _text("locator", "Where in the source it stands: abstract, table 2, section 6.1, page.")
_SEEN_AT = Column(
    name="seen_at", meaning="Addresses of the copies that were read, `; ` between; a mirror stays here.", type=Type.LIST
)
_NOTE = _text("note", "Anything a reader of the row must know.")
_CHECKED = _word("checked", "What a second reading of the number gave.", words.Checked, empty=True)

DOCUMENTS = Table(
    name="documents",
    meaning="The marketing texts under review, as received.",
    key=("document_id",),
    columns=(
        _id("document_id", "Short name of the document."),
        _text("file", "The file as received, under documents/.", empty=False),
        _text("sha256", "SHA-256 of that file, so that a change is seen.", empty=False),
        _text("text_file", "The text that claims are anchored in; the same file where the document is plain text."),
        _text("text_sha256", "SHA-256 of the text file."),
        _text("title", "Title of the document.", empty=False),
        _text("publisher", "Who published it, where known."),
        _text("url", "Where it was found, where known."),
        Column(name="retrieved_on", meaning="When it was retrieved, where known.", type=Type.DATE),
        _text("market", "The market it addresses, where known."),
    ),
)

CLAIMS = Table(
    name="claims",
    meaning="What the document claims: a quote, what it states, and the question that evidence would have to answer.",
    key=("claim_id",),
    columns=(
        _id("claim_id", "`C31`; the parts of a compound claim are `C31.a`, `C31.b`."),
        _id("document_id", "The document that says it.", refers_to="documents"),
        _text("quote", "The document's own words, verbatim up to white space; quotes may overlap.", empty=False),
        _text("prefix", "The words just before the quote, where the quote stands more than once."),
        _text("suffix", "The words just after the quote, where the quote stands more than once."),
        _text("statement", "What is claimed, as one testable sentence.", empty=False),
        _word("reading", "Whether the document says it or a consumer takes it from what is said.", words.Reading),
        _text("attribution", "Who is said to claim it."),
        _text("theme", "Heading under which the claim is listed."),
        _word("kind", "What sort of claim it is; this decides how its evidence is rated.", words.Kind),
        _word("headline", "Whether the claim stands in the report's first answer.", words.Answer),
        _word("checkable", "Whether evidence could decide it.", words.Answer),
        _text("population", "Of whom it is claimed."),
        _text("intervention", "Of what treatment it is claimed."),
        _text("comparator", "Compared with what."),
        _text("outcome", "What would have to be measured."),
        _text(
            "quantity",
            "A testable reading: `risk(OUTCOME): stands < 0.01, fails >= 0.1`, or mean, or median_days; `;` between.",
        ),
        _ids("contradicts", "Claims of the same document that cannot be true together with it.", refers_to="claims"),
        _ids("in_tension_with", "Claims of the same document that sit badly with it.", refers_to="claims"),
        _text("note", "Anything a reader of the row must know."),
        _word(
            "main",
            "`yes` on the part that gives the whole claim its label; at most one a claim.",
            words.Answer,
            empty=True,
            optional=True,
        ),
    ),
)

REFERENCES = Table(
    name="references",
    meaning="Beside references.bib: what BibTeX has no place for.",
    key=("reference_key",),
    columns=(
        _key("reference_key", "Key of the entry in references.bib."),
        _word(
            "bib_status",
            "Whether the bibliography can be relied on; what was not verified of it stands in print_note.",
            words.BibStatus,
        ),
        _text("print_note", "Printed with the reference wherever it is cited."),
        _SEEN_AT,
        _word("retraction", "What a search for retractions and corrections gave.", words.Retraction),
        _word("context", "What the reference is used as.", words.Context),
        _NOTE,
    ),
)


def _match(part: str) -> Column:
    meaning = f"How well the {part} of what was studied fits the claim's; empty where it was not judged."
    return _word(f"{part.replace('-', '_')}_match", meaning, words.Match, empty=True)


CITATIONS = Table(
    name="citations",
    meaning="What a reference says to a claim as worded.",
    key=("claim_id", "reference_key"),
    columns=(
        _id("claim_id", "The claim.", refers_to="claims"),
        _key("reference_key", "The reference."),
        _word("relation", "What the reference says to the claim as worded.", words.Relation),
        _word("direct", "Whether intervention, population and outcome are those of the claim.", words.Direct),
        _text("indirect_because", "What differs, where it is not direct."),
        _match("population"),
        _match("intervention"),
        _match("comparator"),
        _match("outcome"),
        _match("follow-up"),
        _text("finding", "What was found, in our own words with its numbers.", empty=False),
        _LOCATOR,
        _SEEN_AT,
    ),
)

STUDIES = Table(
    name="studies",
    meaning="Where people, animals or tissue were studied; one study may have several references.",
    key=("study_id",),
    columns=(
        _id("study_id", "Short name of the study."),
        Column(
            name="reference_keys",
            meaning="Its references, the main one first.",
            type=Type.KEYS,
            empty=False,
            refers_to="references.bib",
        ),
        _word("design", "How it was made.", words.Design),
        _text("country", "Where."),
        _count("n_enrolled", "How many took part, as far as known.", unit="participants"),
        _text("population", "Who."),
        _text("intervention", "What was done."),
        _text("comparator", "Against what."),
        _text("follow_up", "How long they were followed, as reported."),
        _number("follow_up_weeks", "The same in weeks, only where the report is plain.", unit="weeks", low=0),
        _text("funding", "Who paid, as far as seen."),
        _text("conflicts_of_interest", "What the authors declare, as far as seen."),
        _ids("overlaps_with", "Studies with some of the same participants.", refers_to="studies"),
        _text("limits", "What weakens it, from what was read."),
        _word("appraisal_basis", "What of it was read.", words.Basis),
        _text(
            "intervention_said",
            "The intervention in a few words, as a sentence has it after *with*; empty: its text to the first comma.",
            optional=True,
        ),
        _text(
            "comparator_said",
            "The comparator in a few words, as a sentence has it after *with*; empty: its text to the first comma.",
            optional=True,
        ),
        _text(
            "population_said",
            "The people in a few words and the plural (`women with hair loss`); empty: their text to the first comma.",
            optional=True,
        ),
    ),
)

OUTCOMES = Table(
    name="outcomes",
    meaning="The outcomes that a synthesis, a plot or a quantity uses.",
    key=("outcome_id",),
    columns=(
        _id("outcome_id", "Short name of the outcome."),
        _text("name", "What it is, for a reader.", empty=False),
        _word("kind", "What it is measured in.", words.OutcomeKind),
        _text("unit", "Unit or range of its numbers."),
        _word("higher_is", "Whether more of it is good for the person.", words.HigherIs),
        _number("important_difference", "The smallest difference that matters to people, in the unit."),
        _text("important_difference_source", "Where that difference comes from."),
        _text(
            "said",
            "As a sentence says it. Binary: what people had, from *had* on (`had pain`, `had missed work`), which "
            "becomes *may have*. Continuous: what is measured (`pain during the injections`). Time: what lasts "
            "(`bruising in those affected`). No more than the name says; empty: the name stands in its place.",
            optional=True,
        ),
    ),
)

RESULTS = Table(
    name="results",
    meaning="Numbers by arm.",
    key=("study_id", "outcome_id", "comparison_id", "timepoint", "stratum", "per", "group", "arm"),
    columns=(
        _id("study_id", "The study.", refers_to="studies"),
        _id("outcome_id", "The outcome.", refers_to="outcomes"),
        _id("comparison_id", "The rows that belong together: the arms of one comparison, or a single arm."),
        _text("timepoint", "When it was measured.", empty=False),
        _text("stratum", "The part of the study's people, where it was reported by part."),
        _word("per", "What is counted in n; never pooled across.", words.Per),
        _word("group", "The part of this arm in the comparison.", words.Group),
        _text("arm", "The arm as the source names it.", empty=False),
        _count("n", "How many were observed.", unit="units of `per`"),
        _count("events", "How many had the outcome.", unit="units of `per`"),
        _number("percent", "The percentage as printed.", unit="%", low=0, high=100),
        _number("mean", "Mean.", unit="the outcome's"),
        _number("sd", "Standard deviation.", unit="the outcome's", low=0),
        _number("se", "Standard error of the mean.", unit="the outcome's", low=0),
        _number("median", "Median.", unit="the outcome's"),
        _number("iqr_low", "Lower quartile.", unit="the outcome's"),
        _number("iqr_high", "Upper quartile.", unit="the outcome's"),
        _number("max", "Largest value.", unit="the outcome's"),
        _word("origin", "`derived` where the events were made from a printed percentage or the like.", words.Origin),
        _CHECKED,
        _LOCATOR,
        _SEEN_AT,
        _NOTE,
    ),
)

REPORTED_EFFECTS = Table(
    name="reported_effects",
    meaning="Effects that a source states, with or without arms.",
    key=("study_id", "outcome_id", "timepoint", "stratum", "measure", "words"),
    columns=(
        _id("study_id", "The study.", refers_to="studies"),
        _id("outcome_id", "The outcome.", refers_to="outcomes"),
        _text("timepoint", "When it was measured.", empty=False),
        _text("stratum", "The part of the study's people, where it was reported by part."),
        _word("measure", "The effect measure, where the source names one.", words.Measure, empty=True),
        _number("estimate", "The estimate, as people read it."),
        _number("ci_low", "Lower limit."),
        _number("ci_high", "Upper limit."),
        _number("level", "Level of the interval.", unit="%", low=50, high=100),
        _text("p", "The p value as printed, such as `<0.001`."),
        _word("direction", "Which side the source says is better.", words.SourceDirection),
        _text("words", "What the source says where it gives no number, in our own words."),
        _CHECKED,
        _LOCATOR,
        _SEEN_AT,
    ),
)

SYNTHESES = Table(
    name="syntheses",
    meaning="What is pooled, or shown together, for a claim.",
    key=("synthesis_id",),
    columns=(
        _id("synthesis_id", "Short name of the synthesis."),
        _id("claim_id", "The claim that it informs.", refers_to="claims"),
        _word("role", "Whether it decides the claim's direction; at most one a claim.", words.Role),
        _id("outcome_id", "The outcome.", refers_to="outcomes"),
        _word(
            "group", "Both arms against each other, or one group's absolute risk, mean or time.", words.SynthesisGroup
        ),
        _word(
            "measure",
            "Effect measure; PLO for single-arm proportions; empty for means, durations and what is only shown.",
            words.Measure,
            empty=True,
        ),
        _ids("include", "The comparisons that enter.", refers_to="results", empty=False),
        _word("target", "What the certainty rating is about.", words.Target),
        _number("threshold", "Difference that matters, on the measure's own scale (events per person for counts)."),
        _text("threshold_source", "Where that threshold comes from, and since when it stands."),
        _NOTE,
    ),
)

RISK_OF_BIAS = Table(
    name="risk_of_bias",
    meaning="Answers to the questions of an appraisal tool, as given; a question without a row has no answer.",
    key=("study_id", "outcome_id", "tool", "variant", "item", "reviewer"),
    columns=(
        _id("study_id", "The study; for AMSTAR 2 the review, which may be a reference.", refers_to="studies"),
        _id("outcome_id", "The outcome; empty for all of the study's.", refers_to="outcomes", empty=True),
        _word("tool", "The tool.", words.BiasTool),
        _word(
            "variant",
            "The effect of interest (RoB 2, ROBINS-I) or the checklist (JBI).",
            (*words.BiasVariant, *words.JbiChecklist),
            empty=True,
        ),
        _id("item", "A question such as `2.1`, or `D1` to `D7` or `overall` for a person's judgement."),
        _text("answer", "The answer.", empty=False),
        _text("reason", "Why."),
        _word("basis", "What was read.", words.Basis, empty=True),
        _text("reviewer", "Who answered.", empty=False),
    ),
)

JUDGEMENTS = Table(
    name="judgements",
    meaning="What a person decided beside the computed proposal, with the reason.",
    key=("subject", "domain", "reviewer"),
    columns=(
        _id("subject", "A claim, a part or a synthesis."),
        _text("domain", "What is judged: a certainty domain, `direction`, `certainty` or `verdict`.", empty=False),
        _text("value", "The judgement.", empty=False),
        _text("reason", "Why, naming what it rests on.", empty=False),
        _text("reviewer", "Who judged; `consensus` for the final one.", empty=False),
        Column(name="date", meaning="When.", type=Type.DATE),
    ),
)

SEARCHES = Table(
    name="searches",
    meaning="Where was looked for evidence, and what came of it; also where nothing was found.",
    key=("search_id",),
    columns=(
        _id("search_id", "Short name of the search."),
        _ids("claim_ids", "The claims that it was for.", refers_to="claims", empty=False),
        _text("source", "What was searched.", empty=False),
        _text("query", "The query; empty where it was not recorded."),
        Column(name="date", meaning="When.", type=Type.DATE, empty=False),
        _count("hits", "How many records it gave; empty where it was not recorded.", unit="records"),
        _text("note", "What was looked for and what came of it."),
    ),
)

RECORDS = Table(
    name="records",
    meaning="Records that were seen and are not among the references: awaiting assessment, or left out and why.",
    key=("record_id",),
    optional=True,
    columns=(
        _id("record_id", "Short name of the record."),
        _word("state", "Why it is not among the references.", words.RecordState),
        _text("title", "What it is.", empty=False),
        _text("identifier", "Registry number, DOI or where it was printed."),
        _ids("claim_ids", "The claims that it bears on.", refers_to="claims"),
        _ids("provisional", "Claims whose verdict is provisional until it is read.", refers_to="claims"),
        _text("why", "Why it was left out, or what is known of it.", empty=False),
    ),
)

OMISSIONS = Table(
    name="omissions",
    meaning="What the document leaves out that a reader of it would need: findings of their own, beside the claims.",
    key=("omission_id",),
    optional=True,
    columns=(
        _id("omission_id", "Short name of the omission."),
        _id("document_id", "The document.", refers_to="documents"),
        _text("what", "What is left out.", empty=False),
        _text("quote", "The words that promise it or stand in its place, verbatim, where there are any."),
        _text("why", "Why it matters, with what the evidence says.", empty=False),
        _ids("claim_ids", "Claims that it bears on.", refers_to="claims"),
        Column(
            name="reference_keys", meaning="What shows that it matters.", type=Type.KEYS, refers_to="references.bib"
        ),
    ),
)

#: Every table by name, in the order of the data dictionary.
TABLES: Mapping[str, Table] = {
    table.name: table
    for table in (
        DOCUMENTS,
        CLAIMS,
        REFERENCES,
        CITATIONS,
        STUDIES,
        OUTCOMES,
        RESULTS,
        REPORTED_EFFECTS,
        SYNTHESES,
        RISK_OF_BIAS,
        JUDGEMENTS,
        SEARCHES,
        RECORDS,
        OMISSIONS,
    )
}
