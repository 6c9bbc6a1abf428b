"""Turns a live connection into the body that a person would have written for it."""

from __future__ import annotations

from applier.kinds.base import Canonical, is_blank, mapping, text
from applier.kinds.connection.types import ConnectionTypes, map_settings
from applier.kinds.policy.attachment import policies_to_spec
from applier.kinds.secret_members import is_masked
from applier.secrets import Secret
from applier.spec.resources import Path

# values of connect_mode (docs/api/behaviours.md#oauth-connections)
NEEDS_NO_BROWSER = ("clientcredentials", "jwt", "api")


def connection_to_spec(types: ConnectionTypes, canonical: Canonical) -> dict[str, object]:
    """Return the settings that are not the type's defaults.

    A secret is an empty `Secret`, for which the caller puts a placeholder. A connection that a person has to authorize
    is only named.
    """
    facts = types.find(text(canonical.get("type")))
    settings = mapping(canonical.get("configuration"))
    if facts.oauth and settings.get("connect_mode") not in NEEDS_NO_BROWSER:
        return {"type": facts.id, "managed": False}

    def hide(value: object, path: Path) -> object:
        secret = not isinstance(value, bool) and not is_blank(value) and facts.is_sensitive(path)
        return Secret("") if secret or is_masked(value) else value

    configuration = {
        name: map_settings(value, hide, (name,))
        for name, value in settings.items()
        if (name,) not in facts.read_only
        and (name in facts.required or not _is_default(value, facts.defaults.get(name)))
    }
    ranks = {name: rank for rank, name in enumerate(facts.properties)}
    ordered = sorted(configuration, key=lambda name: (ranks.get(name, len(ranks)), name))
    body = {"type": facts.id, "configuration": {name: configuration[name] for name in ordered}}
    return {**body, **policies_to_spec(canonical)}


def _is_default(value: object, default: object) -> bool:
    return (value == default and isinstance(value, bool) is isinstance(default, bool)) or (
        is_blank(value) and is_blank(default)
    )
