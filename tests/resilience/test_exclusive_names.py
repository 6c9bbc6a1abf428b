"""A name that two runs, or a run and a person, take at once belongs to one object in the end."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable

import pytest

from applier.execute import exclusive_names
from tests.effort import scale
from tests.resilience.projects import CONNECTIONS
from tests.resilience.proxy import Answer, AnswerRequest, Ask, proxy
from tests.resilience.support import ID, assert_plan_is_empty, faults, requests, state, statuses
from tests.workspace import Result, Sandbox, Workspace

pytestmark = pytest.mark.extended

SPEC = "spec.yaml"
MODELS, SYNCS = "/api/models", "/api/syncs"
TEAMS = "models:\n  Teams: {connection: MySQL, configuration: {table: company.teams}}\n"
SYNC = """\
syncs:
  Contacts:
    mode: %s
    model: Teams
    target: {connection: Warehouse, object: CUSTOMERS.CONTACTS}
    fields: {EMAIL: name}
    schedule: {frequency: manual}
"""
PATIENCE = 60.0
TAKEN = "Another object took this name after the plan was made"
UNCHECKED = (
    "whether another object has the name could not be checked: "
    "Cannot list models. The service answered 403: no permission"
)
PEOPLE = "moved: {models: {Teams: People}}\n" + TEAMS.replace("Teams: {", "People: {identifier: id, ")
WITHDRAWN = f"{TAKEN} (ID); not overwritten. This run's own object (ID), which nothing used yet, was deleted again."


def settings(sandbox: Sandbox, identifier: str) -> dict[str, object]:
    """Return what a write of a model can change."""
    one = sandbox.get(f"{MODELS}/{identifier}")
    return {key: one[key] for key in ("name", "connection_id", "configuration", "identifier", "labels", "relations")}


@pytest.fixture
def connected(applier: Workspace, sandbox: Sandbox) -> None:
    applier.write(SPEC, CONNECTIONS)
    assert applier("apply", SPEC, "--yes").code == 0
    applier.write(SPEC, CONNECTIONS + TEAMS)
    sandbox.clear("requests")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The run with the older of two objects waits a moment only."""
    monkeypatch.setattr(exclusive_names, "LOOKS", 2)


def by_hand(sandbox: Sandbox, table: str = "company.customers", name: str = "Teams") -> str:
    """Somebody creates a model in Polytomic; return its id."""
    connection = sandbox.named("connections", "MySQL")["id"]
    body = {"name": name, "connection_id": connection, "configuration": {"table": table}}
    return str(sandbox.post(MODELS, body)["id"])


def apply_through(applier: Workspace, sandbox: Sandbox, odd: AnswerRequest) -> Result:
    with proxy(sandbox.url, odd) as url:
        return applier("apply", SPEC, "--yes", "--url", url, "-o", "json", "-q")


def around_creates(
    before: Callable[[], object] = lambda: None,
    after: Callable[[], object] = lambda: None,
    rest: Callable[[str, str, Ask], Answer] = lambda method, path, ask: ask(),
    path: str = MODELS,
) -> AnswerRequest:
    """Call the functions before and after the first create acts; `rest` answers everything after it."""
    created = False

    def answer(method: str, asked: str, ask: Ask) -> Answer:
        nonlocal created
        if created:
            return rest(method, asked.partition("?")[0], ask)
        if (method, asked) != ("POST", path):
            return ask()
        created = True
        before()
        answered = ask()
        after()
        return answered

    return answer


def outcome(applied: Result, address: str = "models/Teams") -> tuple[int, str, str]:
    """Return the exit code, and the status and message of a change, where an id is `ID`."""
    one = {each["address"]: each for each in applied.json["outcomes"]}[address]
    return applied.code, one["status"], ID.sub("ID", one["message"] or "")


def run_at_once(applier: Workspace, *specs: str) -> list[Result]:
    """Apply each spec in a process of its own."""
    for number, content in enumerate(specs):
        applier.write(f"{number}.yaml", content)
    arguments = ("--yes", "-q", "-o", "json")
    started = [applier.start("apply", f"{number}.yaml", *arguments) for number in range(len(specs))]
    streams = [one.communicate(timeout=PATIENCE) for one in started]
    return [Result(one.returncode, *texts) for one, texts in zip(started, streams, strict=True)]


@pytest.mark.parametrize("number", range(2, scale(3, 4)))
def test_runs_of_different_specs_leave_one_sync(
    connected: None, applier: Workspace, sandbox: Sandbox, number: int
) -> None:
    """All ask for their syncs before any is answered: one is kept, the others say what they are in conflict with."""
    assert applier("apply", SPEC, "--yes").code == 0
    specs = [CONNECTIONS + TEAMS + SYNC % mode for mode in ("replace", "append")]
    specs.append(specs[0].replace("manual", "continuous"))
    with faults(sandbox, {"kind": "delay", "when": "before", "method": "POST", "path": SYNCS, "delay": 1.0}):
        ended = run_at_once(applier, *specs[:number])
    outcomes = sorted(outcome(one, "syncs/Contacts") for one in ended)
    assert outcomes == [(0, "done", ""), *[(4, "conflict", WITHDRAWN)] * (number - 1)]
    assert state(sandbox).twice == []
    assert_plan_is_empty(applier, f"{[one.code for one in ended].index(0)}.yaml")


def test_the_younger_object_is_deleted_before_anything_uses_it(
    connected: None, applier: Workspace, sandbox: Sandbox
) -> None:
    applier.write(SPEC, CONNECTIONS + TEAMS + SYNC % "append")
    applied = apply_through(applier, sandbox, around_creates(before=lambda: by_hand(sandbox)))
    assert outcome(applied) == (4, "conflict", WITHDRAWN)
    assert statuses(applied)["syncs/Contacts"] == "skipped"
    (left,) = sandbox.get(MODELS)
    shown = ID.findall({one["address"]: one for one in applied.json["outcomes"]}["models/Teams"]["message"])
    deleted = [one["path"].rpartition("/")[2] for one in requests(sandbox) if one["method"] == "DELETE"]
    assert shown == [left["id"], *deleted]


def test_an_older_object_that_is_as_declared_is_adopted(connected: None, applier: Workspace, sandbox: Sandbox) -> None:
    applied = apply_through(applier, sandbox, around_creates(before=lambda: by_hand(sandbox, "company.teams")))
    assert outcome(applied) == (0, "done", "")
    assert (len(sandbox.get(MODELS)), [one["method"] for one in requests(sandbox)].count("DELETE")) == (1, 1)
    assert_plan_is_empty(applier, SPEC)


def test_an_older_object_waits_until_the_younger_is_gone(connected: None, applier: Workspace, sandbox: Sandbox) -> None:
    """The other run looks too, and deletes its own."""
    lists = 0
    younger: list[str] = []

    def rest(method: str, path: str, ask: Ask) -> Answer:
        nonlocal lists
        lists += (method, path) == ("GET", MODELS)
        answered = ask()
        if lists == 2 and younger:
            sandbox.http.delete(f"{MODELS}/{younger.pop()}").raise_for_status()
        return answered

    script = around_creates(after=lambda: younger.append(by_hand(sandbox)), rest=rest)
    applied = apply_through(applier, sandbox, script)
    assert (outcome(applied), lists) == ((0, "done", ""), 3)
    assert [one["method"] for one in requests(sandbox)].count("DELETE") == 1
    assert_plan_is_empty(applier, SPEC)


def test_an_older_object_is_deleted_if_the_younger_one_stays(
    connected: None, impatient: None, applier: Workspace, sandbox: Sandbox
) -> None:
    """A person, or an older version of applier, does not look."""
    applied = apply_through(applier, sandbox, around_creates(after=lambda: by_hand(sandbox)))
    assert outcome(applied) == (4, "conflict", WITHDRAWN)
    assert [one["configuration"]["table"] for one in sandbox.get(MODELS)] == ["company.customers"]


def test_an_object_that_cannot_be_deleted_is_named(connected: None, applier: Workspace, sandbox: Sandbox) -> None:
    def rest(method: str, path: str, ask: Ask) -> Answer:
        return Answer(403, b'{"message": "no permission"}') if method == "DELETE" else ask()

    applied = apply_through(applier, sandbox, around_creates(before=lambda: by_hand(sandbox), rest=rest))
    reason = "could not be deleted or renamed back: The service answered 403: no permission"
    message = f"{TAKEN} (ID); ID has the name too, and {reason}"
    assert outcome(applied) == (4, "conflict", message)
    shown = ID.findall({one["address"]: one for one in applied.json["outcomes"]}["models/Teams"]["message"])
    assert sorted(shown) == sorted(one["id"] for one in sandbox.get(MODELS))


def test_an_object_is_kept_if_the_others_cannot_be_listed(
    connected: None, applier: Workspace, sandbox: Sandbox
) -> None:
    """Another run that shares the key may have finished its work with it; the next apply finds it as declared."""
    is_refused = True

    def rest(method: str, path: str, ask: Ask) -> Answer:
        is_look = is_refused and (method, path) == ("GET", MODELS)
        return Answer(403, b'{"message": "no permission"}') if is_look else ask()

    applied = apply_through(applier, sandbox, around_creates(rest=rest))
    assert outcome(applied) == (4, "failed", f"Written (ID), but {UNCHECKED}")
    (kept,) = sandbox.get(MODELS)
    assert applier("apply", SPEC, "--yes").code == 0
    assert [one["id"] for one in sandbox.get(MODELS)] == [kept["id"]]


def test_an_object_with_a_dependent_is_kept_if_the_others_cannot_be_listed(
    connected: None, applier: Workspace, sandbox: Sandbox
) -> None:
    """The message names no other object: none was seen."""

    def use() -> None:
        connections = {one["name"]: one["id"] for one in sandbox.get("/api/connections")}
        source = {"model_id": sandbox.named("models", "Teams")["id"], "field": "name"}
        body = {"name": "User", "mode": "append", "schedule": {"frequency": "manual"}}
        target = {"connection_id": connections["Warehouse"], "object": "CUSTOMERS.CONTACTS"}
        sandbox.post(SYNCS, {**body, "target": target, "fields": [{"source": source, "target": "EMAIL"}]})

    def rest(method: str, path: str, ask: Ask) -> Answer:
        return Answer(403, b'{"message": "no permission"}') if (method, path) == ("GET", MODELS) else ask()

    applied = apply_through(applier, sandbox, around_creates(after=use, rest=rest))
    assert outcome(applied) == (4, "failed", f"Written (ID), but {UNCHECKED}")
    assert len(sandbox.get(MODELS)) == 1


def test_a_rename_is_kept_if_the_others_cannot_be_listed(connected: None, applier: Workspace, sandbox: Sandbox) -> None:
    """Another run of the same spec may have finished it; the rest is written by the next apply."""
    applier.write(SPEC, CONNECTIONS + TEAMS)
    assert applier("apply", SPEC, "--yes").code == 0
    applier.write(SPEC, CONNECTIONS + PEOPLE)
    is_renamed = False

    def odd(method: str, path: str, ask: Ask) -> Answer:
        nonlocal is_renamed
        is_renamed |= method == "PUT"
        is_look = is_renamed and (method, path.partition("?")[0]) == ("GET", MODELS)
        return Answer(403, b'{"message": "no permission"}') if is_look else ask()

    applied = apply_through(applier, sandbox, odd)
    assert outcome(applied, "models/People") == (4, "failed", f"Written (ID), but {UNCHECKED}")
    assert applier("apply", SPEC, "--yes").code == 0
    assert [(one["name"], one["identifier"]) for one in sandbox.get(MODELS)] == [("People", "id")]


def test_an_object_of_another_run_is_not_written_before_it_is_compared(
    connected: None, applier: Workspace, sandbox: Sandbox
) -> None:
    """Both syncs differ in more than whether they are active; the other's stays active."""
    applier.write(SPEC, CONNECTIONS + TEAMS)
    assert applier("apply", SPEC, "--yes").code == 0
    connections = {one["name"]: one["id"] for one in sandbox.get("/api/connections")}
    body = {
        "name": "Contacts",
        "mode": "replace",
        "active": True,
        "schedule": {"frequency": "manual"},
        "target": {"connection_id": connections["Warehouse"], "object": "CUSTOMERS.CONTACTS"},
        "fields": [
            {"source": {"model_id": sandbox.named("models", "Teams")["id"], "field": "name"}, "target": "EMAIL"}
        ],
    }
    applier.write(SPEC, CONNECTIONS + TEAMS + SYNC % "append" + "    active: false\n")
    script = around_creates(before=lambda: sandbox.post(SYNCS, body), path=SYNCS)
    applied = apply_through(applier, sandbox, script)
    assert outcome(applied, "syncs/Contacts")[:2] == (4, "conflict")
    assert [(one["mode"], one["active"]) for one in sandbox.get(SYNCS)] == [("replace", True)]


def test_a_rename_that_meets_another_object_is_undone(
    connected: None, impatient: None, applier: Workspace, sandbox: Sandbox
) -> None:
    applier.write(SPEC, CONNECTIONS + TEAMS)
    assert applier("apply", SPEC, "--yes").code == 0
    own = sandbox.named("models", "Teams")["id"]
    before = settings(sandbox, own)
    applier.write(SPEC, CONNECTIONS + PEOPLE)
    made: list[str] = []

    def odd(method: str, path: str, ask: Ask) -> Answer:
        if method == "PUT" and not made:
            made.append(by_hand(sandbox, name="People"))
        return ask()

    applied = apply_through(applier, sandbox, odd)
    message = f'{TAKEN} (ID). ID has its old name "Teams" again; nothing else was written.'
    assert outcome(applied, "models/People") == (4, "conflict", message)
    assert settings(sandbox, own) == before
    assert {one["name"]: one["id"] for one in sandbox.get(MODELS)} == {"Teams": own, "People": made[0]}


def test_a_second_webhook_is_a_conflict(applier: Workspace, sandbox: Sandbox) -> None:
    """The service refuses it; the object that is in the way has another name."""
    applier.write(SPEC, "webhooks:\n  Alerts: {endpoint: https://a.example.com, secret: '${env:SECRET:-secret}'}\n")
    other = {"endpoint": "https://b.example.com", "secret": "another"}
    script = around_creates(before=lambda: sandbox.post("/api/webhooks", other), path="/api/webhooks")
    applied = apply_through(applier, sandbox, script)
    assert outcome(applied, "webhooks/Alerts") == (4, "conflict", f"{TAKEN} (ID); not overwritten.")
    assert [one["endpoint"] for one in sandbox.get("/api/webhooks")] == ["https://b.example.com"]


def test_an_interrupted_run_deletes_what_nothing_uses(connected: None, applier: Workspace, sandbox: Sandbox) -> None:
    """Ctrl-C while a create is under way beside that of somebody else."""
    with faults(
        sandbox, {"kind": "delay", "when": "after", "method": "POST", "path": MODELS, "delay": 1.0, "times": 1}
    ):
        process = applier.start("apply", SPEC, "--yes", "-q")
        deadline = time.monotonic() + PATIENCE
        while not sandbox.get(MODELS) and time.monotonic() < deadline:
            time.sleep(0.01)
        other = by_hand(sandbox)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, [one["id"] for one in sandbox.get(MODELS)]) == (130, [other]), err


@pytest.mark.parametrize("parallelism", ["10", "1"])
def test_many_creates_share_the_lists_that_they_look_at(
    connected: None, applier: Workspace, sandbox: Sandbox, parallelism: str
) -> None:
    """They are looked up by a handful of lists, also one after the other."""
    number = 100 if parallelism == "10" else 20
    models = "".join(
        f"  Model {one}: {{connection: MySQL, configuration: {{table: company.teams}}}}\n" for one in range(number)
    )
    applier.write(SPEC, f"{CONNECTIONS}models:\n{models}")
    assert applier("apply", SPEC, "--yes", "--parallelism", parallelism).code == 0
    sent = [(one["method"], one["path"]) for one in requests(sandbox)]
    looks = sent.count(("GET", MODELS)) - 1  # the plan's own
    assert (sent.count(("POST", MODELS)), looks <= 8) == (number, True), looks


def test_creates_that_share_a_list_share_its_failure(connected: None, applier: Workspace, sandbox: Sandbox) -> None:
    """Each retry of each of them would take as long again, one after the other."""
    models = "".join(
        f"  Model {one}: {{connection: MySQL, configuration: {{table: company.teams}}}}\n" for one in range(5)
    )
    applier.write(SPEC, f"{CONNECTIONS}models:\n{models}")
    with faults(sandbox, {"status": 403, "method": "GET", "path": MODELS, "nth": list(range(2, 20))}):
        applied = applier("apply", SPEC, "--yes", "-q", "-o", "json")
    assert (applied.code, set(statuses(applied).values())) == (4, {"failed"})
    sent = [(one["method"], one["path"]) for one in requests(sandbox)]
    assert (sent.count(("POST", MODELS)), sent.count(("GET", MODELS))) == (5, 2)  # the plan's own, and one look


def test_changes_one_after_the_other_end_in_the_order_of_the_plan(
    connected: None, applier: Workspace, sandbox: Sandbox
) -> None:
    """Only creates in a row share a list; an update does not overtake them."""
    table = "{connection: MySQL, configuration: {table: company.%s}}\n"
    applier.write(SPEC, f"{CONNECTIONS}models:\n  M3: {table % 'teams'}")
    assert applier("apply", SPEC, "--yes").code == 0
    models = "".join(f"  M{one}: {table % 'customers'}" for one in range(1, 6))
    applier.write(SPEC, f"{CONNECTIONS}models:\n{models}")
    applied = applier("apply", SPEC, "--yes", "--parallelism", "1")
    assert (applied.code, applied.err.splitlines()) == (
        0,
        [f"{'~' if one == 3 else '+'} models/M{one}  {'updated' if one == 3 else 'created'}" for one in range(1, 6)],
    )


def test_changes_that_go_on_after_a_shared_list_respect_the_parallelism(
    connected: None, applier: Workspace, sandbox: Sandbox
) -> None:
    """All syncs wait for one list, and are then activated by as many requests at a time as are allowed."""
    sync = (SYNC % "append").partition("\n")[2].replace("    mode:", "    active: true\n    mode:")
    syncs = "".join(sync.replace("Contacts", f"Sync {number}") for number in range(20))
    applier.write(SPEC, f"{CONNECTIONS}{TEAMS}syncs:\n{syncs}")
    lock, now, most = threading.Lock(), 0, 0

    def odd(method: str, path: str, ask: Ask) -> Answer:
        nonlocal now, most
        with lock:
            now += method == "POST"
            most = max(most, now)
        answered = ask()
        with lock:
            now -= method == "POST"
        return answered

    with proxy(sandbox.url, odd) as url:
        assert applier("apply", SPEC, "--yes", "--url", url, "--parallelism", "3").code == 0
    sent = [(one["method"], one["path"]) for one in requests(sandbox)]
    assert (sum(path.endswith("/activate") for _, path in sent), most) == (20, 3)
    assert_plan_is_empty(applier, SPEC)


def test_runs_that_differ_in_a_member_that_is_written_later_share_no_object(
    connected: None, applier: Workspace, sandbox: Sandbox
) -> None:
    """A relation to itself is written after the create; both runs would send the same create."""
    relation = "models:\n  Teams: {%s, relations: [{from: %s, to: {model: Teams, field: id}}]}\n"
    body = "connection: MySQL, configuration: {table: company.teams}"
    specs = [CONNECTIONS + relation % (body, column) for column in ("id", "name")]
    with faults(sandbox, {"kind": "delay", "when": "before", "method": "POST", "path": MODELS, "delay": 1.0}):
        ended = run_at_once(applier, *specs)
    assert sorted(one.code for one in ended) == [0, 4]
    assert state(sandbox).twice == []
    assert_plan_is_empty(applier, f"{[one.code for one in ended].index(0)}.yaml")


def test_a_member_that_somebody_has_written_before_it_could_be_is_a_conflict(
    connected: None, applier: Workspace, sandbox: Sandbox
) -> None:
    """Each of two models has a relation to the other one; the first is edited before the second exists."""
    relation = "relations: [{from: id, to: {model: %s, field: id}}]"
    body = "connection: MySQL, configuration: {table: company.teams}"
    both = f"models:\n  Teams: {{{body}, {relation % 'Users'}}}\n  Users: {{{body}, {relation % 'Teams'}}}\n"
    applier.write(SPEC, CONNECTIONS + both)

    def edit() -> None:
        first = sandbox.get(MODELS)[0]
        kept = {key: first[key] for key in ("name", "connection_id", "configuration")}
        itself = {"from": "name", "to": {"model_id": first["id"], "field": "name"}}
        sandbox.put(f"{MODELS}/{first['id']}", {**kept, "relations": [itself]})

    posted = 0

    def odd(method: str, path: str, ask: Ask) -> Answer:
        nonlocal posted
        posted += (method, path) == ("POST", MODELS)
        if (method, path) == ("POST", MODELS) and posted == 2:
            edit()
        return ask()

    applied = apply_through(applier, sandbox, odd)
    ended = {one["address"]: (one["status"], one["message"]) for one in applied.json["outcomes"]}
    address = next(one for one, (status, _) in ended.items() if status == "conflict")
    assert (applied.code, sorted(status for status, _ in ended.values())[-2:]) == (4, ["conflict", "done"])
    assert "could not be updated to refer to it: The live object was changed" in ended[address][1]
    assert [one["relations"][0]["from"] for one in sandbox.get(MODELS)].count("name") == 1


def test_a_list_that_fails_is_asked_once_for_all_that_wait(
    connected: None, applier: Workspace, sandbox: Sandbox
) -> None:
    models = "".join(
        f"  Model {one}: {{connection: MySQL, configuration: {{table: company.teams}}}}\n" for one in range(9)
    )
    applier.write(SPEC, f"{CONNECTIONS}models:\n{models}")
    created, lists = 0, 0

    def odd(method: str, path: str, ask: Ask) -> Answer:
        nonlocal created, lists
        created += (method, path) == ("POST", MODELS)
        is_look = bool(created) and (method, path.partition("?")[0]) == ("GET", MODELS)
        lists += is_look
        return Answer(403, b'{"message": "no permission"}') if is_look else ask()

    applied = apply_through(applier, sandbox, odd)
    assert {ID.sub("ID", one["message"]) for one in applied.json["outcomes"]} == {f"Written (ID), but {UNCHECKED}"}
    assert (created, len(sandbox.get(MODELS)), lists <= 2) == (9, 9, True), lists
