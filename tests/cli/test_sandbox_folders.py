"""`applier sandbox` on data folders as they are found: full of things, of another format, no state at all."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from applier.system import path_text
from tests.workspace import EXAMPLE, Result, Sandbox, Workspace

STATE = "sandbox.sqlite3"


def planned(applier: Workspace, data: Path) -> Result:
    return applier("plan", str(EXAMPLE), "--sandbox", "--sandbox-data", str(data), "--detailed-exitcode", "-q")


def test_reset_asks_before_and_empties_then(tmp_path: Path) -> None:
    applier = Workspace(tmp_path)
    made = applier("apply", str(EXAMPLE), "--sandbox", "--sandbox-data", "data", "--yes", "-q")
    assert made.code == 0
    asked = applier("sandbox", "reset", "--data", "data")
    assert (asked.code, asked.out) == (1, "")
    assert asked.err == (
        "Error: Cannot prompt: no terminal.\n  hint: pass --yes to delete all of data: objects, executions and tables\n"
    )
    assert planned(applier, tmp_path / "data").code == 0
    assert applier("sandbox", "reset", "--data", "data", "--yes") == Result(0, "data is empty\n", "")
    assert planned(applier, tmp_path / "data").code == 2


def test_a_file_that_is_no_state_is_reported_and_reset(tmp_path: Path) -> None:
    applier = Workspace(tmp_path)
    applier.write(f"data/{STATE}", "no database at all, only a text\n" * 50)
    refused(applier, f"data/{STATE}: file is not a database")


def test_a_state_of_a_newer_applier_is_reported_and_reset(tmp_path: Path) -> None:
    applier = Workspace(tmp_path)
    planned(applier, tmp_path / "data")
    with closing(sqlite3.connect(tmp_path / "data" / STATE)) as state, state:
        state.execute("UPDATE meta SET value = '7'")
    refused(
        applier,
        f"data/{STATE} has data format 7, this sandbox knows formats up to 1: "
        "use the newer applier, another data folder, or `applier sandbox reset`",
    )


def refused(applier: Workspace, reason: str) -> None:
    """Whoever opens the folder says why it cannot be; a reset makes it good again."""
    served = applier("sandbox", "serve", "--data", "data", "--port", "0")
    assert (served.code, served.err) == (1, f"Error: {reason}\n")
    told = applier("plan", str(EXAMPLE), "--sandbox", "--sandbox-data", "data")
    assert (told.code, told.out) == (1, "")
    assert told.err == (
        f"error: The sandbox cannot use data: {reason} [bad-sandbox]\n"
        "  hint: choose another folder with --sandbox-data, or empty it: applier sandbox reset\n"
    )
    assert applier("sandbox", "reset", "--data", "data", "--yes") == Result(0, "data is empty\n", "")
    assert planned(applier, applier.folder / "data").code == 2


def test_a_state_that_a_running_sandbox_has_open_stays(served: Sandbox, sandbox: Sandbox, tmp_path: Path) -> None:
    """What looks broken may be so for a moment only, and the other one would write on into nothing."""
    with closing(sqlite3.connect(served.data / STATE)) as state, state:
        state.execute("UPDATE meta SET value = '7'")
    try:
        told = Workspace(tmp_path)("sandbox", "reset", "--data", str(served.data), "--yes")
        assert (told.code, told.out) == (1, "")
        assert told.err.startswith(f"Error: {path_text(served.data / STATE)} has data format 7, ")
        assert sandbox.get("/api/me")["is_user"] is True
    finally:
        with closing(sqlite3.connect(served.data / STATE)) as state, state:
            state.execute("UPDATE meta SET value = '1'")


def test_an_unavailable_address_is_reported_with_a_hint(served: Sandbox, tmp_path: Path) -> None:
    applier = Workspace(tmp_path)
    port = served.url.rpartition(":")[2]
    assert applier("sandbox", "serve", "--port", port) == Result(
        1,
        "",
        f"""\
Error: cannot listen on 127.0.0.1, port {port}: Address already in use
  hint: choose another with --host and --port; port 0 is a free one
""",
    )
    assert applier("sandbox", "serve", "--port", port, "--host", "0.0.0.0", "--no-key") == Result(
        1,
        "",
        """\
Error: refusing to listen on 0.0.0.0 without an API key
  hint: leave out --no-key
""",
    )


def test_a_folder_that_is_a_file_is_reported(tmp_path: Path) -> None:
    applier = Workspace(tmp_path)
    applier.write("data", "")
    reason = "data cannot be made a folder: File exists"
    assert applier("sandbox", "serve", "--data", "data", "--port", "0") == Result(1, "", f"Error: {reason}\n")
    assert applier("sandbox", "reset", "--data", "data", "--yes").err == f"Error: {reason}\n"
    told = applier("plan", str(EXAMPLE), "--sandbox", "--sandbox-data", "data")
    assert told.err.splitlines()[0] == f"error: The sandbox cannot use data: {reason} [bad-sandbox]"
