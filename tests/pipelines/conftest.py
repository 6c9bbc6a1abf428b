"""One served sandbox that opens the configured databases, emptied before each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases.live import Service
from tests.pipelines.support import Pipelines, passwords, schema_in
from tests.workspace import Sandbox


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with Sandbox.serve(tmp_path_factory.mktemp("pipelines"), "--databases", "live") as sandbox:
        yield sandbox


@pytest.fixture
def environment() -> dict[str, str]:
    """Skips, before a server is started, where there are no databases."""
    return passwords()


@pytest.fixture
def pipelines(environment: dict[str, str], request: pytest.FixtureRequest, tmp_path: Path) -> Pipelines:
    sandbox: Sandbox = request.getfixturevalue("served")
    sandbox.reset()
    return Pipelines.on(sandbox, tmp_path, **environment)


@pytest.fixture
def mysql() -> Iterator[Service]:
    with schema_in("mysql") as service:
        yield service


@pytest.fixture
def postgresql() -> Iterator[Service]:
    with schema_in("postgresql") as service:
        yield service
