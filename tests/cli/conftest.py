"""One served sandbox for all tests, emptied before each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.tables import reset_tables
from tests.workspace import EXAMPLE, Sandbox, Transcript, Workspace, transcripts

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with Sandbox.serve(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(served: Sandbox) -> Sandbox:
    """An empty workspace; the tables are those of the example."""
    served.reset()
    reset_tables(EXAMPLE / "seed", served.data)
    return served


@pytest.fixture
def applier(sandbox: Sandbox, tmp_path: Path) -> Workspace:
    """The command line in an empty folder, with a key for the served sandbox."""
    return Workspace.on(sandbox, tmp_path)


@pytest.fixture
def transcript(applier: Workspace) -> Iterator[Callable[[str], Transcript]]:
    """Starts a transcript by name; it is compared when the test has ended."""
    with transcripts(GOLDEN, applier) as start:
        yield start
