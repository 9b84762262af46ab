"""What the docs list is what the code has."""

from __future__ import annotations

from pathlib import Path

import typer.main

import review
from review.cli import app
from review.dictionary import DICTIONARY_FILE, RULES_FILE, data_dictionary, rules_page
from review.integrity import rule_titles
from review.tables import TABLES

ROOT = Path(__file__).parents[1]


def test_the_data_dictionary_is_that_of_the_declarations():
    """claims/README.md was made from the tables as they are now."""
    assert (ROOT / DICTIONARY_FILE).read_text() == data_dictionary()


def test_the_list_of_rules_is_that_of_the_code():
    """docs/rules.md was made from the rules as they are now."""
    assert (ROOT / RULES_FILE).read_text() == rules_page()


def test_every_rule_and_column_is_listed():
    """No rule and no column is missing from the made pages."""
    rules, dictionary = rules_page(), data_dictionary()

    assert [rule for rule in rule_titles() if f"| {rule} |" not in rules] == []
    assert [name for table in TABLES.values() for name in table.names if f"| {name} |" not in dictionary] == []


def test_every_command_and_option_is_documented():
    """README names every command, docs/commands.md every command with its options."""
    readme, page = (ROOT / "README.md").read_text(), (ROOT / "docs" / "commands.md").read_text()
    commands = typer.main.get_command(app).commands
    options = [
        (name, option)
        for name, command in commands.items()
        for parameter in command.params
        for option in parameter.opts
        if option.startswith("--")
    ]

    assert [name for name in commands if f"review {name}" not in readme] == []
    assert [name for name in commands if f"## review {name}" not in page] == []
    assert [
        option for name, option in options if option not in page.split(f"## review {name}")[1].split("\n## ")[0]
    ] == []


def test_every_setting_is_documented():
    """docs/commands.md says what each setting of review.toml does."""
    page = (ROOT / "docs" / "commands.md").read_text()

    assert [
        name
        for name in ("title", "as_of", "markets", "rule_set", "fail_on", "search_months")
        if f"`{name}`" not in page
    ] == []


def test_the_readmes_verdicts_are_those_of_the_workbook():
    """Every headline claim stands in the README with its direction, certainty and label."""
    book = review.load(ROOT)
    verdicts = review.appraise(book).set_index("claim_id")
    readme = (ROOT / "README.md").read_text()
    headlines = book.claims.loc[book.claims["headline"] == "yes", "claim_id"]
    rows = {line.split(" | ")[0].removeprefix("| "): line for line in readme.splitlines() if line.startswith("| C")}

    assert sorted(rows) == sorted(headlines)
    for claim in headlines:
        found = verdicts.loc[claim]
        assert rows[claim].endswith(f"| {found['direction']} | {found['certainty']} | {found['label']} |")
