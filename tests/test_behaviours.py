"""The sandbox has every behaviour that docs/api/behaviours.md describes, and every mark of a test names one."""

from __future__ import annotations

import ast
import re
from collections import defaultdict

from tests.pages import ROOT, anchors

PAGE = (ROOT / "docs/api/behaviours.md").read_text("utf-8")


def described_behaviours() -> set[str]:
    """Return the anchors of the page's headings of the third level."""
    return anchors("\n".join(re.findall(r"^### .+$", PAGE, re.MULTILINE)))


def marked_tests() -> dict[str, list[str]]:
    """Return the tests that carry a mark, by the anchor of the behaviour."""
    tests: dict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            for decorator in node.decorator_list if isinstance(node, ast.FunctionDef) else ():
                if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.behaviour":
                    for argument in decorator.args:
                        tests[ast.literal_eval(argument)].append(f"{path.relative_to(ROOT).as_posix()}::{node.name}")
    return tests


def test_every_behaviour_has_a_test_of_the_sandbox() -> None:
    shown = {
        anchor for anchor, tests in marked_tests().items() if any(one.startswith("tests/sandbox/") for one in tests)
    }
    assert described_behaviours() - shown == set()


def test_every_mark_names_a_behaviour() -> None:
    behaviours = described_behaviours()
    assert {anchor: tests for anchor, tests in marked_tests().items() if anchor not in behaviours} == {}
