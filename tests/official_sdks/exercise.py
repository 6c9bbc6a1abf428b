"""Use every method that an official SDK has for the surface of the sandbox, sync or async.

    python exercise.py URL KEY PARTNER_KEY sync|async

Prints a JSON object: the methods called, those left out, the exceptions that came of injected errors, and the members
of answers that the SDK's types do not declare.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import json
import sys
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from importlib.metadata import version as version_of
from typing import Any

import polytomic
import pydantic
from polytomic.core.api_error import ApiError

IS_NEWER = not version_of("polytomic").startswith("1.")
API = "2025-09-18" if IS_NEWER else "2024-02-08"
LEFT_OUT = (
    *("activity", "connections.connect", "connections.get_connect_session", "connections.proxy", "entities"),
    *("harbors", "operations", "query_runner", "record_view_links"),
    *("temporary_credentials", "organization.get_record_logging", "organization.update_record_logging"),
)
REMOVE = "delete" if IS_NEWER else "remove"
OPTIONS = {"max_retries": 0}
Call = Callable[..., Awaitable[Any]]


class Calls:
    """Calls methods of a client by name, and remembers which."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.done: set[str] = set()
        self.undeclared: set[str] = set()

    async def __call__(self, name: str, /, *args: Any, **members: Any) -> Any:
        found = self.client
        for part in name.split("."):
            found = getattr(found, part)
        self.done.add(name)
        result = found(*args, request_options=OPTIONS, **members)
        if inspect.isasyncgen(result):
            answer = [part async for part in result]
        elif inspect.isawaitable(result):
            answer = await result
        else:
            answer = list(result) if inspect.isgenerator(result) else result
        self.undeclared |= set(undeclared(answer))
        return answer


def undeclared(answer: Any) -> Iterator[str]:
    """The members of an answer that the SDK's types do not know; they let any pass.

    Not of events: who changed what is told by types of the sandbox's own, and the SDK takes them for some other one.
    """
    if isinstance(answer, pydantic.BaseModel):
        kind = type(answer)
        if kind.__name__.endswith("Event"):
            return
        yield from (f"{kind.__name__}.{name}" for name in answer.model_extra or {})
        for name in kind.model_fields:
            yield from undeclared(getattr(answer, name))
    elif isinstance(answer, (list, dict)):
        for part in answer.values() if isinstance(answer, dict) else answer:
            yield from undeclared(part)


def methods(client: Any, before: str = "") -> set[str]:
    """Every method of a client, by dotted name."""
    found: set[str] = set()
    for name in dir(client):
        if name.startswith("_") or name in ("with_raw_response", "client_wrapper"):
            continue
        member = getattr(client, name)
        if inspect.ismethod(member):
            found.add(f"{before}{name}")
        elif type(member).__name__.endswith("Client"):
            found |= methods(member, f"{before}{name}.")
    return found


def sandbox(url: str, key: str, method: str, path: str, body: Any = None, version: str | None = None) -> Any:
    content = None if body is None else json.dumps(body).encode()
    headers = {
        "Authorization": f"Bearer {key}",
        "Content-Type": "application/json",
        "X-Polytomic-Version": version or API,
    }
    request = urllib.request.Request(f"{url}{path}", content, headers, method=method)
    with urllib.request.urlopen(request) as answer:
        return json.loads(answer.read() or b"null")


MYSQL = {"hostname": "localhost", "port": 3306, "dbname": "company", "account": "user", "passwd": "secret"}
SNOWFLAKE = {"account": "account", "dbname": "database", "password": "secret-password", "username": "user"}
SALESFORCE = {"domain": "https://x.example", "oauth_refresh_token": "x"}
LINKEDIN = {"oauth_refresh_token": "x"}


async def connections(call: Call) -> dict[str, str]:
    """Make the connections and ask everything of them."""
    await call("identity.get")
    await call("connections.get_types")
    await call("connections.get_connection_type_schema", "mysql")
    await call("connections.test_connection", type="mysql", configuration=MYSQL)
    wanted = {"mysql": MYSQL, "snowflake": SNOWFLAKE, "salesforce": SALESFORCE, "linkedinads": LINKEDIN}
    wanted["apollo"] = {"apikey": "x"}
    ids = {}
    for type, configuration in wanted.items():
        made = await call("connections.create", name=type, type=type, configuration=configuration, validate=False)
        ids[type] = made.data.id
    mysql = ids["mysql"]
    assert (await call("connections.get", mysql)).data.configuration["passwd"] == "********"
    await call("connections.update", mysql, name="mysql", configuration=MYSQL)
    assert len((await call("connections.list")).data) == len(ids)
    await call("connections.get_parameter_values", mysql)
    await call("connections.get_type_parameter_values", "mysql", field="dbname", parameters=MYSQL)
    await call("schemas.refresh", mysql)
    await call("schemas.get_status", mysql)
    await call("schemas.get", mysql, "company.customers")
    await call("schemas.get_records", mysql, "company.customers")
    field = {"field_id": "extra", "label": "Extra", "type": "string"}
    await call("schemas.upsert_field", mysql, "company.customers", fields=[field])
    if IS_NEWER:
        await call("schemas.patch_field", mysql, "company.customers", "extra", label="More")
    await call("schemas.delete_field", mysql, "company.customers", "extra")
    key = {"field_id": "email", "is_primary_key": True}
    await call("schemas.set_primary_keys", mysql, "company.customers", fields=[key])
    await call("schemas.reset_primary_keys", mysql, "company.customers")
    return ids


async def enumerations(call: Call, ids: dict[str, str]) -> None:
    mysql, snowflake, salesforce = ids["mysql"], ids["snowflake"], ids["salesforce"]
    top = (await call("model_sync.get_source", mysql)).data
    assert "company.customers" in top.items["table"].items
    await call("model_sync.get_source", salesforce, params={"object": ["Contact"]})
    chosen = {"table": "company.customers"}
    fields = (await call("model_sync.get_source_fields", mysql, params=chosen)).data
    assert "email" in [field.name for field in fields]
    if not IS_NEWER:
        await call("model_sync.targets.get_target", snowflake, type="table", search="CUSTOMERS")
        await call("model_sync.targets.get_target_fields", salesforce, target="Contact", refresh=True)
    else:
        await call("model_sync.targets.get_target_fields", salesforce, target="Contact", refresh=True)
        properties = {"account": "507001", "name": "x", "type": "user_audience"}
        await call("model_sync.targets.get_target_fields", ids["linkedinads"], properties=properties)
    target = (await call("model_sync.targets.get_target_fields", snowflake, target="CUSTOMERS.CONTACTS")).data
    assert [field.id for field in target.fields] == ["EMAIL", "FIRST_NAME", "LAST_NAME"]
    objects = await call("model_sync.targets.list", ids["linkedinads"])
    assert objects.target_creation.supported
    account = (await call("model_sync.targets.get_create_property", ids["linkedinads"], "account")).data
    assert account.values
    await call("models.get_enrichment_source", ids["apollo"])
    inputs = await call("models.post", ids["apollo"], configuration={"object": "people"})
    assert inputs.data == [["email"], ["first_name", "company"]]


async def models(call: Call, ids: dict[str, str]) -> str:
    body = {"connection_id": ids["mysql"], "configuration": {"table": "company.customers"}, "name": "Customers"}
    enricher = {"connection_id": ids["apollo"], "configuration": {"object": "people"}, "mappings": {"email": "email"}}
    added = [{"name": "x", "label": "X", "type": "string", "example": "1"}]
    made = await call("models.create", **body, additional_fields=added, enricher=enricher, identifier="email")
    model = made.data.id
    await call("models.preview", **body)
    again = (await call("models.get", model)).data
    assert again.enricher.enricher_id == made.data.enricher.enricher_id
    enricher["enricher_id"] = again.enricher.enricher_id
    await call("models.update", model, **body, enricher=enricher, tracking_columns=["id"])
    assert (await call("models.sample", model)).data.records
    job = (await call("models.sample", model, async_=True)).job
    while (found := (await call("jobs.get", job.type, job.job_id)).data).status != "done":
        assert found.status in ("created", "running")
    assert [one.id for one in (await call("models.list")).data] == [model]
    return str(model)


async def syncs(call: Call, ids: dict[str, str], model: str) -> None:
    def source(field: str) -> dict[str, str]:
        return {"model_id": model, "field": field}

    body: dict[str, Any] = {
        "name": "Sync",
        "mode": "updateOrCreate",
        "fields": [{"source": source("last_name"), "target": "LastName"}],
        "override_fields": [{"target": "Title", "override_value": "x"}],
        "overrides": [{"field": source("age"), "function": "Equality", "value": 1, "override": {"a": [1]}}],
        "schedule": {"frequency": "manual"},
        "target": {"connection_id": ids["salesforce"], "object": "Contact"},
        "active": True,
        "encryption_passphrase": "x",
    }
    identity = {"source": source("email"), "target": "Email", "function": "Equality"}
    condition = {"function": "GreaterThan", "value": 1}
    if IS_NEWER:
        other = {**identity, "source": source("last_name"), "target": "External_Id__c"}
        body["identities"] = {"mappings": [identity, other], "strategy": "priority"}
        body["model_filters"] = {"conditions": [{**condition, "source": source("age"), "label": "a"}], "logic": "a"}
    else:
        body |= {"identity": identity, "filters": [{**condition, "field": source("age")}], "filter_logic": "A"}
    sync = (await call("model_sync.create", **body)).data.id
    read = (await call("model_sync.get", sync)).data
    constants = read.override_fields if IS_NEWER else [one for one in read.fields if one.override_value]
    assert [one.target for one in constants] == ["Title"]
    await call("model_sync.update", sync, **body)
    await call("model_sync.list", active=True)
    await call("model_sync.get_schedule_options")
    await call("model_sync.activate", sync, active=True)
    await executions(call, sync)
    if IS_NEWER:
        await call("model_sync.error_handling.get", sync)
        await call("model_sync.error_handling.update", sync, subscribers=["a@b.example"])
    await call("model_sync.cancel", sync)
    await call(f"model_sync.{REMOVE}", sync)
    await call(f"models.{REMOVE}", model)


async def executions(call: Call, sync: str) -> None:
    started = (await call("model_sync.start", sync)).data.id
    ended = await last(call, "model_sync.executions.get", sync, started)
    assert (ended.status, ended.counts.total) == ("completed", 3), ended
    assert (await call("model_sync.executions.list", sync, only_completed=True)).data[0].id == started
    assert (await call("model_sync.get_status", sync)).data.last_execution.id == started
    urls = (await call("model_sync.executions.get_log_urls", sync, started, "inserts")).data.urls
    name = urls[0].partition("?")[0].rpartition("/")[2]
    await call("model_sync.executions.get_logs", sync, started, "inserts", name)
    if IS_NEWER:
        assert (await call("model_sync.executions.get_logs_index", sync, started)).data.inserts.count == 2
        assert (await call("model_sync.executions.get_console_logs", sync, started)).data.entries
        again = (await call("model_sync.start", sync)).data.id
        with contextlib.suppress(polytomic.BadRequestError):  # it may have been too quick
            await call("model_sync.executions.cancel", sync, again)
        await last(call, "model_sync.executions.get", sync, again)
    else:
        await call("model_sync.executions.update", sync, started, status="failed")


async def last(call: Call, get: str, sync: str, execution: str) -> Any:
    for _ in range(400):
        found = (await call(get, sync, execution)).data
        if found.status in ("completed", "failed", "canceled", "interrupted"):
            return found
        await asyncio.sleep(0.02)
    raise AssertionError("the execution did not end")


async def created(call: Call, **body: Any) -> str:
    """A bulk sync, once the schema cache of its source is filled (docs/api/behaviours.md#schema-cache)."""
    for _ in range(100):
        try:
            return str((await call("bulk_sync.create", **body)).data.id)
        except polytomic.UnprocessableEntityError:
            await asyncio.sleep(0.1)
    raise AssertionError("the cache is never there")


async def bulk_syncs(call: Call, ids: dict[str, str]) -> None:
    mysql, snowflake = ids["mysql"], ids["snowflake"]
    await call("bulk_sync.get_source", mysql, include_fields=True)
    await call("bulk_sync.get_destination", snowflake)
    frequency = {"default_schedule" if IS_NEWER else "schedule": {"frequency": "manual"}}
    body: dict[str, Any] = {
        "name": "Bulk",
        "source_connection_id": mysql,
        "destination_connection_id": snowflake,
        "destination_configuration": {"schema": "COPIES"},
        "mode": "replicate",
        "active": True,
        **frequency,
    }
    bulk = await created(call, **body, schemas=["company.customers", "company.teams"])
    await call("bulk_sync.get", bulk)
    await call("bulk_sync.update", bulk, **body)
    await call("bulk_sync.list", active=True)
    await call("bulk_sync.activate", bulk, active=True)
    await call("bulk_sync.schemas.list", bulk, filters={"enabled": "true"})
    await call("bulk_sync.schemas.get", bulk, "company.customers")
    await call("bulk_sync.schemas.patch", bulk, schemas=[{"id": "company.teams", "enabled": False}])
    await call("bulk_sync.schemas.update", bulk, "company.customers", enabled=True)
    await call("bulk_sync.schedules.create", bulk, schedule={"frequency": "manual"})
    listed = (await call("bulk_sync.schedules.list", bulk)).data
    assert listed
    started = (await call("bulk_sync.start", bulk)).data.id
    await last(call, "bulk_sync.executions.get", bulk, started)
    await call("bulk_sync.executions.list", bulk)
    await call("bulk_sync.executions.list_status", all_=True)
    await call("bulk_sync.executions.get_logs", bulk, started)
    await call("bulk_sync.executions.export_logs", bulk, started)
    await call("bulk_sync.get_status", bulk)
    if IS_NEWER:
        await call("bulk_sync.executions.get_console_logs", bulk, started)
        await call("bulk_sync.executions.get_schema_console_logs", bulk, started, "company.customers")
        await call("bulk_sync.executions.get_ingest_console_logs", mysql)
        await call("bulk_sync.error_handling.get", bulk)
        await call("bulk_sync.error_handling.update", bulk, subscribers=["a@b.example"])
    for cancel, rest in (
        ("bulk_sync.executions.cancel", [started]),
        ("bulk_sync.schemas.cancel", ["company.customers"]),
    ):
        with contextlib.suppress(ApiError):  # there may be nothing to cancel any more
            await call(cancel, bulk, *rest)
    await call("bulk_sync.cancel", bulk)
    await call(f"bulk_sync.{REMOVE}", bulk)


async def schedules(call: Call, url: str, key: str, ids: dict[str, str]) -> None:
    """The answers have no id, so that one has to be found elsewhere."""
    body = {
        "name": "Scheduled",
        "source_connection_id": ids["mysql"],
        "destination_connection_id": ids["snowflake"],
        "destination_configuration": {"schema": "COPIES"},
        "default_schedule": {"frequency": "manual"},
        "schedule": {"frequency": "manual"},
    }
    bulk = sandbox(url, key, "POST", "/api/bulk/syncs", body)["data"]["id"]
    read = sandbox(url, key, "GET", f"/api/bulk/syncs/{bulk}", version="2025-09-18")
    schedule = read["data"]["default_schedule"]["id"]
    await call("bulk_sync.schedules.get", bulk, schedule)
    await call("bulk_sync.schedules.update", bulk, schedule, schedule={"frequency": "manual"})
    with contextlib.suppress(ApiError):  # it may be needed
        await call("bulk_sync.schedules.delete", bulk, schedule)


async def permissions(call: Call) -> None:
    role = (await call("permissions.roles.create", name="Role")).data.id
    await call("permissions.roles.get", role)
    await call("permissions.roles.update", role, name="Renamed")
    await call("permissions.roles.list")
    action = {"action": "read", "role_ids": [role]}
    policy = (await call("permissions.policies.create", name="Policy", policy_actions=[action])).data.id
    await call("permissions.policies.get", policy)
    await call("permissions.policies.update", policy, name="Renamed", policy_actions=[action])
    await call("permissions.policies.list")
    await call(f"permissions.policies.{REMOVE}", policy)
    await call(f"permissions.roles.{REMOVE}", role)
    await call("notifications.set_global_error_subscribers", emails=["a@b.example"])
    assert (await call("notifications.get_global_error_subscribers")).emails == ["a@b.example"]
    await call("events.get_types")
    await call("events.list", limit=5)
    if IS_NEWER:
        await call("organization.get_current")
        user = (await call("users.create_current_org_user", email="c@d.example", role="user")).data.id
        await call("users.list_current_org_users")
        await call("users.get_current_org_user", user)
        await call("users.update_current_org_user", user, role="admin")
        await call("users.delete_current_org_user", user)


async def webhooks(call: Call) -> None:
    created = (await call("webhooks.create", endpoint="https://example.com/events", secret="s3cret")).data
    assert (created.secret, created.disabled) == ("********", False)
    webhook = created.id
    assert (await call("webhooks.get", webhook)).data == created
    assert (await call("webhooks.list")).data == [created]
    await call("webhooks.update", webhook, endpoint="https://example.com/other", secret="s3cret")
    assert (await call("webhooks.disable", webhook)).data.disabled
    assert not (await call("webhooks.enable", webhook)).data.disabled
    if IS_NEWER:
        assert (await call("webhooks.list_deliveries", webhook)).data == []
    await call(f"webhooks.{REMOVE}", webhook)


async def organizations(call: Call, user_call: Call, connection: str) -> None:
    organization = (await call("organization.create", name="Other")).data.id
    await sharing(call, user_call, connection, organization)
    await call("organization.get", organization)
    await call("organization.update", organization, name="Renamed")
    await call("organization.list")
    user = (await call("users.create", organization, email="E@F.example", role="admin")).data
    assert user.email == "e@f.example"
    await call("users.get", organization, user.id)
    await call("users.update", organization, user.id, email="e@f.example", role="user")
    await call("users.list", organization)
    assert (await call("users.create_api_key", organization, user.id)).data.value
    await call(f"users.{REMOVE}", organization, user.id)
    await call(f"organization.{REMOVE}", organization)


async def sharing(call: Call, user_call: Call, connection: str, child: str) -> None:
    if not IS_NEWER:
        copy = (await call("connections.create_shared_connection", connection, child_organization_id=child)).data.id
        assert [one.id for one in (await call("connections.list_shared_connections", connection)).data] == [copy]
        return
    shared, parent = "connections.shared_connections", (await user_call("organization.get_current")).data.id
    made = await call(f"{shared}.create_shared_connection", parent, connection, child_organization_id=child)
    for found in (
        await call(f"{shared}.list_shared_connections_for_partner", parent, connection),
        await user_call(f"{shared}.list_shared_connections", connection),
    ):
        assert [(one.id, one.parent_connection_id) for one in found.data] == [(made.data.id, connection)]
    assert (await user_call("connections.get_usage", connection)).data.calls_last24h == 0


async def exceptions(call: Call, url: str, key: str, id: str) -> dict[str, str]:
    """What an injected status becomes, on a method that declares it."""
    fields: list[Any] = []
    target, schedule = {"connection_id": id}, {"frequency": "manual"}
    attempts: dict[int, tuple[str, tuple[Any, ...], dict[str, Any]]] = {
        400: ("connections.create", (), {"name": "x", "type": "mysql", "configuration": {}}),
        401: ("connections.create", (), {"name": "x", "type": "mysql", "configuration": {}}),
        403: ("connections.create", (), {"name": "x", "type": "mysql", "configuration": {}}),
        404: ("connections.get", (id,), {}),
        409: ("model_sync.start", (id,), {}),
        422: (
            "model_sync.create",
            (),
            {"name": "x", "mode": "replace", "fields": fields, "target": target, "schedule": schedule},
        ),
        429: ("connections.get", (id,), {}),
        500: ("connections.get", (id,), {}),
    }
    raised = {}
    for status, (name, args, members) in attempts.items():
        sandbox(url, key, "POST", "/_sandbox/faults", {"status": status, "times": 1})
        try:
            await call(name, *args, **members)
        except ApiError as error:
            raised[str(error.status_code)] = type(error).__name__
    return raised


async def exercise(make: Callable[[str], Any], url: str, key: str, partner_key: str) -> dict[str, Any]:
    calls, partner = Calls(make(key)), Calls(make(partner_key))
    sandbox(url, key, "POST", "/_sandbox/reset", {"databases": False})
    sandbox(url, key, "PUT", "/_sandbox/switches", {"schema_cache_refusals": "0"})
    ids = await connections(calls)
    await enumerations(calls, ids)
    model = await models(calls, ids)
    await syncs(calls, ids, model)
    await bulk_syncs(calls, ids)
    await schedules(calls, url, key, ids)
    await permissions(calls)
    await webhooks(calls)
    await organizations(partner, calls, ids["mysql"])
    raised = await exceptions(calls, url, key, ids["mysql"])
    await calls(f"connections.{REMOVE}", ids["apollo"], force=True)
    done = calls.done | partner.done
    left = {name for name in methods(calls.client) - done if not name.startswith(LEFT_OUT)}
    told = {"api": API, "called": sorted(done), "left": sorted(left), "raised": raised}
    return {**told, "undeclared": sorted(calls.undeclared | partner.undeclared)}


def main() -> None:
    url, key, partner_key, kind = sys.argv[1:]
    client = {"sync": polytomic.Polytomic, "async": polytomic.AsyncPolytomic}[kind]

    def make(token: str) -> Any:
        return client(version=API, token=token, base_url=url)

    json.dump(asyncio.run(exercise(make, url, key, partner_key)), sys.stdout)


if __name__ == "__main__":
    main()
