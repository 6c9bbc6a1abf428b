"""Pins that exchange names, and names that something else has: by the command line, over HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.resilience.interrupted_runs import interrupt_and_run_again, lose_single_answers, record_run
from tests.resilience.projects import CONNECTIONS, SYNC, models
from tests.resilience.support import assert_plan_is_empty, requests
from tests.workspace import Sandbox, Transcript, Workspace

SPEC = "spec.yaml"
CUSTOMERS = "connection: MySQL, configuration: {table: company.customers}"
TEAMS = "connection: MySQL, configuration: {table: company.teams}"


@pytest.fixture
def ids(applier: Workspace, sandbox: Sandbox) -> dict[str, str]:
    """The ids of two live models and two live connections by their names; a sync uses the model A."""
    applier.write(SPEC, CONNECTIONS + models(A=CUSTOMERS, B=TEAMS) + SYNC % "A")
    assert applier("apply", SPEC, "--yes").code == 0
    sandbox.clear("requests")
    return {
        one["name"]: one["id"] for kind in ("models", "connections", "syncs") for one in sandbox.get(f"/api/{kind}")
    }


@pytest.fixture
def exchanged(ids: dict[str, str], applier: Workspace) -> dict[str, str]:
    """The spec pins each model to the id of the other one, and names the object that it has always described."""
    pins = {"A": f"id: {ids['B']}, {TEAMS}", "B": f"id: {ids['A']}, {CUSTOMERS}"}
    applier.write(SPEC, CONNECTIONS + models(**pins) + SYNC % "B")
    return ids


def live_names(sandbox: Sandbox, kind: str = "models") -> dict[str, str]:
    return {one["id"]: one["name"] for one in sandbox.get(f"/api/{kind}")}


@pytest.mark.behaviour("ambiguous-names")
def test_pins_exchange_two_names(
    exchanged: dict[str, str], transcript: Callable[[str], Transcript], applier: Workspace, sandbox: Sandbox
) -> None:
    """The same model feeds the sync before and after, under another name: the sync does not change."""
    shown = transcript("exchanged_names")
    shown.say("Each model has the name of the other one")
    shown.run("plan", SPEC)
    shown.run("drift", SPEC)
    shown.run("apply", SPEC, "--yes", "--parallelism", "1")
    shown.run("plan", SPEC, "--detailed-exitcode")
    assert live_names(sandbox) == {exchanged["A"]: "B", exchanged["B"]: "A"}
    assert sandbox.named("syncs", "Contacts")["fields"][0]["source"]["model_id"] == exchanged["A"]


def test_the_order_is_visible(exchanged: dict[str, str], applier: Workspace) -> None:
    planned = applier("plan", SPEC, "-o", "json").json
    assert [
        (one["address"], one["action"], one["id"], one["fields"][0]["before"], one["fields"][0]["after"],
         one["waits_for"], one["why"])
        for one in planned["changes"]
    ] == [
        ("models/A (interim)", "rename", exchanged["B"], "B", "A (renaming)", [], "part of an exchange of names"),
        ("models/B", "rename", exchanged["A"], "A", "B", ["models/A (interim)"], None),
        ("models/A", "rename", exchanged["B"], "A (renaming)", "A", ["models/A (interim)", "models/B"], None),
    ]  # fmt: skip


@pytest.mark.parametrize("form", ["text", "json", "markdown", "html", "github", "junit", "sarif"])
def test_every_form_has_the_interim_step(exchanged: dict[str, str], applier: Workspace, form: str) -> None:
    shown = applier("plan", SPEC, "-o", form)
    assert (shown.code, "models/A (interim)" in shown.out) == (0, True)


@pytest.mark.parametrize(("limit", "code"), [(2, 0), (1, 3)])
def test_an_exchange_counts_once_against_the_limits(
    exchanged: dict[str, str], applier: Workspace, limit: int, code: int
) -> None:
    applier.write(SPEC, f"limits: {{updates: {limit}}}\n{applier.read(SPEC)}")
    planned = applier("apply", SPEC, "--yes")
    assert planned.code == code
    assert code == 0 or "The plan has 2 updates, but limits.updates allows 1." in planned.err


def test_a_saved_plan_of_an_exchange(exchanged: dict[str, str], applier: Workspace, sandbox: Sandbox) -> None:
    assert applier("plan", SPEC, "--out", "plan.json").code == 0
    assert applier("apply", "plan.json", "--yes").code == 0
    assert live_names(sandbox) == {exchanged["A"]: "B", exchanged["B"]: "A"}
    again = applier("apply", "plan.json", "--yes")
    assert (again.code, again.err.splitlines()) == (
        1,
        [
            "error: All changes of the plan are live already: nothing is left to apply. [stale-plan]",
            "  hint: create a new plan and review it",
        ],
    )


def test_an_interrupted_exchange_converges(
    exchanged: dict[str, str], applier: Workspace, sandbox: Sandbox, tmp_path: Path
) -> None:
    recorded = record_run(applier, sandbox, tmp_path, "apply", SPEC, "--no-checks")
    assert live_names(sandbox) == {exchanged["A"]: "B", exchanged["B"]: "A"}
    for _ in interrupt_and_run_again(recorded, sandbox, every=7):
        assert live_names(sandbox) == {exchanged["A"]: "B", exchanged["B"]: "A"}
        assert_plan_is_empty(applier, SPEC)
    for _ in lose_single_answers(recorded, sandbox, every=12):
        assert live_names(sandbox) == {exchanged["A"]: "B", exchanged["B"]: "A"}


def test_an_interrupted_exchange_makes_no_second_object(
    exchanged: dict[str, str], applier: Workspace, sandbox: Sandbox
) -> None:
    """A spec without the exchange would create what has the interim name."""
    sandbox.fault(method="PUT", path=f"/api/models/{exchanged['A']}", status=400, times=1)
    assert applier("apply", SPEC, "--yes").code == 4
    assert live_names(sandbox) == {exchanged["A"]: "A", exchanged["B"]: "A (renaming)"}
    before = CONNECTIONS + models(A=CUSTOMERS, B=TEAMS) + SYNC % "A"
    applier.write(SPEC, before)
    refused = applier("apply", SPEC, "--yes")
    named = f'The model "A (renaming)" ({exchanged["B"]})'
    left = "is left from an interrupted exchange of names."
    assert (refused.code, refused.err) == (
        1,
        f"""\
spec.yaml:20:3: error: {named} {left} The spec would create "B" meanwhile. [unfinished-exchange]
  hint: if it is this, add: moved: {{models: {{"A (renaming)": "B"}}}}, or apply the spec that exchanges the names; if \
not, add: removed: {{models: ["A (renaming)"]}}
""",
    )
    applier.write(SPEC, before + 'moved: {models: {"A (renaming)": "B"}}\n')
    assert applier("apply", SPEC, "--yes").code == 0
    assert live_names(sandbox) == {exchanged["A"]: "A", exchanged["B"]: "B"}


def test_an_interim_name_that_is_taken(exchanged: dict[str, str], applier: Workspace, sandbox: Sandbox) -> None:
    connection = sandbox.named("connections", "MySQL")["id"]
    body = {"name": "A (renaming)", "connection_id": connection, "configuration": {"table": "company.teams"}}
    other = sandbox.post("/api/models", body)["id"]
    planned = applier("plan", SPEC, "-o", "json").json["changes"][0]
    assert planned["fields"][0]["after"] == f"A (renaming {exchanged['B']})"
    assert applier("apply", SPEC, "--yes").code == 0
    assert live_names(sandbox) == {exchanged["A"]: "B", exchanged["B"]: "A", other: "A (renaming)"}


def test_connections_exchange_names(ids: dict[str, str], applier: Workspace, sandbox: Sandbox) -> None:
    """The service refuses a second connection of a name, and shows no secret that a rename has to send again."""
    spec = CONNECTIONS.replace("  MySQL:\n", f"  Warehouse:\n    id: {ids['MySQL']}\n", 1)
    spec = spec.replace("  Warehouse:\n    type: snow", f"  MySQL:\n    id: {ids['Warehouse']}\n    type: snow")
    body = "connection: Warehouse, configuration: {table: company.%s}"
    sync = (SYNC % "A").replace("Warehouse", "MySQL")
    applier.write(SPEC, spec + models(A=body % "customers", B=body % "teams") + sync)
    applied = applier("apply", SPEC, "--yes", "--parallelism", "1")
    assert (applied.code, applied.err.splitlines()) == (
        0,
        [
            "> connections/MySQL (interim)  renamed",
            "> connections/Warehouse  renamed",
            "> connections/MySQL  renamed",
        ],
    )
    assert live_names(sandbox, "connections") == {ids["MySQL"]: "Warehouse", ids["Warehouse"]: "MySQL"}
    assert [body["configuration"]["password"] for method, path, body in sandbox.writes()
            if method == "PUT" and path.endswith(ids["Warehouse"])] == ["secret-password"] * 2  # fmt: skip
    assert_plan_is_empty(applier, SPEC)


@pytest.mark.parametrize("only", [("models/A",), ()], ids=["one", "all"])
def test_a_destroy_deletes_the_pinned_objects(
    exchanged: dict[str, str], applier: Workspace, sandbox: Sandbox, only: tuple[str, ...]
) -> None:
    """Before the exchange is applied: the name in the spec means the pinned object, whatever that is called now."""
    targets = [word for one in only for word in ("-t", one)]
    assert applier("destroy", SPEC, "--yes", *targets).code == 0
    assert live_names(sandbox) == ({exchanged["A"]: "A"} if only else {})


def test_a_pull_writes_to_the_pinned_resources(exchanged: dict[str, str], applier: Workspace, sandbox: Sandbox) -> None:
    one = sandbox.named("models", "A")
    edit = {"name": "A", "connection_id": one["connection_id"], "configuration": {"table": "company.accounts"}}
    sandbox.put(f"/api/models/{one['id']}", edit)
    before = applier.read(SPEC)
    pulled = applier("pull")
    assert (pulled.code, pulled.err.splitlines()) == (
        4,
        [
            f"1 field updated from live in {SPEC}",
            "not written: models/B name: the name is the key of the resource. Rename it by hand: spec.yaml:20",
            "not written: models/A name: the name is the key of the resource. Rename it by hand: spec.yaml:19",
        ],
    )
    assert applier.read(SPEC) == before.replace("company.customers", "company.accounts")


def error_of(applier: Workspace, sandbox: Sandbox, *arguments: str) -> tuple[str, str, str | None]:
    """Return code, detail and hint of the only error of an apply that writes nothing."""
    result = applier("apply", SPEC, "--yes", "-o", "json", *arguments)
    errors = [one for one in json.loads(result.out)["diagnostics"] if one["severity"] == "error"]
    assert (result.code, len(errors), sandbox.writes()) == (1, 1, [])
    return errors[0]["code"], errors[0]["detail"], errors[0]["hint"]


def test_a_pin_to_the_name_of_an_undeclared_object(ids: dict[str, str], applier: Workspace, sandbox: Sandbox) -> None:
    applier.write(SPEC, CONNECTIONS + models(A=f"id: {ids['B']}, {TEAMS}"))
    assert error_of(applier, sandbox) == (
        "move-blocked",
        f'The model "B" ({ids["B"]}) cannot be renamed to "A": the live model {ids["A"]} has this name.',
        (
            f'use another name, rename or delete {ids["A"]} in Polytomic, declare it under another name with its "id", '
            f'or delete it: removed: {{models: ["A ({ids["A"]})"]}}'
        ),
    )


def test_a_create_under_the_name_of_an_object_that_keeps_it(
    ids: dict[str, str], applier: Workspace, sandbox: Sandbox
) -> None:
    applier.write(SPEC, CONNECTIONS + models(A=TEAMS, Other=f"managed: false, id: {ids['A']}"))
    assert error_of(applier, sandbox) == (
        "move-blocked",
        (
            f'The model "A" cannot be created: the live model {ids["A"]} has this name, which the spec declares as '
            "models/Other and does not rename."
        ),
        f"use another name, or rename {ids['A']} in Polytomic or in the spec",
    )


def test_a_move_to_a_name_that_is_pinned_elsewhere(ids: dict[str, str], applier: Workspace, sandbox: Sandbox) -> None:
    applier.write(SPEC, "moved: {models: {B: A}}\n" + CONNECTIONS + models(A=f"id: {ids['A']}, {CUSTOMERS}"))
    assert error_of(applier, sandbox) == (
        "move-blocked",
        f'The model "B" ({ids["B"]}) cannot be renamed to "A": the spec pins "A" to {ids["A"]}.',
        "remove the entry from moved, or correct the id",
    )


def test_an_id_of_another_kind(ids: dict[str, str], applier: Workspace, sandbox: Sandbox) -> None:
    applier.write(SPEC, CONNECTIONS + models(A=f"id: {ids['MySQL']}, {CUSTOMERS}"))
    assert error_of(applier, sandbox) == (
        "pinned-missing",
        (
            f'"A" is pinned to the id {ids["MySQL"]}, but no live model has this id. '
            'It is the id of the connection "MySQL".'
        ),
        "correct the id, or remove it to match by name",
    )


@pytest.mark.parametrize("selection", [("-t", "models/A"), ("-x", "models/B", "-x", "syncs/*")])
def test_the_change_that_frees_the_name_is_left_out(
    exchanged: dict[str, str], applier: Workspace, sandbox: Sandbox, selection: tuple[str, ...]
) -> None:
    assert error_of(applier, sandbox, *selection) == (
        "left-out",
        (
            f'The model "B" ({exchanged["B"]}) cannot be renamed to "A": the live model {exchanged["A"]} has this '
            "name, and the change that frees it (models/B) is excluded by --target or --exclude."
        ),
        "include models/B",
    )


@pytest.mark.parametrize("how", ["removed", "prune", "moved", "unpinned namesake"])
def test_a_name_is_taken_after_it_is_free(ids: dict[str, str], applier: Workspace, sandbox: Sandbox, how: str) -> None:
    """B becomes A once A is deleted, or has another name."""
    pin = f"id: {ids['B']}, {TEAMS}"
    text, deleted = {
        "removed": (f'removed: {{models: ["A ({ids["A"]})"], syncs: [Contacts]}}\n' + models(A=pin), True),
        "prune": ('owns: {models: ["*"], syncs: ["*"]}\n' + models(A=pin), True),
        "moved": ("moved: {models: {A: C}}\n" + models(A=pin, C=CUSTOMERS) + SYNC % "C", False),
        "unpinned namesake": (models(A=pin, C=f"id: {ids['A']}, {CUSTOMERS}", B=TEAMS) + SYNC % "C", False),
    }[how]
    applier.write(SPEC, CONNECTIONS + text)
    applied = applier("apply", SPEC, "--yes", "--force", "--parallelism", "1", *(["--prune"] if how == "prune" else []))
    assert applied.code == 0
    writes = [f"{method} {path}" for method, path, _ in sandbox.writes()]
    freed = writes.index(f"{'DELETE' if deleted else 'PUT'} /api/models/{ids['A']}")
    assert freed < writes.index(f"PUT /api/models/{ids['B']}")
    names = live_names(sandbox)
    new = {"B": "B"} if how == "unpinned namesake" else {}
    kept = {ids["B"]: "A"} if deleted else {ids["B"]: "A", ids["A"]: "C"}
    assert {one if one in ids.values() else name: name for one, name in names.items()} == kept | new
    assert_plan_is_empty(applier, SPEC, *(["--prune"] if how == "prune" else []))


def test_a_pinned_object_is_never_replaced(ids: dict[str, str], applier: Workspace, sandbox: Sandbox) -> None:
    """A new object would have another id, and no plan could be made afterwards."""
    spec = CONNECTIONS.replace("  MySQL:\n    type: mysql", f"  MySQL:\n    id: {ids['MySQL']}\n    type: postgresql")
    applier.write(SPEC, spec.replace("passwd", "password").replace("dbname: company", "database: company")
                  .replace("account: user", "username: user"))  # fmt: skip
    code, detail, hint = error_of(applier, sandbox, "--allow-replace")
    assert (code, "cannot be updated" in detail) == ("cannot-change", True)
    assert hint is not None
    assert hint.startswith("remove its id, which a new object cannot have, and use --allow-replace")


def test_an_apply_without_circles_has_no_interim_step(
    ids: dict[str, str], applier: Workspace, sandbox: Sandbox
) -> None:
    """A chain is made from its free end, with one write for each object."""
    pins = {"C": f"id: {ids['A']}, {CUSTOMERS}", "A": f"id: {ids['B']}, {TEAMS}"}
    applier.write(SPEC, CONNECTIONS + models(**pins) + SYNC % "C")
    sandbox.clear("requests")
    assert applier("apply", SPEC, "--yes", "-q").code == 0
    written: list[Any] = [one["path"] for one in requests(sandbox) if one["method"] == "PUT"]
    assert written == [f"/api/models/{ids['A']}", f"/api/models/{ids['B']}"]


def test_the_name_of_a_moved_object_that_is_replaced(ids: dict[str, str], applier: Workspace, sandbox: Sandbox) -> None:
    """Warehouse becomes Other, as a new object; MySQL takes its name once the old object is deleted."""
    mysql = CONNECTIONS[CONNECTIONS.index("    type: mysql") : CONNECTIONS.index("  Warehouse:")]
    head = f"moved: {{connections: {{Warehouse: Other}}}}\nconnections:\n  Warehouse:\n    id: {ids['MySQL']}\n{mysql}"
    body = "connection: Warehouse, configuration: {table: company.%s}"
    sync = (SYNC % "A").replace("Warehouse", "Other").replace("CUSTOMERS.CONTACTS", "company.customers")
    sync = sync.replace("mode: replace", "mode: append").replace("EMAIL: email", "id: id, email: email")
    applier.write(SPEC, head + f"  Other:\n{mysql}" + models(A=body % "customers", B=body % "teams") + sync)
    applied = applier("apply", SPEC, "--yes", "--force", "--allow-replace", "--parallelism", "1")
    assert (applied.code, applied.err.splitlines()) == (
        0,
        [
            "! connections/Other  replaced",
            "~ syncs/Contacts  updated",
            "- connections/Other (old)  deleted",
            "> connections/Warehouse  renamed",
            "> connections/Other (replacement)  renamed",
        ],
    )
    names = live_names(sandbox, "connections")
    assert (names[ids["MySQL"]], sorted(names.values()), ids["Warehouse"] in names) == (
        "Warehouse",
        ["Other", "Warehouse"],
        False,
    )
    assert_plan_is_empty(applier, SPEC)


def test_what_is_not_managed_is_not_found_by_its_old_name(
    ids: dict[str, str], applier: Workspace, sandbox: Sandbox
) -> None:
    """A rename of something unmanaged is nobody's: today's name has to be the one that the spec refers to."""
    applier.write(SPEC, "moved: {models: {A: New}}\n" + CONNECTIONS + models(New="managed: false") + SYNC % "New")
    assert error_of(applier, sandbox) == (
        "not-live",
        'The model "New" has "managed: false", but no live model has this name.',
        "create it in Polytomic, or declare the model in full",
    )


def test_one_of_several_objects_of_a_name_is_removed(ids: dict[str, str], applier: Workspace, sandbox: Sandbox) -> None:
    """The entry means the same object when it is the only one left, and nothing once it is gone."""
    connection = sandbox.named("connections", "MySQL")["id"]
    body = {"name": "A", "connection_id": connection, "configuration": {"table": "company.teams"}}
    twin = sandbox.post("/api/models", body)["id"]
    spec = CONNECTIONS + models(A=CUSTOMERS, B=TEAMS) + SYNC % "A"
    applier.write(SPEC, f'removed: {{models: ["A ({twin})"]}}\n{spec}')
    assert applier("apply", SPEC, "--yes").code == 0
    assert live_names(sandbox) == {ids["A"]: "A", ids["B"]: "B"}
    assert_plan_is_empty(applier, SPEC)


def delete_and_create_again(sandbox: Sandbox, applier: Workspace, kind: str, name: str) -> str:
    """Ask for the delete of what is declared, which its dependents keep until a new object has its name."""
    identifier = str(sandbox.named(kind, name)["id"])
    applier.write(SPEC, f'{applier.read(SPEC)}removed: {{{kind}: ["{name} ({identifier})"]}}\n')
    return identifier


def test_what_is_deleted_frees_its_name_before_its_dependents_move(
    ids: dict[str, str], transcript: Callable[[str], Transcript], applier: Workspace, sandbox: Sandbox
) -> None:
    """The new model waits for the name, its sync for the new model, and the delete of the old one for the sync."""
    delete_and_create_again(sandbox, applier, "models", "A")
    shown = transcript("freed_names")
    shown.run("plan", SPEC)
    shown.run("apply", SPEC, "--yes", "--parallelism", "1")
    shown.run("plan", SPEC, "--detailed-exitcode")
    live = {name: identifier for identifier, name in live_names(sandbox).items()}
    assert (live.keys(), live["A"] != ids["A"]) == ({"A", "B"}, True)
    assert sandbox.named("syncs", "Contacts")["fields"][0]["source"]["model_id"] == live["A"]


def test_an_interrupted_delete_that_frees_its_name_converges(
    ids: dict[str, str], applier: Workspace, sandbox: Sandbox, tmp_path: Path
) -> None:
    delete_and_create_again(sandbox, applier, "models", "A")
    recorded = record_run(applier, sandbox, tmp_path, "apply", SPEC, "--no-checks")
    for _ in interrupt_and_run_again(recorded, sandbox, every=7):
        assert sorted(live_names(sandbox).values()) == ["A", "B"]
        assert ids["A"] not in live_names(sandbox)
        assert_plan_is_empty(applier, SPEC)


@pytest.mark.parametrize("ending", ['removed: {syncs: ["First (%s)"]}\n', 'owns: {syncs: ["First"]}\n'])
def test_a_sync_takes_the_name_of_the_one_that_it_runs_after(
    ids: dict[str, str], applier: Workspace, sandbox: Sandbox, ending: str
) -> None:
    """The rename waits for the delete of the other sync, which waits until this one does not run after it."""
    first = (SYNC % "A").replace("Contacts", "First")
    second = (SYNC % "A").partition("\n")[2].replace("Contacts", "Second")
    after = second.replace("{frequency: manual}", "{frequency: runafter, run_after: {syncs: [First]}}")
    applier.write(SPEC, CONNECTIONS + models(A=CUSTOMERS, B=TEAMS) + SYNC % "A" + first.partition("\n")[2] + after)
    assert applier("apply", SPEC, "--yes").code == 0
    old, kept = (str(sandbox.named("syncs", name)["id"]) for name in ("First", "Second"))
    pinned = first.replace("  First:\n", f"  First:\n    id: {kept}\n").partition("\n")[2]
    text = CONNECTIONS + models(A=CUSTOMERS, B=TEAMS) + SYNC % "A" + pinned
    applier.write(SPEC, text + (ending % old if "%" in ending else ending))
    options = ("--prune",) if "owns" in ending else ()
    applied = applier("apply", SPEC, "--yes", *options)
    assert applied.code == 0
    assert live_names(sandbox, "syncs") == {kept: "First", ids["Contacts"]: "Contacts"}
    assert_plan_is_empty(applier, SPEC)


def test_a_pruned_object_that_has_freed_its_name_is_still_owned(
    ids: dict[str, str], applier: Workspace, sandbox: Sandbox
) -> None:
    """An apply was interrupted after the rename: `owns` still means the object by the name that it had."""
    now = sandbox.get(f"/api/models/{ids['B']}")
    body = {key: now[key] for key in ("connection_id", "configuration")}
    sandbox.put(f"/api/models/{ids['B']}", {**body, "name": f"B ({ids['B']})"})
    applier.write(SPEC, CONNECTIONS + models(A=CUSTOMERS) + SYNC % "A" + "owns: {models: [B]}\n")
    assert applier("apply", SPEC, "--yes", "--prune").code == 0
    assert live_names(sandbox) == {ids["A"]: "A"}


def test_a_connection_cannot_free_its_name_before_its_dependents_move(
    ids: dict[str, str], applier: Workspace, sandbox: Sandbox
) -> None:
    """Its secrets, which the rename would need, are not known."""
    identifier = delete_and_create_again(sandbox, applier, "connections", "MySQL")
    planned = applier("plan", SPEC)
    message = (
        f'The connection "MySQL" cannot be created: the live connection {identifier} has this name. '
        "It is deleted only after its dependents have changed to the new connection, and the secrets to rename it "
        "before are not in the spec."
    )
    assert (planned.code, planned.err.splitlines()) == (
        1,
        [
            f"spec.yaml:3:3: error: {message} [move-blocked]",
            f"  hint: use another name, or rename {identifier} in Polytomic",
        ],
    )


def test_a_mention_that_the_spec_leaves_out_prevents_a_delete(
    ids: dict[str, str], applier: Workspace, sandbox: Sandbox
) -> None:
    """The update of the dependent would keep its relations, so that the delete could not follow it."""
    relation = "relations: [{from: id, to: {model: B, field: id}}]"
    applier.write(SPEC, CONNECTIONS + models(A=f"{CUSTOMERS}, {relation}", B=TEAMS) + SYNC % "A")
    assert applier("apply", SPEC, "--yes").code == 0
    end = SYNC % "A" + "removed: {models: [B]}\n"
    applier.write(SPEC, CONNECTIONS + models(A=f"{CUSTOMERS}, identifier: email") + end)
    planned = applier("plan", SPEC)
    assert (planned.code, planned.err.splitlines()[1]) == (
        1,
        '  hint: write "relations" under models/A: a member that the spec leaves out stays as it is live',
    )
    applier.write(SPEC, CONNECTIONS + models(A=f"{CUSTOMERS}, identifier: email, relations: []") + end)
    assert applier("apply", SPEC, "--yes").code == 0
    assert live_names(sandbox) == {ids["A"]: "A"}
