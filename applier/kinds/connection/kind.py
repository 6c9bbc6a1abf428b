"""Connections: credentials and settings of one outside system (api.md section 8, quirks 1 to 12)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from applier.kinds.base import (
    ApiObject,
    Canonical,
    Field,
    FieldClass,
    Kind,
    Reference,
    is_masked,
    mapping,
    sequence,
    text,
    to_integer,
    without,
)
from applier.kinds.connection.types import connection_type, defaults, is_sensitive, read_only
from applier.kinds.export_form import export_connection
from applier.kinds.policy.kind import normalize_policies, reconcile_policies
from applier.secrets import Secret

OWNED, OPTIONAL, WRITE_ONLY = FieldClass.OWNED, FieldClass.OPTIONAL, FieldClass.WRITE_ONLY
WRITTEN = ("healthcheck_interval", "validate")  # never read (quirk 9)


def desired(body: Mapping[str, object]) -> Canonical:
    """The declared members, without those that the service computes (quirks 5 and 6); null is the default (quirk 7)."""
    type_id = str(body.get("type", ""))
    ignored, default, facts = _computed(type_id), defaults(type_id), connection_type(type_id)
    counts = {key for key, one in facts.properties.items() if one.get("type") == "integer"} if facts else ()
    configuration = {
        key: default.get(key) if value is None else to_integer(value) if key in counts else value
        for key, value in mapping(body.get("configuration")).items()
        if key not in ignored
    }
    said = without({name: body.get(name) for name in WRITTEN})
    policies = {"policies": sequence(body["policies"])} if "policies" in body else {}
    return {"type": type_id, "configuration": configuration, **said, **policies}


def from_api(answer: ApiObject) -> Canonical:
    """The answer's type is an object (quirk 10); a member that is not there has its schema's default (quirk 7)."""
    type_id = _type_of(answer)
    live = without(_configuration(answer, type_id), lambda value: value is None)
    guarded = {key: _guarded(type_id, (key,), value) for key, value in live.items()}
    policies = without({"policies": sequence(answer.get("policies"))})
    return {"type": type_id, "configuration": {**defaults(type_id), **guarded}, **policies}


def _guarded(type_id: str, path: tuple[str | int, ...], value: object) -> object:
    """What the service shows although it is a secret (quirk 4) must not be shown on."""
    if isinstance(value, Mapping):
        return {key: _guarded(type_id, (*path, key), one) for key, one in value.items()}
    if isinstance(value, list):
        return [_guarded(type_id, (*path, index), one) for index, one in enumerate(value)]
    return Secret(value) if isinstance(value, str) and value and is_sensitive(type_id, path) else value


def _type_of(answer: ApiObject) -> str:
    return str(mapping(answer.get("type")).get("id") or answer.get("type") or "")


def _configuration(answer: ApiObject, type_id: str) -> dict[str, object]:
    """An answer's configuration under the names of the type's schema: they can come in camel case (api.md 8.6)."""
    facts = connection_type(type_id)
    known = facts.properties if facts else {}

    def name(key: str) -> str:
        snake = re.sub(r"(?<!^)(?=[A-Z])", "_", key).lower()
        return snake if key not in known and snake in known else key

    return {name(key): value for key, value in mapping(answer.get("configuration")).items()}


def settled(declared: Canonical, live: Canonical) -> Canonical:
    """Policies that nobody asked for are no difference."""
    return {**declared, **reconcile_policies(declared, live)}


def to_api(name: str, canonical: Canonical, live: ApiObject | None) -> dict[str, object]:
    """A create body, or with `live` a full replacement that sends back what the spec does not mention (quirk 3)."""
    configuration = dict(mapping(canonical.get("configuration")))
    written = {member: canonical[member] for member in (*WRITTEN, "policies") if member in canonical}
    if live is None:
        return {"name": name, "type": canonical["type"], "configuration": configuration, **written}
    type_id = str(canonical["type"])
    ignored, facts = _computed(type_id), connection_type(type_id)
    kept = {key: value for key, value in _configuration(live, type_id).items() if key not in ignored}
    if facts and facts.oauth:  # its tokens are the service's own: leave them out, never send a mask (quirk 11)
        kept = {key: value for key, value in kept.items() if not is_masked(value)}
    body: dict[str, object] = {"name": name, "configuration": _laid_over(kept, configuration)}
    if live.get("policies"):
        body["policies"] = live["policies"]
    return {**body, **written}


def _laid_over(live: Mapping[str, object], declared: Mapping[str, object]) -> dict[str, object]:
    """The declared settings over the live ones, at every depth: what is not declared is kept."""
    both = {**live, **declared}
    for key, value in declared.items():
        if isinstance(value, Mapping) and isinstance(live.get(key), Mapping):
            both[key] = _laid_over(mapping(live[key]), value)
    return both


def _computed(type_id: str) -> frozenset[str]:
    return frozenset(path[0] for path in read_only(type_id) if len(path) == 1)


def comparable(canonical: Canonical) -> Canonical:
    """Policies have no order."""
    return {**canonical, **normalize_policies(canonical)}


def unfinished(answer: ApiObject) -> str:
    """OAuth connections are completed by a person (quirk 11); the address is told only right after the create."""
    facts = connection_type(str(mapping(answer.get("type")).get("id") or answer.get("type") or ""))
    if not (facts and facts.oauth) or answer.get("saved") is not False:
        return ""
    url = text(answer.get("auth_url"))
    return f"is not authorized yet: open {url or 'it in Polytomic'}"


CONNECTIONS = Kind(
    name="connections",
    noun="connection",
    path="/api/connections",
    desired=desired,
    from_api=from_api,
    to_api=to_api,
    normalize=comparable,
    complete=lambda entry: "configuration" in entry,
    reconcile=settled,
    to_spec=export_connection,
    fields=(
        Field(("type",), OWNED, "the kind of system; no update can change it (quirk 10)"),
        Field(("configuration",), OWNED, "a secret is never compared: the service shows only a mask (quirks 1 and 2)"),
        Field(("configuration", "*"), OPTIONAL, "only declared keys are compared; others are kept (quirk 7)"),
        Field(("policies",), OPTIONAL, "by name; those that the service attaches by itself do not count (quirk 46)"),
        Field(("healthcheck_interval",), WRITE_ONLY, "not returned by reads; sent with every write (quirk 9)"),
        Field(("validate",), WRITE_ONLY, "whether a write checks that the system can be reached (quirk 8)"),
    ),
    references=(Reference(("policies", "*"), "policies"),),
    fixed=("type",),
    pending_step=unfinished,
    confidential=(("configuration",),),
    masks=(("configuration",),),
)
