"""A model's enrichment: fields that another connection adds to its records (api.md 11.5, quirk 18)."""

from __future__ import annotations

from collections.abc import Mapping

from applier.kinds.base import mapping, sequence, text, to_text, without


def declared_enricher(enricher: Mapping[str, object]) -> dict[str, object]:
    """The declared members; `fields` are names."""
    members = without({name: enricher.get(name) for name in ("connection", "configuration", "mappings")})
    return {
        **members,
        **({"fields": sorted(map(to_text, sequence(enricher["fields"])))} if "fields" in enricher else {}),
    }


def live_enricher(enricher: Mapping[str, object]) -> dict[str, object]:
    """An answer's enrichment in the words of the spec; its id is the service's."""
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


def api_enricher(enricher: Mapping[str, object], live: Mapping[str, object]) -> dict[str, object]:
    """The request form, with the id of the enrichment that is there if it is one of the same connection."""
    body = {"connection_id": enricher.get("connection")}
    body.update({name: enricher[name] for name in ("configuration", "mappings") if name in enricher})
    same = live.get("connection_id") == enricher.get("connection")
    if "fields" in enricher:
        chosen = sequence(enricher["fields"])
        known = {_name(one): one for one in sequence(live.get("fields")) if same}
        body["fields"] = [known.get(str(name), {"name": name}) for name in chosen]
    return {**body, **({"enricher_id": live["enricher_id"]} if same and live.get("enricher_id") else {})}


def keep_enricher(live: Mapping[str, object]) -> dict[str, object]:
    """The enrichment that is there, as a request sends it back."""
    return without(live, lambda value: value is None)
