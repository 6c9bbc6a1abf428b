"""Changes by others during an apply are noticed before it writes."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from tests.resilience.projects import CONNECTIONS
from tests.resilience.projects import SYNC as SYNC_OF_EMAILS
from tests.resilience.proxy import Answer, Ask, proxy
from tests.resilience.support import ONE, assert_plan_is_empty, create_by_hand, faults, requests, state, statuses
from tests.workspace import Result, Sandbox, Workspace

pytestmark = pytest.mark.extended

SPEC = "spec.yaml"
MODELS = "/api/models"
TEAMS = "models:\n  Teams: {connection: MySQL, configuration: {table: company.teams}}\n"
SYNC = SYNC_OF_EMAILS.replace("EMAIL: email", "EMAIL: name")
TAKEN = "Another object took this name after the plan was made"
LISTS = ("/api/connections", MODELS, "/api/syncs", "/api/bulk/syncs")
PATIENCE = 30.0


@pytest.fixture
def connected(applier: Workspace, sandbox: Sandbox) -> None:
    applier.write(SPEC, CONNECTIONS)
    assert applier("apply", SPEC, "--yes").code == 0


def by_hand(sandbox: Sandbox, table: str = "company.teams") -> None:
    """Somebody makes the model in Polytomic."""
    connection = sandbox.named("connections", "MySQL")["id"]
    sandbox.post(MODELS, {"name": "Teams", "connection_id": connection, "configuration": {"table": table}})


def lists(sandbox: Sandbox) -> list[str]:
    """Which lists were asked for, in order."""
    return [one["path"] for one in requests(sandbox) if one["method"] == "GET" and one["path"] in LISTS]


def creates(sandbox: Sandbox) -> int:
    return sum((one["method"], one["path"]) == ("POST", MODELS) for one in requests(sandbox))


def test_a_model_is_not_deleted_under_a_new_sync(applier: Workspace, sandbox: Sandbox) -> None:
    """The plan waits for its turn, and somebody begins to use what it deletes; the service would not mind."""
    applier.write(SPEC, CONNECTIONS + TEAMS + SYNC % "Teams")
    assert applier("apply", SPEC, "--yes").code == 0
    applier.write(SPEC, f"{CONNECTIONS}removed: {{models: [Teams], syncs: [Contacts]}}\n".replace("3306", "3307"))
    with faults(sandbox, {"kind": "delay", "method": "PUT", "delay": 1.0}):
        process = applier.start("apply", SPEC, "--yes", "--force", "-o", "json", *ONE)
        deadline = time.monotonic() + PATIENCE
        while not any(one["fired"] for one in sandbox.get("/_sandbox/faults")) and time.monotonic() < deadline:
            time.sleep(0.01)
        sandbox.clear("faults")
        new = create_by_hand(sandbox, "syncs", "Contacts", name="New")
        out, err = process.communicate(timeout=PATIENCE)
    applied = Result(process.returncode, out, err)
    ended = {one["address"]: (one["status"], one["message"]) for one in applied.json["outcomes"]}
    assert (applied.code, ended) == (
        4,
        {
            "connections/MySQL": ("done", None),
            "syncs/Contacts": ("done", None),
            "models/Teams": (
                "conflict",
                f'In use by the sync "New" ({new}) since the plan was made; not deleted.',
            ),
        },
    )
    assert state(sandbox).addresses == ["connections/MySQL", "connections/Warehouse", "models/Teams", "syncs/New"]


@pytest.mark.parametrize("version", ["2024-02-08", "2025-09-18"])
def test_the_check_before_deletes_reads_one_list_of_each_kind(
    applier: Workspace, sandbox: Sandbox, version: str
) -> None:
    models = "".join(TEAMS.partition("\n")[2].replace("Teams", f"Teams {number}") for number in range(8))
    syncs = "".join((SYNC % "Teams 0").partition("\n")[2].replace("Contacts", f"Sync {number}") for number in range(8))
    applier.write(SPEC, f"{CONNECTIONS}models:\n{models}syncs:\n{syncs}")
    assert applier("apply", SPEC, "--yes").code == 0
    sandbox.clear("requests")
    assert applier("destroy", SPEC, "--yes", *ONE, "--api-version", version).code == 0
    planned, looked = lists(sandbox)[: len(LISTS)], lists(sandbox)[len(LISTS) :]
    assert (sorted(planned), sorted(set(looked))) == (sorted(LISTS), ["/api/bulk/syncs", MODELS, "/api/syncs"])
    assert len(looked) <= 2 * 3  # of a machine that stalls, some twice
    assert state(sandbox).addresses == []


@pytest.mark.parametrize(
    ("table", "ended"),
    [("company.teams", (0, "done", "")), ("company.customers", (4, "conflict", TAKEN))],
    ids=["as declared", "something else"],
)
def test_a_name_created_since_the_plan_is_not_created_again(
    connected: None, applier: Workspace, sandbox: Sandbox, table: str, ended: tuple[int, str, str]
) -> None:
    """Between the plan and the yes there is time: two models of a name would be live, which nobody could tell apart."""
    applier.write(SPEC, (CONNECTIONS + TEAMS).replace("3306", "3307"))
    with faults(sandbox, {"kind": "delay", "method": "PUT", "delay": 2.5}):
        process = applier.start("apply", SPEC, "--yes", "-o", "json")
        deadline = time.monotonic() + PATIENCE
        while not any(one["fired"] for one in sandbox.get("/_sandbox/faults")) and time.monotonic() < deadline:
            time.sleep(0.01)
        by_hand(sandbox, table)
        out, err = process.communicate(timeout=PATIENCE)
    applied = Result(process.returncode, out, err)
    one = {each["address"]: each for each in applied.json["outcomes"]}["models/Teams"]
    assert (applied.code, one["status"], (one["message"] or "").partition(" (")[0]) == ended
    assert state(sandbox).twice == []


Script = Callable[[int, Ask, Callable[[], None]], Answer]
"""What becomes of the n-th create: by its number, a way to let it act, and a way for others to be faster."""


def apply_with_script(applier: Workspace, sandbox: Sandbox, script: Script) -> Result:
    """An apply of the model through a server that follows the script."""
    applier.write(SPEC, CONNECTIONS + TEAMS)
    sandbox.clear("requests")
    count = 0

    def odd(method: str, path: str, ask: Ask) -> Answer:
        nonlocal count
        if (method, path) != ("POST", MODELS):
            return ask()
        count += 1
        return script(count, ask, lambda: by_hand(sandbox))

    with proxy(sandbox.url, odd) as url:
        return applier("apply", SPEC, "--yes", "--url", url, "-o", "json", "-q")


def assert_adopted(applied: Result, applier: Workspace, sandbox: Sandbox) -> None:
    assert (applied.code, statuses(applied)) == (0, {"models/Teams": "done"})
    assert (state(sandbox).twice, sandbox.names()["models"]) == ([], ["Teams"])
    assert applied.json["outcomes"][0]["id"] == sandbox.named("models", "Teams")["id"]
    assert_plan_is_empty(applier, SPEC)


def test_an_object_of_a_faster_run_is_adopted_after_server_errors(
    connected: None, applier: Workspace, sandbox: Sandbox
) -> None:
    """Three failures lead to a key that the other run does not share; it has made the model a moment ago."""

    def script(number: int, ask: Ask, other: Callable[[], None]) -> Answer:
        if number == 3:
            other()
        return Answer(503) if number <= 3 else ask()

    assert_adopted(apply_with_script(applier, sandbox, script), applier, sandbox)
    assert creates(sandbox) == 1


def test_one_of_two_simultaneous_creates_yields(connected: None, applier: Workspace, sandbox: Sandbox) -> None:
    """Both have looked, nothing was there, and both make the model under keys of their own: one is deleted."""

    def script(number: int, ask: Ask, other: Callable[[], None]) -> Answer:
        if number == 4:
            other()
        return Answer(503) if number <= 3 else ask()

    assert_adopted(apply_with_script(applier, sandbox, script), applier, sandbox)
    assert (creates(sandbox), [one["method"] for one in requests(sandbox)].count("DELETE")) == (2, 1)


def test_an_object_of_a_faster_run_is_adopted_after_throttling(
    connected: None, applier: Workspace, sandbox: Sandbox
) -> None:
    """Ten times too many: perhaps that is what the key says for a day, so that another is tried, but not blindly."""

    def script(number: int, ask: Ask, other: Callable[[], None]) -> Answer:
        if number == 9:
            other()
        return Answer(429, headers={"Retry-After": "0"}) if number <= 10 else ask()

    assert_adopted(apply_with_script(applier, sandbox, script), applier, sandbox)
    assert creates(sandbox) == 1


@pytest.mark.parametrize("status", [429, 503, 422])
def test_a_stuck_idempotency_key_is_replaced(
    connected: None, applier: Workspace, sandbox: Sandbox, status: int
) -> None:
    """The service goes on to say for a day what it once said to a key; another key gets through."""

    def script(number: int, ask: Ask, other: Callable[[], None]) -> Answer:
        return Answer(status, headers={"Retry-After": "0"}) if number <= stuck else ask()

    stuck = {429: 9, 503: 3, 422: 1}[status]
    assert_adopted(apply_with_script(applier, sandbox, script), applier, sandbox)
    assert creates(sandbox) == 1
