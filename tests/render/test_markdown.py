"""Markdown: whole, within its budget, deletions always told, and nothing foreign in it is markup."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from applier.diff import FieldChange
from applier.plan import Action, Change, Plan
from applier.plan.impact import Impact
from applier.render.markdown import BUDGET, render
from applier.render.parts.words import printable
from applier.report import Report
from tests.render.reports import (
    FORGE,
    HOSTILE,
    applied,
    change,
    compare_form,
    empty,
    full,
    invalid,
    named,
    valid,
)

PARSER = MarkdownIt("commonmark").enable("table")
OURS = {"<br>", "<span>", "</span>", "<code>", "</code>", "<details>", "</details>", "<summary>", "</summary>"}
STRUCTURE = {
    *("heading_open", "heading_close", "paragraph_open", "paragraph_close", "inline", "fence", "html_block"),
    *("bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close"),
    *("table_open", "table_close", "thead_open", "thead_close", "tbody_open", "tbody_close"),
    *("tr_open", "tr_close", "th_open", "th_close", "td_open", "td_close"),
}
INSIDE = {"text", "strong_open", "strong_close", "em_open", "em_close", "code_inline", "html_inline", "softbreak"}


@pytest.mark.parametrize(
    ("name", "report"),
    [
        ("plan.md", full()),
        ("drift.md", full("drift")),
        ("no_drift.md", empty("drift")),
        ("valid.md", valid()),
        ("invalid.md", invalid()),
        ("applied.md", applied()),
    ],
)
def test_the_output_matches_the_golden_file(name: str, report: Report) -> None:
    compare_form(name, render(report, FORGE))


def test_files_are_links_where_the_forge_is_known_and_names_where_not() -> None:
    assert "[`pipelines/spec.yaml:12`](<https://github.com/acme/data/blob/abc123/pipelines/spec.yaml#L12>)" in render(
        full(), FORGE
    )
    assert "`spec.yaml:12`" in render(full())
    assert "](" not in render(full())


def many(creates: int, updates: int, deletes: int) -> Report:
    query = FieldChange(("configuration", "query"), "SELECT 1\n" * 40, "SELECT 2\n" * 40)
    plan = Plan(
        (
            *(change(f"syncs/Created {one}", Action.CREATE, one + 1) for one in range(creates)),
            *(change(f"models/Updated {one}", Action.UPDATE, one + 1, query) for one in range(updates)),
            *(change(f"syncs/Deleted {one}", Action.DELETE, one, updated_by="Ada") for one in range(deletes)),
        )
    )
    needs = {f"syncs/User {one}": (f"models/Updated {one}",) for one in range(updates)}
    return Report("plan", plan=plan, impact=Impact(needs, frozenset(needs)))


@pytest.mark.parametrize(("creates", "updates", "deletes"), [(1000, 1500, 500), (3000, 0, 0), (0, 3000, 0), (1, 1, 1)])
def test_a_large_plan_stays_inside_the_budget_with_every_deletion(creates: int, updates: int, deletes: int) -> None:
    seen = render(many(creates, updates, deletes), FORGE)
    assert len(seen.encode()) <= BUDGET
    assert all(f"`syncs/Deleted {one}`" in seen for one in range(deletes))
    told = {"create": seen.count("`syncs/Created"), "update": seen.count("**update** `models/Updated")}
    for noun, number in (("create", creates), ("update", updates)):
        left_out = re.search(rf"_(\d+) more {noun}s? omitted \(length limit\)\._", seen)
        assert told[noun] + (int(left_out[1]) if left_out else 0) == number
        assert told[noun] or not number


def test_deletions_alone_may_exceed_it() -> None:
    seen = render(many(10, 10, 3000), budget=20_000)
    assert all(f"`syncs/Deleted {one}`" in seen for one in range(3000))
    assert "_10 updates omitted (length limit)._" in seen
    assert "_10 creates omitted (length limit)._" in seen


@given(st.integers(0, 60), st.integers(0, 60), st.integers(2_000, 70_000))
def test_no_budget_is_exceeded_without_deletions(creates: int, updates: int, budget: int) -> None:
    assert len(render(many(creates, updates, 0), FORGE, budget=budget).encode()) <= budget


def foreign(tokens: list[Token]) -> list[str]:
    """What is in the parsed text beside our own structure."""
    odd = []
    for one in tokens:
        if one.type not in STRUCTURE:
            odd.append(one.type)
        if one.type == "html_block":
            odd += [tag for tag in re.findall(r"<[^>]*>?", one.content) if tag not in OURS]
        for inner in one.children or ():
            if inner.type not in INSIDE or (inner.type == "html_inline" and inner.content not in OURS):
                odd.append(f"{inner.type} {inner.content}")
    return odd


def visible(tokens: list[Token]) -> str:
    parts = [inner.content for one in tokens for inner in one.children or [one] if inner.type != "html_inline"]
    return "".join(parts)


@given(st.lists(st.text(min_size=1, max_size=40), min_size=1, max_size=2, unique=True))
@example(list(HOSTILE))
@example([" "])
def test_foreign_text_is_never_markup(names: list[str]) -> None:
    tokens = PARSER.parse(render(named(*names), budget=1_000_000))
    assert foreign(tokens) == []
    seen = "".join(visible(tokens).split())
    for name in names:
        for told in (f"models/{name} delete", f"models/{name} update", f"syncs/{name} unmanaged", f"It says {name}."):
            assert "".join(printable(told).split()) in seen


def test_no_mention_and_no_reference_is_left_for_the_forge() -> None:
    """What stands outside of code is split where the forge would make a link of it."""
    seen = render(named("@octocat #1 https://example.com"))
    outside = re.sub(r"```.*?```|`[^`\n]*`|<code>.*?</code>", "", seen, flags=re.DOTALL)
    assert not re.search(r"@octocat|#1\b|https://", outside)


def test_a_failed_command_says_so() -> None:
    failed = replace(invalid(), command="plan", declared={}, plan=None)
    assert render(failed).startswith("## applier plan: Failed.\n")


def test_a_change_has_no_reach_when_nothing_hangs_on_it() -> None:
    alone = Change("models/Alone", "models", "Alone", Action.UPDATE)
    assert "reaches" not in render(Report("plan", plan=Plan((alone,)), impact=Impact()))
