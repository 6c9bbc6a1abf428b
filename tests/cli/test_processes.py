"""What only a process shows: a terminal to ask on, Ctrl-C, a pipe that closes."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from tests.cli.test_apply import edit
from tests.cli.test_golden import SPEC
from tests.cli.test_selection import ALL, EMPTY
from tests.system import require_terminals, send_interrupt
from tests.workspace import Sandbox, Workspace, sums

CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
PATIENCE = 60.0  # seconds


@dataclass
class Terminal:
    """A process on a pseudo-terminal of its own."""

    process: subprocess.Popen[str]
    screen: int
    raw: str = ""
    closed: bool = field(default=False)

    def read(self, seconds: float) -> None:
        """What is there. It does not block: neither `poll` nor `select` can wait for all terminals of all systems."""
        if self.closed:
            return
        try:
            found = os.read(self.screen, 65536)
        except BlockingIOError:  # nothing yet
            time.sleep(seconds)
            return
        except OSError:  # the other end is closed
            found = b""
        self.closed = not found
        self.raw += found.decode()

    def until(self, words: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while words not in self.text and not self.closed and time.monotonic() < deadline:
            self.read(0.02)
        assert words in self.text

    def type(self, keys: str) -> None:
        os.write(self.screen, keys.encode())

    def end(self) -> int:
        deadline = time.monotonic() + PATIENCE
        while not self.closed and time.monotonic() < deadline:
            self.read(0.02)
        return self.process.wait(timeout=PATIENCE)

    @property
    def text(self) -> str:
        return CONTROL.sub("", self.raw).replace("\r\n", "\n")


Open = Callable[..., Terminal]


@pytest.fixture
def terminal(applier: Workspace) -> Iterator[Open]:
    require_terminals()
    import pty

    opened: list[Terminal] = []

    def start(*arguments: str, **settings: object) -> Terminal:
        screen, other = pty.openpty()
        os.set_blocking(screen, False)
        streams = {"stdin": other, "stdout": other, "stderr": other, "start_new_session": True, **settings}
        process = applier.start(*arguments, **streams)
        os.close(other)
        opened.append(Terminal(process, screen))
        return opened[-1]

    yield start
    for one in opened:
        if one.process.poll() is None:
            one.process.kill()
            one.process.wait()
        os.close(one.screen)


@pytest.fixture
def spec(applier: Workspace) -> str:
    applier.write("spec.yaml", SPEC)
    return "spec.yaml"


def test_yes_on_the_terminal(terminal: Open, spec: str, sandbox: Sandbox) -> None:
    one = terminal("apply", spec)
    one.until("Apply 4 changes? [y/N]: ")
    assert sandbox.names() == EMPTY
    one.type("y\n")
    assert one.end() == 0
    assert one.text.splitlines()[-1] == "Applied: 4 created."
    assert "\x1b[32m+ models/Customer Model\x1b[0m" in one.raw
    assert sandbox.names() == ALL


@pytest.mark.parametrize("keys", ["n\n", "\n", "no\n"])
def test_anything_but_yes(terminal: Open, spec: str, sandbox: Sandbox, keys: str) -> None:
    one = terminal("apply", spec)
    one.until("Apply 4 changes? [y/N]: ")
    one.type(keys)
    assert (one.end(), one.text.splitlines()[-1]) == (1, "Cancelled: nothing was changed.")
    assert sandbox.writes() == []


def test_giving_up_at_the_question(terminal: Open, spec: str, sandbox: Sandbox) -> None:
    one = terminal("apply", spec)
    one.until("Apply 4 changes? [y/N]: ")
    time.sleep(1)  # a signal between the question and the reading of the answer would wait for a key
    send_interrupt(one.process)
    assert (one.end(), one.text.splitlines()[-1]) == (130, "Apply 4 changes? [y/N]: interrupted")
    assert sandbox.writes() == []


def test_destroy_asks_for_what_it_does(terminal: Open, applier: Workspace, spec: str, sandbox: Sandbox) -> None:
    applier("apply", spec, "--yes")
    one = terminal("destroy", spec)
    one.until("Delete 4 resources? [y/N]: ")
    one.type("y\n")
    assert (one.end(), sandbox.names()) == (0, EMPTY)


def test_no_colour_when_it_is_not_wanted(terminal: Open, spec: str) -> None:
    one = terminal("plan", spec, "--no-color", "--quiet")
    assert one.end() == 0
    assert CONTROL.findall(one.raw) == []
    assert sums(one.text) == ["Plan: 4 to create (2 connections, 1 model, 1 sync)."]


def test_an_edit_between_plan_and_write_is_not_overwritten(
    terminal: Open, applier: Workspace, spec: str, sandbox: Sandbox
) -> None:
    applier("apply", spec, "--yes")
    edit(sandbox, schedule={"frequency": "hourly", "minute": "5"})
    one = terminal("apply", spec)
    one.until("Apply 1 change? [y/N]: ")
    edit(sandbox, schedule={"frequency": "manual"})
    sandbox.clear("requests")
    one.type("y\n")
    assert one.end() == 4
    told = [line for line in one.text.splitlines() if "conflict" in line]
    when = sandbox.named("syncs", "MySQL to Snowflake Sync")["updated_at"]
    sentence = f"The live object was changed at {when} by Sandbox User after the plan was made; not overwritten."
    assert told == [
        f"! syncs/MySQL to Snowflake Sync  conflict  spec.yaml:42: {sentence}",
        f"! syncs/MySQL to Snowflake Sync  conflict  spec.yaml:42: {sentence}",
        "Not applied: 1 conflict.",
    ]
    assert sandbox.writes() == []
    assert applier("apply", spec, "--yes").code == 0
    assert applier("plan", spec, "--detailed-exitcode").code == 0


def test_an_object_deleted_since_the_plan_is_reported(
    terminal: Open, applier: Workspace, spec: str, sandbox: Sandbox
) -> None:
    applier("apply", spec, "--yes")
    edit(sandbox, schedule={"frequency": "manual"})
    one = terminal("apply", spec)
    one.until("Apply 1 change? [y/N]: ")
    sync = sandbox.named("syncs", "MySQL to Snowflake Sync")["id"]
    sandbox.http.delete(f"/api/syncs/{sync}").raise_for_status()
    one.type("y\n")
    assert one.end() == 4
    assert "conflict  spec.yaml:42: The live object was deleted after the plan was made." in one.text


def test_an_object_created_since_the_plan_is_not_created_twice(
    terminal: Open, applier: Workspace, spec: str, sandbox: Sandbox
) -> None:
    """An apply looks again before it creates: names may repeat (docs/api/behaviours.md#ambiguous-names)."""
    one = terminal("apply", spec)
    one.until("Apply 4 changes? [y/N]: ")
    assert applier("apply", spec, "--yes").code == 0
    one.type("y\n")
    code = one.end()
    assert sandbox.names() == ALL
    assert code in (0, 4)


def interrupted(process: subprocess.Popen[str], sandbox: Sandbox) -> tuple[int, str, str]:
    """By a signal that comes when the fault has hit a request, and before it lets that go on."""
    deadline = time.monotonic() + PATIENCE
    while not any(one["fired"] for one in sandbox.get("/_sandbox/faults")):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    send_interrupt(process)
    time.sleep(0.5)  # for the signal to arrive
    sandbox.clear("faults")
    out, err = process.communicate(timeout=PATIENCE)
    return process.returncode, out, err


def test_an_interrupted_apply_says_how_far_it_came(applier: Workspace, spec: str, sandbox: Sandbox) -> None:
    sandbox.fault(kind="delay", method="POST", path="/api/models", delay=2 * PATIENCE)
    process = applier.start("apply", spec, "--yes", "--parallelism", "1")
    code, out, err = interrupted(process, sandbox)
    assert code == 130
    assert out.splitlines()[-2:] == [
        "! syncs/MySQL to Snowflake Sync  not started  spec.yaml:42",
        "Interrupted: 3 created, 1 not started.",
    ]
    assert err.splitlines() == [
        "+ connections/MySQL Connection  created",
        "+ connections/Snowflake Connection  created",
        "interrupted: waiting for 1 change in progress; interrupt again to stop at once",
        "+ models/Customer Model  created",
    ]
    assert sandbox.names() == {**ALL, "syncs": []}
    assert applier("apply", spec, "--yes").code == 0
    assert sandbox.names() == ALL


def test_an_interrupted_refresh_writes_nothing(applier: Workspace, spec: str, sandbox: Sandbox) -> None:
    sandbox.fault(kind="delay", method="GET", path="/api/models", delay=2 * PATIENCE)
    code, out, err = interrupted(applier.start("apply", spec, "--yes"), sandbox)
    assert (code, out, err) == (130, "", "\ninterrupted\n")
    assert sandbox.writes() == []


def test_waiting_for_a_run_can_be_interrupted(applier: Workspace, spec: str, sandbox: Sandbox) -> None:
    """The run goes on in Polytomic; only the waiting ends."""
    applier("apply", spec, "--yes")
    sandbox.fault(kind="status", status=503, method="GET", path="/api/syncs/*/executions/*")
    code, out, err = interrupted(applier.start("run", "*"), sandbox)
    assert (code, out, err) == (
        130,
        "syncs/MySQL to Snowflake Sync: created\nInterrupted: runs that were started continue in Polytomic.\n",
        "syncs/MySQL to Snowflake Sync  run created\n",
    )


def test_a_run_whose_end_cannot_be_seen(applier: Workspace, spec: str, sandbox: Sandbox) -> None:
    applier("apply", spec, "--yes")
    sandbox.fault(status=404, body={"message": "no such execution"}, method="GET", path="/api/syncs/*/executions/*")
    ran = applier("run", "*")
    assert (ran.code, ran.out, ran.err) == (
        1,
        "syncs/MySQL to Snowflake Sync: not known\n  error: The service answered 404: no such execution\n",
        "syncs/MySQL to Snowflake Sync  run created\nsyncs/MySQL to Snowflake Sync  run not known\n",
    )


def test_a_run_that_is_refused(applier: Workspace, spec: str, sandbox: Sandbox) -> None:
    sandbox.fault(status=409, body={"message": "a run is under way"}, method="POST", path="/api/syncs/*/executions")
    applied = applier("apply", spec, "--yes", "--run")
    assert (applied.code, applied.out.splitlines()[-3:]) == (
        4,
        [
            "Applied: 4 created.",
            "syncs/MySQL to Snowflake Sync: not started",
            "  error: The service answered 409: a run is under way",
        ],
    )


def test_a_reader_that_goes_away(applier: Workspace, spec: str) -> None:
    """Not quite fine: with `apply`, what nobody reads may not have been done."""
    process = applier.start("plan", spec, "--output", "json")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert (process.stderr.read(), process.wait(timeout=PATIENCE)) == ("", 1)
    process.stderr.close()


def test_a_process_without_terminal_gets_plain_lines(applier: Workspace, spec: str) -> None:
    process = applier.start("apply", spec)
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert sums(out) == ["Plan: 4 to create (2 connections, 1 model, 1 sync)."]
    assert err.splitlines() == [
        "error: Cannot prompt: no terminal. [no-terminal]",
        "  hint: review the plan, then pass --yes",
    ]
