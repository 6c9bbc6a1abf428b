"""Paths and parameters of requests about connections, and the key of a configuration in recorded schemas."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from applier.kinds.base import to_text
from applier.secrets import secrets_in

LONGEST_QUERY = 6000  # characters that fit into a URL everywhere
QueryParameters = dict[str, str | int | float | bool | list[str]]


def model_sync_path(connection_id: str) -> str:
    """Return the path below which the API lists what a connection offers to models and syncs."""
    return f"/api/connections/{connection_id}/modelsync"


def query_parameters(configuration: Mapping[str, object]) -> QueryParameters:
    """Return the choices of a model's configuration, without what is no choice.

    Texts are plain: a secret would be sent as "(sensitive)". See docs/api/behaviours.md#model-configuration.
    """
    choices: QueryParameters = {}
    for name, value in configuration.items():
        if name == "tracking_columns":
            continue
        if isinstance(value, list):
            choices[name] = [to_text(one) for one in value]
        elif isinstance(value, str):
            choices[name] = to_text(value)
        elif isinstance(value, int | float | bool):
            choices[name] = value
    return choices


def query_key(configuration: Mapping[str, object]) -> str | None:
    """Return the choices as one text, with a digest in place of a query; None if it would hold a secret."""
    if secrets_in(configuration):
        return None
    choices = query_parameters(configuration)
    words = {name: _digest(value) if name == "query" else value for name, value in choices.items()}
    return "&".join(f"{name}={value}" for name, value in sorted(words.items()) if value != "")


def _digest(query: object) -> str:
    return "sha256:" + hashlib.sha256(str(query).encode()).hexdigest()[:16]
