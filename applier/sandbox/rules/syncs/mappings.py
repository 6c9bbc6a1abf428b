"""What a sync maps: fields, constants, identities, filters and overrides, checked against models and the target."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from applier.sandbox.rules import body_checks
from applier.sandbox.rules.connections.target_descriptions import TargetDescription
from applier.sandbox.rules.context import ZERO_UUID, Context
from applier.sandbox.rules.refusals import bad_request
from applier.sandbox.rules.syncs import identities
from applier.sandbox.rules.syncs.filters import check_logic, normalise_filters
from applier.sandbox.rules.syncs.filters_2025_09_18 import normalise_filter_lists
from applier.sandbox.rules.syncs.model_references import Models
from applier.sandbox.rules.syncs.overrides import normalise_overrides
from applier.sandbox.rules.syncs.target_checks import check_targets
from applier.sandbox.store import Document

FIELD_MEMBERS = {
    "target": body_checks.is_text,
    "source": body_checks.is_object,
    "override_value": body_checks.is_text,
    "new": body_checks.is_flag,
    "sync_mode": body_checks.is_text,
    "encryption_enabled": body_checks.is_flag,
}
FIELD_SYNC_MODES = ("create", "updateOrCreate")


def normalise_mappings(
    context: Context, body: Mapping[str, Any], shape: TargetDescription, *, newer: bool = False
) -> Document:
    """Everything of a sync that names model fields and target fields, as it is stored, with the models it uses."""
    models = Models(context)
    recognised = identities.normalise_identities(models, body, shape)
    fields, constants = _separate_constants(body) if newer else (body["fields"], body.get("override_fields") or [])
    mapped = [_field(models, field) for field in fields]
    overriding = [_constant(field) for field in constants]
    taken = {mapping["target"] for mapping in recognised["mappings"]}
    mapped = [field for field in mapped if field["target"] not in taken]
    check_targets(context, shape, body["mode"], [*mapped, *overriding], recognised["mappings"])
    return {
        "fields": mapped,
        "override_fields": overriding,
        "identities": recognised,
        **({"identity": recognised["mappings"][0]} if recognised["mappings"] else {}),
        **_filters(models, body, newer=newer),
        "overrides": normalise_overrides(models, body.get("overrides") or []),
        "model_ids": list(dict.fromkeys(model["id"] for model in models.used.values())),
    }


def is_absent(source: Mapping[str, Any] | None) -> bool:
    """Null, empty and the zero UUID all mean that there is no source."""
    return not source or source.get("model_id") in (None, "", ZERO_UUID)


def _filters(models: Models, body: Mapping[str, Any], *, newer: bool) -> Document:
    """The filters and how their answers make one; target filters have a logic of their own."""
    target_logic = body["target"].get("filter_logic")
    if newer and (body.get("model_filters") is not None or body.get("target_filters") is not None):
        return normalise_filter_lists(models, body)
    filters = normalise_filters(models, body.get("filters") or [], newer=newer)
    check_logic(body.get("filter_logic"), filters)
    check_logic(target_logic, filters, "target: filter_logic")
    logic = {"filter_logic": body["filter_logic"]} if body.get("filter_logic") else {}
    return {"filters": filters, **logic, "target_logic": target_logic}


def _separate_constants(body: Mapping[str, Any]) -> tuple[list[Mapping[str, Any]], list[Mapping[str, Any]]]:
    """What decides in the newer version whether an entry is a mapping or a constant is its source."""
    sent, constants = body["fields"], body.get("override_fields") or []
    for field in [*sent, *constants]:
        _check_field(field, f"fields: {field.get('target')}: ")
    plain = [field for field in sent if is_absent(field.get("source")) and field.get("override_value") is not None]
    mapped = [field for field in constants if not is_absent(field.get("source"))]
    return (
        [*(field for field in sent if field not in plain), *mapped],
        [*plain, *(field for field in constants if field not in mapped)],
    )


def _field(models: Models, field: Mapping[str, Any]) -> Document:
    at = f"fields: {field.get('target')}: "
    _check_field(field, at)
    stored = body_checks.present_members(field, "target", "override_value", "new", "sync_mode", "encryption_enabled")
    if not is_absent(field.get("source")):
        return {"source": models.source(field["source"], at), **stored}
    if "override_value" not in stored:
        raise bad_request(f"{at}source is required")
    return stored


def _constant(field: Mapping[str, Any]) -> Document:
    at = f"override_fields: {field.get('target')}: "
    _check_field(field, at)
    if field.get("override_value") is None:
        raise bad_request(f"{at}override_value is required")
    return body_checks.present_members(field, "target", "override_value", "new", "sync_mode")


def _check_field(field: Mapping[str, Any], at: str) -> None:
    body_checks.check(field, FIELD_MEMBERS, ("target",), at)
    if field.get("sync_mode") and field["sync_mode"] not in FIELD_SYNC_MODES:
        raise bad_request(f"{at}sync_mode must be one of {', '.join(FIELD_SYNC_MODES)}")
