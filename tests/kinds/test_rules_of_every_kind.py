"""Rules of resources of every kind: deletion, ambiguous names, paging and whole numbers."""

from __future__ import annotations

from typing import Any

import pytest

from applier import pipeline
from tests.kinds.test_bulk_syncs import BULK
from tests.kinds.workspace import V1, V2, InProcessWorkspace, spec


@pytest.mark.behaviour("connection-in-use", "model-in-use")
def test_resources_in_use_are_not_deleted(live: InProcessWorkspace) -> None:
    live.steady(spec())
    loaded, _ = live.load({"models": spec()["models"], "connections": spec()["connections"]})
    prepared = pipeline.plan_destroy(loaded, live.client())
    assert {one.code for one in prepared.plan.diagnostics} == {"still-used"}
    whole, _ = live.load(spec())
    order = [one.kind for one in pipeline.plan_destroy(whole, live.client()).plan.changes]
    assert order == ["syncs", "models", "connections", "connections"]


@pytest.mark.behaviour("ambiguous-names")
def test_an_ambiguous_name_is_an_error(live: InProcessWorkspace) -> None:
    live.steady(spec())
    model = live.find("/api/models", "Customers")
    body = {
        "name": "Customers",
        "connection_id": model["connection_id"],
        "configuration": {"table": "company.accounts"},
    }
    live.send("POST", "/api/models", body)
    assert "ambiguous-name" in live.problems(spec())


@pytest.mark.behaviour("paging")
@pytest.mark.parametrize("paging", ["whole", "pages"])
@pytest.mark.parametrize("version", [V1, V2])
def test_all_pages_are_read(make: Any, version: str, paging: str) -> None:
    live = make(version, undeclared_paging=paging)
    many = {
        f"Model {number}": {"connection": "Source", "configuration": {"table": "company.accounts"}}
        for number in range(60)
    }
    live.steady(spec(models=many))


@pytest.mark.parametrize("version", [V1, V2])
def test_whole_numbers_are_equal_in_every_notation(make: Any, version: str) -> None:
    """The service refuses 3306.0; nothing differs by the spelling."""
    live = make(version)
    settings = spec()["connections"]["Source"]["configuration"]
    schedule = {"frequency": "custom", "day_of_month": "*", "month": "*", "day_of_week": "*"}

    def written(kind: type) -> dict[str, Any]:
        bulk = {**BULK, "schedule": {**schedule, "minute": kind(5), "hour": kind(3)}, "concurrency_limit": kind(2)}
        return spec(
            source={"configuration": {**settings, "port": kind(3306)}},
            sync={"schedule": {"frequency": "daily", "hour": kind(3), "minute": kind(5)}},
            bulk_syncs={"Replica": bulk},
        )

    live.steady(written(float))
    assert live.changes(written(int)) == {}
    assert live.requests("POST", "/api/syncs")[-1]["schedule"] == {"frequency": "daily", "hour": "3", "minute": "5"}
