"""Which share of what is live the spec describes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from applier.kinds import kinds_to_search
from applier.live.snapshot import Snapshot
from applier.resolve import DeclaredResources


@dataclass(frozen=True, slots=True)
class Share:
    """How many objects there are, and how many of them are declared."""

    live: int
    described: int

    @property
    def percent(self) -> float:
        """Of nothing, all is described."""
        return 100 * self.described / self.live if self.live else 100.0


@dataclass(frozen=True, slots=True)
class Coverage:
    """The shares by kind, the live addresses that nobody declares, and the least share that is wanted of them all."""

    by_kind: Mapping[str, Share]
    undescribed: tuple[str, ...]
    least: float | None = None

    @property
    def total(self) -> Share:
        """All kinds together."""
        shares = self.by_kind.values()
        return Share(sum(one.live for one in shares), sum(one.described for one in shares))

    @property
    def falls_short(self) -> bool:
        """True when less is described than is wanted."""
        return self.least is not None and self.total.percent < self.least


def coverage_of(forms: DeclaredResources, snapshot: Snapshot, least: float | None = None) -> Coverage:
    """What the forms describe of a snapshot of all kinds; of several live ones of a name, only one that is pinned."""
    shares: dict[str, Share] = {}
    undescribed: list[str] = []
    declared = {one.resource.kind for one in forms.values()}
    for kind in kinds_to_search(declared):
        live = snapshot.of_kind(kind)
        missing = [one for one in live if one.address not in forms or len(snapshot.at(one.address)) > 1]
        shares[kind] = Share(len(live), len(live) - len(missing))
        undescribed += [f"{one.address} ({one.id})" if one.address in forms else one.address for one in missing]
    return Coverage(shares, tuple(undescribed), least)
