"""Runs what README.md and the pages of docs/ show: Python as a doctest or a script, `$ review` as a command."""

import doctest
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]

#: A fenced block of Python or of a terminal, as in Markdown.
BLOCK = re.compile(r"^```(?P<language>python|console)\n(?P<source>.*?)^```$", re.DOTALL | re.MULTILINE)

#: A command at a prompt; `# exit 1` after it says that it is shown to fail.
COMMAND = re.compile(r"^\$ (?P<line>(?P<program>\S+).*?)(?:\s+# exit (?P<code>\d+))?$", re.MULTILINE)

#: Commands that stay open until they are stopped; of these only the help is run.
STAYS_OPEN = re.compile(r"^review lab\b.*")

#: What a workbook is made of; examples run on a copy.
WORKBOOK = ("documents", "claims", "references.bib", "notebooks", "review.toml", "docs", "examples")

DOCTEST_FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A fenced block of a page, and the line it starts on."""

    where: str
    language: str
    source: str


def examples(text, *, name):
    """Return the examples of a page in their order."""
    return [
        Example(
            where=f"{name}:{text.count(chr(10), 0, block.start()) + 2}",
            language=block["language"],
            source=block["source"],
        )
        for block in BLOCK.finditer(text)
    ]


def run_python(example, names):
    """Run Python with the names of the page's earlier examples; prompts make it a doctest."""
    if ">>>" not in example.source:
        exec(compile(example.source, example.where, "exec"), names)  # noqa: S102 - the project's own examples
        return
    test = doctest.DocTestParser().get_doctest(example.source, names, example.where, example.where, 0)
    said = []
    result = doctest.DocTestRunner(optionflags=DOCTEST_FLAGS).run(test, out=said.append, clear_globs=False)
    names.update(test.globs)

    assert not result.failed, "".join(said)


def run_commands(example, folder, make_targets):
    """Run the `$ review` commands; of `$ make` only the target is looked up."""
    for command in COMMAND.finditer(example.source):
        if command["program"] == "make":
            assert set(command["line"].split()[1:]) <= make_targets, f"{example.where}: {command['line']}"
        if command["program"] == "review":
            run_command(STAYS_OPEN.sub("review lab --help", command["line"]), int(command["code"] or 0), folder)


def run_command(line, code, folder):
    """Run one command line as a shell would, with this environment's `review`."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        ["sh", "-c", line],
        cwd=folder,
        env={**os.environ, "PATH": path},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == code, f"$ {line}\n{done.stdout}{done.stderr}"


@pytest.fixture
def workbook(tmp_path, monkeypatch):
    """Return a copy of the workbook, as the current folder."""
    for name in WORKBOOK:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tmp_path / name)
        elif (ROOT / name).exists():
            shutil.copy(ROOT / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def make_targets():
    """Return the Makefile's targets."""
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_example_of_a_page_runs(page, workbook, make_targets):
    """Python examples give what they show, and commands end as shown."""
    names = {"__name__": "example"}

    for example in examples(page.read_text(encoding="utf-8"), name=page.name):
        if example.language == "python":
            run_python(example, names)
        else:
            run_commands(example, workbook, make_targets)


def test_the_readme_shows_a_command():
    """Readers of the README see at least one command of `review`, and it is run above."""
    shown = examples((ROOT / "README.md").read_text(encoding="utf-8"), name="README.md")

    assert any("$ review " in example.source for example in shown)


def test_examples_are_found_in_their_order():
    """Blocks of Python and of a terminal are found with their first line; others are not."""
    text = "# T\n\n```python\n>>> 1\n1\n```\n\n```text\nx\n```\n```console\n$ review check\n```\n"

    found = examples(text, name="t.md")

    assert [(example.where, example.language) for example in found] == [("t.md:4", "python"), ("t.md:12", "console")]


def test_a_wrong_doctest_fails():
    """An example that shows another result than it gives is caught."""
    wrong = Example(where="t.md:1", language="python", source=">>> 1 + 1\n3\n")

    with pytest.raises(AssertionError, match="Expected"):
        run_python(wrong, {})


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("$ review --no-such-option\n", id="fails"),
        pytest.param("$ review --help  # exit 1\n", id="shown to fail but does not"),
        pytest.param("$ make no-such-target\n", id="no such target"),
    ],
)
def test_a_wrong_command_fails(source, tmp_path, make_targets):
    """A command that does not end as shown is caught."""
    with pytest.raises(AssertionError):
        run_commands(Example(where="t.md:1", language="console", source=source), tmp_path, make_targets)
