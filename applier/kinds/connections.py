"""Connections: credentials and settings of one outside system (api.md section 8, quirks 1 to 12)."""

from __future__ import annotations

from collections.abc import Mapping

from applier.kinds.base import ApiObject, Canonical, Field, FieldClass, Kind, mapping, masked
from applier.kinds.connection_types import connection_type, defaults, read_only


def desired(body: Mapping[str, object]) -> Canonical:
    """The declared members, without those that the service computes (quirks 5 and 6)."""
    type_id = str(body.get("type", ""))
    ignored = _computed(type_id)
    configuration = {key: value for key, value in mapping(body.get("configuration")).items() if key not in ignored}
    return {"type": type_id, "configuration": configuration}


def from_api(answer: ApiObject) -> Canonical:
    """The answer's type is an object (quirk 10); a member that is not there has its schema's default (quirk 7)."""
    type_id = str(mapping(answer.get("type")).get("id") or answer.get("type") or "")
    live = {key: value for key, value in mapping(answer.get("configuration")).items() if value is not None}
    return {"type": type_id, "configuration": {**defaults(type_id), **live}}


def to_api(name: str, canonical: Canonical, live: ApiObject | None) -> dict[str, object]:
    """A create body, or with `live` a full replacement that sends back what the spec does not mention (quirk 3)."""
    configuration = dict(mapping(canonical.get("configuration")))
    if live is None:
        return {"name": name, "type": canonical["type"], "configuration": configuration}
    type_id = str(canonical["type"])
    ignored, facts = _computed(type_id), connection_type(type_id)
    kept = {key: value for key, value in mapping(live.get("configuration")).items() if key not in ignored}
    if facts and facts.oauth:  # its tokens are the service's own: leave them out, never send a mask (quirk 11)
        kept = {key: value for key, value in kept.items() if not masked(value)}
    body: dict[str, object] = {"name": name, "configuration": {**kept, **configuration}}
    if live.get("policies"):
        body["policies"] = live["policies"]
    return body


def _computed(type_id: str) -> frozenset[str]:
    return frozenset(path[0] for path in read_only(type_id) if len(path) == 1)


CONNECTIONS = Kind(
    name="connections",
    noun="connection",
    path="/api/connections",
    desired=desired,
    from_api=from_api,
    to_api=to_api,
    comparable=dict,
    complete=lambda entry: "configuration" in entry,
    fields=(
        Field(("type",), FieldClass.OWNED, "the kind of system; no update can change it (quirk 10)"),
        Field(
            ("configuration", "*"), FieldClass.OPTIONAL, "only declared keys are compared; others are kept (quirk 7)"
        ),
    ),
    fixed=("type",),
    confidential=(("configuration",),),
    masks=(("configuration",),),
)
