"""The catalogue of codes is the program's: every code in the sources is in it with its summary, and on the page."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from applier.checks.rules import RULES
from applier.diagnostics import Severity
from applier.diagnostics.codes import CODES, ORIGINS
from tests.cli.support import CommandLine
from tests.pages import ROOT, UPDATE_DOCS

PAGE = ROOT / "examples/guides/codes.md"
CODE = re.compile(r"[a-z]+(-[a-z][a-z0-9]*)+")
# Words with a hyphen that are not codes.
OTHERS = {"applier-plan", "applier-schemas", "polytomic-applier", "not-json", "rev-parse", "system-out", "write-only"}
OTHERS |= {"ls-tree", "x-hint", "x-polytomic", "x-reference", "x-word"}
# Codes that are put together: the brakes have a row for each, reports for machines name the action or the end.
MADE = {"too-many-": ("deletes", "updates")}
# What is called with a code first; a code of one word is found only there.
MAKERS = {"diagnose", "Unusable", "Finding", "diagnostic", "finding", "_problem", "_Unfilled"}
HEAD = """\
# The codes

Every message that is about a spec or a plan ends with a code in brackets, such as `[unknown-reference]`. It is stable,
and stands in JSON, SARIF, JUnit and annotations, too. `applier explain CODE` tells the same as this page, and for the
rules of the checks an example of wrong and right. `make docs` writes this page, `tests/test_codes.py` keeps it true.

An *error* stops the command, nearly always before anything is written; a *warning* does not. `checks:` in the spec
makes errors of the rules' warnings, warnings of their errors, or leaves rules out. In reports for machines a change of
a plan is `plan-ACTION`, such as `plan-delete`, and what was not carried out `apply-END`, such as `apply-conflict`.
"""


def words(node: ast.AST | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def called(node: ast.Call) -> str:
    """The bare name of what is called."""
    return getattr(node.func, "id", getattr(node.func, "attr", ""))


def trees() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted((ROOT / "applier").rglob("*.py")):
        name = path.relative_to(ROOT / "applier").as_posix()
        if not name.startswith("sandbox/") and name != "diagnostics/codes.py":
            yield name, ast.parse(path.read_text(encoding="utf-8"))


def test_every_code_in_the_sources_is_in_the_catalogue() -> None:
    used = {
        text
        for _, tree in trees()
        for node in ast.walk(tree)
        if (text := words(node)) is not None and CODE.fullmatch(text)
    }
    used |= {
        code
        for _, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and called(node) in MAKERS and node.args and (code := words(node.args[0]))
    }
    used |= {prefix + end for prefix, ends in MADE.items() for end in ends} | {"service"}
    assert used - OTHERS - CODES.keys() - RULES.keys() == set()
    assert CODES.keys() - used == set()
    assert CODES.keys() & RULES.keys() == set()
    assert used >= OTHERS


def test_rows_are_sentences() -> None:
    assert {one.origin for one in CODES.values()} <= {origin for origin, _ in ORIGINS}
    for one in CODES.values():
        assert one.summary.strip() == one.summary != ""
        assert re.search(r"[.…)\]]$|'$", one.why), one


def test_explain_knows_every_code() -> None:
    applier = CommandLine(ROOT)
    said = applier("explain", "still-used")
    assert (said.code, said.err) == (0, "")
    assert said.out == (
        "still-used (error, plan): what others use cannot be deleted\n\n"
        "--force-delete takes the users along, and the plan lists them.\n"
    )
    listed = applier("explain").out
    assert set(re.findall(r"^([a-z0-9-]+) ", listed, re.MULTILINE)) == CODES.keys() | RULES.keys()
    assert 'did you mean "still-used"' in applier("explain", "stil-used").err


def test_the_page_of_the_codes_is_the_catalogue() -> None:
    page = HEAD
    for origin, what in ORIGINS:
        page += f"\n## {origin.capitalize()}: {what}\n\n| code | | means |\n|---|---|---|\n"
        rows = [(one.code, one.severity, one.summary, one.why) for one in CODES.values() if one.origin == origin]
        if origin == "checks":
            rows += [(one.code, one.severity, one.summary, one.why) for one in RULES.values()]
        for code, severity, summary, why in sorted(rows):
            how = "**error**" if severity is Severity.ERROR else "warning"
            page += f"| `{code}` | {how} | {summary[0].upper()}{summary[1:]}. {why} |\n"
    if UPDATE_DOCS:
        PAGE.write_text(page, encoding="utf-8")
    assert page == PAGE.read_text(encoding="utf-8")
