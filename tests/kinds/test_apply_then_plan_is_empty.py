"""Invariant over generated specs: after an apply the plan is empty, whatever was live before, in both versions."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.effort import COSTLY
from tests.kinds.test_bulk_syncs import BULK, COMPANY
from tests.kinds.test_bulk_syncs import SCHEDULES as BULK_SCHEDULES
from tests.kinds.test_models import ACCOUNTS, APOLLO, FULL
from tests.kinds.test_syncs import FILTERS, OVERRIDES, SCHEDULES
from tests.kinds.workspace import MODEL, SOURCE, V1, V2, spec, workspace

SWITCHES = {
    "active_default": ("false", "true"),
    "omitted_secrets": ("keep", "clear"),
    "mask_sent_back": ("unchanged", "store"),
    "nested_secrets": ("plain", "mask"),
    "configuration_defaults": ("fill", "leave"),
    "model_list_fields": ("with", "without"),
    "unset_members": ("absent", "null"),
    "override_source": ("zero", "empty", "absent"),
    "list_order": ("sent", "reversed"),
    "omitted_enricher_id": ("keep", "new"),
    "repeated_target_create": ("refuse", "second"),
    "undeclared_paging": ("whole", "pages"),
    "bulk_defaults": ("fill", "leave"),
    "bulk_update_schemas": ("ignore", "replace"),
    "builtin_policies": ("hidden", "shown"),
    "bulk_mode_default": ("replicate", "snapshot"),
}
FLAG = st.booleans()
POLICIES = st.lists(st.sampled_from(["Ours", "Theirs"]), unique=True)
SOURCES = ["email", "first_name", "last_name"]


def some(required: dict[str, Any], optional: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(required, optional=optional)


def any_order(values: list[Any], **bounds: int) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.sampled_from(values), unique_by=str, **bounds)


SETTINGS = some(
    {name: st.just(value) for name, value in SOURCE["configuration"].items() if name != "hostname"}
    | {"hostname": st.sampled_from(["db", "other"])},
    {"ssl": FLAG, "change_detection": FLAG},
)
CONNECTIONS = some(
    {"configuration": SETTINGS},
    {"policies": POLICIES, "validate": FLAG, "healthcheck_interval": st.sampled_from(["1h", "3h30m"])},
)
VALUES = st.recursive(
    st.none() | FLAG | st.integers(-9, 9) | st.floats(-9, 9) | st.text("ab", max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("xy"), inner, max_size=2),
    max_leaves=4,
)
MODELS = some(
    {"configuration": some({"table": st.just("company.customers")}, {"option": VALUES, "other": VALUES})},
    {
        "identifier": st.sampled_from(["", "id", "email"]),
        "fields": st.permutations([*SOURCES, "id", "account_id", "age"]),
        "tracking_columns": any_order(["id", "age"]),
        "additional_fields": any_order([{"name": "a", "type": "string"}, *FULL["additional_fields"]]),
        "relations": any_order(
            [*FULL["relations"], {"from": "account_id", "to": {"model": "Customers", "field": "id"}}]
        ),
        "enricher": st.none() | some({name: st.just(FULL["enricher"][name]) for name in FULL["enricher"]}, {}),
        "labels": any_order(FULL["labels"]),
        "policies": POLICIES,
        "refresh": FLAG,
    },
)
MAPPINGS = st.sampled_from(SOURCES) | some(
    {"field": st.sampled_from(SOURCES)},
    {"model": st.just("Customers"), "new": FLAG, "value": st.text("ab", max_size=3)},
)
CONSTANTS = some({"value": st.text("ab", max_size=3)}, {"new": FLAG})
TARGETS = st.sampled_from(
    [
        {"connection": "Warehouse", "object": "CUSTOMERS.CONTACTS"},
        {"connection": "Warehouse", "object": "CUSTOMERS.CONTACTS", "configuration": {"deep": {"x": False}}},
    ]
)
SYNCS = some(
    {
        "mode": st.just("updateOrCreate"),
        "identity": some(
            {"field": st.just("email"), "target": st.just("EMAIL")},
            {"function": st.just("Equality"), "model": st.just("Customers"), "new_field": FLAG},
        ),
        "target": TARGETS,
        "fields": st.dictionaries(
            st.sampled_from(["EMAIL", "FIRST_NAME", "LAST_NAME", "ORIGIN"]), MAPPINGS | CONSTANTS, max_size=4
        ),
        "schedule": st.sampled_from(SCHEDULES),
    },
    {
        "filters": any_order(FILTERS),
        "overrides": any_order(OVERRIDES),
        "active": FLAG,
        "sync_all_records": FLAG,
        "only_enrich_updates": FLAG,
        "skip_initial_backfill": FLAG,
        "encryption_passphrase": st.just("${env:SECRET}"),
        "policies": POLICIES,
    },
)
SCHEMAS = st.dictionaries(
    st.sampled_from([COMPANY, "company.accounts"]),
    some(
        {},
        {
            "fields": any_order(["id", {"id": "name"}], min_size=1).map(
                lambda one: ["id"] if "name" in str(one) else one
            ),
            "filters": any_order([{"field": "id", "function": "GreaterThan", "value": 1}]),
            "tracking_field": st.just("id"),
            "partition_key": st.just("id"),
            "output_name": st.sampled_from(["x", "y"]),
            "disable_data_cutoff": FLAG,
            "data_cutoff_timestamp": st.sampled_from(["2024-01-01", "2024-01-01T00:00:00+01:00"]),
        },
    ),
    min_size=1,
)
BULK_SYNCS = st.builds(
    lambda schedules, members: {**BULK, **members, **schedules},
    st.sampled_from(BULK_SCHEDULES),
    some(
        {},
        {
            "schemas": SCHEMAS,
            "automatically_add_new_objects": st.sampled_from(["none", "all"]),
            "automatically_add_new_fields": st.sampled_from(["none", "all"]),
            "normalize_names": st.sampled_from(["enabled", "disabled", "legacy"]),
            "disable_record_timestamps": FLAG,
            "data_cutoff_timestamp": st.just("2024-01-01"),
            "concurrency_limit": st.integers(1, 9),
            "resync_concurrency_limit": st.integers(1, 9),
            "active": FLAG,
            "policies": POLICIES,
        },
    ),
)
DBT = {"dbt": {"type": "dbtcloud", "configuration": {"token": "${env:SECRET}", "url": "https://cloud.getdbt.com"}}}
OTHER = {**spec()["syncs"]["Sync"], "active": True}
SPECS = st.builds(
    lambda source, model, sync, bulk: spec(
        connections=APOLLO | DBT,
        source=source,
        model={**MODEL, **model},
        models=ACCOUNTS,
        sync=_with_logic(sync),
        syncs={"Other": OTHER},
        bulk_syncs={"Replica": bulk},
    ),
    CONNECTIONS,
    MODELS,
    SYNCS,
    BULK_SYNCS,
)


def _with_logic(sync: dict[str, Any]) -> dict[str, Any]:
    letters = "ABC"[: len(sync.get("filters", []))]
    return {**sync, "filter_logic": " OR ".join(letters)} if letters else sync


@COSTLY
@given(
    st.sampled_from([V1, V2]),
    st.fixed_dictionaries({name: st.sampled_from(values) for name, values in SWITCHES.items()}),
    SPECS,
    SPECS,
)
def test_apply_then_plan_is_empty(version: str, switches: dict[str, str], first: Any, second: Any) -> None:
    with tempfile.TemporaryDirectory() as folder, workspace(Path(folder), version, **switches) as live:
        for name in ("Ours", "Theirs"):
            live.send("POST", "/api/permissions/policies", {"name": name, "policy_actions": []})
        live.steady(first)
        live.version = V1 if version == V2 else V2
        assert live.changes(first) == {}
        live.steady(second)
        live.version = version
        assert live.changes(second) == {}
