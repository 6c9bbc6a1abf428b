"""Connections: credentials and settings of one outside system.

See docs/api/connections.md.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from functools import partial
from pathlib import Path as Folder

from applier.diagnostics import Diagnostic
from applier.kinds.base import (
    ApiObject,
    Canonical,
    Kind,
    mapping,
    sequence,
    text,
    to_integer,
    without,
)
from applier.kinds.connection.checks import check_connection, hide_settings
from applier.kinds.connection.export_form import connection_to_spec
from applier.kinds.connection.fields import FIELDS
from applier.kinds.connection.project_types import read_project_types
from applier.kinds.connection.types import SHIPPED_TYPES, ConnectionType, ConnectionTypes, map_settings
from applier.kinds.policy.attachment import normalize_policies, reconcile_policies
from applier.kinds.secret_members import is_masked
from applier.secrets import Secret, reveal_text
from applier.spec.kinds import Body
from applier.spec.resources import Path
from applier.spec.schema.files import Schema

WRITTEN = ("healthcheck_interval", "validate")  # never read (docs/api/behaviours.md#write-only-connection-members)


def from_spec(types: ConnectionTypes, body: Body) -> Canonical:
    """Return the declared members, without those that the service computes.

    Null is the default of a setting.

    See docs/api/behaviours.md#computed-settings, docs/api/behaviours.md#hidden-settings and
    docs/api/behaviours.md#filled-settings.
    """
    facts = types.find(str(body.get("type", "")))
    counts = {key for key, one in facts.properties.items() if one.get("type") == "integer"}
    configuration = {
        key: facts.defaults.get(key) if value is None else to_integer(value) if key in counts else value
        for key, value in mapping(body.get("configuration")).items()
        if key not in facts.computed
    }
    written = without({name: body.get(name) for name in WRITTEN})
    policies = {"policies": sequence(body["policies"])} if "policies" in body else {}
    return {"type": facts.id, "configuration": configuration, **written, **policies}


def from_api(types: ConnectionTypes, answer: ApiObject) -> Canonical:
    """Return an answer in the words of the spec.

    The answer's type is an object; a setting that is not there has the default of its schema.

    See docs/api/behaviours.md#connection-type and docs/api/behaviours.md#filled-settings.
    """
    facts = types.find(_type_id(answer))
    live = without(_configuration(answer, facts), lambda value: value is None)

    def hide(value: object, path: Path) -> object:
        # the service shows some nested secrets (docs/api/behaviours.md#nested-secrets)
        return Secret(value) if isinstance(value, str) and value and facts.is_sensitive(path) else value

    hidden = {key: map_settings(value, hide, (key,)) for key, value in live.items()}
    policies = without({"policies": sequence(answer.get("policies"))})
    return {"type": facts.id, "configuration": {**facts.defaults, **hidden}, **policies}


def _type_id(answer: ApiObject) -> str:
    return str(mapping(answer.get("type")).get("id") or answer.get("type") or "")


def _configuration(answer: ApiObject, facts: ConnectionType) -> dict[str, object]:
    """Return the configuration of an answer under the names of the schema; it can use camel case.

    See docs/api/connections.md#configuration.
    """

    def name(key: str) -> str:
        snake = re.sub(r"(?<!^)(?=[A-Z])", "_", key).lower()
        return snake if key not in facts.properties and snake in facts.properties else key

    return {name(key): value for key, value in mapping(answer.get("configuration")).items()}


def reconcile(declared: Canonical, live: Canonical) -> Canonical:
    """Return the declared form with the policies that the service attaches by itself."""
    return {**declared, **reconcile_policies(declared, live)}


def to_api(types: ConnectionTypes, name: str, canonical: Canonical, live: ApiObject | None) -> dict[str, object]:
    """Return a create body, or with `live` a full replacement that sends back what is not declared.

    See docs/api/behaviours.md#connection-replacement.
    """
    configuration = dict(mapping(canonical.get("configuration")))
    written = {member: canonical[member] for member in (*WRITTEN, "policies") if member in canonical}
    if live is None:
        return {"name": name, "type": canonical["type"], "configuration": configuration, **written}
    facts = types.find(str(canonical["type"]))
    kept = {key: value for key, value in _configuration(live, facts).items() if key not in facts.computed}
    # its tokens are the service's own: leave them out, never send a mask (docs/api/behaviours.md#oauth-connections)
    if facts.oauth:
        kept = {key: value for key, value in kept.items() if not is_masked(value)}
    body: dict[str, object] = {"name": name, "configuration": _merge(kept, configuration)}
    if live.get("policies"):
        body["policies"] = live["policies"]
    return {**body, **written}


def _merge(live: Mapping[str, object], declared: Mapping[str, object]) -> dict[str, object]:
    """Return the declared settings over the live ones, at every depth: what is not declared is kept."""
    both = {**live, **declared}
    for key, value in declared.items():
        if isinstance(value, Mapping) and isinstance(live.get(key), Mapping):
            both[key] = _merge(mapping(live[key]), value)
    return both


def normalize(canonical: Canonical) -> Canonical:
    """Return the form to compare: policies have no order."""
    return {**canonical, **normalize_policies(canonical)}


def pending_step(types: ConnectionTypes, answer: ApiObject) -> str:
    """Return what a person has to do to complete an OAuth connection.

    Only the answer to the create has the address.

    See docs/api/behaviours.md#oauth-connections.
    """
    if not types.find(_type_id(answer)).oauth or answer.get("saved") is not False:
        return ""
    url = text(answer.get("auth_url"))
    return f"requires authorization: open {url or 'it in Polytomic'}"


def member_schemas(types: ConnectionTypes, body: Body) -> Mapping[str, Schema]:
    """Return the schema of the configuration, which the type decides."""
    type_id = body.get("type")
    schema = types.find(reveal_text(type_id)).schema if isinstance(type_id, str) else {}
    return {"configuration": schema} if schema else {}


def extend(folders: Collection[Folder]) -> tuple[Kind, Iterable[Diagnostic]]:
    """Return the kind with the connection types of projects."""
    types, problems = read_project_types(folders)
    return (CONNECTIONS if types is SHIPPED_TYPES else connection_kind(types)), problems


def connection_kind(types: ConnectionTypes) -> Kind:
    """Return the kind for a choice of connection types."""
    return Kind(
        name="connections",
        noun="connection",
        definition="connection",
        path="/api/connections",
        from_spec=partial(from_spec, types),
        from_api=partial(from_api, types),
        to_api=partial(to_api, types),
        to_spec=lambda canonical, answer, present: connection_to_spec(types, canonical),
        normalize=normalize,
        reconcile=reconcile,
        fields=FIELDS,
        is_complete=lambda entry: "configuration" in entry,
        offline_checks=lambda declaration: check_connection(declaration, types),
        hide_more=lambda body: hide_settings(body, types),
        known_unmanaged=("type",),
        member_schemas=partial(member_schemas, types),
        extend=extend,
        immutable=("type",),
        confidential=(("configuration",),),
        masks=(("configuration",),),
        pending_step=partial(pending_step, types),
    )


CONNECTIONS = connection_kind(SHIPPED_TYPES)
