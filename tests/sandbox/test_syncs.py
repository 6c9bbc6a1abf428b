"""Syncs: what is filled, what stays away, what is merged, relabelled, dropped and refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.conftest import GuideObjects

ZERO = "00000000-0000-0000-0000-000000000000"


@pytest.mark.behaviour("merged-constants")
def test_constants_are_merged_into_the_fields(workspace: GuideObjects) -> None:
    fields = workspace.sync_body()["fields"][:2]
    constant = {"target": "LAST_NAME", "override_value": "x"}
    sync = workspace.sync(fields=fields, override_fields=[{**constant, "source": workspace.source("email")}])
    assert sync["fields"][2] == {"source": {"model_id": ZERO, "field": ""}, **constant}
    path = f"/api/syncs/{sync['id']}"
    for setting, source in (("empty", {"source": {"model_id": "", "field": ""}}), ("absent", {})):
        workspace.api.put("/_sandbox/switches", json={"override_source": setting}).raise_for_status()
        assert workspace.api.get(path).json()["data"]["fields"][2] == {**source, **constant}


@pytest.mark.behaviour("mappings-with-a-constant")
def test_a_mapping_with_source_and_constant_stays_a_mapping(workspace: GuideObjects) -> None:
    field = {"source": workspace.source("email"), "target": "EMAIL", "override_value": "x"}
    assert workspace.sync(fields=[field])["fields"] == [field]


@pytest.mark.behaviour("identity-mappings")
def test_the_identity_wins_over_a_mapping_onto_its_target(workspace: GuideObjects) -> None:
    sync = workspace.sync(mode="update", identity=workspace.identity())
    assert [field["target"] for field in sync["fields"]] == ["FIRST_NAME", "LAST_NAME"]
    assert sync["identity"] == {**workspace.identity(), "new_field": False, "remote_field_type_id": ""}


@pytest.mark.behaviour("filter-labels")
def test_filters_are_relabelled_and_their_ids_filled_in(workspace: GuideObjects) -> None:
    filters = [
        {"field": workspace.source("age"), "function": "GreaterThan", "value": 40, "label": "Z"},
        {"field": workspace.source("email"), "function": "IsNotNull", "field_id": "ignored"},
        {"field": workspace.source("age"), "function": "Between", "value": [1, 99]},
    ]
    sync = workspace.sync(filters=filters, filter_logic="(A AND B) OR C")
    assert [filter["label"] for filter in sync["filters"]] == ["A", "B", "C"]
    assert sync["filters"][0]["value"] == 40
    assert "value" not in sync["filters"][1]
    assert sync["filter_logic"] == "(A AND B) OR C"
    model = workspace.api.get(f"/api/models/{workspace.model}").json()["data"]
    ids = {field["name"]: field["id"] for field in model["fields"]}
    assert [filter["field_id"] for filter in sync["filters"]] == [ids["age"], ids["email"], ids["age"]]
    assert {filter["field_type"] for filter in sync["filters"]} == {"Model"}


@pytest.mark.behaviour("field-references")
def test_the_field_id_of_an_override_wins_over_its_field(workspace: GuideObjects) -> None:
    model = workspace.api.get(f"/api/models/{workspace.model}").json()["data"]
    age = next(field["id"] for field in model["fields"] if field["name"] == "age")
    override = {"field": workspace.source("email"), "field_id": age, "function": "IsNull", "override": {"any": 1}}
    sync = workspace.sync(overrides=[override])
    assert sync["overrides"] == [{**override, "field": workspace.source("age")}]


@pytest.mark.behaviour("sync-replacement")
def test_an_update_replaces_everything(workspace: GuideObjects) -> None:
    sync = workspace.sync(
        active=True,
        filters=[{"field": workspace.source("age"), "function": "IsNotNull"}],
        filter_logic="A",
        sync_all_records=True,
        encryption_passphrase="hush",
        target={"connection_id": workspace.snowflake, "object": "CUSTOMERS.CONTACTS", "configuration": {"a": 1}},
    )
    assert "hush" not in str(sync)
    path = f"/api/syncs/{sync['id']}"
    replaced = workspace.api.put(path, json=workspace.sync_body(filters=None)).json()["data"]
    assert (replaced["active"], replaced["filters"], replaced["sync_all_records"]) == (False, [], False)
    assert "filter_logic" not in replaced
    assert replaced["target"]["configuration"] == {}
    assert workspace.api.get(path).json()["data"] == replaced


def test_unset_members_are_null_when_switched(workspace: GuideObjects) -> None:
    sync = workspace.sync()
    workspace.api.put("/_sandbox/switches", json={"unset_members": "null"}).raise_for_status()
    read = workspace.api.get(f"/api/syncs/{sync['id']}").json()["data"]
    assert read["identity"] is read["filter_logic"] is read["schedule"]["minute"] is read["target"]["new_name"] is None
    assert read["fields"][0]["override_value"] is None


@pytest.mark.behaviour("list-order")
def test_lists_without_order_are_reversed_when_switched(workspace: GuideObjects) -> None:
    sync = workspace.sync()
    workspace.api.put("/_sandbox/switches", json={"list_order": "reversed"}).raise_for_status()
    assert workspace.api.get(f"/api/syncs/{sync['id']}").json()["data"]["fields"] == sync["fields"][::-1]


@pytest.mark.behaviour("schedule-numbers")
@pytest.mark.parametrize(
    "schedule",
    [
        {"frequency": "manual"},
        {"frequency": "continuous"},
        {"frequency": "hourly", "minute": "15"},
        {"frequency": "daily", "hour": "05", "minute": "00"},
        {"frequency": "weekly", "day_of_week": "monday", "hour": "8", "minute": "0"},
        {"frequency": "custom", "minute": "0", "hour": "*/8", "day_of_month": "*", "month": "*", "day_of_week": "*"},
    ],
)
def test_schedules_come_back_as_they_were_sent(workspace: GuideObjects, schedule: dict[str, Any]) -> None:
    assert workspace.sync(schedule=schedule)["schedule"] == {**schedule, "run_after_success_only": False}


@pytest.mark.behaviour("run-after")
def test_a_sync_runs_after_others(workspace: GuideObjects) -> None:
    first = workspace.sync()
    schedule = {"frequency": "runafter", "run_after": {"sync_ids": [first["id"]]}, "run_after_success_only": True}
    after = workspace.sync(name="after", schedule=schedule)["schedule"]
    assert after == {**schedule, "run_after": {"sync_ids": [first["id"]], "bulk_sync_ids": []}}


def test_creating_a_target_makes_it_the_object(workspace: GuideObjects) -> None:
    create = {"connection_id": workspace.snowflake, "create": {"name": "CUSTOMERS.LEADS"}}
    sync = workspace.sync(target=create)
    assert sync["target"]["object"] == "CUSTOMERS.LEADS"
    assert "create" not in sync["target"]
    named = {"connection_id": workspace.snowflake, "object": "__pt_new_target", "new_name": "CUSTOMERS.MORE"}
    assert workspace.sync(target=named)["target"]["object"] == "CUSTOMERS.MORE"
    assert workspace.run(sync)["counts"]["insert"] == 3
    assert workspace.rows("CUSTOMERS.LEADS")[0]["EMAIL"] == "ada@example.com"


def bad(workspace: GuideObjects) -> dict[str, dict[str, Any]]:
    contacts = {"connection_id": workspace.snowflake, "object": "CUSTOMERS.CONTACTS"}
    return {
        "unknown mode": {"mode": "merge"},
        "mode the target lacks": {"mode": "snapshot"},
        "identity missing": {"mode": "update"},
        "unknown target object": {"target": {**contacts, "object": "CUSTOMERS.NOTHING"}},
        "object and create": {"target": {**contacts, "create": {"name": "X.Y"}}},
        "neither object nor create": {"target": {"connection_id": workspace.snowflake}},
        "pseudo object without a name": {"target": {**contacts, "object": "__pt_new_target"}},
        "unknown source field": {"fields": [{"source": workspace.source("nothing"), "target": "EMAIL"}]},
        "unknown target field": {"fields": [{"source": workspace.source("email"), "target": "NOTHING"}]},
        "no source": {"fields": [{"target": "EMAIL"}]},
        "constant that is no text": {"fields": [{"target": "EMAIL", "override_value": 1}]},
        "minute that is no text": {"schedule": {"frequency": "hourly", "minute": 5}},
        "minute missing": {"schedule": {"frequency": "hourly"}},
        "unknown frequency": {"schedule": {"frequency": "yearly"}},
        "run after nothing": {"schedule": {"frequency": "runafter"}},
        "unknown function": {"filters": [{"field": workspace.source("age"), "function": "Near"}]},
        "filter without field": {"filters": [{"function": "IsNull"}]},
        "logic that names no filter": {"filter_logic": "A AND B"},
        "field sync mode not offered": {
            "fields": [{"source": workspace.source("email"), "target": "EMAIL", "sync_mode": "create"}]
        },
        "target filter not offered": {"filters": [{"field_id": "x", "field_type": "Target", "function": "IsNull"}]},
        "unknown identity function": {"mode": "update", "identity": {**workspace.identity(), "function": "Hashed"}},
    }


@pytest.mark.behaviour("target-capabilities")
def test_impossible_syncs_are_refused(workspace: GuideObjects) -> None:
    answers = {
        name: workspace.api.post("/api/syncs", json=workspace.sync_body(**members))
        for name, members in bad(workspace).items()
    }
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(answers, 400)
    assert workspace.api.get("/api/syncs").json()["data"] == []


def test_the_list_is_filtered(workspace: GuideObjects) -> None:
    replace = workspace.sync(active=True)
    append = workspace.sync(mode="append")
    for query, expected in (
        ("active=true", [replace]),
        ("mode=append", [append]),
        (f"target_connection_id={workspace.mysql}", []),
        (f"target_connection_id={workspace.snowflake}", [append, replace]),
    ):
        assert workspace.api.get(f"/api/syncs?{query}").json()["data"] == expected


def test_schedule_options_shadow_an_id(workspace: GuideObjects) -> None:
    options = workspace.api.get("/api/syncs/schedules").json()["data"]["schedule_options"]
    assert options[0] == {
        "frequency": "manual",
        "label": "Manual",
        "description": "Runs when manually triggered",
        "configuration": {},
    }
