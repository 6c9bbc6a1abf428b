"""Syncs of a spec beside what the service answers: apply, then plan is empty."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kinds.workspace import V1, V2, InProcessWorkspace, spec

PATH = "/api/syncs"
IDENTITY = {"field": "email", "target": "EMAIL"}
FILTERS = [
    {"field": "age", "function": "GreaterThan", "value": 10},
    {"field": "first_name", "function": "IsNotNull"},
    {"field": "age", "function": "LessThan", "value": 90},
]
OVERRIDES = [{"field": "last_name", "function": "IsNull", "override": "unknown"}]


def sync(**members: Any) -> dict[str, Any]:
    return spec(sync=members)


@pytest.mark.behaviour("sync-replacement")
def test_omitted_members_are_removed(live: InProcessWorkspace) -> None:
    full = {"filters": FILTERS, "filter_logic": "A AND (B OR C)", "overrides": OVERRIDES, "sync_all_records": True}
    live.steady(sync(**full, fields={"FIRST_NAME": "first_name", "ORIGIN": {"value": "x"}}))
    live.steady(sync())
    now = live.find(PATH, "Sync")
    assert not now["filters"]
    assert not now["overrides"]
    assert not now.get("filter_logic")
    assert now["sync_all_records"] is False
    assert [one["target"] for one in now["fields"]] == ["EMAIL"]


@pytest.mark.behaviour("unset-members")
@pytest.mark.parametrize("unset", ["absent", "null"])
@pytest.mark.parametrize("version", [V1, V2])
def test_defaults_count_as_absent(make: Any, version: str, unset: str) -> None:
    live = make(version, unset_members=unset)
    live.steady(
        sync(fields={"EMAIL": {"field": "email", "new": False, "encrypt": False, "sync_mode": "updateOrCreate"}})
    )
    assert live.changes(sync()) == {}


@pytest.mark.behaviour("created-targets")
def test_a_target_is_created_once(live: InProcessWorkspace) -> None:
    new = {"connection": "Warehouse", "create": {"name": "CUSTOMERS.FRESH"}}
    live.steady(sync(target=new))
    assert live.find(PATH, "Sync")["target"]["object"] == "CUSTOMERS.FRESH"
    live.steady(sync(target=new, sync_all_records=True))
    sent = live.requests("PUT", PATH)[-1]["target"]
    assert sent["object"] == "CUSTOMERS.FRESH"
    assert "create" not in sent
    assert live.changes(sync(target=new)) == {"syncs/Sync": ["sync_all_records"]}
    elsewhere = {"connection": "Warehouse", "create": {"name": "CUSTOMERS.ELSEWHERE"}}
    assert live.changes(sync(target=elsewhere))["syncs/Sync"] == ["sync_all_records", "target.object"]


@pytest.mark.behaviour("encryption-passphrase")
def test_the_passphrase_is_sent_with_every_write(live: InProcessWorkspace) -> None:
    secret = {"encryption_passphrase": "${env:SECRET}", "fields": {"EMAIL": {"field": "email", "encrypt": True}}}
    live.steady(sync(**secret))
    live.steady(sync(**secret, sync_all_records=True))
    for method in ("POST", "PUT"):
        assert live.requests(method, PATH)[-1]["encryption_passphrase"] == "correct horse battery staple"


@pytest.mark.behaviour("encryption-passphrase")
def test_encryption_needs_a_passphrase(live: InProcessWorkspace) -> None:
    _, problems = live.load(sync(fields={"EMAIL": {"field": "email", "encrypt": True}}))
    assert [one.code for one in problems] == ["passphrase-missing"]


@pytest.mark.behaviour("pseudo-targets")
def test_new_name_and_search_values(live: InProcessWorkspace) -> None:
    target = {"connection": "Warehouse", "object": "__pt_new_target", "new_name": "CUSTOMERS.FRESH"}
    live.steady(sync(target=target))
    live.steady(sync(target=target, sync_all_records=True))
    assert live.requests("PUT", PATH)[-1]["target"]["object"] == "CUSTOMERS.FRESH"
    assert "search_values" not in live.requests("PUT", PATH)[-1]["target"]


@pytest.mark.behaviour("merged-constants", "mappings-with-a-constant")
@pytest.mark.parametrize("source", ["zero", "empty", "absent"])
@pytest.mark.parametrize("version", [V1, V2])
def test_constants_with_and_without_a_source(make: Any, version: str, source: str) -> None:
    live = make(version, override_source=source)
    fields = {"EMAIL": "email", "ORIGIN": {"value": "mysql"}, "FIRST_NAME": {"field": "first_name", "value": "X"}}
    live.steady(sync(fields=fields))
    sent = live.requests("POST", PATH)[-1]
    assert [one["target"] for one in sent["override_fields"]] == ["ORIGIN"]
    assert live.changes(sync(fields={**fields, "ORIGIN": {"value": "other"}})) == {
        "syncs/Sync": ["fields.ORIGIN.value"]
    }
    live.steady(sync(fields={**fields, "ORIGIN": "last_name", "FIRST_NAME": {"value": "Y"}}))


@pytest.mark.behaviour("identity-mappings")
def test_a_mapping_onto_the_identity_is_no_difference(live: InProcessWorkspace) -> None:
    live.steady(sync(mode="updateOrCreate", identity=IDENTITY, fields={"EMAIL": "email", "FIRST_NAME": "first_name"}))


@pytest.mark.behaviour("filter-labels", "list-order")
@pytest.mark.parametrize("order", ["sent", "reversed"])
@pytest.mark.parametrize("version", [V1, V2])
def test_filter_labels_and_order_make_no_difference(make: Any, version: str, order: str) -> None:
    live = make(version, list_order=order)
    live.steady(sync(filters=FILTERS, filter_logic="A and (B  OR C)", overrides=OVERRIDES))
    assert live.changes(sync(filters=FILTERS, filter_logic="A AND (B OR C)", overrides=OVERRIDES)) == {}
    turned = sync(filters=[FILTERS[1], FILTERS[0], FILTERS[2]], filter_logic="B AND (A OR C)", overrides=OVERRIDES)
    assert live.changes(turned) == {}
    assert live.changes(sync(filters=FILTERS, filter_logic="B AND (A OR C)", overrides=OVERRIDES)) == {
        "syncs/Sync": ["filter_logic"]
    }
    live.steady(sync(filters=FILTERS[:2], filter_logic="A OR B"))


@pytest.mark.behaviour("field-references")
def test_filters_and_overrides_by_field(live: InProcessWorkspace) -> None:
    live.steady(sync(filters=FILTERS[:1], overrides=OVERRIDES))
    live.steady(sync(filters=FILTERS[:1], overrides=[{**OVERRIDES[0], "field": "first_name"}]))
    assert "field_id" not in str(live.requests("PUT", PATH))
    assert live.find(PATH, "Sync")["overrides"][0]["field"]["field"] == "first_name"


@pytest.mark.behaviour("target-filters")
def test_target_filters_apart_from_model_filters(live: InProcessWorkspace) -> None:
    crm = live.crm()
    on_target = [
        {"field": "Industry", "field_type": "Target", "function": "Equality", "value": "Energy"},
        {"field": "Type", "field_type": "Target", "function": "IsNotNull"},
    ]
    members = {"mode": "update", "identity": {"field": "email", "target": "Name"}, "fields": {"BillingCity": "email"}}
    target = {"connection": "CRM", "object": "Account"}
    both = {**members, "filters": [on_target[0], FILTERS[0], on_target[1], FILTERS[1]], "filter_logic": "A OR B"}
    live.steady(spec(sync={**both, "target": target}, **crm))
    only = {**members, "filters": on_target[::-1], "target": {**target, "filter_logic": "B OR A"}}
    live.steady(spec(sync=only, **crm))
    live.steady(spec(sync={**only, "filters": on_target}, **crm))
    live.steady(spec(sync={**members, "target": target}, **crm))
    assert not live.find(PATH, "Sync")["filters"]


@pytest.mark.behaviour("target-filters")
def test_a_target_filter_against_a_source_field(make: Any) -> None:
    older, newer = make(V1), make(V2)
    members = {
        "mode": "update",
        "identity": {"field": "email", "target": "Name"},
        "fields": {"BillingCity": "email"},
        "target": {"connection": "CRM", "object": "Account"},
        "filters": [
            {"field": "Type", "field_type": "Target", "function": "Equality", "value_field": {"field": "last_name"}}
        ],
    }
    assert "needs-version" in older.problems(spec(sync=members, **older.crm()))
    newer.steady(spec(sync=members, **newer.crm()))


@pytest.mark.behaviour("value-types")
@pytest.mark.parametrize("value", [True, False, 10, 10.0, 0, "010", "yes", ["a", 1], "2024-01-01"])
def test_values_keep_their_type(live: InProcessWorkspace, value: Any) -> None:
    conditions = {"function": "Equality", "value": value}
    live.steady(
        sync(
            filters=[{"field": "first_name", **conditions}],
            overrides=[{"field": "last_name", **conditions, "override": value}],
        )
    )
    (found,) = live.find(PATH, "Sync")["filters"]
    assert type(found["value"]) is type(value)


@pytest.mark.behaviour("filter-shapes")
def test_several_identities_where_the_version_has_them(make: Any) -> None:
    older, newer = make(V1), make(V2)
    target = {"connection": "CRM", "object": "Account"}
    one, other = {"field": "email", "target": "Name"}, {"field": "first_name", "target": "Website"}
    members = {"mode": "updateOrCreate", "target": target, "fields": {"BillingCity": "last_name"}}

    def several(strategy: str, *mappings: dict[str, str]) -> dict[str, Any]:
        return spec(sync={**members, "identities": {"strategy": strategy, "mappings": list(mappings)}}, **crm)

    crm = older.crm()
    assert "needs-version" in older.problems(several("priority", one, other))
    older.steady(several("priority", one))
    newer.crm()
    newer.steady(several("priority", one, other))
    assert newer.changes(several("priority", other, one))
    newer.steady(several("priority", other, one))
    newer.steady(several("and", other, one))
    assert newer.changes(several("and", one, other)) == {}
    newer.steady(several("and", one))
    single = spec(sync={**members, "identity": one}, **crm)
    assert newer.changes(single) == {}
    newer.version = V1
    assert newer.changes(single) == {}


SCHEDULES = [
    {"frequency": "manual"},
    {"frequency": "continuous"},
    {"frequency": "hourly", "minute": 0},
    {"frequency": "daily", "hour": 8, "minute": "05"},
    {"frequency": "weekly", "day_of_week": "Monday", "hour": "8", "minute": 30},
    {"frequency": "custom", "minute": "*/15", "hour": "*", "day_of_month": 1, "month": "*", "day_of_week": "1-5"},
    {"frequency": "builder", "minute": 0, "hour": 3},
    {"frequency": "runafter", "run_after": {"syncs": ["Other"]}},
    {"frequency": "runafter", "run_after": {"syncs": ["Other"]}, "run_after_success_only": True},
    {"frequency": "dbtcloud", "connection": "dbt", "job_id": 123},
]


@pytest.mark.behaviour("schedule-numbers", "schedule-members", "run-after")
def test_every_schedule_and_every_way_from_one_to_the_next(live: InProcessWorkspace) -> None:
    others = spec()["syncs"]["Sync"]
    dbt = {"dbt": {"type": "dbtcloud", "configuration": {"token": "${env:SECRET}", "url": "https://cloud.getdbt.com"}}}
    for schedule in SCHEDULES:
        live.steady(spec(sync={"schedule": schedule}, syncs={"Other": others}, connections=dbt))
        assert all(isinstance(live.find(PATH, "Sync")["schedule"].get(name) or "", str) for name in ("minute", "hour"))
    again = {"frequency": "daily", "hour": "08", "minute": 5}
    live.steady(spec(sync={"schedule": SCHEDULES[3]}, syncs={"Other": others}, connections=dbt))
    assert live.changes(spec(sync={"schedule": again}, syncs={"Other": others}, connections=dbt)) == {}


@pytest.mark.behaviour("active")
@pytest.mark.parametrize("default", ["true", "false"])
@pytest.mark.parametrize("version", [V1, V2])
def test_active_is_kept_unless_it_is_declared(make: Any, version: str, default: str) -> None:
    live = make(version, active_default=default)
    live.steady(sync())
    before = live.find(PATH, "Sync")["active"]
    live.steady(sync(sync_all_records=True))
    assert live.find(PATH, "Sync")["active"] is before
    live.steady(sync(sync_all_records=True, active=True))
    live.steady(sync(sync_all_records=True, active=False))
    assert len(live.requests("PUT", PATH)) == 1
    live.steady(sync(active=True))
    live.steady(sync())
    assert live.find(PATH, "Sync")["active"] is True


@pytest.mark.behaviour("light-sync-lists")
def test_lists_are_light(live: InProcessWorkspace) -> None:
    live.steady(spec(syncs={f"Sync {number}": spec()["syncs"]["Sync"] for number in range(60)}))
    live.version = V2
    assert live.changes(spec(syncs={f"Sync {number}": spec()["syncs"]["Sync"] for number in range(60)})) == {}


def test_the_same_plan_in_both_versions(make: Any) -> None:
    live = make()
    full = {
        "mode": "updateOrCreate",
        "identity": IDENTITY,
        "filters": FILTERS,
        "filter_logic": "A AND (B OR C)",
        "overrides": OVERRIDES,
        "fields": {"FIRST_NAME": "first_name", "ORIGIN": {"value": "x"}, "AGE": {"field": "age", "value": "1"}},
    }
    live.steady(sync(**full))
    for version in (V2, V1, V2):
        live.version = version
        assert live.changes(sync(**full)) == {}
        assert live.changes(sync()) == {
            "syncs/Sync": sorted(set(live.changes(sync())["syncs/Sync"])),
        }
        full = {**full, "sync_all_records": not full.get("sync_all_records", False)}
        live.steady(sync(**full))


@pytest.mark.behaviour("filter-labels")
def test_logic_with_other_labels_is_equal(make: Any) -> None:
    live = make(V2)
    logic = {"filters": FILTERS, "filter_logic": "A OR B AND C"}
    live.steady(spec(sync=logic))
    now = live.find("/api/syncs", "Sync")
    conditions = [{**one, "label": f"x{number}"} for number, one in enumerate(now["model_filters"]["conditions"])]
    named = {"conditions": conditions, "logic": "x0 OR x1 AND x2"}
    kept = {key: value for key, value in now.items() if key not in ("filters", "filter_logic", "problems", "identity")}
    live.send("PUT", f"/api/syncs/{now['id']}", {**kept, "model_filters": named})
    assert live.changes(spec(sync=logic)) == {}
    assert live.changes(spec(sync={**logic, "filter_logic": "A AND B AND C"})) == {"syncs/Sync": ["filter_logic"]}
