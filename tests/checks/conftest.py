"""A sandbox for checks: one for all tests that only read, another for each that changes something."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from applier.sandbox import inprocess
from tests.checks.support import CONNECTIONS, SEED, V2, CheckSandbox, client_of, http_of
from tests.tables import copy_tables
from tests.workspace import Workspace


def open_workspace(data: Path, databases: str = "embedded") -> Iterator[CheckSandbox]:
    transport = inprocess.transport(data, databases=databases)
    with client_of(transport) as client, client_of(transport, V2) as newer, http_of(transport) as http:
        yield CheckSandbox("http://sandbox", data, http, transport, client, newer)
    transport.close()


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CheckSandbox]:
    """All connections, and tables that nobody alters."""
    data = tmp_path_factory.mktemp("checks")
    copy_tables(SEED, data)
    for workspace in open_workspace(data):
        for name, (type_id, configuration) in CONNECTIONS.items():
            workspace.connect(name, type_id, configuration)
        yield workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[CheckSandbox]:
    """A workspace of its own, with the databases."""
    copy_tables(SEED, tmp_path / "data")
    for one in open_workspace(tmp_path / "data"):
        for name in ("Shop", "Warehouse"):
            one.connect(name, *CONNECTIONS[name])
        yield one


@pytest.fixture
def applier(tmp_path: Path) -> Workspace:
    """The command line with a sandbox of its own, in which the tables are."""
    copy_tables(SEED, tmp_path / "data")
    return Workspace.local(tmp_path)
