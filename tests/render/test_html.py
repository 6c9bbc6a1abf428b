"""HTML: whole, loads nothing, and nothing foreign in it is markup."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from applier.render.html import render
from applier.render.parts.words import printable
from applier.report import Report
from tests.render.reports import FORGE, HOSTILE, applied, compare_form, covered, empty, full, invalid, named, valid

EMPTY = {"meta", "input", "path", "rect", "br"}


@pytest.mark.parametrize(
    ("name", "report"),
    [
        ("plan.html", full()),
        ("drift.html", full("drift")),
        ("no_drift.html", empty("drift")),
        ("covered.html", covered()),
        ("valid.html", valid()),
        ("invalid.html", invalid()),
        ("applied.html", applied()),
    ],
)
def test_the_body_matches_the_golden_file(name: str, report: Report) -> None:
    page = render(report, FORGE)
    compare_form(name, page.partition("<body>")[2].partition("<script>")[0])


class Reader(HTMLParser):
    """Notes elements and attributes, and that everything opened is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[tuple[str, str]] = set()
        self.addresses: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen |= {(tag, name) for name, _ in attrs} | {(tag, "")}
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src", "xlink:href", "action")]
        assert tag not in ("a", "button", "input") or "summary" not in self.open  # a summary is a button by itself
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in EMPTY:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


@given(st.lists(st.text(min_size=1, max_size=30), min_size=1, max_size=2, unique=True))
@example(list(HOSTILE))
def test_foreign_text_is_never_markup(names: list[str]) -> None:
    page = read(render(named(*names), FORGE))
    ours = read(render(named("plain"), FORGE)).seen | read(render(named("of\ntwo lines"), FORGE)).seen
    assert page.seen <= ours  # a value of several lines is told by lines instead of in a table
    assert all(one.startswith(FORGE.files) for one in page.addresses)
    text = "\n".join(page.text)
    for name in names:
        for told in (f"models/{name} delete", f"models/{name} update", f"syncs/{name} unmanaged", f"It says {name}."):
            assert printable(told) in text


def test_the_page_loads_nothing_and_runs_only_its_own_script() -> None:
    page = render(full())
    assert read(page).addresses == []
    assert not re.search(r"@import|url\(\s*['\"]?\w|fetch\(|XMLHttp|<link|<iframe|<img", page)
    assert page.count("<script>") == 1
    assert "default-src 'none'" in page
    assert "unsafe-inline" not in page.partition("script-src")[2].partition('"')[0]


def test_a_large_plan_is_not_drawn() -> None:
    from tests.render.test_markdown import many

    page = render(many(300, 300, 300))
    assert "900 resources" in page or "are too many to draw" in page
    assert page.count('<li class="item"') == 900
