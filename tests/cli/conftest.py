"""One served sandbox for all tests, emptied before each."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.cli.support import EXAMPLE, KEY, CommandLine, Sandbox, Transcript
from tests.tables import fresh


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    data = tmp_path_factory.mktemp("sandbox")
    command = ["sandbox", "serve", "--port", "0", "--data", str(data), "--api-key", KEY]
    process = subprocess.Popen([sys.executable, "-m", "applier", *command], stdout=subprocess.PIPE, encoding="utf-8")
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    headers = {"Authorization": f"Bearer {KEY}", "X-Polytomic-Version": "2024-02-08"}
    with httpx.Client(base_url=url, headers=headers, timeout=30) as client:
        yield Sandbox(url, data, client)
    process.terminate()
    process.communicate(timeout=15)


@pytest.fixture
def sandbox(served: Sandbox) -> Sandbox:
    """An empty workspace; the tables are those of the example."""
    served.clear("switches")
    served.post("/_sandbox/reset", {"databases": False})
    fresh(EXAMPLE / "seed", served.data)
    return served


@pytest.fixture
def applier(sandbox: Sandbox, tmp_path: Path) -> CommandLine:
    """The command line in an empty folder, with a key for the served sandbox."""
    return CommandLine(tmp_path, {"POLYTOMIC_API_KEY": KEY, "POLYTOMIC_DEPLOYMENT_URL": sandbox.url})


@pytest.fixture
def transcript(applier: CommandLine) -> Iterator[Callable[[str], Transcript]]:
    """Starts a transcript by name; it is compared when the test has ended."""
    started: list[Transcript] = []

    def start(name: str) -> Transcript:
        started.append(Transcript(name, applier))
        return started[-1]

    yield start
    for one in started:
        one.compare()
