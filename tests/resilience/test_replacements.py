"""A change that no update can make: a new object, then its dependents, then the old one, also after interruptions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from applier.execute import exclusive_names
from tests.resilience.interrupted_runs import RecordedRun, interrupt_and_run_again, lose_single_answers, record_run
from tests.resilience.projects import CONNECTIONS
from tests.resilience.proxy import Answer, AnswerRequest, Ask, proxy
from tests.resilience.support import ID, assert_plan_is_empty, create_by_hand, faults, state
from tests.workspace import Result, Sandbox, Workspace

pytestmark = pytest.mark.extended

SPEC = "spec.yaml"
USERS = """\
models:
  Customers: {connection: MySQL, configuration: {table: company.customers}}
  Back: {connection: Warehouse, configuration: {table: %s}}
syncs:
  Contacts:
    mode: append
    model: Customers
    target: {connection: Warehouse, object: %s}
    fields: {%s}
    schedule: {frequency: manual}
"""
SNOWFLAKE = CONNECTIONS + USERS % ("CUSTOMERS.CONTACTS", "CUSTOMERS.CONTACTS", "EMAIL: email")
OTHER = """\
  Warehouse:
    type: mysql
    configuration: {hostname: other, port: 3306, dbname: company, account: user, passwd: "${env:OTHER:-secret}"}
"""
MYSQL = (
    CONNECTIONS[: CONNECTIONS.index("  Warehouse:")]
    + OTHER
    + USERS % ("company.teams", "company.customers", "id: id, email: email")
)
REPLACE = ("apply", SPEC, "--allow-replace", "--force")


@pytest.fixture
def before(applier: Workspace, sandbox: Sandbox) -> None:
    applier.write(SPEC, SNOWFLAKE)
    assert applier("apply", SPEC, "--yes").code == 0
    applier.write(SPEC, MYSQL)
    sandbox.clear("requests")


@pytest.fixture
def recorded_run(before: None, applier: Workspace, sandbox: Sandbox, tmp_path: Path) -> RecordedRun:
    return record_run(applier, sandbox, tmp_path, *REPLACE)


def test_a_replacement_has_to_be_allowed(before: None, applier: Workspace, sandbox: Sandbox) -> None:
    refused = applier("apply", SPEC, "--yes")
    assert (refused.code, "[cannot-change]" in refused.err, sandbox.writes()) == (1, True, [])


def test_dependents_are_moved_to_the_replacement(before: None, applier: Workspace, sandbox: Sandbox) -> None:
    old = sandbox.named("connections", "Warehouse")["id"]
    applied = applier(*REPLACE, "--yes", "--parallelism", "1")
    assert (applied.code, applied.err.splitlines()) == (
        0,
        [
            "! connections/Warehouse  replaced",
            "~ models/Back  updated",
            "~ syncs/Contacts  updated",
            "- connections/Warehouse (old)  deleted",
            "> connections/Warehouse (replacement)  renamed",
        ],
    )
    new = sandbox.named("connections", "Warehouse")
    assert new["id"] != old
    assert new["type"]["id"] == "mysql"
    assert sandbox.named("models", "Back")["connection_id"] == new["id"]
    assert sandbox.named("syncs", "Contacts")["target"]["connection_id"] == new["id"]
    assert_plan_is_empty(applier, SPEC)


def test_unmanaged_dependents_block_a_replacement(before: None, applier: Workspace, sandbox: Sandbox) -> None:
    create_by_hand(sandbox, "models", "Back", name="By hand")
    sandbox.clear("requests")
    refused = applier(*REPLACE, "--yes")
    assert (refused.code, 'is in use by the live model "By hand"' in refused.err, sandbox.writes()) == (1, True, [])
    assert "  hint: declare it, so that it moves to the new object, delete or change it first, or keep" in refused.err


@pytest.mark.parametrize(
    ("more", "options"),
    [("removed: {syncs: [Contacts], models: [Back]}\n", ()), ('owns: {syncs: ["*"], models: ["*"]}\n', ("--prune",))],
    ids=["removed", "pruned"],
)
def test_dependents_deleted_in_the_same_run_do_not_block(
    before: None, applier: Workspace, sandbox: Sandbox, more: str, options: tuple[str, ...]
) -> None:
    applier.write(SPEC, MYSQL[: MYSQL.index("  Back:")] + more)
    applied = applier(*REPLACE, *options, "--yes", "--parallelism", "1")
    assert (applied.code, applied.err.splitlines()) == (
        0,
        [
            "! connections/Warehouse  replaced",
            "- syncs/Contacts  deleted",
            "- models/Back  deleted",
            "- connections/Warehouse (old)  deleted",
            "> connections/Warehouse (replacement)  renamed",
        ],
    )
    assert state(sandbox).addresses == ["connections/MySQL", "connections/Warehouse", "models/Customers"]
    assert_plan_is_empty(applier, SPEC)


@pytest.mark.parametrize(("limit", "code"), [(3, 0), (2, 3)])
def test_a_replacement_counts_once_against_the_limits(
    before: None, applier: Workspace, sandbox: Sandbox, limit: int, code: int
) -> None:
    """The connection, the model and the sync, however many steps that takes."""
    applier.write(SPEC, f"limits: {{updates: {limit}}}\n{MYSQL}")
    applied = applier("apply", SPEC, "--allow-replace", "--yes")
    assert applied.code == code
    assert code == 0 or "The plan has 3 updates, but limits.updates allows 2." in applied.err


def test_an_interrupted_replacement_converges(recorded_run: RecordedRun, applier: Workspace, sandbox: Sandbox) -> None:
    for _ in interrupt_and_run_again(recorded_run, sandbox, every=3):
        assert_plan_is_empty(applier, SPEC)


def test_a_single_lost_answer_is_recovered(recorded_run: RecordedRun, applier: Workspace, sandbox: Sandbox) -> None:
    for _ in lose_single_answers(recorded_run, sandbox, every=6):
        assert_plan_is_empty(applier, SPEC)


def test_an_owned_replacement_is_not_pruned(before: None, applier: Workspace, sandbox: Sandbox) -> None:
    """All is inside `owns`: what an interrupted replacement has left is gone on with, not deleted under its users."""
    applier.write(SPEC, MYSQL + 'owns: {connections: ["*"], models: ["*"], syncs: ["*"]}\n')
    with faults(sandbox, {"status": 403, "method": "DELETE"}):
        assert applier(*REPLACE, "--yes", "--prune").code == 4
    assert state(sandbox).addresses == [
        "connections/MySQL",
        "connections/Warehouse",
        "connections/Warehouse (replacement)",
        "models/Back",
        "models/Customers",
        "syncs/Contacts",
    ]
    assert applier(*REPLACE, "--yes", "--prune").code == 0
    assert state(sandbox).addresses == [
        "connections/MySQL",
        "connections/Warehouse",
        "models/Back",
        "models/Customers",
        "syncs/Contacts",
    ]
    assert_plan_is_empty(applier, SPEC)


WITHOUT_USERS = CONNECTIONS[: CONNECTIONS.index("  Warehouse:")] + OTHER
NEW = {
    "name": "Warehouse",
    "type": "mysql",
    "configuration": {
        "hostname": "third", "port": 3306, "dbname": "company", "account": "user", "passwd": "secret"
    },
}  # fmt: skip
POSTGRESQL = {
    "type": "postgresql",
    "configuration": {"hostname": "pg", "port": 5432, "database": "company", "username": "user", "password": "secret"},
}
TAKEN = "Another object took this name after the plan was made (ID)"


@pytest.fixture
def alone(applier: Workspace, sandbox: Sandbox) -> str:
    """Nothing uses the connection that is to be replaced; return its id."""
    applier.write(SPEC, CONNECTIONS)
    assert applier("apply", SPEC, "--yes").code == 0
    applier.write(SPEC, WITHOUT_USERS)
    return str(sandbox.named("connections", "Warehouse")["id"])


def connections(sandbox: Sandbox) -> dict[str, str]:
    return {one["name"]: one["configuration"].get("hostname", "") for one in sandbox.get("/api/connections")}


def replace_through(applier: Workspace, sandbox: Sandbox, odd: AnswerRequest) -> Result:
    with proxy(sandbox.url, odd) as url:
        return applier(*REPLACE, "--yes", "--url", url, "-o", "json", "-q")


def outcomes(applied: Result) -> list[tuple[str, str, str]]:
    """Return the address, status and message of each change, where an id is `ID`."""
    return [
        (ID.sub("ID", one["address"]), one["status"], ID.sub("ID", one["message"] or ""))
        for one in applied.json["outcomes"]
    ]


def once(method: str, path: str, before: Callable[[], object], after: Callable[[], object]) -> AnswerRequest:
    """Call the functions before and after the first request of that kind."""
    done = False

    def answer(verb: str, asked: str, ask: Ask) -> Answer:
        nonlocal done
        if done or (verb, asked) != (method, path):
            return ask()
        done = True
        before()
        answered = ask()
        after()
        return answered

    return answer


def nothing() -> None:
    pass


def test_what_was_replaced_meanwhile_is_not_replaced_again(alone: str, applier: Workspace, sandbox: Sandbox) -> None:
    """Another run ends the same replacement between plan and apply: no second new object stays behind."""

    def finish() -> None:
        sandbox.http.delete(f"/api/connections/{alone}").raise_for_status()
        sandbox.post("/api/connections", NEW)

    applied = replace_through(applier, sandbox, once("GET", f"/api/connections/{alone}", finish, nothing))
    skipped = "Depends on connections/Warehouse, which was not applied."
    assert outcomes(applied) == [
        ("connections/Warehouse", "conflict", "The live object was deleted after the plan was made."),
        ("connections/Warehouse (old)", "skipped", skipped),
        ("connections/Warehouse (replacement)", "skipped", skipped.replace("Warehouse,", "Warehouse (old),")),
    ]
    assert connections(sandbox) == {"MySQL": "localhost", "Warehouse": "third"}


@pytest.mark.parametrize("names", ["allow", "refuse"])
def test_a_replacement_whose_name_was_taken_is_deleted_again(
    alone: str, applier: Workspace, sandbox: Sandbox, names: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It holds credentials, and a later replacement would take it for its own."""
    monkeypatch.setattr(exclusive_names, "LOOKS", 2)
    sandbox.switch(duplicate_connection_name=names)
    take = once("DELETE", f"/api/connections/{alone}", nothing, lambda: sandbox.post("/api/connections", NEW))
    applied = replace_through(applier, sandbox, take)
    back = '. ID has its old name "Warehouse (replacement)" again; its other settings were written.'
    how = {"allow": back, "refuse": "; not overwritten."}[names]
    gone = ' The new connection "Warehouse (replacement)" (ID), which nothing used, was deleted again.'
    assert outcomes(applied) == [
        ("connections/Warehouse", "done", ""),
        ("connections/Warehouse (old)", "done", ""),
        ("connections/Warehouse (replacement)", "conflict", TAKEN + how + gone),
    ]
    assert connections(sandbox) == {"MySQL": "localhost", "Warehouse": "third"}


def test_a_replacement_in_use_whose_name_was_taken_stays_and_is_named(
    before: None, applier: Workspace, sandbox: Sandbox
) -> None:
    sandbox.switch(duplicate_connection_name="refuse")
    old = f"/api/connections/{sandbox.named('connections', 'Warehouse')['id']}"
    applied = replace_through(
        applier, sandbox, once("DELETE", old, nothing, lambda: sandbox.post("/api/connections", NEW))
    )
    stays = 'The new connection "Warehouse (replacement)" (ID) stays: it is in use by the model "Back" (ID).'
    assert outcomes(applied)[-1] == (
        "connections/Warehouse (replacement)",
        "conflict",
        f"{TAKEN}; not overwritten. {stays}",
    )
    assert sorted(connections(sandbox)) == ["MySQL", "Warehouse", "Warehouse (replacement)"]


def test_a_left_over_of_another_type_is_deleted_first(alone: str, applier: Workspace, sandbox: Sandbox) -> None:
    """An update cannot give it the type: the good connection would be deleted for a wrong one."""
    sandbox.post("/api/connections", {**POSTGRESQL, "name": "Warehouse (replacement)"})
    applied = applier(*REPLACE, "--yes", "--parallelism", "1")
    assert (applied.code, [ID.sub("ID", line) for line in applied.err.splitlines()]) == (
        0,
        [
            "- connections/Warehouse (replacement) (ID)  deleted",
            "! connections/Warehouse  replaced",
            "- connections/Warehouse (old)  deleted",
            "> connections/Warehouse (replacement)  renamed",
        ],
    )
    assert sandbox.named("connections", "Warehouse")["type"]["id"] == "mysql"
    assert_plan_is_empty(applier, SPEC)


def test_a_left_over_of_another_type_that_is_in_use_is_an_error(
    before: None, applier: Workspace, sandbox: Sandbox
) -> None:
    secrets = {"username": "user", "password": "secret"}
    configuration = {"account": "acme", "dbname": "database", **secrets}
    left_over = {"name": "Warehouse (replacement)", "type": "snowflake", "configuration": configuration}
    left = sandbox.post("/api/connections", left_over)["id"]
    create_by_hand(sandbox, "models", "Back", name="By hand", connection_id=left)
    sandbox.clear("requests")
    refused = applier(*REPLACE, "--yes")
    problem = (
        'error: The connection "Warehouse (replacement)" is in use by the live model "By hand" (ID), which is not '
        "deleted. [still-used]\n  hint: have its dependents use another one, or delete them, then plan again\n"
    )
    assert (refused.code, problem in ID.sub("ID", refused.err), sandbox.writes()) == (1, True, []), refused.err


def test_a_declared_resource_is_not_taken_for_a_left_over(alone: str, applier: Workspace, sandbox: Sandbox) -> None:
    other = OTHER.replace("Warehouse:", "Warehouse (replacement):").replace("other", "third")
    applier.write(SPEC, CONNECTIONS + other)
    assert applier("apply", SPEC, "--yes").code == 0
    sandbox.clear("requests")
    applier.write(SPEC, WITHOUT_USERS + other)
    refused = applier(*REPLACE, "--yes")
    problem = (
        'error: The connection "Warehouse" cannot be replaced: until the old one is deleted, the new one is called '
        '"Warehouse (replacement)", which is declared, too. [move-blocked]'
    )
    assert (refused.code, problem in refused.err, sandbox.writes()) == (1, True, []), refused.err


def test_a_replacement_that_is_not_as_declared_does_not_release_the_delete(
    before: None, applier: Workspace, sandbox: Sandbox
) -> None:
    known = {one["id"] for one in sandbox.get("/api/connections")}

    def odd(method: str, path: str, ask: Ask) -> Answer:
        answered = ask()
        is_new = method == "GET" and path.startswith("/api/connections/") and path.split("/")[3] not in known
        body = answered.body.replace(b'"hostname":"other"', b'"hostname":"elsewhere"') if is_new else answered.body
        return Answer(answered.status, body)

    applied = replace_through(applier, sandbox, odd)
    wrong = "Depends on connections/Warehouse, whose new object is not as declared; the old one stays."
    assert outcomes(applied)[0] == ("connections/Warehouse", "not converged", "")
    assert [one[1:] for one in outcomes(applied)[1:3]] == [("skipped", wrong)] * 2
    assert (applied.code, sorted(connections(sandbox))) == (4, ["MySQL", "Warehouse", "Warehouse (replacement)"])


@pytest.mark.parametrize(("ending", "cause"), [("replacement", "a replacement"), ("renaming", "an exchange of names")])
def test_a_plan_names_what_is_left_under_an_interim_name(
    before: None, applier: Workspace, sandbox: Sandbox, ending: str, cause: str
) -> None:
    applier.write(SPEC, SNOWFLAKE)
    kind, name = ("connections", "MySQL") if ending == "replacement" else ("models", "Back")
    left = f"{name} ({ending})"
    if kind == "models":
        create_by_hand(sandbox, "models", "Customers", name=left)
    else:
        sandbox.post("/api/connections", {**POSTGRESQL, "name": left})
    planned = applier("plan", SPEC)
    noun = kind.removesuffix("s")
    expected = f'The {noun} "{left}" (ID) is left over from {cause} of "{name}", which is no longer needed. [left-over]'
    assert (planned.code, expected in ID.sub("ID", planned.err)) == (0, True), planned.err
    applier.write(SPEC, SNOWFLAKE + f'removed: {{{kind}: ["{left}"]}}\n')
    assert applier("apply", SPEC, "--yes").err.splitlines() == [f"- {kind}/{left}  deleted"]
