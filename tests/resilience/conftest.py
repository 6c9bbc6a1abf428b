"""The served sandbox and the command line of tests/cli, and transcripts whose golden files lie in this folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import applier, sandbox, served
from tests.workspace import Transcript, Workspace, transcripts

__all__ = ["applier", "sandbox", "served"]

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def transcript(applier: Workspace) -> Iterator[Callable[[str], Transcript]]:
    """Starts a transcript by name; it is compared when the test has ended."""
    with transcripts(GOLDEN, applier) as start:
        yield start
