"""The share of live objects that the spec declares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from applier.kinds import KINDS, kinds_to_search
from applier.resolve import Resolved
from applier.secrets import OURS


@dataclass(frozen=True, slots=True)
class Share:
    """The number of live objects, and of those that are declared."""

    live: int
    described: int

    @property
    def percent(self) -> float:
        """100 where nothing is live."""
        return 100 * self.described / self.live if self.live else 100.0


@dataclass(frozen=True, slots=True)
class Coverage:
    """The shares by kind, the live addresses that are not declared, and the least percentage that is required."""

    by_kind: Mapping[str, Share] = field(metadata=OURS)
    undescribed: tuple[str, ...]
    least: float | None = None

    @property
    def total(self) -> Share:
        """All kinds together."""
        shares = self.by_kind.values()
        return Share(sum(one.live for one in shares), sum(one.described for one in shares))

    @property
    def falls_short(self) -> bool:
        """True when the total is below what is required."""
        return self.least is not None and self.total.percent < self.least


def coverage_of(resolved: Resolved, least: float | None = None) -> Coverage:
    """Return the coverage of a spec that was resolved with all kinds.

    Of several live objects of a name, only one that `id` pins counts as declared. The service's own objects count only
    if they are declared.
    """
    declared, snapshot = resolved.declared, resolved.snapshot
    shares: dict[str, Share] = {}
    undescribed: list[str] = []
    for kind in kinds_to_search({one.resource.kind for one in declared.values()}):
        is_counted = KINDS[kind].is_exportable
        live = [one for one in snapshot.of_kind(kind) if is_counted(one.answer) or one.address in declared]
        missing = [one for one in live if one.address not in declared or len(snapshot.at(one.address)) > 1]
        shares[kind] = Share(len(live), len(live) - len(missing))
        undescribed += [f"{one.address} ({one.id})" if one.address in declared else one.address for one in missing]
    return Coverage(shares, tuple(undescribed), least)
