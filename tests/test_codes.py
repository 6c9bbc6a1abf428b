"""The catalogue of codes is the program's: every code in the sources is in it with its summary, and on the page."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from applier.checks.rules import RULES
from applier.diagnostics import Severity
from applier.diagnostics.codes import CODES, ORIGINS
from tests.pages import ROOT, check_or_write
from tests.workspace import Workspace

PAGE = ROOT / "docs/reference/codes.md"
CODE = re.compile(r"[a-z]+(-[a-z][a-z0-9]*)+")
# Words with a hyphen that are not codes.
OTHERS = {"applier-plan", "applier-schemas", "polytomic-applier", "not-json", "rev-parse", "system-out", "write-only"}
OTHERS |= {"cat-file", "ls-files", "ls-tree", "merge-base", "x-field", "x-hint", "x-polytomic", "x-reference", "x-word"}
# Codes that are put together: the brakes have a row for each, reports for machines name the action or the end.
MADE = {
    "too-many-": ("deletes", "updates"),
    "plan-": ("create", "delete", "rename", "replace", "update"),
    "apply-": ("conflict", "failed", "not-converged", "not-started", "outcome-unknown", "skipped", "waiting"),
    "destroy-": ("conflict", "failed", "not-started", "outcome-unknown", "skipped"),
}
# What is called with a code first; a code of one word is found only there.
MAKERS = {"diagnose", "Unusable", "Finding", "diagnostic", "finding", "_problem", "_Unfilled"}
HEAD = """\
# Diagnostic codes

Every message about a spec or a plan ends with a code in brackets, such as `[unknown-reference]`. Codes are stable.
JSON, SARIF, JUnit and annotations contain them, too. `applier explain CODE` prints the text of this page, and for the
rules of the checks an example. `make docs` writes this page; `tests/test_codes.py` compares it with the program.

An *error* stops the command, in most cases before anything is written. A *warning* does not. `checks:` in the spec
sets the severity of a rule, or turns the rule off. In machine-readable reports a planned change has the code
`plan-ACTION`, such as `plan-delete`, and a change that was not applied has the code `apply-RESULT` or
`destroy-RESULT`, such as `apply-conflict`.
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
    applier = Workspace(ROOT)
    said = applier("explain", "still-used")
    assert (said.code, said.err) == (0, "")
    assert said.out == (
        "still-used (error, plan): Resource is in use\n\n"
        "--force-delete deletes the dependents too, and the plan lists them.\n"
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
            how = "**error**" if severity is Severity.ERROR else severity.value
            page += f"| `{code}` | {how} | {summary[0].upper()}{summary[1:]}. {why} |\n"
    check_or_write(PAGE, page)
