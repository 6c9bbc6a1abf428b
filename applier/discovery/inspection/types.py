"""The schema of a connection type as the service has it."""

from __future__ import annotations

from collections.abc import Mapping

from applier.api import Client
from applier.kinds.base import mapping, sequence, text


def type_schema(client: Client, type_id: str) -> dict[str, object]:
    """The schema of a connection type as the service has it (api.md section 9), in the form of those that are shipped.

    Raises `ApiError`.
    """
    entries = sequence(client.get("/api/connection_types").get("data"))
    facts = next((mapping(one) for one in entries if mapping(one).get("id") == type_id), {})
    schema = {key: value for key, value in client.get(f"/api/connection_types/{type_id}").items() if key != "$id"}
    plain = mapping(_plain_choices(schema))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **plain,
        "x-polytomic": {"name": text(facts.get("name")) or type_id, "oauth": bool(facts.get("use_oauth"))},
    }


def _plain_choices(value: object) -> object:
    """`enum` can hold values with labels; JSON Schema wants the values."""
    if isinstance(value, list):
        return [_plain_choices(one) for one in value]
    if not isinstance(value, Mapping):
        return value
    members = {key: _plain_choices(member) for key, member in value.items()}
    if isinstance(members.get("enum"), list):
        members["enum"] = [mapping(one).get("value", one) for one in sequence(members["enum"])]
    return members
