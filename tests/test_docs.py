"""Every link and every citation of a page leads to a file and a heading, and every page is in an index."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.pages import ROOT, anchors, links

DOCS = ROOT / "docs"
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", ".locks/README.md", "tests/README.md")),
    *sorted(DOCS.rglob("*.md")),
    *sorted((ROOT / "examples").rglob("*.md")),
]
CITATION = re.compile(r"docs/[\w/-]+\.md(?:#[\w-]+)?")
CITING = ("applier", "tests", "schemas", ".ci", ".github")
SOURCES = (".py", ".pyi", ".json", ".yml", ".toml", "")


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def is_found(target: str, page: Path) -> bool:
    """Return whether a link of a page, or a path from the root, leads to a file and a heading of it."""
    file, _, anchor = target.partition("#")
    path = page.parent / file if file else page
    return path.exists() and (not anchor or anchor in anchors(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_every_link_leads_to_a_file_and_a_heading(path: Path) -> None:
    targets = [target for target in links(path.read_text(encoding="utf-8")) if "://" not in target]
    assert [target for target in targets if not is_found(target, path)] == []


def test_every_citation_leads_to_a_page_and_a_heading() -> None:
    files = [path for folder in CITING for path in sorted((ROOT / folder).rglob("*")) if path.suffix in SOURCES]
    files += [ROOT / "Makefile", ROOT / "pyproject.toml", *PAGES]
    wrong = {}
    for path in files:
        if path.is_file() and "__pycache__" not in path.parts:
            cited = CITATION.findall(path.read_text(encoding="utf-8"))
            lost = [target for target in cited if not is_found(target, ROOT / "README.md")]
            if lost:
                wrong[name(path)] = lost
    assert wrong == {}


def test_every_page_is_in_an_index() -> None:
    indexed = {
        (index.parent / target).resolve()
        for index in (DOCS / "README.md", DOCS / "api/README.md")
        for target in links(index.read_text(encoding="utf-8"))
    }
    assert [name(path) for path in DOCS.rglob("*.md") if path.resolve() not in indexed | {DOCS / "README.md"}] == []


def test_the_glossary_is_in_alphabetical_order() -> None:
    rows = re.findall(r"^\| (.+?) \|", (DOCS / "glossary.md").read_text(encoding="utf-8"), re.MULTILINE)[1:]
    assert len(rows) > 50
    assert rows == sorted(rows, key=str.lower)
