"""Invariant: no input makes a traceback. Random text, YAML and arguments go through the whole command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.invariants.specs import Generated, generated
from tests.workspace import Workspace

COMMANDS = [
    "validate",
    "plan",
    "apply",
    "drift",
    "destroy",
    "run",
    "status",
    "inspect",
    "schema",
    "sandbox",
    "diff",
    "sync",
]
OPTIONS = ["--target", "-t", "--exclude", "--output", "-o", "--yes", "-y", "--sandbox", "--url", "--parallelism", "-v",
           "-q", "--detailed-exitcode", "--no-color", "--api-version", "--timeout", "--help", "--version"]  # fmt: skip
WORDS = ["json", "text", "source", "target", "fields", "mysql", "0", "1", ".", "*", "seed", "switches", "2024-02-08"]
keys = st.sampled_from(
    ["connections", "models", "syncs", "version", "type", "configuration", "connection", "fields", "model", "target",
     "schedule", "frequency", "mode", "filters", "managed", "x-", "<<", "identity", "run_after", "a", ""]
)  # fmt: skip
leaves = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8),
    st.sampled_from(["${env:X}", "${env:X:-1}", "${file:x}", "${var:y}", "$${", "${", "${env:}", "mysql", "replace"]),
)  # fmt: skip
trees = st.recursive(
    leaves, lambda one: st.lists(one, max_size=3) | st.dictionaries(keys | st.text(max_size=4), one, max_size=4)
)


@pytest.fixture(scope="module")
def applier(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Without a key, so that nothing is asked of anybody."""
    return Workspace(tmp_path_factory.mktemp("any"))


def assert_known_exit_code(applier: Workspace, *arguments: str) -> None:
    """Ends with a code of the table and says something where it fails; a traceback would fail the test by itself."""
    result = applier(*arguments)
    assert result.code in (0, 1, 2, 3, 4)
    assert result.code == 0 or result.err or result.out


@given(content=st.one_of(st.binary(max_size=60), st.text("{}[]:-,&*#!|>'\"%@ \n\tabc0?$", max_size=40).map(str.encode)))
def test_any_bytes_make_no_traceback(applier: Workspace, content: bytes) -> None:
    (applier.folder / "spec.yaml").write_bytes(content)
    assert_known_exit_code(applier, "plan", "spec.yaml")


@given(tree=st.dictionaries(keys, trees, max_size=4))
def test_any_yaml_makes_no_traceback(applier: Workspace, tree: dict[str, Any]) -> None:
    (applier.folder / "spec.yaml").write_text(yaml.safe_dump(tree, allow_unicode=True), "utf-8", "surrogateescape")
    assert_known_exit_code(applier, "validate", "spec.yaml")


@given(one=generated(most=1), data=st.data(), tree=trees)
def test_a_valid_spec_with_one_odd_value_makes_no_traceback(
    applier: Workspace, one: Generated, data: st.DataObject, tree: Any
) -> None:
    around: Any = one.spec
    while True:
        steps = list(around) if isinstance(around, dict) else list(range(len(around)))
        step = data.draw(st.sampled_from(steps))
        inside = around[step]
        if not isinstance(inside, dict | list) or not inside or not data.draw(st.integers(0, 3)):
            around[step] = tree
            break
        around = inside
    (applier.folder / "spec.yaml").write_text(yaml.safe_dump(one.spec, allow_unicode=True), "utf-8")
    assert_known_exit_code(applier, "validate", "spec.yaml", "-o", data.draw(st.sampled_from(["json", "text"])))


@given(
    command=st.sampled_from(COMMANDS) | st.text(max_size=5),
    words=st.lists(
        st.sampled_from([*OPTIONS, *WORDS]) | st.text(st.characters(exclude_categories=("Cs",)), max_size=6), max_size=5
    ),
)
def test_any_arguments_make_no_traceback(applier: Workspace, command: str, words: list[str]) -> None:
    if "serve" in words or (command == "sandbox" and "reset" in words):
        return
    for old in Path(applier.folder).glob("*"):
        if old.is_file():
            old.unlink()
    assert_known_exit_code(applier, command, *words, "--timeout=1")
