"""Webhooks: where Polytomic posts its events.

A webhook has no name: the key in a spec is a label, and a live webhook is found by its endpoint. An organization has at
most one, so that another endpoint is a change of it.

See docs/api/events.md#webhooks.
"""

from __future__ import annotations

from collections.abc import Iterator

from applier.diagnostics import Diagnostic
from applier.kinds.base import ApiObject, Canonical, Kind, without
from applier.kinds.endpoints import ToggleEndpoint
from applier.kinds.field_table import FieldClass, describe_field
from applier.kinds.secret_members import secret_in_url
from applier.secrets import Secret
from applier.spec.kinds import Body, Declaration

OWNED, OPTIONAL, WRITE_ONLY = FieldClass.OWNED, FieldClass.OPTIONAL, FieldClass.WRITE_ONLY

FIELDS = (
    describe_field("endpoint", OWNED, "the address that events are posted to"),
    describe_field("secret", WRITE_ONLY, "shown only as a mask; sent with every write", "#masked-secrets"),
    describe_field("enabled", OPTIONAL, "without it a webhook stays enabled or disabled as it is"),
)


def check(declaration: Declaration) -> Iterator[Diagnostic]:
    """Return the warning for an endpoint with a password or a token in it."""
    return secret_in_url(declaration, ("endpoint",), declaration.resource.body.get("endpoint"))


def from_spec(body: Body) -> Canonical:
    """Return the declared members."""
    return without({name: body.get(name) for name in ("endpoint", "secret", "enabled")})


def from_api(answer: ApiObject) -> Canonical:
    """Return an answer in the words of the spec, without its secret, which may be a mask."""
    return {**without({"endpoint": answer.get("endpoint")}), "enabled": answer.get("disabled") is not True}


def to_api(canonical: Canonical) -> dict[str, object]:
    """Return a request body, which is the same for a create and an update; `enabled` has endpoints of its own."""
    return {member: canonical[member] for member in ("endpoint", "secret") if member in canonical}


def to_spec(canonical: Canonical) -> dict[str, object]:
    """Return a webhook with an empty `Secret` for its secret: the caller puts a placeholder there."""
    disabled = {"enabled": False} if canonical.get("enabled") is False else {}
    return {"endpoint": canonical.get("endpoint"), "secret": Secret(""), **disabled}


WEBHOOKS = Kind(
    name="webhooks",
    noun="webhook",
    definition="webhook",
    path="/api/webhooks",
    from_spec=from_spec,
    from_api=from_api,
    to_api=lambda name, canonical, live: to_api(canonical),
    to_spec=lambda canonical, answer, present: to_spec(canonical),
    normalize=dict,
    fields=FIELDS,
    offline_checks=check,
    secrets=(("secret",),),
    known_unmanaged=("endpoint",),
    confidential=(("endpoint",), ("secret",)),
    named_by="endpoint",
    toggle=ToggleEndpoint("enabled", on="enable", off="disable"),
    singleton=True,
    on_demand=True,
)
