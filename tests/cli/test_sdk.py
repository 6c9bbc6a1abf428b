"""The official SDK, written by others, as an observer: it reads what was applied, and what it changes is drift."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest
from polytomic import ModelSyncField, Polytomic, Schedule, Source, Target

from tests.cli.test_golden import SPEC
from tests.workspace import KEY, Sandbox, Workspace

NAME = "MySQL to Snowflake Sync"
Change = Callable[["Observer"], None]


class Observer:
    """The workspace through the SDK."""

    def __init__(self, url: str, http: httpx.Client) -> None:
        self.sdk = Polytomic(base_url=url, version="2024-02-08", token=KEY, httpx_client=http)

    def id(self, kind: str, name: str) -> str:
        lists = {"connections": self.sdk.connections, "models": self.sdk.models, "syncs": self.sdk.model_sync}
        (found,) = [one.id for one in lists[kind].list().data or [] if one.name == name]
        return str(found)

    def fields(self, **sources: str) -> list[ModelSyncField]:
        model = self.id("models", "Customer Model")
        return [
            ModelSyncField(target=target, source=Source(model_id=model, field=field))
            for target, field in sources.items()
        ]

    def write_sync(self, fields: list[ModelSyncField], frequency: str = "continuous") -> None:
        target = Target(connection_id=self.id("connections", "Snowflake Connection"), object="CUSTOMERS.CONTACTS")
        schedule = Schedule(frequency=frequency)
        found = self.id("syncs", NAME)
        self.sdk.model_sync.update(
            found, name=NAME, mode="replace", fields=fields, schedule=schedule, target=target, active=True
        )


def remap(observer: Observer) -> None:
    observer.write_sync(observer.fields(EMAIL="email", FIRST_NAME="last_name", LAST_NAME="last_name"))


def reschedule(observer: Observer) -> None:
    fields = observer.fields(EMAIL="email", FIRST_NAME="first_name", LAST_NAME="last_name")
    observer.write_sync(fields, frequency="manual")


def switch_off(observer: Observer) -> None:
    observer.sdk.model_sync.activate(observer.id("syncs", NAME), active=False)


def delete_sync(observer: Observer) -> None:
    observer.sdk.model_sync.remove(observer.id("syncs", NAME))


def reconfigure(observer: Observer) -> None:
    found = observer.id("connections", "MySQL Connection")
    configuration = dict(observer.sdk.connections.get(found).data.configuration or {})
    observer.sdk.connections.update(found, name="MySQL Connection", configuration={**configuration, "port": 3307})


def read_elsewhere(observer: Observer) -> None:
    observer.sdk.models.update(
        observer.id("models", "Customer Model"),
        name="Customer Model",
        connection_id=observer.id("connections", "MySQL Connection"),
        configuration={"query": "SELECT email, first_name, last_name FROM customers"},
    )


DRIFT: dict[Change, list[tuple[str, str, object, object]]] = {
    remap: [(f"syncs/{NAME}", "fields.FIRST_NAME.field", "last_name", "first_name")],
    reschedule: [(f"syncs/{NAME}", "schedule.frequency", "manual", "continuous")],
    switch_off: [(f"syncs/{NAME}", "active", False, True)],
    reconfigure: [("connections/MySQL Connection", "configuration.port", 3307, 3306)],
    read_elsewhere: [
        (
            "models/Customer Model",
            "configuration.query",
            "SELECT email, first_name, last_name FROM customers",
            None,
        ),
        ("models/Customer Model", "configuration.table", None, "company.customers"),
    ],
}


@pytest.fixture
def observer(applier: Workspace, sandbox: Sandbox) -> Iterator[Observer]:
    applier.write("spec.yaml", SPEC)
    assert applier("apply", "--yes").code == 0
    with httpx.Client() as http:
        yield Observer(sandbox.url, http)


def test_the_sdk_finds_what_the_spec_says(observer: Observer) -> None:
    ids = {name: observer.id("connections", name) for name in ("MySQL Connection", "Snowflake Connection")}
    mysql, snowflake = (observer.sdk.connections.get(ids[name]).data for name in ids)
    declared = {"hostname": "localhost", "port": 3306, "dbname": "company", "account": "user", "passwd": "********"}
    assert (mysql.type.id, {name: mysql.configuration[name] for name in declared}) == ("mysql", declared)
    declared = {"account": "account", "dbname": "database", "username": "user", "password": "********"}
    assert (snowflake.type.id, {name: snowflake.configuration[name] for name in declared}) == ("snowflake", declared)
    model = observer.sdk.models.get(observer.id("models", "Customer Model")).data
    assert (model.connection_id, model.configuration["table"]) == (ids["MySQL Connection"], "company.customers")
    sync = observer.sdk.model_sync.get(observer.id("syncs", NAME)).data
    assert (sync.mode, sync.active, sync.schedule.frequency) == ("replace", True, "continuous")
    assert (sync.target.connection_id, sync.target.object) == (ids["Snowflake Connection"], "CUSTOMERS.CONTACTS")
    assert [(one.target, one.source.model_id, one.source.field) for one in sync.fields] == [
        ("EMAIL", model.id, "email"),
        ("FIRST_NAME", model.id, "first_name"),
        ("LAST_NAME", model.id, "last_name"),
    ]
    assert (sync.identity, sync.filters, sync.overrides, sync.filter_logic) == (None, [], [], None)


@pytest.mark.parametrize("change", DRIFT, ids=lambda change: change.__name__)
def test_what_the_sdk_changes_is_drift_until_it_is_applied(
    observer: Observer, applier: Workspace, change: Change
) -> None:
    change(observer)
    drifted = applier("drift", "-o", "json")
    told = [
        (one["address"], field["path"], field["before"], field["after"])
        for one in drifted.json["changes"]
        for field in one["fields"]
    ]
    assert (drifted.code, told) == (2, DRIFT[change])
    assert applier("apply", "--yes").code == 0
    assert applier("plan", "--detailed-exitcode").code == 0
    assert applier("drift").code == 0


def test_what_the_sdk_deletes_is_missing_until_it_is_applied(observer: Observer, applier: Workspace) -> None:
    delete_sync(observer)
    drifted = applier("drift", "-o", "json")
    told = [(one["address"], one["action"]) for one in drifted.json["changes"]]
    assert (drifted.code, told) == (2, [(f"syncs/{NAME}", "create")])
    assert applier("apply", "--yes").code == 0
    assert applier("drift").code == 0


def test_undeclared_members_survive(observer: Observer, applier: Workspace, sandbox: Sandbox) -> None:
    """An update sends back what it does not know: user-added fields of a model, a setting of a connection."""
    connection, model = observer.id("connections", "MySQL Connection"), observer.id("models", "Customer Model")
    live = sandbox.named("connections", "MySQL Connection")["configuration"]
    sandbox.put(
        f"/api/connections/{connection}", {"name": "MySQL Connection", "configuration": {**live, "ssh_user": "me"}}
    )
    extra = {"name": "twice", "label": "Twice", "type": "number"}
    body = {"name": "Customer Model", "connection_id": connection, "configuration": {"table": "company.customers"}}
    sandbox.put(f"/api/models/{model}", {**body, "additional_fields": [extra], "relations": []})
    assert applier("plan", "--detailed-exitcode").code == 0
    applier.write("spec.yaml", SPEC.replace("port: 3306", "port: 3307").replace(
        "      table: company.customers\n", "      table: company.customers\n    identifier: id\n"))  # fmt: skip
    assert applier("apply", "--yes").code == 0
    kept = sandbox.named("connections", "MySQL Connection")["configuration"]
    assert (kept["ssh_user"], kept["port"]) == ("me", 3307)
    added = [one for one in sandbox.named("models", "Customer Model")["fields"] if one["user_added"]]
    assert [(one["name"], one["label"], one["type"]) for one in added] == [("twice", "Twice", "number")]
