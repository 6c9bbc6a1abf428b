"""Turns a live model into the body that a person would have written for it."""

from __future__ import annotations

from collections.abc import Mapping

from applier.kinds.base import Canonical, is_blank, is_unset, mapping, sequence, sort_json, without
from applier.kinds.policy.attachment import policies_to_spec

LISTS = ("fields", "tracking_columns", "labels")


def model_to_spec(canonical: Canonical) -> dict[str, object]:
    """Return the settings that are not empty, and the lists that have entries."""
    configuration = without(mapping(canonical.get("configuration")), is_blank)
    configuration.pop("tracking_columns", None)  # the service's own copy (docs/api/behaviours.md#model-configuration)
    lists = {name: sorted(map(str, sequence(canonical.get(name)))) for name in LISTS}
    added = mapping(canonical.get("additional_fields"))
    body = {
        "connection": canonical.get("connection"),
        "identifier": canonical.get("identifier"),
        **lists,
        "additional_fields": [_additional_field(name, mapping(added[name])) for name in sorted(added)],
        "relations": sort_json(sequence(canonical.get("relations"))),
        "enricher": _enricher(mapping(canonical.get("enricher"))),
    }
    return {**without(body), "configuration": configuration, **policies_to_spec(canonical)}


def _additional_field(name: str, entry: Mapping[str, object]) -> dict[str, object]:
    members = {key: value for key, value in entry.items() if not (key == "label" and value == name)}
    return {"name": name, **without(members, lambda value: is_unset(value) or not isinstance(value, str))}


def _enricher(enricher: Mapping[str, object]) -> dict[str, object]:
    settings = without(mapping(enricher.get("configuration")), is_blank)
    mappings = mapping(enricher.get("mappings"))
    sorted_mappings = {key: mappings[key] for key in sorted(mappings)}
    return without({**enricher, "configuration": settings, "mappings": sorted_mappings})
