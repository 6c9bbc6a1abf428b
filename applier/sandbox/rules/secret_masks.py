"""Hide secrets: replace every set sensitive member by the mask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from applier.sandbox.connection_types import ConnectionType

MASK = "********"
NESTED = {"password", "secret", "client_secret", "token", "access_token", "refresh_token", "api_key", "key", "value"}


def mask_secrets(known: ConnectionType, configuration: Mapping[str, Any], *, nested: bool = False) -> dict[str, Any]:
    """The configuration as a response shows it."""
    sensitive = known.sensitive()
    shown = {name: MASK if name in sensitive and is_set(value) else value for name, value in configuration.items()}
    if not nested:
        return shown
    return {name: mask_nested(value) if isinstance(value, (dict, list)) else value for name, value in shown.items()}


def mask_nested(value: Any) -> Any:
    """A nested value with everything that is named like a secret hidden."""
    if isinstance(value, list):
        return [mask_nested(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: MASK if name in NESTED and isinstance(item, str) and item else mask_nested(item)
        for name, item in value.items()
    }


def is_set(value: Any) -> bool:
    return value is not None and value != ""
