"""Replace secrets by the mask that the service answers in their place."""

from __future__ import annotations

from applier.sandbox.connection_types import ConnectionType
from applier.sandbox.json_values import Document, JsonObject

MASK = "********"
NESTED = {"password", "secret", "client_secret", "token", "access_token", "refresh_token", "api_key", "key", "value"}


def mask_secrets(known: ConnectionType, configuration: JsonObject, *, nested: bool = False) -> Document:
    """Return the configuration with every sensitive member that is set replaced by the mask."""
    sensitive = known.sensitive()
    shown = {name: MASK if name in sensitive and is_set(value) else value for name, value in configuration.items()}
    if not nested:
        return shown
    return {name: mask_nested(value) if isinstance(value, (dict, list)) else value for name, value in shown.items()}


def mask_nested(value: object) -> object:
    """Return a nested value with every member that is named like a secret replaced by the mask."""
    if isinstance(value, list):
        return [mask_nested(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: MASK if name in NESTED and isinstance(item, str) and item else mask_nested(item)
        for name, item in value.items()
    }


def is_set(value: object) -> bool:
    return value is not None and value != ""
