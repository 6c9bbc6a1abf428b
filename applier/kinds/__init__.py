"""All kinds by name, in the order in which they depend on each other."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from applier.kinds.base import Kind
from applier.kinds.bulk_sync.kind import BULK_SYNCS
from applier.kinds.connection.kind import CONNECTIONS
from applier.kinds.model.kind import MODELS
from applier.kinds.policy.kind import POLICIES
from applier.kinds.sync.kind import SYNCS

KINDS: Mapping[str, Kind] = MappingProxyType(
    {kind.name: kind for kind in (POLICIES, CONNECTIONS, MODELS, BULK_SYNCS, SYNCS)}
)
