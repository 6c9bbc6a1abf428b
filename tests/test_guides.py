"""The guides are true: each page is run from its first command line to its last, and shows what was printed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.pages import CONSOLE, ROOT, UPDATE_DOCS, as_run, same

GUIDES = ROOT / "examples/guides"
PAGES = sorted(GUIDES.glob("*.md"))
SHOWN = [path for path in PAGES if CONSOLE.search(path.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("path", SHOWN, ids=lambda path: path.stem)
def test_a_guide_shows_what_the_program_prints(path: Path, tmp_path: Path) -> None:
    page = path.read_text(encoding="utf-8")
    again = as_run(page, tmp_path)
    if UPDATE_DOCS and not same(page, again):
        path.write_text(again, encoding="utf-8")
    else:
        assert same(page, again)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_every_link_of_a_guide_leads_somewhere(path: Path) -> None:
    page = path.read_text(encoding="utf-8")
    headings = {re.sub(r"[^\w -]", "", line).strip().lower().replace(" ", "-") for line in page.splitlines()}
    for target in re.findall(r"\]\(([^)\s]+)\)", page):
        if target.startswith("#"):
            assert target[1:] in headings, target
        elif "://" not in target:
            assert (path.parent / target.split("#")[0]).exists(), target


def test_every_guide_is_in_the_index() -> None:
    index = (GUIDES / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\((\S+\.md)\)", index)) == {path.name for path in PAGES} - {"README.md"}
