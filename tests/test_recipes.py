"""Each recipe works: its diffs apply to a copy of the repository, and its commands and tests then pass."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

import pytest

from tests.pages import CONSOLE, ROOT, UPDATE_DOCS, copy_project, is_current, with_output_in
from tests.system import minimal_environment

pytestmark = pytest.mark.extended

PAGE = ROOT / "docs/contributing/recipes.md"
RECIPE = re.compile(r"^## (Add .*?)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
STEP = re.compile(r"^(\d)\. (.*?)\n+```diff\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TESTS = re.compile(r"^```sh\npytest (.*)\n```$", re.MULTILINE)
FILE = re.compile(r"^--- (?:a/|/dev/null).*\n\+\+\+ b/(.*)$", re.MULTILINE)
RECIPES = {found[1]: found[2] for found in RECIPE.finditer(PAGE.read_text("utf-8"))}
MOST_STEPS = 6
UNCOPIED = shutil.ignore_patterns("__pycache__", ".applier", ".hypothesis")

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what the recipes change and run, with `applier` on the path of its command lines."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    for name in ("applier", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=UNCOPIED)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return copy_project(folder)


def steps_of(recipe: str) -> Iterator[tuple[str, str, str]]:
    """The number, the text and the diff of each step."""
    for found in STEP.finditer(recipe):
        yield found[1], found[2], found[3]


def files_of(diff: str) -> Iterator[tuple[str, str]]:
    """Each file of a diff and the part about it; `git apply --recount` reads only one file correctly."""
    heads = list(FILE.finditer(diff))
    for head, after in zip_longest(heads, heads[1:]):
        yield head[1], diff[head.start() : after.start() if after else None]


def apply_recipe(name: str, recipe: str, folder: Path) -> None:
    """Apply the diffs of a recipe; fail with the step and the file of one that does not apply. Lines may have moved."""
    outside = {
        **minimal_environment(),
        "GIT_CEILING_DIRECTORIES": str(folder.parent),
    }  # the copy may lie inside a repository
    command = ["git", "apply", "--recount", "--whitespace=nowarn", "-"]
    for number, _, diff in steps_of(recipe):
        for file, part in files_of(diff):
            ran = subprocess.run(
                command, cwd=folder, env=outside, input=part.encode(), stderr=subprocess.PIPE, check=False
            )
            if ran.returncode:
                reason = ran.stderr.decode()
                pytest.fail(f'"{name}", step {number}, no longer applies to {file}:\n{reason}', pytrace=False)


def run_tests(arguments: str, folder: Path) -> None:
    """Run the tests that a recipe names, in the copy."""
    settings = {**minimal_environment(), "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *shlex.split(arguments)]
    ran = subprocess.run(command, cwd=folder, env=settings, stdout=subprocess.PIPE, check=False)
    assert ran.returncode == 0, ran.stdout.decode()


@needs_git
@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_works(name: str, checkout: Path) -> None:
    recipe = RECIPES[name]
    apply_recipe(name, recipe, checkout)
    for arguments in TESTS.findall(recipe):
        run_tests(arguments, checkout)
    again = with_output_in(recipe, checkout, checkout)
    if UPDATE_DOCS and not is_current(recipe, again):
        write_recipe(recipe, again)
    else:
        assert is_current(recipe, again)


def write_recipe(before: str, after: str) -> None:
    """Replace a recipe on the page as it is now: other workers write other recipes."""
    page = PAGE.read_text("utf-8").replace(before, after)
    beside = PAGE.with_suffix(f".{os.getpid()}")
    beside.write_text(page, "utf-8", newline="\n")
    beside.replace(PAGE)


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_has_few_numbered_steps_and_shows_that_it_works(name: str) -> None:
    recipe = RECIPES[name]
    numbers = [int(number) for number, _, _ in steps_of(recipe)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert 1 < len(numbers) <= MOST_STEPS
    assert len(numbers) == recipe.count("```diff\n")
    assert len(CONSOLE.findall(recipe)) == len(TESTS.findall(recipe)) == 1


@needs_git
def test_a_recipe_that_no_longer_applies_names_the_step_and_the_file(checkout: Path) -> None:
    file = checkout / "applier/render/forms.py"
    file.write_text(file.read_text("utf-8").replace('"sarif")', '"other")'), "utf-8")
    with pytest.raises(pytest.fail.Exception, match=r'"Add an output form", step 2, .* applier/render/forms\.py:'):
        apply_recipe("Add an output form", RECIPES["Add an output form"], checkout)
