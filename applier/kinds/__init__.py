"""All kinds by name, in the order in which they depend on each other."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from applier.kinds.base import Kind
from applier.kinds.bulk_syncs import BULK_SYNCS
from applier.kinds.connections import CONNECTIONS
from applier.kinds.models import MODELS
from applier.kinds.policies import POLICIES
from applier.kinds.syncs import SYNCS

KINDS: Mapping[str, Kind] = MappingProxyType(
    {kind.name: kind for kind in (POLICIES, CONNECTIONS, MODELS, BULK_SYNCS, SYNCS)}
)
