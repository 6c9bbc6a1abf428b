"""In-process workspaces to export, in each API version."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.kinds.workspace import V1, V2, InProcessWorkspace, workspace


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Any]:
    """Makes workspaces: `make(version, switch="value")`."""
    with ExitStack() as stack:

        def make_workspace(version: str = V1, **switches: str) -> InProcessWorkspace:
            folder = tmp_path / str(len(list(tmp_path.iterdir())))
            folder.mkdir()
            return stack.enter_context(workspace(folder, version, **switches))

        yield make_workspace


@pytest.fixture(params=[V1, V2])
def live(request: pytest.FixtureRequest, make: Any) -> InProcessWorkspace:
    """A workspace in each version."""
    return make(request.param)
