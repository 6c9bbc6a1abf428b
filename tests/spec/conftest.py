"""A folder of real files for each test, and `load` on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from applier.diagnostics import Diagnostic
from applier.kinds import load_spec
from applier.spec.resources import Spec
from applier.spec.variables.given import NOTHING_GIVEN, Given

Loaded = tuple[Spec, tuple[Diagnostic, ...]]
Load = Callable[..., Loaded]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which the test runs, so that diagnostics show short names."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def loaded(folder: Path) -> Load:
    """Writes one text as `spec.yaml`, or several files by name, and loads the folder."""

    def load_files(
        text: str | Mapping[str, str | bytes],
        environment: Mapping[str, str] | None = None,
        given: Given = NOTHING_GIVEN,
    ) -> Loaded:
        for name, content in ({"spec.yaml": text} if isinstance(text, str) else text).items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else dedent(content).lstrip("\n").encode())
        return load_spec([folder.relative_to(folder)], environment or {}, given)

    return load_files


@pytest.fixture
def problems(loaded: Load) -> Callable[..., tuple[Diagnostic, ...]]:
    """Only the diagnostics of `loaded`."""
    return lambda *arguments: loaded(*arguments)[1]
