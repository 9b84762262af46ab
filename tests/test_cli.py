"""The command line as its users meet it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from books import BIB, TEXT, good_files, with_cell

from review.cli import main


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
