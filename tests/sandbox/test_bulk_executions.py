"""Executions of bulk syncs: what they copy, count, log and cancel."""

from __future__ import annotations

import json
import time
from pathlib import Path

import httpx
import pytest

from applier.sandbox import seed
from tests.sandbox.bulk_syncs import NEWER, TERMINAL, body, newer_body, run
from tests.sandbox.conftest import GuideObjects, Server, create


def test_a_run_copies_the_chosen_tables(bulk: GuideObjects) -> None:
    id = create(bulk.api, "/api/bulk/syncs", body(bulk))["id"]
    for _ in range(2):
        execution = run(bulk.api, id)
        assert (execution["status"], execution["record_count"], execution["error_count"]) == ("completed", 6, 0)
        counts = {schema["schema"]: schema["record_count"] for schema in execution["schemas"]}
        assert counts == {"company.accounts": 2, "company.customers": 3, "company.teams": 1}
        rows = bulk.rows("COPIES.customers")
        assert (rows[0]["id"], rows[0]["email"], rows[0]["age"]) == (1, "ada@example.com", 36)
        assert len(rows) == 3
    executions = bulk.api.get(f"/api/bulk/syncs/{id}/executions", params={"limit": 1}).json()
    assert len(executions["data"]) == 1
    assert executions["pagination"]["next_page_token"]
    assert bulk.api.get(f"/api/bulk/syncs/{id}/status").json()["data"]["last_execution"]["id"] == execution["id"]


def test_fields_are_named_hidden_and_filtered(bulk: GuideObjects) -> None:
    fields = ["id", {"id": "email", "obfuscate": True}, {"id": "first_name", "user_output_name": "given_name"}]
    filters = [{"field_id": "age", "function": "GreaterThan", "value": 40}]
    schema = {"id": "company.customers", "fields": fields, "filters": filters, "user_output_name": "grown_ups"}
    id = create(bulk.api, "/api/bulk/syncs", body(bulk, schemas=[schema]))["id"]
    assert run(bulk.api, id)["record_count"] == 2
    rows = bulk.rows("COPIES.grown_ups")
    assert [row["given_name"] for row in rows] == ["Alan", "Grace"]
    assert set(rows[0]) == {"id", "email", "given_name"}
    assert all(len(row["email"]) == 64 for row in rows)


@pytest.mark.parametrize(("mode", "left"), [("replicate", 1), ("snapshot", 1), ("append", 2)])
def test_every_mode_leaves_what_it_says(bulk: GuideObjects, newer: httpx.Client, mode: str, left: int) -> None:
    id = create(newer, "/api/bulk/syncs", newer_body(bulk, mode=mode, schemas=["company.teams"]))["id"]
    for _ in range(2):
        assert run(newer, id)["status"] == "completed"
    assert len(bulk.rows("COPIES.teams")) == left
    assert run(newer, id, resync_mode="rebuild")["is_resync"] is True
    assert len(bulk.rows("COPIES.teams")) == 1


def test_a_test_run_writes_nothing_and_a_part_is_a_part(bulk: GuideObjects) -> None:
    id = create(bulk.api, "/api/bulk/syncs", body(bulk))["id"]
    tested = run(bulk.api, id, test=True, schemas=["company.teams"])
    assert (tested["is_test"], tested["is_partial"], tested["record_count"]) == (True, True, 1)
    found = bulk.api.get(f"/api/connections/{bulk.snowflake}/bulksync/source").json()["data"]["schemas"]
    assert "COPIES.teams" not in [schema["id"] for schema in found]
    path = f"/api/bulk/syncs/{id}/executions"
    for wrong in ({"test": True, "resync_mode": "resync"}, {"schemas": ["company.no"]}, {"resync_mode": "x"}):
        assert bulk.api.post(path, json=wrong).status_code == 400
    assert bulk.api.post(path, json={"resync": True}, headers=NEWER).status_code == 400


@pytest.mark.parametrize(("mode", "left"), [("append", [36, 41, 85, 90]), ("replicate", [36, 41, 85, 90])])
def test_only_what_came_since_is_fetched_when_asked_for(
    bulk: GuideObjects, newer: httpx.Client, server: Server, tmp_path: Path, mode: str, left: list[int]
) -> None:
    schema = {"id": "company.customers", "tracking_field": "age"}
    id = create(newer, "/api/bulk/syncs", newer_body(bulk, mode=mode, schemas=[schema]))["id"]
    assert run(newer, id, fetch_mode="none")["record_count"] == 0
    assert run(newer, id, fetch_mode="incremental")["record_count"] == 3, "the first has nothing to begin at"
    assert run(newer, id, fetch_mode="incremental", test=True)["record_count"] == 0
    more = tmp_path / "mysql/company/customers.csv"
    more.parent.mkdir(parents=True)
    more.write_text(
        "id,email,first_name,last_name,age,account_id\n1,a@b.c,A,B,7,1\n4,edsger@b.c,Edsger,D,90,1\n", "utf-8"
    )
    seed(tmp_path, server.data)
    assert run(newer, id, fetch_mode="incremental")["record_count"] == 1
    assert sorted(row["age"] for row in bulk.rows("COPIES.customers")) == left
    assert run(newer, id, fetch_mode="incremental")["record_count"] == 0
    full = run(newer, id)
    assert (full["fetch_mode"], full["record_count"]) == ("full", 2)
    assert run(newer, id, fetch_mode="incremental", resync_mode="rebuild")["record_count"] == 2
    assert sorted(row["age"] for row in bulk.rows("COPIES.customers")) == [7, 90]


def test_a_table_that_is_written_anew_is_always_fetched_whole(bulk: GuideObjects, newer: httpx.Client) -> None:
    schema = {"id": "company.customers", "tracking_field": "age"}
    id = create(newer, "/api/bulk/syncs", newer_body(bulk, mode="snapshot", schemas=[schema]))["id"]
    assert [run(newer, id, fetch_mode="incremental")["record_count"] for _ in range(2)] == [3, 3]


def test_a_failing_table_fails_the_run_and_says_why(bulk: GuideObjects) -> None:
    create(bulk.api, "/api/syncs", bulk.sync_body(name="S"))
    id = create(bulk.api, "/api/bulk/syncs", body(bulk, destination_configuration={"schema": "a.b.c.d"}))["id"]
    execution = run(bulk.api, id)
    assert execution["status"] == "failed"
    assert "too many parts" in execution["status_message"]
    assert {schema["status"] for schema in execution["schemas"]} == {"failed"}


@pytest.mark.parametrize("by", ["cancel", "executions", "activate"])
def test_a_run_is_canceled_and_by_deactivating_too(bulk: GuideObjects, tmp_path: Path, server: Server, by: str) -> None:
    folder = tmp_path / "mysql" / "company"
    folder.mkdir(parents=True)
    (folder / "many.csv").write_text("n\n" + "\n".join(map(str, range(60_000))), "utf-8")
    seed(tmp_path, server.data)
    id = create(bulk.api, "/api/bulk/syncs", body(bulk, schemas=["company.many"]))["id"]
    path = f"/api/bulk/syncs/{id}"
    execution = f"{path}/executions/{create(bulk.api, f'{path}/executions', {})['id']}"
    assert bulk.api.post(f"{path}/executions").status_code == 409
    ways = {"cancel": f"{path}/cancel", "executions": f"{execution}/cancel", "activate": f"{path}/activate"}
    bulk.api.post(ways[by], json={"active": False} if by == "activate" else None).raise_for_status()
    deadline = time.monotonic() + 20
    while (status := bulk.api.get(execution).json()["data"])["status"] not in TERMINAL:
        assert time.monotonic() < deadline
    assert status["status"] == "canceled"
    assert status["schemas"][0]["status"] == "canceled"


def test_one_schema_is_left_out_and_the_others_go_on(bulk: GuideObjects, tmp_path: Path, server: Server) -> None:
    folder = tmp_path / "mysql" / "company"
    folder.mkdir(parents=True)
    (folder / "a_many.csv").write_text("n\n" + "\n".join(map(str, range(30_000))), "utf-8")
    seed(tmp_path, server.data)
    id = create(bulk.api, "/api/bulk/syncs", body(bulk, schemas=["company.a_many", "company.teams"]))["id"]
    path = f"/api/bulk/syncs/{id}"
    execution = f"{path}/executions/{create(bulk.api, f'{path}/executions', {})['id']}"
    assert bulk.api.post(f"{path}/schemas/company.nothing/cancel").status_code == 404
    assert bulk.api.post(f"{path}/schemas/company.teams/cancel").json()["data"]["message"]
    deadline = time.monotonic() + 20
    while (found := bulk.api.get(execution).json()["data"])["status"] not in TERMINAL:
        assert time.monotonic() < deadline
    assert found["status"] == "completed"
    assert [schema["status"] for schema in found["schemas"]] == ["completed", "canceled"]
    assert found["record_count"] == 30_000


def test_an_execution_says_what_it_did_schema_by_schema(bulk: GuideObjects, newer: httpx.Client) -> None:
    schemas = ["company.customers", {"id": "company.teams", "user_output_name": "a.b.c.d"}]
    id = create(newer, "/api/bulk/syncs", newer_body(bulk, schemas=schemas))["id"]
    ran = run(newer, id)
    failure = ran["schemas"][1]["status_message"]
    execution = f"/api/bulk/syncs/{id}/executions/{ran['id']}"
    console = newer.get(f"{execution}/consolelog").json()["data"]
    assert [(entry["level"], entry["message"]) for entry in console["entries"]] == [
        ("info", "Execution created"),
        ("info", "Execution started"),
        ("info", "company.customers started"),
        ("info", "company.customers completed"),
        ("info", "company.teams started"),
        ("error", f"company.teams failed: {failure}"),
        ("error", f"Execution failed: company.teams: {failure}"),
    ]
    assert [entry["id"] for entry in console["entries"]] == ["0", "1", "2", "3", "4", "5", "6"]
    assert console["entries"][3]["payload"] == {"record_count": 3, "error_count": 0, "warning_count": 0}
    first = newer.get(f"{execution}/consolelog", params={"limit": 5}).json()["data"]
    rest = newer.get(f"{execution}/consolelog", params={"after": first["next_cursor"]}).json()["data"]
    assert first["entries"] + rest["entries"] == console["entries"]
    for name in ("limit", "after"):  # digits that are no ASCII digits, and what is no number
        assert newer.get(f"{execution}/consolelog", params={name: "²"}).json()["data"] == console
        assert newer.get(f"{execution}/consolelog", params={name: "x"}).json()["data"] == console
    of_one = newer.get(f"{execution}/schemas/company.customers/consolelog").json()["data"]
    assert [entry["message"] for entry in of_one["entries"]] == [
        "company.customers started",
        "company.customers completed",
    ]
    assert newer.get(f"{execution}/schemas/company.nothing/consolelog").status_code == 404
    assert bulk.api.get(f"{execution}/consolelog").status_code == 404


def test_the_log_of_an_execution_is_fetched_by_a_link_and_exported_by_a_job(
    bulk: GuideObjects, newer: httpx.Client
) -> None:
    id = create(newer, "/api/bulk/syncs", newer_body(bulk, schemas=["company.teams"]))["id"]
    execution = f"/api/bulk/syncs/{id}/executions/{run(newer, id)['id']}"
    console = newer.get(f"{execution}/consolelog").json()["data"]["entries"]
    for api in (bulk.api, newer):
        logs = api.get(f"{execution}/logs").json()["data"]
        assert logs["Expires"].endswith("Z")
        (url,) = logs["URLs"]
        assert [json.loads(line) for line in httpx.get(url).text.splitlines()] == console
        assert httpx.get(f"{url}x").status_code == 401
        assert httpx.get(url.replace("-00000", "-00001")).status_code == 404
        exported = api.post(f"{execution}/logs/export").json()
        assert exported["data"] == {"url": url}
        job = f"/api/jobs/exportlogs/{exported['job']['job_id']}"
        told = [api.get(job).json()["data"] for _ in range(2)]
        assert [one["status"] for one in told] == ["running", "done"]
        assert told[1]["result"] == {"url": url}
    assert newer.get(f"/api/bulk/syncs/{id}/executions/{id}/logs").status_code == 404


def test_the_objects_of_a_service_are_copied_like_tables(bulk: GuideObjects) -> None:
    hubspot = create(bulk.api, "/api/connections", {"name": "HubSpot", "type": "hubspot", "configuration": {}})
    waiting = bulk.api.post("/api/bulk/syncs", json=body(bulk, source_connection_id=hubspot["id"]))
    assert waiting.status_code >= 400, "nobody has finished the authorization"
    httpx.get(hubspot["auth_url"], follow_redirects=True).raise_for_status()
    found = bulk.api.get(f"/api/connections/{hubspot['id']}/bulksync/source").json()["data"]["schemas"]
    contacts = next(schema["id"] for schema in found if "contact" in schema["id"].lower())
    id = create(bulk.api, "/api/bulk/syncs", body(bulk, source_connection_id=hubspot["id"], schemas=[contacts]))["id"]
    execution = run(bulk.api, id)
    assert execution["status"] == "completed", execution
    assert execution["record_count"] == len(bulk.rows(f"COPIES.{execution['schemas'][0]['output_name']}")) > 0
