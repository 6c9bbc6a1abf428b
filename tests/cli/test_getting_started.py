"""The first commands of a new user: a starting project, and a rehearsal of what needs things made by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from applier.system import quote_argument
from tests.workspace import Workspace

WITH_HUBSPOT = """\
version: 1
connections:
  HubSpot: {type: hubspot, managed: false}
  Warehouse: {type: postgresql, managed: false}
"""
MADE = "sandbox: created unmanaged connections/HubSpot"


@pytest.fixture
def newcomer(tmp_path: Path) -> Workspace:
    """Somebody in an empty folder, without an account."""
    return Workspace(tmp_path)


def test_a_new_project_is_in_order(newcomer: Workspace) -> None:
    assert newcomer("init").code == 0
    assert newcomer("fmt", "--check").code == 0
    valid = newcomer("validate")
    assert (valid.code, valid.out, valid.err) == (0, "Valid: 2 connections, 1 model, 1 sync in 1 file.\n", "")


def test_a_new_project_runs_in_the_sandbox(newcomer: Workspace) -> None:
    """As `init` says, word for word."""
    made = newcomer("init", "my project")
    assert made.out.splitlines()[-2:] == [
        f"Try it without an account:  applier apply {quote_argument('my project')} --sandbox --yes --run",
        f"Then edit my project/polytomic.yaml:  applier validate {quote_argument('my project')}",
    ]
    applied = newcomer("apply", "my project", "--sandbox", "--yes", "--run")
    assert (applied.code, applied.out.splitlines()[-2:], applied.err.splitlines()[:2]) == (
        0,
        [
            "Applied: 3 created.",
            "syncs/Active Customers to HubSpot: completed, 2 rows in contacts (1 inserted, 1 updated)",
        ],
        ["sandbox: loaded 1 table (3 rows) from my project/seed", MADE],
    )
    again = newcomer("plan", "my project", "--sandbox", "--detailed-exitcode", "-q")
    assert (again.code, again.out.splitlines()[0], again.err) == (0, "Nothing to do: 3 resources unchanged.", "")


def test_what_people_make_is_made_once_and_only_if_it_needs_nothing_more(newcomer: Workspace) -> None:
    newcomer.write("spec.yaml", WITH_HUBSPOT)
    first, second = (newcomer("validate", "--live", "--sandbox") for _ in range(2))
    missing = [
        (
            'spec.yaml:4:3: error: The connection "Warehouse" has "managed: false", '
            "but no live connection has this name. [not-live]"
        ),
        "  hint: create it in Polytomic, or declare the connection in full",
    ]
    assert (first.code, first.err.splitlines()) == (1, [MADE, *missing])
    assert (second.code, second.err.splitlines()) == (1, missing)
