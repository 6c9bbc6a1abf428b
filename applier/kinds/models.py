"""Models: what is read from a connection, a table, a view or a query (api.md section 11, quirks 13 to 20)."""

from __future__ import annotations

from collections.abc import Mapping

from applier.kinds.base import (
    ApiObject,
    Canonical,
    Field,
    FieldClass,
    Kind,
    Reference,
    blank,
    mapping,
    sequence,
    text,
    without,
)

# Members that the spec cannot say; a full replacement sends them back as they are live (quirk 13).
KEPT = ("relations", "policies")


def desired(body: Mapping[str, object]) -> Canonical:
    """The declared members; lists without order as they stand."""
    canonical: Canonical = {
        "connection": body.get("connection"),
        "configuration": without(mapping(body.get("configuration")), blank),
        "identifier": body.get("identifier"),
        "tracking_columns": sequence(body.get("tracking_columns")),
    }
    canonical = without(canonical)
    if body.get("fields") is not None:
        canonical["fields"] = sequence(body.get("fields"))
    return canonical


def from_api(answer: ApiObject) -> Canonical:
    """Fields are objects in answers (quirk 15), the configuration holds every choice of the source (quirk 14)."""
    canonical: Canonical = {
        "connection": answer.get("connection_id"),
        "configuration": without(mapping(answer.get("configuration")), blank),
        "identifier": answer.get("identifier"),
        "tracking_columns": sequence(answer.get("tracking_columns")),
    }
    canonical = without(canonical)
    if isinstance(answer.get("fields"), list):
        canonical["fields"] = _names(answer, user_added=False)
    return canonical


def to_api(name: str, canonical: Canonical, live: ApiObject | None) -> dict[str, object]:
    """A create body, or with `live` a full replacement: what is not declared goes back as it is."""
    body: dict[str, object] = {
        "name": name,
        "connection_id": canonical["connection"],
        "configuration": canonical.get("configuration", {}),
        **{member: canonical[member] for member in ("identifier", "tracking_columns", "fields") if member in canonical},
    }
    if live is None:
        return body
    body.setdefault("identifier", "")
    body.setdefault("tracking_columns", [])
    body.setdefault("fields", _names(live, user_added=False))
    body.update({member: live[member] for member in KEPT if live.get(member)})
    added = [mapping(one) for one in sequence(live.get("fields")) if mapping(one).get("user_added")]
    if added:
        body["additional_fields"] = [{key: one.get(key) for key in ("name", "label", "type")} for one in added]
    if live.get("labels"):
        body["labels"] = [mapping(one).get("id", one) for one in sequence(live["labels"])]
    if live.get("enricher"):
        enricher = dict(mapping(live["enricher"]))
        body["enricher"] = enricher
    return body


def comparable(canonical: Canonical) -> Canonical:
    """The order of fields and tracking columns means nothing (quirk 40)."""
    unordered: Canonical = {
        member: sorted(map(str, sequence(canonical[member])))
        for member in ("fields", "tracking_columns")
        if member in canonical
    }
    return {**canonical, **unordered}


def _names(answer: ApiObject, *, user_added: bool) -> list[object]:
    entries = [mapping(one) for one in sequence(answer.get("fields"))]
    return [text(one.get("name")) for one in entries if bool(one.get("user_added")) is user_added]


def _complete(entry: ApiObject) -> bool:
    return "configuration" in entry and isinstance(entry.get("fields"), list)


MODELS = Kind(
    name="models",
    noun="model",
    path="/api/models",
    desired=desired,
    from_api=from_api,
    to_api=to_api,
    comparable=comparable,
    complete=_complete,
    fields=(
        Field(("configuration", "tracking_columns"), FieldClass.OPTIONAL, "the service adds it by itself (quirk 14)"),
        Field(("fields",), FieldClass.OPTIONAL, "without a list the model keeps the fields it has (quirk 15)"),
    ),
    references=(Reference(("connection",), "connections"),),
    confidential=(("configuration",),),
)
