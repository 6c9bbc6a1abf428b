"""Each guide is run from its first command line to its last and shows what the program prints."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pages import CONSOLE, ROOT, UPDATE_DOCS, is_current, with_current_output

RECIPES = ROOT / "docs/contributing/recipes.md"  # tests/test_recipes.py runs them, with their changes applied
PAGES = sorted((ROOT / "docs").rglob("*.md"))
WITH_OUTPUT = [path for path in PAGES if path != RECIPES and CONSOLE.search(path.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("path", WITH_OUTPUT, ids=lambda path: path.stem)
def test_a_guide_shows_what_the_program_prints(path: Path, tmp_path: Path) -> None:
    page = path.read_text(encoding="utf-8")
    again = with_current_output(page, tmp_path)
    if UPDATE_DOCS and not is_current(page, again):
        path.write_text(again, encoding="utf-8")
    else:
        assert is_current(page, again)
