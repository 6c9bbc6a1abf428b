"""Syncs: which fields of which models go where, how and when (api.md sections 14 to 17, quirks 21 to 38)."""

from __future__ import annotations

from collections.abc import Mapping

from applier.kinds.base import (
    ApiObject,
    Canonical,
    Field,
    FieldClass,
    Kind,
    Reference,
    Toggle,
    mapping,
    sequence,
    text,
    unset,
    without,
)
from applier.kinds.conditions import api_conditions, conditions, keyed, spelled_out
from applier.kinds.mappings import api_mappings, declared_identity, declared_mappings, live_mappings
from applier.kinds.schedules import api_schedule, comparable_schedule, declared_schedule, live_schedule

FLAGS = ("sync_all_records", "only_enrich_updates", "skip_initial_backfill")
LIVE_ONLY = ("search_values", "create", "new_name")  # members of an answer's target that say nothing (quirks 23, 25)


def desired(body: Mapping[str, object]) -> Canonical:
    """The four written forms of a field become one; the sync's `model` is filled in wherever none is named."""
    model = body.get("model")
    target = mapping(body.get("target"))
    canonical: Canonical = {
        "mode": body.get("mode"),
        "target": without(target),
        "fields": declared_mappings(mapping(body.get("fields")), model),
        "identity": declared_identity(mapping(body.get("identity")), model),
        "schedule": declared_schedule(mapping(body.get("schedule"))),
        "filters": [conditions(mapping(one), model) for one in sequence(body.get("filters"))],
        "filter_logic": body.get("filter_logic"),
        "overrides": [conditions(mapping(one), model) for one in sequence(body.get("overrides"))],
        **{flag: body.get(flag) or None for flag in FLAGS},
        "encryption_passphrase": body.get("encryption_passphrase"),
    }
    canonical = without(canonical)
    if body.get("active") is not None:
        canonical["active"] = body["active"]
    return canonical


def from_api(answer: ApiObject) -> Canonical:
    """The answer in the words of the spec, with ids where names belong."""
    target = mapping(answer.get("target"))
    identity = mapping(answer.get("identity"))
    source = mapping(identity.get("source"))
    members = {key: value for key, value in target.items() if key not in (*LIVE_ONLY, "connection_id")}
    canonical: Canonical = {
        "mode": answer.get("mode"),
        "target": without({"connection": target.get("connection_id"), **members}),
        "fields": live_mappings(answer),
        "identity": without(
            {
                "model": source.get("model_id"),
                "field": source.get("field"),
                **{key: value for key, value in identity.items() if key != "source"},
            }
        ),
        "schedule": live_schedule(mapping(answer.get("schedule"))),
        "filters": [conditions(mapping(one), None) for one in sequence(answer.get("filters"))],
        "filter_logic": answer.get("filter_logic"),
        "overrides": [conditions(mapping(one), None) for one in sequence(answer.get("overrides"))],
        **{flag: answer.get(flag) or None for flag in FLAGS},
    }
    return {**without(canonical), "active": bool(answer.get("active"))}


def to_api(name: str, canonical: Canonical, live: ApiObject | None) -> dict[str, object]:
    """A create body with what is declared only, or with `live` a full replacement with every list spelled out."""
    mapped, constants = api_mappings(mapping(canonical.get("fields")))
    body: dict[str, object] = {
        "name": name,
        "mode": canonical["mode"],
        "fields": mapped,
        "schedule": api_schedule(mapping(canonical.get("schedule"))),
        "target": _api_target(mapping(canonical.get("target")), mapping((live or {}).get("target"))),
    }
    optional: dict[str, object] = {
        "override_fields": constants,
        "filters": [api_conditions(mapping(one)) for one in sequence(canonical.get("filters"))],
        "filter_logic": canonical.get("filter_logic"),
        "overrides": [api_conditions(mapping(one)) for one in sequence(canonical.get("overrides"))],
        "identity": _api_identity(mapping(canonical.get("identity")), mapping((live or {}).get("identity"))),
        **{flag: canonical.get(flag) for flag in FLAGS},
        "encryption_passphrase": canonical.get("encryption_passphrase"),
    }
    if live is None:
        active = {"active": False} if canonical.get("active") is False else {}
        return {**body, **without(optional), **active}
    for member in ("override_fields", "filters", "overrides"):
        body[member] = optional.pop(member)
    body.update({flag: bool(optional.pop(flag)) for flag in FLAGS})
    body["active"] = canonical.get("active", bool(live.get("active")))
    return {**body, **without(optional), **without({"policies": live.get("policies")})}


def comparable(canonical: Canonical) -> Canonical:
    """Filters by what they say instead of by letter, schedules by meaning, no mapping onto the identity (quirk 28)."""
    target = text(mapping(canonical.get("identity")).get("target"))
    filters = [mapping(one) for one in sequence(canonical.get("filters"))]
    form = {
        **canonical,
        "fields": {name: value for name, value in mapping(canonical.get("fields")).items() if name != target},
        "schedule": comparable_schedule(mapping(canonical.get("schedule"))),
        "filters": keyed(filters),
        "filter_logic": spelled_out(text(canonical.get("filter_logic")), filters),
        "overrides": keyed([mapping(one) for one in sequence(canonical.get("overrides"))]),
    }
    return without(form)


def _api_target(target: Mapping[str, object], live: Mapping[str, object]) -> dict[str, object]:
    body = {"connection_id": target.get("connection")}
    body.update({key: value for key, value in target.items() if key != "connection"})
    kept = mapping(live.get("configuration"))
    if kept:
        body["configuration"] = {**kept, **mapping(target.get("configuration"))}
    return body


def _api_identity(identity: Mapping[str, object], live: Mapping[str, object]) -> dict[str, object]:
    if not identity:
        return {}
    body: dict[str, object] = {"source": {"field": identity["field"], "model_id": identity["model"]}}
    if live.get("target") == identity.get("target"):
        body.update({key: live[key] for key in ("new_field", "remote_field_type_id") if not unset(live.get(key))})
    body.update({key: value for key, value in identity.items() if key not in ("model", "field")})
    return body


def _complete(entry: ApiObject) -> bool:
    return isinstance(entry.get("target"), Mapping) and isinstance(entry.get("fields"), list)


SYNCS = Kind(
    name="syncs",
    noun="sync",
    path="/api/syncs",
    desired=desired,
    from_api=from_api,
    to_api=to_api,
    comparable=comparable,
    complete=_complete,
    fields=(
        Field(("active",), FieldClass.OPTIONAL, "without it a sync stays switched on or off as it is (quirk 38)"),
        Field(("target", "configuration", "*"), FieldClass.OPTIONAL, "the service may fill it (quirk 22)"),
        Field(("identity", "new_field"), FieldClass.OPTIONAL, "the service computes it (quirk 22)"),
        Field(("identity", "remote_field_type_id"), FieldClass.OPTIONAL, "the service computes it (quirk 22)"),
        Field(("target", "new_name"), FieldClass.WRITE_ONLY, "only read when the target is created (quirk 25)"),
        Field(("encryption_passphrase",), FieldClass.WRITE_ONLY, "never returned (quirk 24)"),
    ),
    references=(
        Reference(("target", "connection"), "connections"),
        Reference(("fields", "*", "model"), "models"),
        Reference(("identity", "model"), "models"),
        Reference(("filters", "*", "model"), "models"),
        Reference(("overrides", "*", "model"), "models"),
        Reference(("schedule", "connection"), "connections"),
        Reference(("schedule", "run_after", "syncs", "*"), "syncs"),
        Reference(("schedule", "run_after", "bulk_syncs", "*"), "bulk_syncs"),
    ),
    confidential=(
        ("target", "configuration"),
        ("fields", "*", "value"),
        ("filters", "*", "value"),
        ("overrides", "*", "value"),
        ("overrides", "*", "override"),
        ("encryption_passphrase",),
    ),
    toggle=Toggle("active", "activate"),
)
