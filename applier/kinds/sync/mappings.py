"""Mappings of a sync: four forms in a spec, two lists in the API, one canonical entry by target.

See docs/api/mappings.md#mappings and docs/api/mappings.md#override-fields.
"""

from __future__ import annotations

from collections.abc import Mapping

from applier.kinds.base import ApiObject, is_unset, mapping, sequence, text

ZERO_ID = "00000000-0000-0000-0000-000000000000"
DEFAULT_SYNC_MODE = "updateOrCreate"


def mappings_from_spec(fields: Mapping[str, object], model: object) -> dict[str, object]:
    """Return the canonical entries of `EMAIL: email`, `{field}`, `{model, field}` and `{value}`, without defaults."""
    return {target: _mapping_from_spec(value, model) for target, value in fields.items()}


def _mapping_from_spec(value: object, model: object) -> dict[str, object]:
    entry = dict(value) if isinstance(value, Mapping) else {"field": value}
    if "field" in entry and not entry.get("model"):
        entry["model"] = model
    if "field" not in entry:  # ignored in a constant (docs/api/mappings.md#override-fields)
        entry.pop("encrypt", None)
    return _without_defaults(entry)


def _without_defaults(entry: Mapping[str, object]) -> dict[str, object]:
    """Return an entry without null, false and the default mode; an empty constant is a value.

    See docs/api/behaviours.md#unset-members.
    """
    return {
        key: value
        for key, value in entry.items()
        if value is not None and value is not False and not (key == "sync_mode" and value == DEFAULT_SYNC_MODE)
    }


def mappings_from_api(answer: ApiObject) -> dict[str, object]:
    """Return both lists of an answer by target; an entry without a real source is a constant.

    See docs/api/behaviours.md#merged-constants and docs/api/behaviours.md#mappings-with-a-constant.
    """
    entries = [*sequence(answer.get("override_fields")), *sequence(answer.get("fields"))]
    return {text(mapping(one).get("target")): _mapping_from_api(mapping(one)) for one in entries}


def _mapping_from_api(entry: Mapping[str, object]) -> dict[str, object]:
    source = mapping(entry.get("source"))
    model, name = source.get("model_id"), source.get("field")
    real = not is_unset(model) and model != ZERO_ID and not is_unset(name)
    return _without_defaults(
        {
            "model": model if real else None,
            "field": name if real else None,
            "value": entry.get("override_value"),
            "sync_mode": entry.get("sync_mode") or None,
            "new": entry.get("new"),
            "encrypt": entry.get("encryption_enabled") if real else None,
        }
    )


def mappings_to_api(fields: Mapping[str, object]) -> tuple[list[object], list[object]]:
    """Return the `fields` and `override_fields` of a request: what has no source is a constant."""
    mapped: list[object] = []
    constants: list[object] = []
    for target, value in fields.items():
        entry = mapping(value)
        body: dict[str, object] = {"target": target}
        if "field" in entry:
            body["source"] = {"field": entry["field"], "model_id": entry["model"]}
        if "value" in entry:
            body["override_value"] = entry["value"]
        body.update({key: entry[key] for key in ("sync_mode", "new") if key in entry})
        if "encrypt" in entry:
            body["encryption_enabled"] = entry["encrypt"]
        (mapped if "field" in entry else constants).append(body)
    return mapped, constants
