"""A sync's mappings: four written forms, two API lists, one canonical entry by target (api.md 16.1 and 16.5)."""

from __future__ import annotations

from collections.abc import Mapping

from applier.kinds.base import ApiObject, is_unset, mapping, sequence, text

ZERO_ID = "00000000-0000-0000-0000-000000000000"
DEFAULT_SYNC_MODE = "updateOrCreate"


def declared_mappings(fields: Mapping[str, object], model: object) -> dict[str, object]:
    """`EMAIL: email`, `{field}`, `{model, field}` and `{value}`; members that say the default are left out."""
    return {target: _declared(value, model) for target, value in fields.items()}


def _declared(value: object, model: object) -> dict[str, object]:
    entry = dict(value) if isinstance(value, Mapping) else {"field": value}
    if "field" in entry and not entry.get("model"):
        entry["model"] = model
    if "field" not in entry:  # ignored in a constant (api.md 16.5)
        entry.pop("encrypt", None)
    return _said(entry)


def _said(entry: Mapping[str, object]) -> dict[str, object]:
    """Without null, false and the default mode (quirk 22); an empty constant is a value."""
    return {
        key: value
        for key, value in entry.items()
        if value is not None and value is not False and not (key == "sync_mode" and value == DEFAULT_SYNC_MODE)
    }


def live_mappings(answer: ApiObject) -> dict[str, object]:
    """Both lists of an answer by target; an entry without a real source is a constant (quirks 26 and 27)."""
    entries = [*sequence(answer.get("override_fields")), *sequence(answer.get("fields"))]
    return {text(mapping(one).get("target")): _live(mapping(one)) for one in entries}


def _live(entry: Mapping[str, object]) -> dict[str, object]:
    source = mapping(entry.get("source"))
    model, name = source.get("model_id"), source.get("field")
    real = not is_unset(model) and model != ZERO_ID and not is_unset(name)
    return _said(
        {
            "model": model if real else None,
            "field": name if real else None,
            "value": entry.get("override_value"),
            "sync_mode": entry.get("sync_mode") or None,
            "new": entry.get("new"),
            "encrypt": entry.get("encryption_enabled") if real else None,
        }
    )


def api_mappings(fields: Mapping[str, object]) -> tuple[list[object], list[object]]:
    """The request's `fields` and `override_fields`: what has no source is a constant."""
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
