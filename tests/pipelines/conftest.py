"""One served sandbox that opens the configured databases, emptied before each test."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.cli.support import KEY, CommandLine, Sandbox
from tests.databases.live import Service
from tests.pipelines.support import Pipelines, passwords, schema_in


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    data = tmp_path_factory.mktemp("pipelines")
    command = ["sandbox", "serve", "--port", "0", "--data", str(data), "--api-key", KEY, "--databases", "live"]
    process = subprocess.Popen([sys.executable, "-m", "applier", *command], stdout=subprocess.PIPE, encoding="utf-8")
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    headers = {"Authorization": f"Bearer {KEY}", "X-Polytomic-Version": "2024-02-08"}
    with httpx.Client(base_url=url, headers=headers, timeout=30) as client:
        yield Sandbox(url, data, client)
    process.terminate()
    process.communicate(timeout=30)


@pytest.fixture
def environment() -> dict[str, str]:
    """Skips, before a server is started, where there are no databases."""
    return passwords()


@pytest.fixture
def pipelines(environment: dict[str, str], request: pytest.FixtureRequest, tmp_path: Path) -> Pipelines:
    sandbox: Sandbox = request.getfixturevalue("served")
    sandbox.clear("switches")
    sandbox.post("/_sandbox/reset", {"databases": False})
    key = {"POLYTOMIC_API_KEY": KEY, "POLYTOMIC_DEPLOYMENT_URL": sandbox.url}
    return Pipelines(CommandLine(tmp_path, {**key, **environment}), sandbox.http)


@pytest.fixture
def mysql() -> Iterator[Service]:
    with schema_in("mysql") as service:
        yield service


@pytest.fixture
def postgresql() -> Iterator[Service]:
    with schema_in("postgresql") as service:
        yield service
