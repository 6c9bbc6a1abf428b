"""The README is true: its commands run, its spec is the example, its tables say what the program has."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.pages import UPDATE_DOCS, is_current, with_current_output
from tests.system import minimal_environment, require_shell

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(marker: str) -> str:
    """The fenced block under `<!-- marker -->`."""
    found = re.search(rf"^<!-- {re.escape(marker)} -->\n```\w*\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert found, f"README.md has no block marked {marker}"
    return found[1]


def table(heading: str) -> list[str]:
    """The first column of the table under a heading row, without its code marks."""
    rows = README.split(f"| {heading} |", 1)[1].split("\n\n", 1)[0].splitlines()[2:]
    return [re.split(r"(?<!\\)\|", row)[1].strip().strip("`").replace("\\|", "|") for row in rows]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The folders that the commands need, with this environment's Python standing in for the `.venv` of a setup.

    The setup half of a command (`python3 -m venv … && pip install …`) is what `.ci/run` executes word for word; here
    `.venv/bin/applier` is made by hand, so that a test takes seconds and needs no network.
    """
    require_shell()
    for folder in ("applier", "schemas", "examples"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__", ".applier"))
    program = tmp_path / ".venv/bin/applier"
    program.parent.mkdir(parents=True)
    script = f'#!/bin/sh\nexec "{sys.executable}" -c "from applier.cli import main; main()" "$@"\n'
    program.write_text(script, "utf-8")
    program.chmod(0o755)
    return tmp_path


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """One command line in a shell, as a person would type it, with nothing of this environment's settings."""
    settings = {**minimal_environment(), "PYTHONPATH": str(folder)}
    return subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=settings,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def without_setup(command: str) -> str:
    """The part of a README command after `.venv` has been made and filled."""
    made, filled, installed, rest = command.strip().split(" && ", 3)
    assert made == "python3 -m venv .venv"
    lock = re.fullmatch(r"\.venv/bin/pip install -q -r (\.locks/\w+\.txt)", filled)
    assert lock
    assert (ROOT / lock[1]).is_file()
    assert installed == ".venv/bin/pip install -q --no-deps --no-build-isolation -e ."
    return rest


def test_the_main_command_moves_the_rows_and_then_finds_nothing_to_do(clone: Path) -> None:
    command = without_setup(block("command: demo"))
    first = run(command, clone)
    assert first.returncode == 0, first.stderr
    for name in ("MySQL Connection", "Snowflake Connection", "Customer Model", "MySQL to Snowflake Sync"):
        assert name in first.stdout
    assert "CUSTOMERS.CONTACTS" in first.stdout
    assert re.search(r"\b40\b", first.stdout)
    assert "secret" not in first.stdout + first.stderr
    again = run(command, clone)
    assert again.returncode == 0, again.stderr
    assert "othing" in again.stdout


def test_the_readme_shows_what_the_program_prints(tmp_path: Path) -> None:
    assert "```console\n" in README
    again = with_current_output(README, tmp_path)
    if UPDATE_DOCS and not is_current(README, again):
        (ROOT / "README.md").write_text(again, encoding="utf-8")
    else:
        assert is_current(README, again)


def test_the_commands_are_one_line_each() -> None:
    assert block("command: demo").count("\n") == 1
    assert block("command: tests").count("\n") == 1
    assert without_setup(block("command: tests")) == ".venv/bin/pytest -q -n auto"


def test_the_spec_is_the_example_without_its_comments() -> None:
    example = (ROOT / "examples/mysql-to-snowflake/spec.yaml").read_text(encoding="utf-8")
    assert yaml.safe_load(block("spec")) == yaml.safe_load(example)


def test_the_commands_are_those_of_the_program(clone: Path) -> None:
    listed = {row.split()[1] for row in table("command")}
    listing = run(".venv/bin/applier --help", clone).stdout.split("Commands:\n", 1)[1].split("\n\n", 1)[0]
    assert listed == set(re.findall(r"^ {2}(\w+)", listing, re.MULTILINE))
