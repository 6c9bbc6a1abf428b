"""The choices of a configuration: what leads to a source or an enrichment, as query parameters or as a key."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from applier.secrets import secrets_in

LONGEST_QUERY = 6000  # characters that fit into a URL everywhere


def query_parameters(configuration: Mapping[str, object]) -> dict[str, Any]:
    """The choices of a model's configuration as query parameters; what is no choice is left out (quirk 14)."""
    choices: dict[str, Any] = {}
    for name, value in configuration.items():
        if name == "tracking_columns" or value is None or isinstance(value, Mapping):
            continue
        if isinstance(value, list):
            choices[name] = [one[:] if isinstance(one, str) else str(one) for one in value]
        elif isinstance(value, str | int | float | bool):
            choices[name] = value[:] if isinstance(value, str) else value  # a secret would be sent as "(sensitive)"
    return choices


def query_key(configuration: Mapping[str, object]) -> str | None:
    """The choices as one text, a query by a digest; None for what must not be written down."""
    if secrets_in(configuration):
        return None
    told = {
        name: _digest(value) if name == "query" else value for name, value in query_parameters(configuration).items()
    }
    return "&".join(f"{name}={value}" for name, value in sorted(told.items()) if value not in ("", None))


def _digest(query: object) -> str:
    return "sha256:" + hashlib.sha256(str(query).encode()).hexdigest()[:16]
