"""Bulk syncs of a spec beside what the service answers: schemas, fields, schedules."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kinds.workspace import V1, V2, InProcessWorkspace, spec

PATH = "/api/bulk/syncs"
COMPANY = "company.customers"
BULK = {
    "source": {"connection": "Source"},
    "destination": {"connection": "Warehouse", "configuration": {"schema": "replica"}},
    "mode": "replicate",
    "schedule": {"frequency": "daily", "hour": 3, "minute": 0},
}


def bulk(**members: Any) -> dict[str, Any]:
    return spec(bulk_syncs={"Replica": {**BULK, **members}})


@pytest.mark.behaviour("schema-cache")
@pytest.mark.parametrize("refusals", ["0", "1", "5"])
@pytest.mark.parametrize("refusal", ["422", "400"])
@pytest.mark.parametrize("version", [V1, V2])
def test_waits_for_the_schemas_of_the_source(make: Any, version: str, refusals: str, refusal: str) -> None:
    live = make(version, schema_cache_refusals=refusals, schema_cache_refusal=refusal)
    live.steady(bulk(schemas=["company.customers"]))


@pytest.mark.behaviour("bulk-defaults")
@pytest.mark.parametrize("filled", ["fill", "leave"])
@pytest.mark.parametrize("version", [V1, V2])
def test_only_declared_settings_are_compared(make: Any, version: str, filled: str) -> None:
    live = make(version, bulk_defaults=filled)
    live.steady(bulk())
    live.steady(bulk(destination={"connection": "Warehouse", "configuration": {"schema": "other"}}))
    kept = live.requests("PUT", PATH)[-1]["destination_configuration"]
    assert ("mirror_deletes" in kept) is (filled == "fill")


@pytest.mark.behaviour("selected-schemas", "omitted-schema-fields")
@pytest.mark.parametrize("update", ["ignore", "replace"])
@pytest.mark.parametrize("version", [V1, V2])
def test_schemas_and_fields_are_chosen(make: Any, version: str, update: str) -> None:
    live = make(version, bulk_update_schemas=update)
    two = {
        COMPANY: {
            "fields": ["id", {"id": "email", "obfuscate": True, "output_name": "mail"}],
            "filters": [{"field": "age", "function": "GreaterThan", "value": 18}],
            "tracking_field": "id",
            "partition_key": "id",
            "output_name": "people",
            "data_cutoff_timestamp": "2024-01-01",
        },
        "company.accounts": None,
    }
    live.steady(bulk(schemas=two))
    assert live.changes(bulk()) == {}
    assert live.changes(bulk(schemas=list(two))) == {}
    live.steady(bulk(schemas=two, concurrency_limit=3))
    live.steady(bulk(schemas={**two, COMPANY: {**two[COMPANY], "fields": ["id"]}}))
    live.steady(bulk(schemas={COMPANY: {"tracking_field": "age"}}))
    id = live.find(PATH, "Replica")["id"]
    now = live.send("GET", f"{PATH}/{id}/schemas/{COMPANY}")
    assert [one["id"] for one in now["fields"] if one["enabled"]] == ["id"]
    assert (now["tracking_field"], now["user_output_name"], len(now["filters"])) == ("age", "people", 1)
    assert [one["id"] for one in live.send("GET", f"{PATH}/{id}/schemas", query={"filters[enabled]": True})] == [
        COMPANY
    ]
    assert live.changes(bulk(schemas={COMPANY: {"enabled": False}, "company.accounts": None}))
    live.steady(bulk(schemas={COMPANY: {"filters": []}}, automatically_add_new_objects="all"))


@pytest.mark.behaviour("omitted-schema-fields")
def test_discovery_is_always_sent(live: InProcessWorkspace) -> None:
    live.steady(bulk())
    live.steady(bulk(normalize_names="disabled", automatically_add_new_fields="none"))
    for method in ("POST", "PUT"):
        assert live.requests(method, PATH)[-1].keys() >= {
            "automatically_add_new_objects",
            "automatically_add_new_fields",
        }


SCHEDULES: list[dict[str, Any]] = [
    {"schedule": {"frequency": "manual"}},
    {"schedule": {"frequency": "hourly", "minute": "5"}},
    {
        "schedule": {"frequency": "weekly", "day_of_week": 1, "hour": 0, "minute": 0},
        "additional_schedules": [{"frequency": "hourly", "minute": 15, "selective_mode": "incrementalFields"}],
    },
    {
        "schedule": {"frequency": "continuous"},
        "additional_schedules": [
            {"frequency": "daily", "hour": 1, "minute": 0, "selective_mode": "nonincrementalFields"},
            {"frequency": "hourly", "minute": 15, "selective_mode": "incrementalFields"},
        ],
    },
    {
        "schedule": {
            "frequency": "custom",
            "minute": 0,
            "hour": "*/8",
            "day_of_month": "*",
            "month": "*",
            "day_of_week": "*",
        }
    },
]


@pytest.mark.behaviour("bulk-schedules")
def test_schedules_in_both_versions(live: InProcessWorkspace) -> None:
    for schedules in [*SCHEDULES, SCHEDULES[0]]:
        live.steady(bulk(**schedules))
        live.version = V1 if live.version == V2 else V2
        assert live.changes(bulk(**schedules)) == {}


@pytest.mark.behaviour("bulk-schedules")
def test_schedules_that_only_the_newer_version_has(make: Any) -> None:
    older, newer = make(V1), make(V2)
    more = [{"frequency": "daily", "hour": 1, "minute": 0, "schemas": [COMPANY], "resync_mode": "resync"}]
    assert "needs-version" in older.problems(bulk(additional_schedules=more))
    newer.steady(bulk(additional_schedules=more))
    before = [one["id"] for one in newer.find(PATH, "Replica")["additional_schedules"]]
    newer.steady(bulk(additional_schedules=[{**more[0], "hour": 2}], concurrency_limit=2))
    assert [one["id"] for one in newer.find(PATH, "Replica")["additional_schedules"]] == before
    newer.steady(bulk())


def test_everything_and_back(live: InProcessWorkspace) -> None:
    full = {
        "automatically_add_new_objects": "onlyIncremental",
        "automatically_add_new_fields": "none",
        "normalize_names": "legacy",
        "disable_record_timestamps": True,
        "data_cutoff_timestamp": "2024-01-01T10:00:00+02:00",
        "concurrency_limit": 4,
        "resync_concurrency_limit": 2,
        "active": True,
    }
    live.steady(bulk(**full))
    assert live.changes(bulk(**{**full, "data_cutoff_timestamp": "2024-01-01T08:00:00Z"})) == {}
    live.steady(bulk())
    now = live.find(PATH, "Replica")
    assert (now["concurrency_limit"], now["data_cutoff_timestamp"], now["active"]) == (None, None, True)
    live.steady(bulk(active=False))
    assert len(live.requests("PUT", PATH)) == 1


def test_a_sync_runs_after_a_bulk_sync(live: InProcessWorkspace) -> None:
    after = {"schedule": {"frequency": "runafter", "run_after": {"bulk_syncs": ["Replica"]}}}
    outcomes = live.steady(spec(sync=after, bulk_syncs={"Replica": BULK}))
    order = [one.address for one in outcomes]
    assert order.index("bulk_syncs/Replica") < order.index("syncs/Sync")


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+01:00", "2023-02-29", "9999-12-31T23:59:59-01:00"])
def test_impossible_times_are_left_to_the_service(live: InProcessWorkspace, moment: str) -> None:
    assert live.problems(bulk(data_cutoff_timestamp=moment)) == []
