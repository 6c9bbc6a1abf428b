"""The enrichment of a model: fields that another connection adds to its records.

See docs/api/models.md#enrichment and docs/api/behaviours.md#enrichment-id.
"""

from __future__ import annotations

from collections.abc import Mapping

from applier.kinds.base import mapping, sequence, text, to_text, without


def enricher_from_spec(enricher: Mapping[str, object]) -> dict[str, object]:
    """Return the declared members; `fields` are names."""
    members = without({name: enricher.get(name) for name in ("connection", "configuration", "mappings")})
    return {
        **members,
        **({"fields": sorted(map(to_text, sequence(enricher["fields"])))} if "fields" in enricher else {}),
    }


def enricher_from_api(enricher: Mapping[str, object]) -> dict[str, object]:
    """Return the enrichment of an answer in the words of the spec; its id is the service's."""
    if not enricher:
        return {}
    configuration = {key: value for key, value in mapping(enricher.get("configuration")).items() if value is not None}
    return without(
        {
            "connection": enricher.get("connection_id"),
            "configuration": configuration,
            "mappings": mapping(enricher.get("mappings")),
            "fields": sorted(_name(one) for one in sequence(enricher.get("fields"))),
        }
    )


def _name(field: object) -> str:
    return text(field.get("name")) if isinstance(field, Mapping) else str(field)


def enricher_to_api(enricher: Mapping[str, object], live: Mapping[str, object]) -> dict[str, object]:
    """Return the enrichment of a request, with the id of the live one if it is of the same connection."""
    body = {"connection_id": enricher.get("connection")}
    body.update({name: enricher[name] for name in ("configuration", "mappings") if name in enricher})
    same = live.get("connection_id") == enricher.get("connection")
    if "fields" in enricher:
        chosen = sequence(enricher["fields"])
        known = {_name(one): one for one in sequence(live.get("fields")) if same}
        body["fields"] = [known.get(str(name), {"name": name}) for name in chosen]
    return {**body, **({"enricher_id": live["enricher_id"]} if same and live.get("enricher_id") else {})}


def keep_enricher(live: Mapping[str, object]) -> dict[str, object]:
    """Return the live enrichment as a request sends it back."""
    return without(live, lambda value: value is None)
