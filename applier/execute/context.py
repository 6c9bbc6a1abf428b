"""What all changes of one apply share: the client, the declared resources, the snapshot of the plan, the ids so far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from applier.api import Client
from applier.diagnostics import Diagnostic
from applier.execute.places import Places
from applier.execute.preflight import Preflight
from applier.kinds.connection.kind import CONNECTIONS
from applier.live.names import Names
from applier.live.remote import Remote
from applier.live.snapshot import Live, Snapshot
from applier.plan import Change
from applier.resolve import DeclaredResources


@dataclass(slots=True)
class ApplyContext:
    """What all changes of one apply share.

    `run_id` makes the idempotency keys of this run differ from those of others. `places` are those of the changes that
    run at the same time. `preflight` finds what others have created since the plan. `check` makes the live checks that
    were deferred until right before the write.
    """

    client: Client
    declared: DeclaredResources
    snapshot: Snapshot
    run_id: str
    places: Places
    preflight: Preflight
    check: Callable[[Change], tuple[Diagnostic, ...]] = lambda change: ()
    names: Names = field(init=False)

    def __post_init__(self) -> None:
        self.names = self.snapshot.names()

    def remote(self, kind: str) -> Remote:
        """Return the way to the objects of one kind."""
        return Remote(self.snapshot.kinds[kind], self.client, self.names)

    def find_planned(self, change: Change) -> Live:
        """Return the live object of an update or delete as the plan has seen it."""
        return self.snapshot.by_id[change.kind, change.id or ""]

    def connection_id(self, name: str) -> str | None:
        """Return the id of a connection, None while there is none; for live checks that wait for connections."""
        return self.names.find_id(CONNECTIONS.name, name)
