# Everything runs in .venv, made from the pinned versions of requirements.lock; nothing outside this folder changes.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check --no-input
TEMPLATE := $(shell find src/review/report/templates -type f 2>/dev/null)

# A virtual environment knows its folder and its interpreter: made anew where the folder was moved or Python is gone.
$(shell { test -x $(BIN)/python && test "$$(cat .venv/.python)" = "$$(pwd -P)"; } 2>/dev/null || \
	rm -f .venv/.python .venv/.requirements .venv/.project)

.PHONY: help setup report test lint notebooks docs bench lab lock clean

help:  ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1|\2/p' Makefile | awk -F'|' '{ printf "  %-16s %s\n", $$1, $$2 }'

setup: .venv/.project  ## make or refresh .venv; the other targets do this by themselves

report: setup  ## render the review into build/report.html
	@$(BIN)/review render

test: setup lint  ## check style and types, run the tests and compare the notebooks with their stored outputs
	@$(BIN)/python -m pytest
	@$(BIN)/python -m pytest --nbval notebooks/

lint: setup  ## check style, format, spelling and types
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/codespell
	@$(BIN)/mypy --strict src

notebooks: setup  ## run the notebooks and store their outputs
	@$(BIN)/python -m review.report.refresh notebooks

docs: setup  ## make the data dictionary and the list of rules anew
	@$(BIN)/python -m review.dictionary

bench: setup  ## time pooling beside other software (bench/README.md says how to install that)
	@$(or $(wildcard build/bench/bin/python),$(BIN)/python) bench/synthesis.py

lab: setup  ## open the workbook in JupyterLab
	@$(BIN)/review lab

lock: setup  ## pin the newest allowed versions in requirements.lock
	@$(BIN)/pip-compile --quiet --upgrade --all-extras --strip-extras --no-emit-index-url --no-emit-find-links \
		--no-emit-trusted-host --output-file=requirements.lock pyproject.toml
	@$(MAKE) --no-print-directory setup

clean:  ## remove .venv, build/ and the tools' caches
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.python:
	@command -v "$(PYTHON)" >/dev/null || { echo "make: $(PYTHON) was not found: install Python 3.11 or later, or say make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "make: $$("$(PYTHON)" --version) is too old: install Python 3.11 or later, or say make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { echo "make: $(PYTHON) cannot make virtual environments (Debian: apt-get install python3-venv)" >&2; exit 1; }
	@echo "Setting up .venv (a few minutes the first time)"
	@"$(PYTHON)" -m venv --clear .venv
	@pwd -P >$@

.venv/.requirements: requirements.lock | .venv/.python
	@$(PIP) install --requirement requirements.lock
	@touch $@

# The report's template is copied into .venv, where nbconvert looks for it, so a changed template is installed again.
.venv/.project: pyproject.toml .venv/.requirements $(TEMPLATE)
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@
