"""What a sync maps: fields, constants, identities, filters and overrides, checked against models and the target."""

from __future__ import annotations

from applier.sandbox.json_values import Document, JsonObject, as_document, as_documents, as_mapping, as_text
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
    context: Context, body: JsonObject, target: TargetDescription, *, newer: bool = False
) -> Document:
    """Return the members of a sync that name model fields and target fields, as stored, with the models they use."""
    models = Models(context)
    recognition = identities.normalise_identities(models, body, target)
    identity_mappings = as_documents(recognition, "mappings")
    if newer:
        fields, constants = _separate_constants(body)
    else:
        fields, constants = as_documents(body, "fields"), as_documents(body.get("override_fields") or [])
    mapped = [_field(models, field) for field in fields]
    override_fields = [_constant(field) for field in constants]
    identity_targets = {mapping["target"] for mapping in identity_mappings}
    mapped = [field for field in mapped if field["target"] not in identity_targets]
    check_targets(context, target, as_text(body, "mode"), [*mapped, *override_fields], identity_mappings)
    return {
        "fields": mapped,
        "override_fields": override_fields,
        "identities": recognition,
        **({"identity": identity_mappings[0]} if identity_mappings else {}),
        **_filters(models, body, newer=newer),
        "overrides": normalise_overrides(models, as_documents(body.get("overrides") or [])),
        "model_ids": list(dict.fromkeys(model["id"] for model in models.used.values())),
    }


def is_absent(source: object) -> bool:
    """Return whether a source is none: null, empty and the zero UUID all mean that."""
    return not source or as_mapping(source).get("model_id") in (None, "", ZERO_UUID)


def _filters(models: Models, body: JsonObject, *, newer: bool) -> Document:
    """Return the filters with their logic; target filters have a logic of their own."""
    if newer and (body.get("model_filters") is not None or body.get("target_filters") is not None):
        return normalise_filter_lists(models, body)
    filters = normalise_filters(models, as_documents(body.get("filters") or []), newer=newer)
    logic, target_logic = body.get("filter_logic"), as_document(body, "target").get("filter_logic")
    check_logic(logic, filters)
    check_logic(target_logic, filters, "target: filter_logic")
    return {"filters": filters, **({"filter_logic": logic} if logic else {}), "target_logic": target_logic}


def _separate_constants(body: JsonObject) -> tuple[list[Document], list[Document]]:
    """Return mappings and constants: in version 2025-09-18 an entry with a source is a mapping in either list."""
    sent, constants = as_documents(body, "fields"), as_documents(body.get("override_fields") or [])
    for field in [*sent, *constants]:
        _check_field(field, f"fields: {field.get('target')}: ")
    plain = [field for field in sent if is_absent(field.get("source")) and field.get("override_value") is not None]
    mapped = [field for field in constants if not is_absent(field.get("source"))]
    return (
        [*(field for field in sent if field not in plain), *mapped],
        [*plain, *(field for field in constants if field not in mapped)],
    )


def _field(models: Models, field: JsonObject) -> Document:
    at = f"fields: {field.get('target')}: "
    _check_field(field, at)
    stored = body_checks.present_members(field, "target", "override_value", "new", "sync_mode", "encryption_enabled")
    if not is_absent(field.get("source")):
        return {"source": models.source(as_document(field, "source"), at), **stored}
    if "override_value" not in stored:
        raise bad_request(f"{at}source is required")
    return stored


def _constant(field: JsonObject) -> Document:
    at = f"override_fields: {field.get('target')}: "
    _check_field(field, at)
    if field.get("override_value") is None:
        raise bad_request(f"{at}override_value is required")
    return body_checks.present_members(field, "target", "override_value", "new", "sync_mode")


def _check_field(field: JsonObject, at: str) -> None:
    body_checks.check(field, FIELD_MEMBERS, ("target",), at)
    if field.get("sync_mode") and field["sync_mode"] not in FIELD_SYNC_MODES:
        raise bad_request(f"{at}sync_mode must be one of {', '.join(FIELD_SYNC_MODES)}")
