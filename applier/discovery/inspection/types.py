"""Reads the schema of a connection type from the service."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from applier.api import Client
from applier.kinds.base import mapping, sequence, text


def type_schema(client: Client, type_id: str) -> dict[str, object]:
    """Return the schema of a connection type in the form of those that are shipped. Raises `ApiError`.

    See docs/api/connection-types.md#schema.
    """
    entries = [mapping(one) for one in sequence(client.get("/api/connection_types").get("data"))]
    facts = next((one for one in entries if one.get("id") == type_id), {})
    answer = client.get(f"/api/connection_types/{quote(type_id, safe='')}")
    schema = {key: value for key, value in answer.items() if key != "$id"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **mapping(_remove_labels(schema)),
        "x-polytomic": {"name": text(facts.get("name")) or type_id, "oauth": bool(facts.get("use_oauth"))},
    }


def _remove_labels(value: object) -> object:
    """Return a schema with plain values in each `enum`, where the service also sends values with labels."""
    if isinstance(value, list):
        return [_remove_labels(one) for one in value]
    if not isinstance(value, Mapping):
        return value
    members = {key: _remove_labels(member) for key, member in value.items()}
    if isinstance(members.get("enum"), list):
        members["enum"] = [mapping(one).get("value", one) for one in sequence(members["enum"])]
    return members
