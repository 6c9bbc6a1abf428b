"""What a check can look at: the declared resources, the live objects and what connections offer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from applier.api import Client
from applier.discovery.catalog import Catalog
from applier.discovery.live import LiveCatalog
from applier.kinds.base import Canonical
from applier.kinds.connection.kind import CONNECTIONS
from applier.kinds.model.kind import MODELS
from applier.live.snapshot import Live, Snapshot
from applier.resolve import Declared, DeclaredResources, Resolved
from applier.spec.resources import address_of

IdOf = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class CheckContext:
    """Everything that checks can look at. Without a network the snapshot is empty."""

    declared: DeclaredResources
    snapshot: Snapshot
    catalog: Catalog

    def live(self, address: str) -> Live | None:
        """Return the only live object of an address, None if there is none or more than one."""
        objects = self.snapshot.at(address)
        return objects[0] if len(objects) == 1 else None

    def of_kind(self, kind: str) -> Iterator[Declared]:
        """Return the managed declared resources of a kind."""
        return (one for one in self.declared.values() if one.resource.managed and one.resource.kind == kind)

    def connection(self, name: str) -> tuple[Declared | None, Live | None]:
        """Return a connection as it is declared and as it is live."""
        address = address_of(CONNECTIONS.name, name)
        return self.declared.get(address), self.live(address)

    def model(self, name: str) -> Canonical:
        """Return a model as it is going to be: as it is declared, or else as it is live; {} if it is neither."""
        address = address_of(MODELS.name, name)
        declared, live = self.declared.get(address), self.live(address)
        if declared is not None and declared.resource.managed:
            return declared.canonical
        return live.canonical if live else {}


@dataclass(frozen=True, slots=True)
class LiveContext(CheckContext):
    """A context whose catalog is that of the live service."""

    catalog: LiveCatalog


def live_context(
    resolved: Resolved, client: Client, deferred: Collection[str] | None = None, id_of: IdOf | None = None
) -> LiveContext:
    """Return the context for checks against the live service.

    `deferred` are the connections about which the service knows nothing yet, by default those that are declared and
    not live. `id_of(name)` returns the id of a connection, by default that of the snapshot.
    """
    declared, snapshot = resolved.declared, resolved.snapshot
    if deferred is None:
        connections = [one.resource for one in declared.values() if one.resource.kind == CONNECTIONS.name]
        deferred = [one.name for one in connections if not snapshot.at(one.address)]
    return LiveContext(declared, snapshot, LiveCatalog(client, id_of or _connection_ids(snapshot), deferred))


def _connection_ids(snapshot: Snapshot) -> IdOf:
    def id_of(name: str) -> str | None:
        objects = snapshot.at(address_of(CONNECTIONS.name, name))
        return objects[0].id if len(objects) == 1 else None

    return id_of
