"""The served sandbox and the command line of tests/cli, for the worst week."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

pytest.register_assert_rewrite("tests.worst_week.support")
from tests.cli.conftest import applier, sandbox, served  # noqa: E402
from tests.cli.support import CommandLine, Transcript  # noqa: E402
from tests.worst_week.support import Sitting  # noqa: E402

__all__ = ["applier", "sandbox", "served"]


@pytest.fixture
def sitting(applier: CommandLine) -> Iterator[Callable[[str], Transcript]]:
    """Starts a transcript by name; it is compared when the test has ended."""
    started: list[Transcript] = []

    def start(name: str) -> Transcript:
        started.append(Sitting(name, applier))
        return started[-1]

    yield start
    for one in started:
        one.compare()
