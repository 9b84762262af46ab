"""The command line as its users meet it."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys

import pandas as pd
import pytest
import typer.main
from books import BIB, TEXT, good_files, with_cell

import review
from review.cli import app, main
from review.synthesis import Common, Interval, Model, Tau2
from review.vocabulary import BiasVariant

#: Six trials of BCG (colditz1994), the counts of people with tuberculosis.
TRIALS = """study,year,events_1,n_1,events_2,n_2
Aronson,1948,4,123,11,139
Ferguson & Simes,1949,6,306,29,303
Rosenthal et al,1960,3,231,11,220
Sutherland et al,1977,62,13598,248,12867
Frimodt-Moller et al,1973,33,5069,47,5808
Stein & Aronson,1953,180,1541,372,1451
"""
MEANS = "mean_1,sd_1,n_1,mean_2,sd_2,n_2\n10,2,30,12,2,30\n9,3,40,10,2,41\n"
PROPORTIONS = "events,n\n0,10\n3,20\n5,11\n"
#: The keys of the JSON, as docs/commands.md has them.
POOLED = (
    *("k", "measure", "mu", "se", "ci_low", "ci_high", "estimate", "estimate_ci_low", "estimate_ci_high"),
    *("tau2", "i2", "h2", "q", "q_p", "pi_low", "pi_high", "studies"),
)
ANSWERS = """study,question,answer,note
Park 2008,1.1,PY,tossed a coin
Park 2008,1.2,probably yes,
Park 2008,1.3,N,
Park 2008,2.1,Y,
Park 2008,2.3,N,
Park 2008,2.4,NA,
Park 2008,2.5,NA,
Park 2008,2.6,Y,
Lee 2001,5.2,Y,
"""


@pytest.fixture
def workbook(tmp_path):
    """Put a workbook's files into a folder; the good ones unless others are given."""

    def put(files=None):
        for name, data in (files or good_files()).items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        return tmp_path

    return put


@pytest.fixture
def run(capsys):
    """Run the command line in this process: exit code, what it printed, what it complained of."""

    def call(*arguments):
        with pytest.raises(SystemExit) as left:
            main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return left.value.code or 0, out, err

    return call


def test_a_good_workbook_exits_with_0(workbook, run):
    """No problem: one line that counts what was checked."""
    code, out, err = run("check", workbook())

    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "3 claims, 2 citations, 2 references: no problems",
        "Verdicts: 1 Not substantiated, 1 No evidence found, 1 Not judged yet",
    ]


@pytest.mark.parametrize(
    ("files", "place"),
    [
        pytest.param(
            good_files() | {"documents/advert.txt": TEXT.replace("fat", "bone").encode()},
            "claims/documents.csv:2 sha256 DOC02",
            id="one word of the document",
        ),
        pytest.param(
            with_cell("citations", 0, "reference_key", "park2009"),
            "claims/citations.csv:2 reference_key CIT02",
            id="one unknown key",
        ),
        pytest.param(with_cell("results", 0, "events", "21"), "claims/results.csv:2 events RES02", id="one number"),
    ],
)
def test_one_fault_is_one_clear_problem_and_exit_1(workbook, run, files, place):
    """One mistake gives one line with file, line, column, rule and what to do."""
    code, out, err = run("check", workbook(files))

    assert (code, err) == (1, "")
    lines = out.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith(f"error {place} ")
    assert lines[1].endswith("1 error")


def test_problems_as_json(workbook, run):
    """The JSON has every problem with its address, and the counts."""
    code, out, _ = run("check", workbook(with_cell("results", 0, "events", "21")), "--format", "json")
    answer = json.loads(out)

    assert code == 1
    assert answer["errors"] == 1
    assert answer["problems"][0] | {"message": ""} == {
        "severity": "error",
        "file": "claims/results.csv",
        "line": 2,
        "column": "events",
        "rule": "RES02",
        "message": "",
    }


def test_problems_as_github_annotations(workbook, run):
    """Each problem is one workflow command with file and line."""
    files = good_files() | {"references.bib": BIB.replace("park2008,", "park2008, year = {2008},").encode()}
    _, out, _ = run("check", workbook(files), "--format", "github")

    assert all(line.startswith("::") and "file=" in line and ",line=" in line for line in out.splitlines())
    assert out


def test_a_warning_fails_only_where_the_settings_say_so(workbook, run):
    """`fail_on` makes warnings count; without it they do not."""
    files = with_cell("claims", 0, "in_tension_with", "C03")
    gentle = run("check", workbook(files))
    strict = files | {"review.toml": files["review.toml"] + b'fail_on = ["warning"]\n'}

    assert gentle[0] == 0
    assert "warning" in gentle[1]
    assert run("check", workbook(strict))[0] == 1


def test_a_label_fails_only_where_the_settings_say_so(workbook, run):
    """`fail_on` can name a verdict's label, which a whole claim then must not have."""
    settings = good_files()["review.toml"]
    named = good_files() | {"review.toml": settings + b'fail_on = ["No evidence found"]\n'}
    other = good_files() | {"review.toml": settings + b'fail_on = ["Contradicted"]\n'}

    assert run("check", workbook(named))[0] == 1
    assert run("check", workbook(other))[0] == 0


def test_the_json_has_every_verdict_unless_the_inputs_have_errors(workbook, run):
    """Each claim and part with its verdict; none while an error makes them verdicts on something else."""
    good = json.loads(run("check", workbook(), "--format", "json")[1])
    broken = json.loads(run("check", workbook(with_cell("results", 0, "events", "21")), "--format", "json")[1])

    assert [verdict["claim_id"] for verdict in good["verdicts"]] == ["C01", "C02", "C03", "C02.a"]
    assert good["verdicts"][0] | {"reason": "", "flags": []} == {
        "claim_id": "C01",
        "direction": "inconclusive",
        "certainty": "",
        "label": "Not substantiated",
        "reason": "",
        "rests_on": ["park2008"],
        "flags": [],
    }
    assert broken["verdicts"] == []
    assert {one["claim_id"] for one in good["firmness"]} <= {one["claim_id"] for one in good["verdicts"]}
    assert all(0 < one["stands"] <= one["analyses"] for one in good["firmness"])
    assert broken["firmness"] == []


def test_as_of_replaces_the_day_of_the_settings(workbook, run):
    """A later day makes an old search stale."""
    folder = workbook()

    assert "SEA02" not in run("check", folder)[1]
    assert "SEA02" in run("check", folder, "--as-of", "2028-01-01")[1]


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("check", "nowhere"), id="no such folder"),
        pytest.param(("check", "--format", "xml"), id="unknown format"),
        pytest.param(("check", ".", "--as-of", "tomorrow"), id="no date"),
        pytest.param(("dance",), id="unknown command"),
        pytest.param(("render", "nowhere"), id="render nowhere"),
        pytest.param(("lab", "nowhere"), id="lab nowhere"),
    ],
)
def test_wrong_use_exits_with_2_and_no_traceback(workbook, run, monkeypatch, arguments):
    """What the command cannot take is said on the error stream."""
    monkeypatch.chdir(workbook())
    code, out, err = run(*arguments)

    assert (code, out) == (2, "")
    assert err
    assert "Traceback" not in err


def test_control_characters_do_not_reach_the_terminal(workbook, run):
    """A cell cannot move the cursor or recolour the reader's terminal."""
    _, out, _ = run("check", workbook(with_cell("claims", 0, "kind", "\x1b[31mred\x1b[0m")))

    assert "\x1b" not in out


def test_the_module_is_the_same_command(workbook):
    """`python -m review` is `review`."""
    command = [sys.executable, "-m", "review", "check", str(workbook())]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
    assert "no problems" in done.stdout


def test_a_check_imports_nothing_heavy(workbook):
    """`review check` starts fast: no nbformat, jsonschema, matplotlib or scipy.stats."""
    code = (
        "import sys; from review.cli import main\n"
        "try: main(['check', sys.argv[1]])\n"
        "except SystemExit: pass\n"
        "print(*sorted({'nbformat', 'nbconvert', 'jsonschema', 'matplotlib', 'scipy.stats'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(workbook())], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == ""


@pytest.fixture
def csv_file(tmp_path):
    """Put text or bytes into a CSV file."""

    def put(data, name="data.csv"):
        path = tmp_path / name
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return path

    return put


def frame_of(text):
    """Return the rows of a CSV text."""
    return pd.read_csv(io.StringIO(text))


@pytest.mark.parametrize(
    ("text", "options"),
    [
        pytest.param(TRIALS, {}, id="as it comes"),
        pytest.param(TRIALS, {"measure": "OR", "model": "common", "common": "MH"}, id="Mantel-Haenszel"),
        pytest.param(TRIALS, {"measure": "RD", "tau2": "DL", "interval": "hk", "level": 90}, id="Hartung-Knapp"),
        pytest.param(MEANS, {"measure": "MD"}, id="means"),
        pytest.param(PROPORTIONS, {"measure": "PLO"}, id="proportions"),
        pytest.param("yi,vi\n0.1,0.02\n0.3,0.04\n", {"measure": "generic"}, id="effects"),
    ],
)
def test_pool_gives_what_the_library_gives(run, csv_file, text, options):
    """The JSON has the keys of the contract in their order, and the numbers of `review.pool`."""
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    code, out, err = run("pool", csv_file(text), *words, "--json")
    answer = json.loads(out)
    pooled = review.pool(frame_of(text), **options)

    assert (code, err) == (0, "")
    assert tuple(answer) == POOLED
    assert all(answer[key] == getattr(pooled, key) for key in POOLED[:-1])
    assert answer["studies"] == [{"yi": one.yi, "vi": one.vi, "weight": one.weight} for one in pooled.studies]


def test_pool_reads_words_in_any_case(run, csv_file):
    """The words are those of the field, however they are typed."""
    words = ("--measure", "or", "--model", "COMMON", "--common", "mh", "--tau2", "reml", "--interval", "Z", "--json")
    plain = ("--measure", "OR", "--model", "common", "--common", "MH", "--json")

    assert run("pool", csv_file(TRIALS), *words) == run("pool", csv_file(TRIALS), *plain)


def test_a_number_that_json_cannot_hold_is_null(run, csv_file):
    """No prediction interval, no estimate of an uninformative study, a ratio too large: null, never NaN."""
    empty = "events_1,n_1,events_2,n_2\n0,10,0,10\n3,10,4,10\n"
    zero = json.loads(run("pool", csv_file(empty), "--model", "common", "--common", "MH", "--json")[1])
    out = run("pool", csv_file("yi,vi\n800,0.1\n801,2\n"), "--json")[1]
    huge = json.loads(out, parse_constant=pytest.fail)

    assert (zero["pi_low"], zero["pi_high"], zero["studies"][0]) == (None, None, {"yi": None, "vi": None, "weight": 0})
    assert (huge["estimate"], huge["estimate_ci_high"]) == (None, None)


def test_pool_in_words_names_studies_and_methods(run, csv_file):
    """A table with each study's estimate and weight, the pooled effect, and what was done."""
    code, out, err = run("pool", csv_file(TRIALS), "--interval", "hk")
    lines = [line.split() for line in out.splitlines()]

    assert (code, err) == (0, "")
    assert out.startswith("Risk ratio: random effects, tau² by REML, Hartung-Knapp interval\n")
    assert ["Aronson", "0.4109", "0.1343", "to", "1.257", "10.2", "%"] in lines
    assert ["Pooled", "0.3724", "0.2125", "to", "0.6527"] in lines
    assert "Heterogeneity: Q 28.51 (p < 0.001), I² 84.2 %" in out
    assert "Prediction interval: 0.09761 to 1.421" in out


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        pytest.param(
            TRIALS.split("Ferg", maxsplit=1)[0], (), ("one study, nothing pooled", "One study"), id="one study"
        ),
        pytest.param(PROPORTIONS, ("--measure", "PFT"), ("Freeman-Tukey", "line 2"), id="no names"),
        pytest.param(TRIALS, ("--model", "common"), ("common effect by inverse variance, Wald",), id="common effect"),
    ],
)
def test_pool_in_words_fits_what_was_pooled(run, csv_file, *, text, options, words):
    """One study is not called pooled; rows without names are called by their line."""
    code, out, _ = run("pool", csv_file(text), *options)

    assert code == 0
    assert [word for word in words if word not in out] == []


def test_pool_reads_standard_input(run, monkeypatch):
    """A single dash stands for it, in problems too."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(TRIALS.encode())))
    good = run("pool", "-", "--json")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(TRIALS.replace("123", "-1").encode())))
    bad = run("pool", "-")

    assert json.loads(good[1])["k"] == 6
    assert bad[0] == 1
    assert bad[2].startswith("standard input:2 ")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\xef\xbb\xbf" + TRIALS.encode(), id="byte order mark"),
        pytest.param(TRIALS.replace(",", ";").encode(), id="semicolons"),
        pytest.param(TRIALS.replace("\n", "\r\n").encode(), id="CRLF"),
        pytest.param(TRIALS.replace("\n", "\n\n").encode(), id="blank lines"),
        pytest.param(TRIALS.replace("Aronson,", '"Aronson, 1948",', 1).encode(), id="quoted"),
        pytest.param(TRIALS.replace(",", " , ").encode(), id="spaces"),
    ],
)
def test_files_of_every_program_are_read(run, csv_file, data):
    """Byte order mark, separators, line ends, blank lines and spaces change nothing."""
    assert run("pool", csv_file(data), "--json") == run("pool", csv_file(TRIALS, "plain.csv"), "--json")


def test_cp1252_is_read_with_a_warning(run, csv_file):
    """The warning names the first such line, on the error stream, so that the JSON stays whole."""
    path = csv_file(TRIALS.replace("Frimodt-Moller", "Frimodt-M\u00f8ller").encode("cp1252"))
    code, out, err = run("pool", path, "--json")

    assert (code, json.loads(out)["k"]) == (0, 6)
    assert err.startswith(f"warning {path}:6 TAB11 ")


@pytest.mark.parametrize(
    ("data", "place", "words"),
    [
        pytest.param(b"", ":1 TAB03", "the file is empty", id="empty"),
        pytest.param(TRIALS.encode("utf-16"), ":1 TAB01", "UTF-16", id="UTF-16"),
        pytest.param(TRIALS.replace("1948", "\0").encode(), ":2 TAB01", "NUL", id="NUL"),
        pytest.param(TRIALS.replace("4,123", '4,"123').encode(), ":2 TAB02", "quotation marks", id="open quote"),
        pytest.param(TRIALS.replace("4,123", "4,12,3").encode(), ":2 TAB02", "7 cells, the header 6", id="ragged"),
        pytest.param(TRIALS.replace("events_1", "event_1").encode(), ":1 events_1 TAB03", "'event_1'", id="misspelt"),
        pytest.param(TRIALS.replace("n_2", "n_1").encode(), ":1 n_1 TAB03", "twice", id="column twice"),
        pytest.param(TRIALS.replace("n_1", "n").encode(), ":1 n_1 TAB03", "is missing", id="no column"),
        pytest.param(TRIALS.replace("123", "12 3").encode(), ":2 n_1 TAB07", "'12 3' is not a number", id="no number"),
        pytest.param(TRIALS.replace("123", '"1,5"').encode(), ":2 n_1 TAB07", "after a point", id="decimal comma"),
        pytest.param(TRIALS.replace("231", "").encode(), ":4 n_1 POOL02", "no number", id="empty cell"),
        pytest.param(
            TRIALS.replace("\n", "\n\n").replace("231", "2").encode(),
            ":7 events_1 POOL03",
            "3 of 2: events lie between",
            id="more events than people, after blank lines",
        ),
        pytest.param(b"yi,vi\n1,2\n1,0\n", ":3 vi POOL03", "above 0", id="no variance"),
    ],
)
def test_a_fault_of_a_file_of_studies_is_one_line_with_its_place(run, csv_file, *, data, place, words):
    """File, line, column, rule and what to do; exit 1."""
    path = csv_file(data)
    code, out, err = run("pool", path, "--json")
    lines = [line for line in err.splitlines() if line.startswith(f"{path}{place}")]

    assert (code, out) == (1, "")
    assert len(lines) == 1
    assert words in lines[0]
    assert re.search(r"row \d", lines[0]) is None


def test_all_faults_of_a_file_come_at_once(run, csv_file):
    """Each with its line, in the order of the file."""
    path = csv_file(TRIALS.replace("4,123", "124,123").replace("372,1451", "372,0"))
    _, _, err = run("pool", path)

    assert [line.split()[0] for line in err.splitlines()] == [f"{path}:2", f"{path}:7", f"{path}:7"]


def test_what_cannot_be_pooled_says_why_in_one_line(run, csv_file):
    """No study, or no estimate by the method: exit 1 and the reason."""
    header = TRIALS.splitlines()[0]
    none = run("pool", csv_file(f"{header}\n"))
    empty = "events_1,n_1,events_2,n_2\n0,10,0,10\n"
    zero = run("pool", csv_file(empty), "--model", "common", "--common", "MH")

    for code, out, err in (none, zero):
        assert (code, out) == (1, "")
        assert err.startswith("review: not pooled: ")
        assert err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("--measure", "apples"), id="measure"),
        pytest.param(("--model", "fixed"), id="model"),
        pytest.param(("--common", "XX"), id="common"),
        pytest.param(("--tau2", "XX"), id="tau2"),
        pytest.param(("--interval", "t"), id="interval"),
        pytest.param(("--level", "0.95"), id="level"),
        pytest.param(("--measure", "MD", "--model", "common", "--common", "MH"), id="methods that do not go together"),
    ],
)
def test_a_word_that_is_no_option_is_one_line(run, csv_file, arguments):
    """Wrong use is told before the file is read, with what could be chosen; exit 2."""
    code, out, err = run("pool", csv_file(b"nothing of use"), *arguments)

    assert (code, out) == (2, "")
    assert err.startswith("review: ")
    assert err.count("\n") == 1


@pytest.mark.parametrize("command", ["pool", "rob2"])
def test_a_file_that_is_not_there_is_wrong_use(run, tmp_path, command):
    """One line with the system's reason, for a missing file and for a folder."""
    for path in (tmp_path / "none.csv", tmp_path):
        code, out, err = run(command, path)

        assert (code, out) == (2, "")
        assert err.startswith(f"review: {path} cannot be read: ")
        assert err.count("\n") == 1


def test_every_word_of_the_options_is_in_their_help():
    """The help lists what `review.pool` takes."""
    commands = typer.main.get_command(app).commands
    shown = {name: {option.name: option.metavar for option in commands[name].params} for name in ("pool", "rob2")}

    assert shown["pool"]["measure"] == "RR|OR|RD|PETO|MD|SMD|ROM|PLO|PFT|GEN"
    for name, words in (("model", Model), ("common", Common), ("tau2", Tau2), ("interval", Interval)):
        assert shown["pool"][name] == "|".join(words)
    assert shown["rob2"]["effect"] == "|".join(BiasVariant)


def test_rob2_gives_every_study_its_judgements(run, csv_file):
    """By study in the order of the file, null where an answer is missing."""
    code, out, err = run("rob2", csv_file(ANSWERS), "--json")

    assert (code, err) == (0, "")
    assert list(json.loads(out).items()) == [
        ("Park 2008", {"D1": "Low", "D2": "Low", "D3": None, "D4": None, "D5": None, "overall": None}),
        ("Lee 2001", {"D1": None, "D2": None, "D3": None, "D4": None, "D5": "High", "overall": "High"}),
    ]


def test_rob2_asks_by_the_effect_of_interest(run, csv_file):
    """2.3 N is good news for assignment, bad news for adhering; the word is read in any case."""
    adhering = json.loads(run("rob2", csv_file(ANSWERS), "--effect", "Adhering", "--json")[1])
    code, _, err = run("rob2", csv_file(ANSWERS), "--effect", "both")

    assert adhering["Park 2008"]["D2"] == "Some concerns"
    assert (code, err.count("\n")) == (2, 1)


def test_rob2_in_words_is_a_table(run, csv_file):
    """A row for each study; a dash is no judgement, and is said to be none."""
    code, out, _ = run("rob2", csv_file(ANSWERS))
    lines = [line.split() for line in out.splitlines()]

    assert code == 0
    assert lines[0] == ["Study", "D1", "D2", "D3", "D4", "D5", "Overall"]
    assert ["Lee", "2001", "–", "–", "–", "–", "High", "High"] in lines
    assert "– no judgement" in out


@pytest.mark.parametrize(
    ("spoilt", "place"),
    [
        pytest.param(("Park 2008,1.3,N,", "Park 2008,1.3,perhaps,"), ":4 answer ROB05", id="no such answer"),
        pytest.param(("Park 2008,1.3,N,", "Park 2008,1.4,N,"), ":4 question ROB04", id="no such question"),
        pytest.param(("Park 2008,1.3,N,", "Park 2008,1.1,PY,"), ":4 question ROB06", id="answered twice"),
        pytest.param(("Park 2008,1.3,N,", ",1.3,N,"), ":4 study ROB03", id="no study"),
        pytest.param(("question", "item"), ":1 question TAB03", id="no column"),
    ],
)
def test_a_fault_of_a_file_of_answers_is_one_line_with_its_place(run, csv_file, spoilt, place):
    """File, line, column, rule and what to do; exit 1."""
    path = csv_file(ANSWERS.replace(*spoilt, 1))
    code, out, err = run("rob2", path, "--json")

    assert (code, out) == (1, "")
    assert err.startswith(f"{path}{place} ")
    assert err.count("\n") == 1


def test_no_study_is_no_judgement(run, csv_file):
    """A file with a header alone is an empty answer."""
    assert run("rob2", csv_file("study,question,answer\n"), "--json") == (0, "{}\n", "")


def test_names_in_a_file_cannot_reach_the_terminal(run, csv_file):
    """Control characters and markup of a name stay text, in tables and in problems."""
    named = run("pool", csv_file(TRIALS.replace("Aronson", "\x1b[31m[red]A", 1)))[1]
    judged = run("rob2", csv_file(ANSWERS.replace("Lee 2001", "\x1b[31m[red]Lee")))[1]
    complained = run("pool", csv_file(TRIALS.replace("123", "\x1b[31m")))[2]

    assert "\x1b" not in named + judged + complained
    assert "[red]A" in named
    assert "[red]Lee" in judged


def test_the_help_imports_nothing_of_the_methods():
    """Asking for help costs no scipy, no NumPy-heavy methods and no figures."""
    code = (
        "import sys; from review.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'scipy', 'matplotlib', 'review.synthesis.pooling', 'review.figures', 'rich.table'}\n"
        "print(*sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == ""


def test_a_new_workbook_is_started_from_a_document(run, tmp_path, root):
    """The command writes a workbook that checks without errors, and refuses a folder that is not empty."""
    place, document = tmp_path / "advert", root / "documents" / "mesotherapy.txt"
    made, _, _ = run("new", place, "--document", document, "--title", "An advert")
    checked, _, _ = run("check", place)
    again, _, err = run("new", place, "--document", document)

    assert (made, checked, again) == (0, 0, 2)
    assert "not an empty folder" in err


def test_sentences_are_scored_as_claims(run, root):
    """Every sentence comes as JSON, the likely ones first, each at its place in the text."""
    document = root / "documents" / "mesotherapy.txt"
    answer = json.loads(run("claims", document, "--json")[1])
    scores = [one["score"] for one in answer]
    text = document.read_text(encoding="utf-8")

    assert scores == sorted(scores, reverse=True)
    assert scores[-1] < 0.5 < scores[0]
    assert all(text[one["start"] : one["end"]] == one["sentence"] for one in answer)
    assert set(answer[0]) == {"sentence", "start", "end", "page", "score", "cues", "claims"}


def test_a_bibliography_is_checked_in_any_format(run, tmp_path, root):
    """BibTeX and RIS are read, what is neither is a problem with exit code 1."""
    ris, other = tmp_path / "one.ris", tmp_path / "other.txt"
    ris.write_text("TY  - JOUR\nAU  - Park, S\nTI  - A cream\nPY  - 2008\nER  - \n")
    other.write_text("nothing of the kind\n")
    bib = json.loads(run("refs", "check", root / "references.bib", "--json")[1])

    assert len(bib["entries"]) == len(review.load(root).references)
    assert bib["problems"] == []
    assert "1 reference: no problems" in run("refs", "check", ris)[1]
    assert run("refs", "check", other)[0] == 1


def test_a_document_that_is_not_there_is_one_line(run):
    """A wrong name is wrong use."""
    code, _, err = run("claims", "nothing.txt")

    assert code == 2
    assert err.count("\n") == 1
