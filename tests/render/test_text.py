"""The form for people: heads that fit a terminal, and words that say how to read a drift."""

from __future__ import annotations

from applier.kinds.field_table import FieldClass
from applier.plan.explain import Row
from applier.render import text
from applier.render.parts.field_comparison import field_comparison_table
from applier.report import Report
from tests.render.reports import compare_form, full


def test_a_drift_matches_the_golden_file() -> None:
    told = text.render(full("drift"))
    compare_form("drift.txt", told)
    changes, _, _ = told.partition("\nDrift: ")
    assert [line for line in changes.splitlines() if len(line) > 80] == []


def test_field_comparisons_are_blocks_that_fit_a_terminal() -> None:
    long = "word " * 30
    rows = (
        Row(("mode",), "replace", "replace", FieldClass.OWNED, "compared as it is written", True),
        Row(("query",), long, None, FieldClass.OPTIONAL, long.strip(), False),
        Row(("hour",), 3, "3", FieldClass.OWNED, "numbers as texts", True),
    )
    told = text.render(Report("plan", table=field_comparison_table("syncs/Nightly", rows, [])))
    assert told.splitlines() == [
        "syncs/Nightly",
        "= mode: replace",
        "    owned: compared as it is written",
        "~ query",
        "    declared: " + '"word word word word word word word wor…',
        "    live:     (none)",
        "    optional: " + " ".join(["word"] * 13),
        "      " + " ".join(["word"] * 15),
        "      word word",
        "= hour",
        "    declared: 3",
        '    live:     "3"',
        "    owned: numbers as texts",
        "3 fields: 2 equal (=), 1 different (~).",
    ]
