"""What `review.references` reads, refuses and shows."""

import csv
import pickle
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.references import (
    BIB_RULES,
    Reference,
    authors,
    citation_text,
    link,
    parse_references,
    plain_text,
    short_citation,
)
from review.references.parsing import ENTRY_TYPES

ROOT = Path(__file__).parents[1]

CLEAN = """\
@article{rzany2014,
  author = {Rzany, B. and Griffiths, T. and McDiarmid, J.},
  title = {Reduction of unwanted fat with {ATX-101}},
  journal = {British Journal of Dermatology},
  year = {2014},
  volume = {170},
  number = {2},
  pages = {445--453},
  doi = {10.1111/bjd.12695},
  pmid = {24147933},
  pmcid = {PMC4232897},
  url = {https://pmc.ncbi.nlm.nih.gov/articles/PMC4232897},
}
"""

#: For each rule a text that breaks it, the line that must be named, and a word that the message must hold.
BROKEN = {
    "BIB01": ("@misc{a, title = {x\0y}, year = 2000}", 1, "NUL"),
    "BIB02": ("", None, "no entry"),
    "BIB03": ("@misc{a,\n  title = {x,\n  year = 2000\n}\n\n@misc{b, title = {y}, year = 2001}", 1, "'a'"),
    "BIB04": ("@comments{a, title = {x}, year = 2000}", 1, "@comments"),
    "BIB05": ("@misc{a,\n  title = {x @misc{b, title = {y}}}, year = 2000}", 2, "'b'"),
    "BIB06": ("@misc{a, title = {x}},\n  year = {2000}\n}", 2, "year"),
    "BIB07": ("\n@misc{, title = {x}, year = 2000}", 2, "key"),
    "BIB08": ("@misc{a, title = {x}, year = 2000}\n@misc{a, title = {y}, year = 2000}", 2, "line 1"),
    "BIB09": ("@misc{a, title = {x}, year = 2000}\n@misc{A, title = {y}, year = 2000}", 2, "line 1"),
    "BIB10": ("@misc{a;b, title = {x}, year = 2000}", 1, "'a;b'"),
    "BIB11": ("@misc{a,\n  title = {x},\n  year = 2000,\n  Title = {y}}", 4, "line 2"),
    "BIB12": ("@misc{a, title = {x},\n  my year = 2000,\n  year = 2000}", 2, "'my year'"),
    "BIB13": ("@misc{a,\n  title = {x}\n  year = 2000}", 2, "'year = 2000'"),
    "BIB14": ("@misc{a, title = {x}, year = 2000,\n  publisher = Elsevier}", 2, "'Elsevier'"),
    "BIB15": ("@string{j = {x}}\n@string{J = {y}}\n@misc{a, title = j, year = 2000}", 2, "line 1"),
    "BIB16": ("@artykul{a, title = {x}, year = 2000}", 1, "artykul"),
    "BIB17": ("@misc{a, year = 2000}", 1, "title"),
    "BIB18": ("@misc{a, title = {x}}", 1, "year"),
    "BIB19": ("@misc{a, title = {x}, year = {in press}}", 1, "'in press'"),
    "BIB20": ("@misc{a, title = {x}, year = 2000,\n  doi = {11.1000/x}}", 2, "'11.1000/x'"),
    "BIB21": ("@misc{a, title = {x}, year = 2000,\n  pmid = {PMID 12}}", 2, "'PMID 12'"),
    "BIB22": ("@misc{a, title = {x}, year = 2000,\n  url = {javascript:alert(1)}}", 2, "javascript"),
    "BIB23": (
        "@misc{a, title = {x}, year = 1, doi = {10.1000/x}}\n@misc{b, title = {y}, doi = {https://doi.org/10.1000/X}}",
        2,
        "'a' (line 1)",
    ),
    "BIB24": ("@comment{@misc{b, title = {y}, year = 2000}}\n@misc{a, title = {x}, year = 2000}", 1, "'b'"),
}

#: For each rule a text close to the broken one that keeps it.
KEPT = {
    "BIB01": "@misc{a, title = {x\ty}, year = 2000}",
    "BIB02": CLEAN,
    "BIB03": "@misc{a, title = {x {y} \\{z\\}}, year = 2000}",
    "BIB04": "@Comment{a} @preamble{{x}} @STRING{j = {x}} @misc{a, title = j, year = 2000}",
    "BIB05": "@misc{a, title = {a @ {CLEF} and me@example.org, 2022}, year = 2000}",
    "BIB06": "Collected in 2022 = a note.\n% me@example.org (Jane)\n@misc{a, title = {x}, year = 2000}",
    "BIB07": "@misc{a, title = {x}, year = 2000}",
    "BIB08": "@misc{a, title = {x}, year = 2000}\n@misc{b, title = {y}, year = 2000}",
    "BIB09": "@misc{a, title = {x}, year = 2000}\n@misc{AB, title = {y}, year = 2000}",
    "BIB10": "@misc{10.1000/x_y:z+a-b.c, title = {x}, year = 2000}",
    "BIB11": "@misc{a, title = {x}, booktitle = {x}, year = 2000}",
    "BIB12": "@misc{a, title = {x}, year = 2000, date-added = {y}, bdsk_url_1 = {z}}",
    "BIB13": '@misc{a, title = {x} # " and " # {y}, year = 2000}',
    "BIB14": "@string{els = {Elsevier}}\n@misc{a, title = {x}, year = 2000, publisher = ELS, month = jan}",
    "BIB15": "@string{j = {x}}\n@string{k = {y}}\n@misc{a, title = j, year = 2000}",
    "BIB16": "@Online{a, title = {x}, year = 2000}",
    "BIB17": "@incollection{a, crossref = {b}}\n@book{b, title = {x}, year = 2000}",
    "BIB18": "@misc{a, title = {x}, note = {an undated web page}}\n@misc{b, title = {x}, date = {2000-05}}",
    "BIB19": "@misc{a, title = {x}, year = {n.d.}}",
    "BIB20": "@misc{a, title = {x}, year = 2000, doi = {doi:10.1000/x\\_y(1)}}",
    "BIB21": "@misc{a, title = {x}, year = 2000, pmid = {12}, pmcid = {12}}",
    "BIB22": "@misc{a, title = {x}, year = 2000, url = {\\url{http://a.b/c\\_d}}}",
    "BIB23": "@misc{a, title = {x}, year = 2000, pmid = 1}\n@misc{b, title = {y}, year = 2000, pmid = 2}",
    "BIB24": "@comment{jabref-meta: databaseType:bibtex;}\n@misc{a, title = {x}, year = 2000}",
}


def entry(**fields: str) -> Reference:
    """An article on line 1 with these fields."""
    return Reference(key="key", entry_type="article", fields=fields, line=1)


def test_every_rule_has_a_broken_and_a_kept_case():
    """The two tables of cases name exactly the declared rules."""
    assert set(BROKEN) == set(KEPT) == set(BIB_RULES)


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_rule_is_a_problem_with_its_line(rule):
    """The problem of a broken rule names file, line, the value and what to do."""
    text, line, word = BROKEN[rule]

    _, problems = parse_references(text, file="my.bib")

    found = [problem for problem in problems if problem.rule == rule]
    assert [(problem.file, problem.line) for problem in found] == [("my.bib", line)]
    assert word in found[0].message
    assert ":" in found[0].message


@pytest.mark.parametrize("rule", KEPT)
def test_a_kept_rule_is_no_problem(rule):
    """A text that keeps every rule gives references and no problem."""
    references, problems = parse_references(KEPT[rule])

    assert references
    assert problems == []


def test_only_rules_that_leave_the_reference_usable_warn():
    """Missing and odd parts warn; what is not read, doubled or wrong is an error."""
    severities = {
        rule: problem.severity
        for rule, (text, _, _) in BROKEN.items()
        for problem in parse_references(text)[1]
        if problem.rule == rule
    }

    assert {rule for rule, severity in severities.items() if severity == "warning"} == {
        *("BIB02", "BIB16", "BIB17", "BIB18", "BIB19", "BIB22", "BIB23", "BIB24"),
    }


def test_a_clean_entry_is_read_as_it_is_written():
    """Type and names are lower case, values stand without their braces, inner braces stay."""
    references, problems = parse_references(CLEAN.replace("@article", "@Article").replace("title", "TITLE"))

    assert problems == []
    assert list(references) == ["rzany2014"]
    assert references["rzany2014"].entry_type == "article"
    assert references["rzany2014"].line == 1
    assert references["rzany2014"].fields["title"] == "Reduction of unwanted fat with {ATX-101}"
    assert references["rzany2014"].fields["pages"] == "445--453"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("\ufeff" + CLEAN, id="byte order mark"),
        pytest.param(CLEAN.replace("\n", "\r\n"), id="CRLF"),
        pytest.param(CLEAN.replace("\n", "\r"), id="CR"),
        pytest.param(CLEAN.replace("{rzany2014,", "(rzany2014,").removesuffix("}\n") + ")\n", id="parentheses"),
        pytest.param(re.sub(r"= \{(.*)\},", r'= "\1",', CLEAN), id="quotes"),
        pytest.param("Any text.\n@comment{x}\n@preamble{{x}}\n" + CLEAN, id="comment and preamble"),
    ],
)
def test_the_same_entry_is_read_however_it_is_written(text):
    """Byte order mark, line ends, parentheses and quotes make no difference."""
    references, problems = parse_references(text)

    assert problems == []
    assert references["rzany2014"].fields == parse_references(CLEAN)[0]["rzany2014"].fields


def test_line_numbers_count_from_one_in_any_text():
    """A backslash before a line end, Windows line ends and parentheses do not shift the lines."""
    text = "\r\n@misc(a,\r\n  title = {x\\\r\n  y},\r\n  year = 2000)\r\n@misc{b,\r\n  year = 2000}"

    references, problems = parse_references(text)

    assert {key: reference.line for key, reference in references.items()} == {"a": 2, "b": 6}
    assert [problem.line for problem in problems] == [6]


def test_of_two_entries_with_a_key_the_first_stands():
    """The second entry is a problem on its own line that names the first's."""
    references, problems = parse_references("@misc{a, title={x}, year=2000}\n\n@misc{a, title={y}, year=2001}")

    assert references["a"].fields["title"] == "x"
    assert [(problem.rule, problem.line) for problem in problems] == [("BIB08", 3)]


def test_of_a_doubled_field_the_first_stands():
    """An entry with a doubled field is kept with the first value, and the second is quoted."""
    references, problems = parse_references("@misc{a, title={x}, year=2000, year=2001}")

    assert references["a"].fields["year"] == "2000"
    assert "'2001'" in problems[0].message


def test_a_broken_entry_does_not_take_the_next_with_it():
    """After an unclosed quote or brace, a missing comma or equals sign the next entry is read."""
    broken = [
        "@misc{a,\n title = {x,\n year = 2000}\n",
        '@misc{a,\n title = "x,\n year = 2000}\n',
        "@misc{a\n title = {x},\n year = 2000}\n",
        "@misc{a,\n title {x},\n year = 2000}\n",
        "@misc{a, title = {x}, year = 2000\n",
    ]

    read = [parse_references(text + "\n@misc{b, title={y}, year=2001}") for text in broken]

    assert [list(references) for references, _ in read] == [["b"]] * len(broken)
    assert [[(problem.rule, problem.line) for problem in problems] for _, problems in read] == [
        [("BIB03", 1)],
    ] * len(broken)


def test_an_entry_whose_word_and_brace_are_parted_is_not_lost():
    """BibTeX allows a line end there, bibtexparser takes it for a comment: it is named."""
    _, problems = parse_references("@article\n{a, title={x}, year=2000}\n\narticle{b, title={y}}")

    assert [(problem.rule, problem.line) for problem in problems] == [("BIB06", 1), ("BIB06", 4)]


def test_strings_are_put_in_and_joined():
    """@strings hold for what follows, in any case, also inside other @strings; months are defined."""
    text = '@string{j = "Journal " # {of X}}\n@string(k = J # {: A})\n@misc{a, title=K, year=2000, month=5 # "~" # jan}'

    references, problems = parse_references(text)

    assert problems == []
    assert references["a"].fields["title"] == "Journal of X: A"
    assert references["a"].fields["month"] == "5~January"


def test_a_string_is_not_known_before_its_definition():
    """An undefined @string keeps its name as the value and is a problem."""
    references, problems = parse_references("@misc{a, title=late, year=2000}\n@string{late={x}}")

    assert references["a"].fields["title"] == "late"
    assert [problem.rule for problem in problems] == ["BIB14"]


def test_nothing_is_printed_or_logged_to_the_screen(capfd):
    """What bibtexparser logs of broken blocks does not reach the terminal."""
    code = "from review.references import parse_references; parse_references('@misc{a, title={x')"
    subprocess.run([sys.executable, "-c", code], check=True)

    assert capfd.readouterr() == ("", "")


def test_importing_does_not_import_bibtexparser():
    """The parser costs time and is imported when something is parsed."""
    code = "import review.references, sys; sys.exit('bibtexparser' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_references_can_be_hashed_and_sent_to_other_processes():
    """A reference survives pickling and can stand in a set."""
    reference = parse_references(CLEAN)[0]["rzany2014"]

    assert pickle.loads(pickle.dumps(reference)) == reference  # noqa: S301  (our own bytes)
    assert len({reference, reference}) == 1


PIECES = st.lists(
    st.sampled_from(
        [
            *("@article{", "@article(", "@misc{k,", "@comment{", "@string{s=", "@preamble{", "@book\n{z,", "@"),
            *("{", "}", "(", ")", '"', ",", "=", "#", "\\", "%", "~", "$", "--", "\n", "\r\n", "\\\n", " ", "\0", "é"),
            *("key", "title = {x},", "year = 2000", "author = {A, B and {C and D} and others},", "month = jan,"),
            *(
                "doi = {10.1000/x},",
                "url = {http://[},",
                "url = {https://a.b/c},",
                "\\href{a}{b}",
                "{\\'e}",
                "\\begin{x}",
            ),
        ]
    ),
    max_size=30,
).map("".join)


@settings(deadline=None, max_examples=300)
@given(st.one_of(st.text(max_size=80), PIECES))
def test_no_text_raises_and_no_entry_is_lost(text):
    """Every key that begins an entry is among the references or in a problem; every line exists."""
    references, problems = parse_references(text)

    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    told = " ".join(problem.message for problem in problems)
    begun = re.findall(r"@article\{([a-z0-9]+),", "\n".join(lines).replace("\0", ""))
    assert all(key in references or repr(key) in told for key in begun)
    assert all("@" in lines[reference.line - 1] for reference in references.values())
    assert all(problem.line is None or 1 <= problem.line <= len(lines) for problem in problems)


@settings(deadline=None, max_examples=200)
@given(st.one_of(st.text(max_size=60), PIECES))
def test_any_value_can_be_shown(value):
    """Whatever a field holds, the shown texts are one line and a link is of the web or empty."""
    names = ("author", "title", "journal", "year", "number", "pages", "doi", "pmid", "pmcid", "url")
    reference = entry(**dict.fromkeys(names, value))

    assert "\n" not in citation_text(reference) + short_citation(reference) + "".join(authors(reference))
    assert re.match(r"https?://|$", link(reference), re.IGNORECASE)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        pytest.param(r"G{\"o}del and {\'E}tat d'\^age", "Gödel and État d'âge", id="accents"),
        pytest.param(r"{\o} \aa{} {\ss} \c{c} \v{s} {\'\i} \~n {\L}", "ø å ß ç š í ñ Ł", id="letters"),
        pytest.param("Córdoba, 2012--2020 --- {ATX-101}~2", "Córdoba, 2012–2020 — ATX-101 2", id="dashes and braces"),
        pytest.param(r"5\% of \$16 \& \#1 \_ {\textless}i{\textgreater}", "5% of $16 & #1 _ <i>", id="escapes"),
        pytest.param(r"\emph{M. abscessus} & 5% \'a $3", "M. abscessus & 5% á $3", id="unescaped signs"),
        pytest.param(r"``quoted'' 'single'", "“quoted” 'single'", id="quotes"),
        pytest.param(r"$\beta$-blocker, 10\textsuperscript{th} \textmu{}g", "β-blocker, 10th µg", id="mathematics"),
        pytest.param("two\n   lines", "two lines", id="lines"),
        pytest.param("it's 50% & more", "it's 50% & more", id="plain"),
        pytest.param(r"\href{a}{b}", r"\href{a}{b}", id="not decodable"),
        pytest.param("e\u0301", "é", id="composed"),
    ],
)
def test_plain_text_is_what_people_read(value, shown):
    """LaTeX becomes Unicode; what cannot be decoded stays."""
    assert plain_text(value) == shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        pytest.param("Rzany, B. and Ann Marie Lee", ("Rzany, B.", "Lee, Ann Marie"), id="both orders"),
        pytest.param(
            "Vinicius de Almeida and van der Berg, J.", ("de Almeida, Vinicius", "van der Berg, J."), id="von"
        ),
        pytest.param("{Lithera, Inc.} and {A and B}", ("Lithera, Inc.", "A and B"), id="bodies"),
        pytest.param("Uzel, B. and others", ("Uzel, B.",), id="others"),
        pytest.param(
            r"C{\'o}rdoba, S. AND {Morales De la Cerda}, R.", ("Córdoba, S.", "Morales De la Cerda, R."), id="LaTeX"
        ),
        pytest.param("", (), id="none"),
    ],
)
def test_authors_are_last_name_first(written, shown):
    """Names are Unicode in one order, bodies stay whole and "others" is no name."""
    assert authors(entry(author=written)) == shown


@pytest.mark.parametrize(
    ("fields", "address"),
    [
        pytest.param({"doi": "10.1000/x", "pmid": "1", "url": "https://a.b"}, "https://doi.org/10.1000/x", id="doi"),
        pytest.param({"doi": "https://doi.org/10.1000/a%3Cb"}, "https://doi.org/10.1000/a%3Cb", id="doi as address"),
        pytest.param({"doi": r"10.1000/x\_y<z>"}, "https://doi.org/10.1000/x_y%3Cz%3E", id="doi with signs"),
        pytest.param({"doi": "none", "pmid": "1"}, "https://pubmed.ncbi.nlm.nih.gov/1/", id="pmid"),
        pytest.param({"pmcid": "PMC12"}, "https://pmc.ncbi.nlm.nih.gov/articles/PMC12/", id="pmcid"),
        pytest.param(
            {"url": "https://clinicaltrials.gov/ct2/show/results/NCT01032889"},
            "https://clinicaltrials.gov/study/NCT01032889",
            id="registry",
        ),
        pytest.param({"url": "http://a.b/c?d=1&e=2#f"}, "http://a.b/c?d=1&e=2#f", id="url"),
        pytest.param({"url": 'https://a.b/"><script>'}, "https://a.b/%22%3E%3Cscript%3E", id="signs of HTML"),
        pytest.param({"url": "javascript:alert(1)"}, "", id="script"),
        pytest.param({"url": "data:text/html,x"}, "", id="data"),
        pytest.param({"url": "https://a.b/c d"}, "", id="space"),
        pytest.param({"url": "//a.b"}, "", id="no scheme"),
        pytest.param({"url": "https://"}, "", id="no host"),
        pytest.param({}, "", id="nothing"),
    ],
)
def test_a_link_is_the_official_page(fields, address):
    """DOI comes before PubMed, PubMed Central, the registry and the url; only the web is linked."""
    assert link(entry(**fields)) == address


def test_a_citation_is_one_line_in_unicode():
    """Authors, title, journal, year;volume(number):pages."""
    reference = parse_references(CLEAN)[0]["rzany2014"]

    assert citation_text(reference) == (
        "Rzany B, Griffiths T, McDiarmid J. Reduction of unwanted fat with ATX-101. "
        "British Journal of Dermatology. 2014;170(2):445–453."
    )


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        pytest.param(
            {
                "author": " and ".join(f"L{number}, Jean-Paul de A" for number in "ABCDEFG"),
                "title": "T?",
                "year": "2000",
            },
            "LA JPA, LB JPA, LC JPA, LD JPA, LE JPA, LF JPA, et al. T? 2000.",
            id="more than six authors",
        ),
        pytest.param({"author": "A, B and others", "title": "T", "year": "2000"}, "A B, et al. T. 2000.", id="others"),
        pytest.param(
            {"author": "{A, Inc.}", "title": "T", "howpublished": "news, 5 May", "note": "n.d."},
            "A, Inc. T. News, 5 May. n.d.",
            id="body, undated",
        ),
        pytest.param(
            {"title": "T", "journal": "J", "year": "2000", "number": "3", "pages": "e1"},
            "T. J. 2000;(3):e1.",
            id="no author, no volume",
        ),
        pytest.param({}, "n.d.", id="nothing"),
    ],
)
def test_a_citation_leaves_out_what_is_not_known(fields, shown):
    """No gap of an entry is filled."""
    assert citation_text(entry(**fields)) == shown


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        pytest.param({"author": "Rzany, B. and Lee, D.", "year": "2014"}, "Rzany 2014", id="person"),
        pytest.param({"author": "{A and B}", "date": "2014-05"}, "A and B 2014", id="body"),
        pytest.param({"title": "One two three four five", "year": "2014"}, "One two three four... 2014", id="title"),
        pytest.param({"author": "Rzany, B."}, "Rzany n.d.", id="undated"),
        pytest.param({}, "key n.d.", id="nothing"),
    ],
)
def test_a_short_citation_is_first_author_and_year(fields, shown):
    """Title words stand for missing authors, n.d. for a missing year."""
    assert short_citation(entry(**fields)) == shown


@pytest.fixture(scope="module")
def text():
    """The bibliography of the review in this repository."""
    return (ROOT / "references.bib").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def references(text):
    """Its entries."""
    return parse_references(text)[0]


def test_the_bibliography_of_this_review_has_no_problem(text):
    """references.bib keeps every rule."""
    assert parse_references(text)[1] == []


def test_the_bibliography_is_sorted_by_key(references):
    """An entry is found where its key says."""
    assert list(references) == sorted(references)


def test_the_table_beside_the_bibliography_has_its_keys_and_notes(references):
    """claims/references.csv has one row an entry; the printed note is the entry's note."""
    with (ROOT / "claims" / "references.csv").open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))

    assert [row["reference_key"] for row in rows] == list(references)
    assert [row["print_note"] for row in rows] == [
        plain_text(reference.fields.get("note", "")) for reference in references.values()
    ]
    assert all(row["print_note"] for row in rows if row["bib_status"] == "flagged")


def test_an_entry_of_the_bibliography_has_only_the_documented_fields(references):
    """docs/bibliography.md lists the fields; every one in use is among them, and the other way round."""
    documented = set(
        re.findall(r"^\| `(\w+)` \|", (ROOT / "docs" / "bibliography.md").read_text("utf-8"), re.MULTILINE)
    )

    assert {name for reference in references.values() for name in reference.fields} == documented


def test_every_rule_is_documented():
    """docs/bibliography.md lists each rule with its title."""
    page = (ROOT / "docs" / "bibliography.md").read_text(encoding="utf-8")

    assert dict(re.findall(r"^\| (BIB\d\d) \| (.*?) \|", page, re.MULTILINE)) == BIB_RULES


def test_types_in_use_are_known(references):
    """The entries are of types that BibTeX's standard styles print."""
    assert {reference.entry_type for reference in references.values()} <= ENTRY_TYPES
