"""Checks the set-up itself: versions agree, files name no machine, and refusals are one clear line."""

import importlib.metadata
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
RUNTIME = [Requirement(line) for line in PROJECT["dependencies"]]
EVERYTHING = [*RUNTIME, *(Requirement(line) for lines in EXTRAS.values() for line in lines)]

#: What conda installs for itself and for the work around Python.
NOT_PYTHON_PACKAGES = {"python", "pip", "make", "pango"}

SETUP_FILES = [
    "pyproject.toml",
    "Makefile",
    "requirements.lock",
    "environment.yml",
    ".ci/run",
    ".gitignore",
    ".gitattributes",
    ".pre-commit-config.yaml",
]

NAMES_A_MACHINE = re.compile(r"(?<![\w./])/(?:home|root|work|opt|tmp)/|\bfile:/|index-url\s+\S*://|find-links\s+\S*/")


def pinned():
    """Return the versions of requirements.lock by name."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9.-]+)==(\S+)$", lock, re.MULTILINE))


def conda_environment():
    """Return the packages that conda installs, and those that pip installs after them."""
    lines = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    names = {re.split(r"[<>=! ]", line)[0] for line in lines if isinstance(line, str)}
    return names, next(line["pip"] for line in lines if isinstance(line, dict))


@pytest.mark.parametrize("requirement", EVERYTHING, ids=lambda requirement: requirement.name)
def test_every_dependency_is_pinned_within_its_bounds(requirement):
    """requirements.lock has a version for each name of pyproject.toml, and one that it allows."""
    version = pinned()[canonicalize_name(requirement.name)]

    assert requirement.specifier.contains(version)


def test_the_lock_holds_versions_only():
    """Every line of requirements.lock is a pinned version or a comment: no index, no address, no hash."""
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()

    assert [line for line in lines if not re.fullmatch(r"([a-z0-9.-]+==\S+|\s*#.*)?", line)] == []


def test_environments_from_conda_have_the_names_of_pyproject():
    """What environment.yml names is a dependency of the project; versions are named in pyproject.toml only."""
    names, _ = conda_environment()

    assert {"jupyterlab", "pandas", "bibtexparser", "nbconvert", "pytest", "nbval"} <= names
    assert names - NOT_PYTHON_PACKAGES <= {requirement.name for requirement in EVERYTHING}


def test_environments_from_conda_install_the_project_with_all_extras():
    """The pip section of environment.yml installs this folder, so that versions come from pyproject.toml."""
    _, (line,) = conda_environment()
    extras = re.fullmatch(r"--editable \.\[(.*)\]", line)[1].split(",")

    assert set(extras) == set(EXTRAS)


def test_the_version_is_the_same_everywhere():
    """The package says the version that pyproject.toml says."""
    source = (ROOT / "src/review/__init__.py").read_text(encoding="utf-8")

    assert re.search(r'^__version__ = "(.+)"$', source, re.MULTILINE)[1] == PROJECT["version"]


@pytest.mark.parametrize("name", SETUP_FILES)
def test_the_setup_names_no_machine(name):
    """No file of the set-up names an address of packages or a path of one machine."""
    assert NAMES_A_MACHINE.findall((ROOT / name).read_text(encoding="utf-8")) == []


def shipped_distributions():
    """Return the names of all that the project needs to run, with all that these need."""
    found, waiting = set(), list(RUNTIME)
    while waiting:
        requirement = waiting.pop()
        key = (canonicalize_name(requirement.name), *sorted(requirement.extras))
        if key not in found:
            found.add(key)
            waiting += needs_of(requirement)
    return sorted({name for name, *_ in found})


def needs_of(requirement):
    """Return what an installed distribution needs here, with the extras that are asked of it."""
    needs = map(Requirement, importlib.metadata.requires(requirement.name) or ())
    extras = ("", *requirement.extras)
    return [
        need for need in needs if need.marker is None or any(need.marker.evaluate({"extra": extra}) for extra in extras)
    ]


@pytest.mark.parametrize("name", shipped_distributions())
def test_no_library_that_ships_is_under_the_gpl(name):
    """Whatever the project needs to run is under a licence that a BSD-3-Clause project can pass on."""
    about = importlib.metadata.metadata(name)
    licences = [about.get("License-Expression") or about.get("License") or "", *(about.get_all("Classifier") or ())]

    assert [text for text in licences if re.match(r"(?:A?GPL|.*GNU (?:Affero )?General Public)", text)] == []


def test_the_documents_are_kept_byte_for_byte(tmp_path):
    """Git changes no line end in documents and tables, and stores those of code and notebooks as LF."""
    shutil.copy(ROOT / ".gitattributes", tmp_path)
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    paths = ["documents/a.txt", "claims/claims.csv", "references.bib", "notebooks/a.ipynb", "src/review/cli.py"]

    said = subprocess.run(
        ["git", "check-attr", "text", "--", *paths], cwd=tmp_path, check=True, capture_output=True, text=True
    ).stdout

    assert [line.rpartition(" ")[2] for line in said.splitlines()] == ["unset", "unset", "unset", "set", "auto"]


def test_every_target_is_listed():
    """`make help` names every target that people call."""
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)[1].split()

    said = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout

    assert re.findall(r"^  make (\w+)", said, re.MULTILINE) == phony


def fake_python(folder, script):
    """Return an executable that stands for an interpreter."""
    path = folder / "python of another time"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(
    ("script", "line"),
    [
        pytest.param(
            'case "$*" in *version_info*) exit 1;; *) echo Python 3.10.1;; esac',
            "make: Python 3.10.1 is too old: install Python 3.11 or later, or say make PYTHON=/path/to/python3.11",
            id="too old",
        ),
        pytest.param(
            'case "$*" in *ensurepip*) exit 1;; esac',
            "make: {python} cannot make virtual environments (Debian: apt-get install python3-venv)",
            id="without venv",
        ),
    ],
)
def test_a_python_that_does_not_do_is_refused_in_one_line(tmp_path, script, line):
    """An interpreter that is too old or lacks venv is refused before anything is installed."""
    folder = tmp_path / "a folder with spaces"
    folder.mkdir()
    for name in ("Makefile", "pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, folder)
    python = fake_python(tmp_path, script)

    done = subprocess.run(
        ["make", "setup", f"PYTHON={python}"], cwd=folder, check=False, capture_output=True, text=True
    )

    assert done.returncode
    assert done.stderr.splitlines()[0] == line.format(python=python)
    assert not (folder / ".venv").exists()


def test_the_continuous_check_is_a_script_that_parses():
    """`.ci/run` can be executed, stops at the first fault, and bash reads it."""
    script = ROOT / ".ci/run"

    assert os.access(script, os.X_OK)
    assert "set -euo pipefail" in script.read_text(encoding="utf-8")
    assert subprocess.run(["bash", "-n", script], check=False).returncode == 0
