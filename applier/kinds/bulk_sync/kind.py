"""Bulk syncs: whole schemas of one connection copied into another.

See docs/api/bulk-syncs.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from applier.kinds.base import ApiObject, Canonical, Kind, mapping, sequence, to_integer, without
from applier.kinds.bulk_sync import schedules
from applier.kinds.bulk_sync.checks import check_bulk_sync
from applier.kinds.bulk_sync.export_form import ENDS, bulk_sync_to_spec
from applier.kinds.bulk_sync.fields import FIELDS
from applier.kinds.bulk_sync.schemas import (
    is_transient_refusal,
    moment,
    normalize_schemas,
    prepare_create,
    read_schemas,
    schemas_from_api,
    schemas_from_spec,
    schemas_to_api,
    write_schemas,
)
from applier.kinds.endpoints import V1, V2, Executions, OnlyIn, SubResources, ToggleEndpoint, VersionAdapter
from applier.kinds.export_rules import ExportRules
from applier.kinds.policy.attachment import normalize_policies, reconcile_policies

DEFAULTS = {  # what the service takes when a request leaves it out
    "automatically_add_new_objects": "none",
    "automatically_add_new_fields": "all",
    "normalize_names": "enabled",
}
# sent in creates too (docs/api/behaviours.md#omitted-schema-fields)
ALWAYS = ("automatically_add_new_objects", "automatically_add_new_fields")
PLAIN = ("disable_record_timestamps", "data_cutoff_timestamp", "concurrency_limit", "resync_concurrency_limit")


def from_spec(body: Mapping[str, object]) -> Canonical:
    """Return the declared members; those for new objects, new fields and names have the service's defaults."""
    canonical: Canonical = {
        **{end: without(mapping(body.get(end))) for end in ENDS},
        "mode": body.get("mode"),
        **{name: body.get(name) or default for name, default in DEFAULTS.items()},
        **_plain(body),
        **schedules.schedules_from_spec(body),
    }
    canonical = without(canonical)
    chosen: Canonical = {"active": body["active"]} if body.get("active") is not None else {}
    if body.get("schemas") is not None:
        chosen["schemas"] = schemas_from_spec(body["schemas"])
    if "policies" in body:
        chosen["policies"] = sequence(body["policies"])
    return {**canonical, **chosen}


def _plain(members: Mapping[str, object]) -> Canonical:
    plain: Canonical = {name: to_integer(members.get(name)) or None for name in PLAIN}
    if plain["data_cutoff_timestamp"] is not None:
        plain["data_cutoff_timestamp"] = moment(plain["data_cutoff_timestamp"])
    return plain


def from_api(answer: ApiObject) -> Canonical:
    """Return an answer in the words of the spec; schemas only if they were read."""
    ends = {
        end: without({"connection": answer.get(f"{end}_connection_id"), "configuration": _settings(answer, end)})
        for end in ENDS
    }
    canonical = without(
        {
            **ends,
            "mode": answer.get("mode"),
            **{name: answer.get(name) or default for name, default in DEFAULTS.items()},
            **_plain(answer),
            **schedules.schedules_from_api(answer),
            "policies": sequence(answer.get("policies")),
        }
    )
    schemas = {"schemas": schemas_from_api(answer)} if "schemas" in answer else {}
    return {**canonical, **schemas, "active": bool(answer.get("active"))}


def _settings(answer: ApiObject, end: str) -> dict[str, object]:
    found = mapping(answer.get(f"{end}_configuration"))
    return {key: value for key, value in found.items() if value is not None}


def reconcile(declared: Canonical, live: Canonical) -> Canonical:
    """Return the declared form with what the service adds by itself because it is asked to.

    See docs/api/behaviours.md#omitted-schema-fields.
    """
    form = {**declared, **reconcile_policies(declared, live)}
    if "schemas" not in declared:
        return form
    wanted, found = dict(mapping(declared["schemas"])), mapping(live.get("schemas"))
    if declared.get("automatically_add_new_objects") != "none":
        wanted |= {id: {} for id in found if id not in wanted}
    return {**form, "schemas": wanted}


def to_api(name: str, canonical: Canonical, live: ApiObject | None) -> dict[str, object]:
    """Return a create body, or with `live` a full replacement of all but the schemas, which are written apart."""
    body: dict[str, object] = {"name": name, **_api_ends(canonical, live)}
    body.update(schedules.schedules_to_api(canonical, live))
    members: dict[str, object] = {one: canonical[one] for one in ("mode", "active", "policies") if one in canonical}
    if live is None:
        settings = {name: canonical[name] for name in (*DEFAULTS, *PLAIN) if name in canonical}
        settings = {name: value for name, value in settings.items() if name in ALWAYS or value != DEFAULTS.get(name)}
        schemas = {"schemas": schemas_to_api(mapping(canonical["schemas"]))} if canonical.get("schemas") else {}
        return {**body, **settings, **without(members), **schemas}
    kept = without({name: live.get(name) for name in ("mode", "policies")}) | {"active": bool(live.get("active"))}
    return {**body, **{name: canonical.get(name) for name in (*DEFAULTS, *PLAIN)}, **kept, **members}


def _api_ends(canonical: Canonical, live: ApiObject | None) -> dict[str, object]:
    body: dict[str, object] = {}
    for end in ENDS:
        declared = mapping(canonical.get(end))
        body[f"{end}_connection_id"] = declared.get("connection")
        configuration = {**_settings(live or {}, end), **mapping(declared.get("configuration"))}
        if configuration or end == "destination":
            body[f"{end}_configuration"] = configuration
    return body


def normalize(canonical: Canonical) -> Canonical:
    """Return the form to compare: schedules by meaning, filters by what they test."""
    form = without({**canonical, **schedules.normalize_schedules(canonical)})
    schemas = {"schemas": normalize_schemas(mapping(canonical["schemas"]))} if "schemas" in canonical else {}
    return {**form, **schemas, **normalize_policies(canonical)}


def _encode(body: dict[str, object]) -> dict[str, object]:
    """Return a body for 2024-02-08, which takes output names of schemas only once they are chosen.

    See docs/api/bulk-syncs.md#schemas.
    """
    encoded = schedules.encode(body)
    if "schemas" in encoded:
        encoded["schemas"] = [_without_names(mapping(one)) for one in sequence(encoded["schemas"])]
    return encoded


def _without_names(schema: Mapping[str, object]) -> dict[str, object]:
    bare = {name: value for name, value in schema.items() if name != "user_output_name"}
    if "fields" in bare:
        fields = [mapping(one) for one in sequence(bare["fields"])]
        bare["fields"] = [{name: value for name, value in one.items() if name != "user_output_name"} for one in fields]
    return bare


BULK_SYNCS = Kind(
    name="bulk_syncs",
    noun="bulk sync",
    definition="bulk_sync",
    path="/api/bulk/syncs",
    from_spec=from_spec,
    from_api=from_api,
    to_api=to_api,
    to_spec=lambda canonical, answer, present: bulk_sync_to_spec(canonical, answer, DEFAULTS),
    export_rules=ExportRules(inline=(("schedule",),)),
    normalize=normalize,
    reconcile=reconcile,
    fields=FIELDS,
    is_complete=lambda entry: "schemas" in entry,
    offline_checks=check_bulk_sync,
    variants=MappingProxyType({("schedule",): "frequency"}),
    confidential=(
        ("source", "configuration"),
        ("destination", "configuration"),
        ("schemas", "*", "filters", "*", "value"),
    ),
    toggle=ToggleEndpoint("active", on="activate", off="activate", sends_value=True),
    only_in=(
        OnlyIn(("schedule", "selective_mode"), (V1,)),
        OnlyIn(("additional_schedules", "*", "schemas"), (V2,)),
        OnlyIn(("additional_schedules", "*", "resync_mode"), (V2,)),
        OnlyIn(("schemas", "*", "history_enabled"), (V2,)),
    ),
    version_adapters=MappingProxyType({V1: VersionAdapter(schedules.decode, _encode)}),
    sub_resources=SubResources(read_schemas, write_schemas, prepare_create, is_transient_refusal, "schemas"),
    executions=Executions(
        target=("destination", "configuration", "schema"),
        counts=MappingProxyType({"records": "record_count", "error": "error_count"}),
    ),
    full_resync_members=("mode",),
)
