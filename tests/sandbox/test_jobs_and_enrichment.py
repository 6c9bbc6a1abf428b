"""Work that runs as a job, and models whose records a service adds to."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.sandbox.conftest import V2, Workspace, create
from tests.sandbox.services import connect


def wait_for_job(api: httpx.Client, job: dict[str, Any]) -> dict[str, Any]:
    """The job at its end; it passes through every status."""
    assert (job["status"], job["result"]) == ("created", None)
    path = f"/api/jobs/{job['type']}/{job['job_id']}"
    assert api.get(path).json()["data"]["status"] == "running"
    ended: dict[str, Any] = api.get(path).json()["data"]
    assert api.get(path).json()["data"] == ended
    return ended


def body(workspace: Workspace, **members: Any) -> dict[str, Any]:
    configuration = {"table": "company.customers"}
    return {"name": "Async", "connection_id": workspace.mysql, "configuration": configuration, **members}


def test_models_are_made_and_changed_by_jobs(workspace: Workspace) -> None:
    api, asked = workspace.api, {"async": "true"}
    answer = api.post("/api/models", params=asked, json=body(workspace)).json()
    assert set(answer) == {"job"}
    job = wait_for_job(api, answer["job"])
    assert (job["type"], job["status"], job["error"]) == ("createmodel", "done", None)
    path = f"/api/models/{job['result']['id']}"
    assert api.get(path, params=asked).json()["data"] == job["result"]
    renamed = api.put(path, params=asked, json=body(workspace, name="Renamed")).json()["job"]
    assert (renamed["type"], wait_for_job(api, renamed)["result"]["name"]) == ("updatemodel", "Renamed")
    sampled = wait_for_job(api, api.get(f"{path}/sample", params=asked).json()["job"])
    assert (sampled["type"], len(sampled["result"]["records"])) == ("samplemodel", 3)
    preview = api.post("/api/model-preview", params=asked, json=body(workspace)).json()["job"]
    assert wait_for_job(api, preview)["type"] == "previewmodel"
    assert api.delete(path, params=asked).content == b""


def test_a_job_that_is_refused_fails(workspace: Workspace) -> None:
    wrong = body(workspace, configuration={"table": "company.nothing"})
    job = workspace.api.post("/api/models", params={"async": "true"}, json=wrong).json()["job"]
    ended = wait_for_job(workspace.api, job)
    assert (ended["status"], ended["result"]) == ("failed", None)
    assert "doesn't exist" in ended["error"]
    assert len(workspace.api.get("/api/models").json()["data"]) == 1


def test_jobs_are_found_by_type_and_id(workspace: Workspace) -> None:
    job = workspace.api.post("/api/models", params={"async": "true"}, json=body(workspace)).json()["job"]
    newer = {"X-Polytomic-Version": V2}
    assert workspace.api.get(f"/api/jobs/nothing/{job['job_id']}").status_code == 400
    assert workspace.api.get(f"/api/jobs/connectionproxy/{job['job_id']}").status_code == 400
    assert workspace.api.get(f"/api/jobs/connectionproxy/{job['job_id']}", headers=newer).status_code == 404
    assert workspace.api.get(f"/api/jobs/updatemodel/{job['job_id']}").status_code == 404
    assert workspace.api.get(f"/api/jobs/createmodel/{workspace.model}").status_code == 404


def enricher(apollo: str, **members: Any) -> dict[str, Any]:
    return {"connection_id": apollo, "configuration": {"object": "people"}, "mappings": {"email": "email"}, **members}


def test_what_enriches_says_its_inputs(workspace: Workspace) -> None:
    api, apollo = workspace.api, connect(workspace.api, "apollo")
    told = api.get(f"/api/connections/{apollo}/modelsync/enrichment-source").json()["data"]
    assert told["items"]["object"]["items"] == ["people"]
    path = f"/api/enrichment/{apollo}/inputfields"
    assert api.post(path, json={"configuration": {"object": "people"}}).json()["data"] == [
        ["email"],
        ["first_name", "company"],
    ]
    assert api.post(path, json={"configuration": {"object": "nothing"}}).status_code == 400
    assert api.get(f"/api/connections/{workspace.mysql}/modelsync/enrichment-source").status_code == 404
    assert api.post(f"/api/enrichment/{workspace.mysql}/inputfields", json={}).status_code == 404


def test_an_enrichment_gets_an_id_that_goes_back(workspace: Workspace) -> None:
    api, apollo = workspace.api, connect(workspace.api, "apollo")
    model = create(api, "/api/models", body(workspace, enricher=enricher(apollo)))
    id = model["enricher"]["enricher_id"]
    assert model["enricher"]["fields"][0]["name"] == "title"
    path = f"/api/models/{model['id']}"

    def put(**members: Any) -> httpx.Response:
        return api.put(path, json=body(workspace, enricher=enricher(apollo, **members)))

    assert put(enricher_id=id).json()["data"]["enricher"] == model["enricher"]
    chosen = put(enricher_id=id, fields=[{"name": "title"}]).json()["data"]["enricher"]
    assert [field["name"] for field in chosen["fields"]] == ["title"]
    assert put(enricher_id=workspace.model).status_code == 400
    assert put().json()["data"]["enricher"]["enricher_id"] == id
    api.put("/_sandbox/switches", json={"omitted_enricher_id": "new"}).raise_for_status()
    assert put().json()["data"]["enricher"]["enricher_id"] != id
    assert "enricher" not in api.put(path, json=body(workspace)).json()["data"]


@pytest.mark.parametrize(
    "change",
    [
        {"mappings": {"nothing": "email"}},
        {"mappings": {"email": "nothing"}},
        {"mappings": {"first_name": "first_name"}},
        {"configuration": {}},
        {"connection_id": "00000000-0000-0000-0000-000000000001"},
    ],
)
def test_an_enrichment_that_cannot_be_is_refused(workspace: Workspace, change: dict[str, Any]) -> None:
    wrong = body(workspace, enricher=enricher(connect(workspace.api, "apollo"), **change))
    assert workspace.api.post("/api/models", json=wrong).status_code == 400


def test_enriched_fields_are_sampled_and_synced(workspace: Workspace) -> None:
    api, apollo = workspace.api, connect(workspace.api, "apollo")
    model = create(api, "/api/models", body(workspace, enricher=enricher(apollo)))
    id = model["enricher"]["enricher_id"]
    records = api.get(f"/api/models/{model['id']}/sample").json()["data"]["records"]
    assert (records[0][id]["title"], records[1][id]["title"]) == ("Countess", None)
    fields = [
        {"source": {"model_id": id, "field": "title"}, "target": "LAST_NAME"},
        {"source": {"model_id": model["id"], "field": "email"}, "target": "EMAIL"},
    ]
    sync = workspace.sync(fields=fields)
    assert sync["model_ids"] == [model["id"]]
    workspace.run(sync)
    assert workspace.rows()[0]["LAST_NAME"] == "Countess"


def test_labels_come_back_as_objects_and_added_fields_as_fields(workspace: Workspace) -> None:
    label = "00000000-0000-4000-8000-000000000001"
    added = {"name": "score", "label": "Score", "type": "number", "example": "1"}
    model = create(workspace.api, "/api/models", body(workspace, labels=[label], additional_fields=[added]))
    assert model["labels"] == [{"id": label}]
    assert "additional_fields" not in model
    user_added = [field for field in model["fields"] if field["user_added"]]
    assert [{name: field[name] for name in added} for field in user_added] == [added]
