import json
import re
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from review import InvalidInput, WrongUse, parse_references
from review.exchange.bibliographies import check_references, format_of, read_bibliography
from review.exchange.bibtex_out import bibtex, with_added
from review.exchange.csl_json import csl_json, parse_csl_json
from review.exchange.endnote_xml import parse_endnote_xml
from review.exchange.nbib import parse_nbib
from review.exchange.ris import parse_ris, ris
from review.references import Reference, authors, plain_text
from review.references.entry import doi
from review.references.merging import KeyRing, duplicates_among, key_base, merge
from review.references.records import IMPORT_RULES, Person, Record, pages, to_record, to_reference

ROOT = Path(__file__).parents[1]
BIB = (ROOT / "references.bib").read_text(encoding="utf-8")


def spaced(text):
    """The text with the space that most programs write after an empty tag."""
    return re.sub(r"  -$", "  - ", text, flags=re.MULTILINE)


# Records are invented; their tags, order, spacing and quirks are those of real exports (docs/bibliography.md).
ZOTERO = spaced("""\
TY  - JOUR
TI  - Injection <i>lipolysis</i> of the chin: A systematic review.
AU  - Grošelj, Aleš
AU  - de Bree, Remco
AU  - van der Kallen, Carla J. H.
T2  - Journal of invented medicine
AB  - First paragraph of the abstract.
Second paragraph &amp; its rest.
DA  - 2021/03/12/
PY  - 2021
DO  - 10.1234/jim_2021.6
VL  - 13
IS  - 6
SP  - 1254
EP  - 1254
SN  - 20726694
UR  - https://lens.org/001-955-724-285-100
L2  - https://pubmed.ncbi.nlm.nih.gov/33796074/
KW  - lipolysis
KW  - fat
ER  -

""")
EMBASE = spaced("""\
TY  - JOUR
M3  - Article
Y1  - 2024
VL  - 40
IS  - 3
SP  - 307
EP  - 356
JF  - Journal of invented medicine : official organ
JO  - J. Inv. Med.
UR  - https://www.embase.com/search/results?subaction=viewrecord&id=L1&from=export
U2  - L1
C5  - 38771085
DB  - Medline
L2  - http://dx.doi.org/10.1234/emb.1
DO  - 10.1234/emb.1
A1  - Pol, D.
A1  - Baiano, M.A.
M1  - (Pol D.; Baiano M.A.) An institute, Somewhere
T1  - A trial of mesotherapy
N2  - An abstract.
ER  -
""")
SCOPUS = """\
TY  - JOUR
AU  - Wilson, L.N.
TI  - Gradients of subcutaneous fat
PY  - 2024
T2  - Invented Communications
VL  - 15
IS  - 1
C7  - 2864
DO  - 10.1234/s-1
UR  - https://www.scopus.com/inward/record.uri?eid=2-s2.0-1&doi=10.1234%2fs-1
SN  - 20411723 (ISSN)
C2  - 38580657
J2  - Inv. Commun.
M3  - Article
DB  - Scopus
N1  - Export Date: 05 August 2024; Cited By: 2
ER  -
"""
COVIDENCE = spaced("""\
TY  - JOUR
TI  - Description of a new injection
AU  - Boisvert, C.
PY  - 2024
PD  -
N2  - An abstract.
JO  - Anatomical Records
PB  -
VL  -
IS  - (Boisvert C.) A University, Provo, UT, United States(Curtice B.) A museum, U
PG  -
SP  -
EP  -
AN  -
DO  - 10.1234/cov.1
UR  - https://www.embase.com/search/results?subaction=viewrecord&id=L2
NS  -
N1  -
ER  -
""")
RAYYAN = """\
TY  - JOUR
AN  - rayyan-42924191
TI  - A new study of fat
Y1  - 2024
T2  - Cladistics
SN  - ["1932-8494", "1932-8486"]
VL  - 40
SP  - 307-356
AU  - Pol, D.
UR  - https://example.org/record?id=1     U2  - L644327397
N1  - RAYYAN-INCLUSION: {"Emily"=>"Maybe"}
DO  - 10.1234/ray.1     LK  - https://example.org/link?sid=1
ER  -
"""
ENDNOTE = spaced("""\
TY  - JOUR
AB  - An abstract.
AU  - Boisvert, C.
DB  - Embase
Medline
DO  - 10.1234/end.1
KW  - article
tibia
PY  - 2024
SN  - 1932-8494
1932-8486
SP  - 549-65
T2  - Anatomical Records
TI  - Description of a bone
UR  - http://dx.doi.org/10.1234/end.1
ID  - 889
ER  -
""")
NBIB = """\
PMID- 30922926
OWN - NLM
IS  - 1878-0849 (Electronic)
IS  - 1769-7212 (Linking)
VI  - 63
IP  - 2
DP  - 2020 Feb
TI  - Time lapse: A glimpse into the history of
      fat.
PG  - 422-30
LID - S1769-7212(19)30059-X [pii]
LID - 10.1234/j.nbib.2019.03.004 [doi]
AB  - For the purpose of this review, a first line
      and a second.
FAU - Griffin, Darren K
AU  - Griffin DK
AD  - School, University, UK.
FAU - King, Martin L Jr
AU  - King ML Jr
CN  - Fat Study Group
LA  - eng
PT  - Journal Article
TA  - Eur J Inv Med
JT  - European journal of invented medicine
PMC - PMC7026692
OT  - Fat
AID - 10.1234/j.nbib.2019.03.004 [doi]
SO  - Eur J Inv Med. 2020 Feb;63(2):422-30.

PMID- 12345678
DP  - 1998 Dec-1999 Jan
TI  - [Fat and its injection].
AU  - Dos Santos HB
AU  - Smith JA 3rd
PT  - Retracted Publication
TA  - Arch Inv
"""
ENDNOTE_XML = """\
<?xml version="1.0" encoding="UTF-8" ?>
<xml><records>
<record><database name="My.enl" path="x">My.enl</database><rec-number>6</rec-number>
<ref-type name="Journal Article">17</ref-type>
<contributors><authors><author><style face="normal" font="default" size="100%">Rzany, Berthold</style></author>
<author>Ain Group,</author></authors></contributors>
<titles><title><style face="normal">Reduction of fat with </style><style face="italic">in vivo</style>\
<style face="normal"> tests &amp; more</style></title>
<secondary-title><style>J Inv Med</style></secondary-title></titles>
<pages><style>445-53</style></pages><volume>170</volume><number>2</number>
<dates><year><style>2014</style></year></dates><accession-num>24147933</accession-num>
<remote-database-name>PubMed</remote-database-name>
<electronic-resource-num><style>DOI 10.1234/bjd.12695</style></electronic-resource-num>
<urls><related-urls><url>&lt;Go to ISI&gt;://WOS:1</url></related-urls></urls></record>
<record><ref-type name="Book">6</ref-type><titles><title>A book</title></titles>
<dates><year>2001</year></dates></record>
</records></xml>
"""
CSL = """\
[
  {"id": "http://zotero.org/users/1/items/ABC", "type": "article-journal",
   "title": "Injection of <i>PPC</i>", "container-title": "J Inv Med", "page": "100–120", "volume": 12, "issue": "3",
   "DOI": "10.1234/csl.1", "note": "PMID: 123456\\nPMCID: PMC77",
   "author": [{"family": "Berg", "given": "Jan", "non-dropping-particle": "van den"}, {"literal": "Fat Group"}],
   "issued": {"date-parts": [["2019", 5]]}},
  17,
  {"id": 5, "type": "book", "title": "Fat", "issued": {"raw": "circa 1999"}}
]
"""
BIBLATEX = """\
@comment{kept}
@article{smith2001,
  author = {Smith, Ann}, title = {On fat}, journaltitle = {Inv J}, date = {2001-05-03},
  eprint = {987654}, eprinttype = {pubmed}, annotation = {seen},
}
@book{b2002, author = {Smith, Bob}, title = {Fats}, date = {2002}, location = {Bonn}, publisher = {P}}
"""


def fields(text, read):
    """The only record of a text, as plain fields."""
    references, problems = read(text)
    assert len(references) == 1, problems
    record = to_record(next(iter(references.values())))
    return record, {name: value for name, value in record.fields.items() if name not in {"abstract", "keywords"}}


def shown(reference):
    """What formats have in common, in plain Unicode."""
    return (
        plain_text(reference.fields.get("title", "")),
        authors(reference),
        plain_text(reference.fields.get("year", "")),
        doi(reference),
    )


def test_zotero_ris_is_read():
    """Zotero's date, address of PubMed and paragraphs of an abstract are read; marks of style are left out."""
    record, found = fields(ZOTERO, parse_ris)

    assert found == {
        "title": "Injection lipolysis of the chin: A systematic review.",
        "journal": "Journal of invented medicine",
        "year": "2021",
        "volume": "13",
        "number": "6",
        "pages": "1254",
        "doi": "10.1234/jim_2021.6",
        "pmid": "33796074",
        "url": "https://lens.org/001-955-724-285-100",
        "issn": "20726694",
    }
    assert record.authors[1:] == (
        Person(family="de Bree", given="Remco"),
        Person(family="van der Kallen", given="Carla J. H."),
    )
    assert record.fields["abstract"] == "First paragraph of the abstract. Second paragraph & its rest."
    assert record.fields["keywords"] == "lipolysis, fat"
    assert record.key == "groselj2021"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            EMBASE,
            {
                "title": "A trial of mesotherapy",
                "journal": "Journal of invented medicine : official organ",
                "year": "2024",
                "pages": "307–356",
                "pmid": "38771085",
                "doi": "10.1234/emb.1",
            },
            id="Embase",
        ),
        pytest.param(
            SCOPUS,
            {"journal": "Invented Communications", "pages": "2864", "pmid": "38580657", "issn": "20411723"},
            id="Scopus",
        ),
        pytest.param(COVIDENCE, {"journal": "Anatomical Records", "number": None, "volume": None}, id="Covidence"),
        pytest.param(
            RAYYAN,
            {
                "doi": "10.1234/ray.1",
                "url": "https://example.org/record?id=1",
                "pages": "307–356",
                "pmid": None,
                "note": None,
                "issn": "1932-8494, 1932-8486",
            },
            id="Rayyan",
        ),
        pytest.param(
            ENDNOTE, {"issn": "1932-8494, 1932-8486", "pages": "549–565", "doi": "10.1234/end.1"}, id="EndNote"
        ),
    ],
)
def test_exports_of_programs_are_read(text, expected):
    """Each program's own tags, empty tags, joined and continued lines are read as what they mean."""
    _, found = fields(text, parse_ris)

    assert {name: found.get(name) for name in expected} == expected


def test_an_address_in_the_issue_is_listed():
    """What Covidence puts into the issue by mistake is left out and said."""
    _, problems = parse_ris(COVIDENCE, file="c.ris")

    assert [(problem.rule, problem.line, problem.column) for problem in problems] == [("IMP08", 1, "number")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "BOM"])
def test_line_ends_and_byte_order_mark_do_not_matter(end, mark):
    """The same text with other line ends is the same references."""
    expected = parse_ris(ZOTERO + SCOPUS)

    found = parse_ris(mark + (ZOTERO + SCOPUS).replace("\n", end))

    assert found == expected


def test_medline_is_read():
    """PubMed's continued lines, full names, groups, identifiers and shortened pages are read."""
    references, problems = parse_nbib(NBIB, file="p.nbib")
    first, second = (to_record(reference) for reference in references.values())

    assert {name: first.fields[name] for name in ("title", "year", "pages", "doi", "pmid", "pmcid", "issn")} == {
        "title": "Time lapse: A glimpse into the history of fat",
        "year": "2020",
        "pages": "422–430",
        "doi": "10.1234/j.nbib.2019.03.004",
        "pmid": "30922926",
        "pmcid": "PMC7026692",
        "issn": "1878-0849",
    }
    assert authors(references["griffin2020"])[2] == "Fat Study Group"
    assert second.authors == (
        Person(family="Dos Santos", given="H. B."),
        Person(family="Smith", given="J. A.", suffix="3rd"),
    )
    assert (second.fields["year"], second.fields["title"]) == ("1998", "[Fat and its injection]")
    assert [(problem.rule, problem.line) for problem in problems] == [
        ("IMP10", NBIB.splitlines().index("PMID- 12345678") + 1)
    ]


def test_endnote_xml_is_read():
    """Marks of style inside a text are left out, its parts joined."""
    references, problems = parse_endnote_xml(ENDNOTE_XML)
    record = to_record(references["rzany2014"])

    assert problems == []
    assert record.fields == {
        "title": "Reduction of fat with in vivo tests & more",
        "journal": "J Inv Med",
        "year": "2014",
        "volume": "170",
        "number": "2",
        "pages": "445–453",
        "pmid": "24147933",
        "doi": "10.1234/bjd.12695",
    }
    assert references["book2001"].entry_type == "book"


def test_csl_json_is_read():
    """Particles, groups, markup, dates of three shapes and Zotero's note are read; what is no item is listed."""
    references, problems = parse_csl_json(CSL, file="z.json")
    record = to_record(references["vandenberg2019"])

    assert (record.fields["pmid"], record.fields["pmcid"], record.fields["pages"]) == ("123456", "PMC77", "100–120")
    assert authors(references["vandenberg2019"]) == ("van den Berg, Jan", "Fat Group")
    assert record.fields["title"] == "Injection of PPC"
    assert references["fat1999"].entry_type == "book"
    assert [(problem.rule, problem.line) for problem in problems] == [("IMP05", 7)]


def test_biblatex_is_read_under_the_names_of_bibtex():
    """The fields of biblatex come under BibTeX's names."""
    references, problems = read_bibliography("library.bib", BIBLATEX.encode())

    assert problems == []
    assert references["smith2001"].fields == {
        "author": "Smith, Ann",
        "title": "On fat",
        "journal": "Inv J",
        "year": "2001",
        "annote": "seen",
        "month": "5",
        "pmid": "987654",
    }
    assert references["b2002"].fields["address"] == "Bonn"


@pytest.mark.parametrize(
    ("text", "kind"),
    [(ZOTERO, "ris"), (NBIB, "nbib"), (ENDNOTE_XML, "endnote-xml"), (CSL, "csl-json"), (BIBLATEX, "bibtex")],
)
def test_the_format_is_told_by_the_content(text, kind):
    """A wrong ending of the name does not matter."""
    answer = check_references("library.txt", text.encode())

    assert format_of(text) == kind
    assert answer["entries"]
    assert set(answer) == {"entries", "problems"}
    json.dumps(answer)


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        pytest.param(b"", "IMP02", id="empty"),
        pytest.param(b"\n \n", "IMP02", id="white space"),
        pytest.param(b"title,year\nA,2001\n", "IMP01", id="CSV"),
        pytest.param(b"<html><body>no</body></html>", "IMP01", id="web page"),
        pytest.param(b"[]", "IMP02", id="empty list"),
        pytest.param(b"<xml><records><record></record></records></xml>", "IMP02", id="empty record"),
        pytest.param(b"TY  - JOUR\nAU  - Smith, A\nER  - \n", "IMP02", id="no title"),
        pytest.param(b"@comment{x}", "IMP02", id="comment only"),
        pytest.param(b"\xff\xfe\x00", "IMP03", id="broken UTF-16"),
        pytest.param(b"TY  - JOUR\nTI  - a\x81\nER  - \n", "IMP03", id="neither UTF-8 nor cp1252"),
    ],
)
def test_a_file_without_a_record_is_an_error(data, rule):
    """An import of nothing is never silent."""
    answer = check_references("x.ris", data)

    assert answer["entries"] == []
    assert rule in [problem["rule"] for problem in answer["problems"] if problem["severity"] == "error"]


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252", "utf-8-sig"])
def test_other_encodings_are_read(encoding):
    """UTF-16 with its mark and cp1252 are read; the latter is said with the first line that shows it."""
    data = ZOTERO.replace("Grošelj, Aleš", "Müller, Jörg").encode(encoding)

    references, problems = read_bibliography("x.ris", data)

    assert list(references) == ["muller2021"]
    assert [(problem.rule, problem.line) for problem in problems] == ([("IMP03", 3)] if encoding == "cp1252" else [])


@pytest.mark.parametrize(
    ("text", "rule", "line", "entries"),
    [
        pytest.param("TY  - JOUR\nTI  - One study of fat\nPY  - 2001\n", "IMP04", 1, 1, id="cut off"),
        pytest.param(
            "TY  - JOUR\nTI  - A\nPY  - 2001\nTY  - JOUR\nTI  - B\nPY  - 2002\nER  - \n", "IMP04", 1, 2, id="no ER"
        ),
        pytest.param("1.\nTI  - Lost\n" + ZOTERO, "IMP05", 2, 1, id="line outside"),
        pytest.param("TY  - XXXX\nTI  - A\nPY  - 2001\nER  - \n", "IMP09", 1, 1, id="unknown type"),
        pytest.param("TY  - JOUR\nTI  - A\nPY  - soon\nER  - \n", "IMP07", 1, 1, id="no year"),
        pytest.param("TY  - JOUR\nTI  - A\nPY  - 2001\nDO  - none\nER  - \n", "IMP08", 1, 1, id="no DOI"),
        pytest.param(ZOTERO + "TY  - JOUR\nPY  - 2001\nER  - \n", "IMP06", 23, 1, id="no title"),
        pytest.param(ZOTERO + ZOTERO, "IMP11", 23, 2, id="twice"),
    ],
)
def test_what_is_wrong_is_listed_with_its_line(text, rule, line, entries):
    """A record that cannot stand as it is is named, the others are kept."""
    references, problems = read_bibliography("x.ris", text.encode())

    assert len(references) == entries
    assert (rule, line) in [(problem.rule, problem.line) for problem in problems]


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
    "<xml><records><record><titles><title>&b;</title></titles></record></records></xml>"
)
OUTSIDE = (
    '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    "<xml><records><record><titles><title>&a;</title></titles></record></records></xml>"
)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(BOMB, id="entity bomb"),
        pytest.param(OUTSIDE, id="file outside"),
        pytest.param("<xml><record>" + "<a>" * 100_000, id="deep XML"),
        pytest.param("[" * 100_000, id="deep JSON"),
        pytest.param('[{"title": ' + "9" * 5000 + "}]", id="long number"),
        pytest.param('[{"title": {"a": []}, "author": "x", "issued": [[]], "type": 3}]', id="wrong shapes"),
        pytest.param("TY  - \nER  - \nTY  - \n", id="empty tags"),
        pytest.param("PMID- \nTI  - \n", id="empty MEDLINE"),
        pytest.param("@article{" * 1000, id="open braces"),
    ],
)
def test_hostile_text_gives_problems_only(text):
    """Nothing grows, is fetched or raises."""
    answer = check_references("x", text.encode())

    assert answer["entries"] == []
    assert [problem for problem in answer["problems"] if problem["severity"] == "error"]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([ZOTERO, NBIB, ENDNOTE_XML, CSL, BIBLATEX]), st.data())
def test_a_cut_file_never_raises(text, data):
    """Wherever a file is cut or changed, the answer is entries and problems."""
    cut = data.draw(st.integers(0, len(text)))
    noise = data.draw(st.text(max_size=8))

    answer = check_references("x", (text[:cut] + noise + text[cut + 3 :]).encode("utf-8", "surrogatepass"))

    assert answer["entries"] or answer["problems"]


def test_signs_of_latex_and_entries_in_a_text_stay_text():
    """A title cannot open an entry, close its braces or comment the rest out."""
    text = 'TY  - JOUR\nTI  - 50% {of} \\x @article{evil, title = {X}} @misc(y, "q" }\nPY  - 2001\nER  - \n'
    references, _ = parse_ris(text)

    read, problems = parse_references(with_added("", references.values()))

    assert problems == []
    # Braces are written as LaTeX's commands; those are not shown.
    assert plain_text(read["502001"].fields["title"]) == '50% of \\x @articleevil, title = X @misc(y, "q"'


# --- keys, duplicates, merging ---


@pytest.mark.parametrize(
    ("family", "body", "title", "key"),
    [
        ("Rotunda", False, "", "rotunda2005"),
        ("O'Connor-Müller", False, "", "oconnormuller2005"),
        ("Ørsted", False, "", "orsted2005"),
        ("Advertising Standards Authority", True, "", "asa2005"),
        ("", False, "The injection of fat", "injection2005"),
        ("王", False, "脂肪", "anon2005"),
    ],
)
def test_keys_are_first_author_and_year(family, body, title, key):
    """Keys have only small letters and digits."""
    assert key_base(family, "2005", title, body=body) == key


def test_a_taken_key_gets_the_next_letter():
    """The first stands without a letter; case does not make a key free."""
    ring = KeyRing(["Rotunda2005"])

    assert [ring.take("rotunda2005") for _ in range(3)] == ["rotunda2005b", "rotunda2005c", "rotunda2005d"]
    assert len({ring.take("x2005") for _ in range(2000)}) == 2000


def test_keys_do_not_depend_on_how_often_a_file_is_read():
    """Reading twice gives the same keys, and merging what is there adds nothing."""
    standing, _ = parse_references(BIB)

    merged = merge(standing, standing)

    assert list(merged.added) == []
    assert len(merged.duplicates) == len(standing)
    assert merged.conflicts == ()


def reference(key, **fields):
    """An article with these fields."""
    return Reference(key=key, entry_type="article", fields=fields, line=1)


LONG = "Injection lipolysis with phosphatidylcholine"


@pytest.mark.parametrize(
    ("one", "other", "by"),
    [
        ({"doi": "10.1234/AB", "title": "x"}, {"doi": "https://doi.org/10.1234/ab", "title": "y"}, "doi"),
        ({"pmid": "123", "title": "x"}, {"pmid": "123", "title": "y"}, "pmid"),
        (
            {"title": LONG, "year": "2001"},
            {"title": "{INJECTION} lipolysis, with phosphatidyl\\-choline".replace("\\-", ""), "year": "2001"},
            "title and year",
        ),
        ({"title": LONG, "year": "2001", "doi": "10.1234/a"}, {"title": LONG, "year": "2001"}, "title and year"),
        ({"title": LONG, "year": "2001"}, {"title": LONG, "year": "2002"}, ""),
        ({"title": "Editorial", "year": "2001"}, {"title": "Editorial", "year": "2001"}, ""),
        ({"title": LONG, "year": "2001", "doi": "10.1234/a"}, {"title": LONG, "year": "2001", "doi": "10.1234/b"}, ""),
    ],
)
def test_duplicates_are_found_with_the_reason(one, other, by):
    """DOI, PubMed number, or title and year unless the DOIs differ; a short title says nothing."""
    found = duplicates_among({"a": reference("a", **one), "b": reference("b", **other)})

    assert [duplicate.by for duplicate in found] == ([by] if by else [])
    assert all("'a'" in duplicate.reason for duplicate in found)


def test_merging_changes_nothing_that_stands_and_says_what_differs():
    """A duplicate's other year and new volume are told, the entry stays; a taken key is changed in what comes."""
    standing = {
        "a2001": reference("a2001", title=LONG, year="2001", doi="10.1234/a"),
        "b2001": reference("b2001", title="Another work on the same subject", year="2001"),
    }
    incoming = {
        "x": reference("x", title=LONG, year="2002", doi="10.1234/A", volume="7"),
        "b2001": reference("b2001", title="A third work that is quite different", year="2001", crossref="x"),
    }
    before = dict(standing)

    merged = merge(standing, incoming)

    assert standing == before
    assert list(merged.added) == ["b2001b"]
    assert merged.added["b2001b"].fields["crossref"] == "a2001"
    assert [(conflict.field, conflict.standing, conflict.offered) for conflict in merged.conflicts] == [
        ("year", "2001", "2002"),
        ("volume", "", "7"),
        ("key", "b2001", "b2001b"),
    ]


# --- writing ---

ODD_BIB = """% a comment\r
@string{inv = "Invented Journal"}\r
@comment{jabref-meta: x}\r
@article{child, crossref = {parent}, title = {One}, my_field = "odd" # { one}, journal = inv, year = 2001}\r
@book{parent,title={Two},year={1999}}   trailing text"""


def test_what_is_not_touched_stays_byte_for_byte():
    """Comments, @strings, cross-references, unknown fields and line ends stay; new entries come at the end."""
    added, _ = parse_ris(ZOTERO)

    text = with_added(ODD_BIB, added.values())

    assert text.startswith(ODD_BIB)
    assert "\n" not in text[len(ODD_BIB) :].replace("\r\n", "")
    assert list(parse_references(text)[0]) == ["child", "parent", "groselj2021"]


def test_nothing_to_add_leaves_the_text():
    """No entries, no change."""
    assert with_added(ODD_BIB, []) == ODD_BIB


def test_a_key_that_stands_is_never_written_again():
    """Keys that BibTeX takes for the same are refused."""
    with pytest.raises(WrongUse, match="Child"):
        with_added(ODD_BIB, [reference("Child", title="x")])


def test_nothing_is_put_into_an_entry_that_is_not_closed():
    """The new entries have to be readable, else the reason is given."""
    with pytest.raises(InvalidInput, match="BIB"):
        with_added("@article{a, title = {x", [reference("b", title="y")])


@pytest.mark.parametrize(
    ("write", "read"),
    [(ris, parse_ris), (csl_json, parse_csl_json), (bibtex, parse_references)],
    ids=lambda f: f.__name__,
)
def test_the_bibliography_comes_back_from_every_format(write, read):
    """All entries of references.bib keep key, title, authors, year and identifiers."""
    references, _ = parse_references(BIB)

    back, _ = read(write(references.values()))

    assert list(back) == list(references)
    assert [shown(one) for one in back.values()] == [shown(one) for one in references.values()]
    for name in ("pmid", "pmcid"):
        assert [one.fields.get(name) for one in back.values()] == [one.fields.get(name) for one in references.values()]


def test_ris_lines_are_as_the_specification_has_them():
    """Six characters of tag, CRLF ends, TY first and ER last (Reference Manager's RIS Format Specifications)."""
    references, _ = parse_references(BIB)

    for block in ris(references.values()).split("ER  - \r\n")[:-1]:
        lines = block.split("\r\n")[:-1]

        assert lines[0].startswith("TY  - ")
        assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - [^\r\n]+", line) for line in lines)


#: Properties of an item that the schema allows and that are written (csl-data.json of the Citation Style Language).
SCHEMA = {
    *("id", "type", "title", "container-title", "publisher", "publisher-place", "issued", "author", "editor", "volume"),
    *("issue", "page", "DOI", "PMID", "PMCID", "URL", "note", "genre", "edition", "ISSN", "ISBN", "language"),
    *("keyword", "abstract"),
}


def test_csl_json_has_only_what_the_schema_allows():
    """No property outside the schema, which forbids others; every item has id and type."""
    references, _ = parse_references(BIB)

    items = json.loads(csl_json(references.values()))

    assert all({"id", "type"} <= set(item) <= SCHEMA for item in items)


#: Text that every format holds: plain_text reads ~, -- and pairs of quotes as LaTeX's signs.
WORDS = st.text(
    st.characters(
        codec="utf-8",
        categories=["Lu", "Ll", "Lo", "Nd"],
        include_characters=" &%#_${}\\^@<>().:/+=*!?",
        max_codepoint=0x2FFF,
    ),
    min_size=1,
    max_size=40,
).filter(lambda text: re.search(r"\w", text) and plain_text(text.replace("{", "").replace("\\", "")))
NAMES = st.text(st.characters(categories=["Lu"], max_codepoint=0x17F), min_size=1, max_size=8).map(str.capitalize)
RECORDS = st.builds(
    Record,
    entry_type=st.sampled_from(["article", "book", "techreport", "misc"]),
    fields=st.fixed_dictionaries(
        {"title": WORDS.map(lambda text: f"T{text}x"), "year": st.integers(1000, 2999).map(str)},
        optional={
            "doi": st.from_regex(r"10\.\d{4}/[a-z0-9_.()-]{0,9}[a-z0-9]", fullmatch=True),
            "pmid": st.integers(1, 10**8).map(str),
        },
    ),
    authors=st.lists(st.builds(Person, family=NAMES, given=NAMES), max_size=4).map(tuple),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(RECORDS)
def test_every_format_keeps_what_all_have(record):
    """BibTeX, RIS and CSL-JSON one after the other give the same title, authors, year and identifiers."""
    first = to_reference(record, "a2001")

    (second,) = parse_references(bibtex([first]))[0].values()
    (third,) = parse_ris(ris([second]))[0].values()
    (fourth,) = parse_csl_json(csl_json([third]))[0].values()

    assert shown(second) == shown(third) == shown(fourth)
    assert second.fields.get("pmid") == third.fields.get("pmid") == fourth.fields.get("pmid")
    assert second.fields == first.fields


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("422", "430", "422--430"),
        ("422-30", "", "422--430"),
        ("e12", "e15", "e12--e15"),
        ("14316", "14316", "14316"),
        ("S12–S19", "", "S12--S19"),
        ("d2090", "", "d2090"),
    ],
)
def test_pages_are_written_in_one_way(first, last, expected):
    """Shortened, doubled and single pages."""
    assert pages(first, last) == expected


def test_the_rules_are_documented():
    """The page lists every rule with its title."""
    page = (ROOT / "docs" / "bibliography.md").read_text(encoding="utf-8")

    assert dict(re.findall(r"^\| (IMP\d\d) \| (.*?) \|", page, re.MULTILINE)) == IMPORT_RULES


@pytest.mark.slow
def test_fifty_thousand_records_are_read_in_ten_seconds():
    """Reading grows with the number of records; processor time, so that other work does not count."""
    one = (
        ZOTERO.replace("Injection", "Injection {i} of").replace("jim_2021.6", "jim_2021.{i}").replace("33796074", "{i}")
    )
    text = "".join(one.replace("{i}", str(number)) for number in range(1, 50_001)).encode()

    begun = time.process_time()
    references, problems = read_bibliography("big.ris", text)
    taken = time.process_time() - begun

    assert (len(references), problems) == (50_000, [])
    assert taken < 10
