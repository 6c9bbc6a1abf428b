"""Registers every kind once, in the order in which they depend on each other."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

from applier.kinds.base import Kind
from applier.kinds.bulk_sync.kind import BULK_SYNCS
from applier.kinds.connection.kind import CONNECTIONS
from applier.kinds.model.kind import MODELS
from applier.kinds.policy.kind import POLICIES
from applier.kinds.role.kind import ROLES
from applier.kinds.sync.kind import SYNCS
from applier.kinds.webhook.kind import WEBHOOKS
from applier.spec.resources import Spec

KINDS: Mapping[str, Kind] = MappingProxyType(
    {kind.name: kind for kind in (ROLES, POLICIES, CONNECTIONS, MODELS, BULK_SYNCS, SYNCS, WEBHOOKS)}
)


def kinds_of(spec: Spec) -> Mapping[str, Kind]:
    """Return the kinds as a spec knows them: with the connection types of its own project."""
    return {name: kind for name, kind in spec.kinds.items() if isinstance(kind, Kind)} or KINDS


def kinds_to_search(kinds: Collection[str]) -> list[str]:
    """Return the kinds to read where anything live may matter: to find what uses an object, or what is not declared.

    Those are the given ones, those that refer to them, and all that are not read on demand.
    """
    return [
        name
        for name, kind in KINDS.items()
        if name in kinds or not kind.on_demand or any(reference.kind in kinds for reference in kind.references)
    ]
