"""The language of the sources: functions are verbs, or say what they return."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.pages import ROOT

# Participles that do not end in -ed, as far as they were ever used for a function.
IRREGULAR = set(
    re.findall(
        r"\w+",
        """
        asked begun bound brought built chosen cut done drawn found frozen given gone grown heard held hidden kept known
        laid left lost made meant met put said seen sent set shown sought spelt split spoken spread taken taught thought
        told torn understood undone unwritten worn written
        """,
    )
)
# Verbs, and nouns of their own, that look like participles.
VERBS = set(re.findall(r"\w+", "cut embed exceed feed need proceed put seed set speed split spread succeed"))
PARTICLES = set(re.findall(r"\w+", "again apart away back in of off on out over to up"))


def is_participle(word: str) -> bool:
    return word not in VERBS and (word in IRREGULAR or (len(word) > 4 and word.endswith("ed")))


def is_bare_participle(name: str) -> bool:
    """True for `told` and `left_out`, not for `missing_targets` or `declared_resources`: these say what they return."""
    first, *rest = name.strip("_").split("_")
    return is_participle(first) and set(rest) <= PARTICLES


def functions() -> Iterator[tuple[str, str]]:
    """File and name of every function of the product, properties apart."""
    for path in sorted((ROOT / "applier").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                decorators = {getattr(one, "id", getattr(one, "attr", "")) for one in node.decorator_list}
                if decorators.isdisjoint({"property", "cached_property"}):
                    yield path.relative_to(ROOT).as_posix(), node.name


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("told", True),
        ("_settled", True),
        ("left_out", True),
        ("moved_away", True),
        ("seed", False),
        ("set", False),
        ("declared_resources", False),
        ("is_blank", False),
        ("format_schedule", False),
    ],
)
def test_a_bare_participle_is_recognised(name: str, bare: bool) -> None:
    assert is_bare_participle(name) is bare


def test_no_function_is_named_by_a_bare_participle() -> None:
    found = list(functions())
    assert len(found) > 1000
    assert [one for one in found if is_bare_participle(one[1])] == []
