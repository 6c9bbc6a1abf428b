"""Reads everything that is live, under names that lead to one object each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from applier.api import Client, Missing, NotAllowed, Refused, side_by_side
from applier.kinds import KINDS
from applier.kinds.references import mentions_in
from applier.live.snapshot import Snapshot, build_snapshot, read_snapshot, rename_live
from applier.patterns import may_match, may_match_kind
from applier.spec.resources import disambiguated_name


@dataclass(frozen=True, slots=True)
class Inventory:
    """What is live, and the kinds that the API key is not allowed to list."""

    snapshot: Snapshot
    unlisted: tuple[str, ...] = ()


def read_inventory(client: Client, patterns: tuple[str, ...], parallelism: int) -> Inventory:
    """Return every live object: those that match in full, all others as lists show them. Raises ApiError.

    Kinds that are read on demand are read where a pattern may match them or an object refers to them. The key may not
    be allowed to list these kinds: they count as empty then.
    """
    always = [name for name, kind in KINDS.items() if not kind.on_demand]
    snapshot = read_snapshot(client, always, lambda one: may_match(one, patterns), parallelism)
    demanded = _find_kinds_on_demand(snapshot, patterns)
    with side_by_side(parallelism) as pool:
        further = list(pool.map(lambda name: _read_kind(client, name, patterns, parallelism), demanded))
    parts = [snapshot, *(one for one in further if one is not None)]
    unlisted = tuple(name for name, one in zip(demanded, further, strict=True) if one is None)
    answers = [(KINDS[one.kind], one.answer) for part in parts for one in part.by_id.values()]
    return Inventory(with_unique_names(build_snapshot(answers)), unlisted)


def _find_kinds_on_demand(snapshot: Snapshot, patterns: Collection[str]) -> list[str]:
    """Return the kinds read on demand that an export needs, with those that they refer to."""
    on_demand = [name for name, kind in KINDS.items() if kind.on_demand]
    mentioned = {use.kind for one in snapshot.by_id.values() for use in mentions_in(KINDS[one.kind], one.canonical)}
    demanded = {name for name in on_demand if name in mentioned or may_match_kind(name, patterns)}
    for name in reversed(on_demand):
        if name in demanded:
            demanded |= {one.kind for one in KINDS[name].references}
    return [name for name in on_demand if name in demanded]


def _read_kind(client: Client, kind: str, patterns: Collection[str], parallelism: int) -> Snapshot | None:
    """Return the objects of a kind, none where the API does not have it; None when the key may not list them."""
    try:
        return read_snapshot(client, [kind], lambda one: may_match(one, patterns), parallelism)
    except Missing:
        return Snapshot()
    except (NotAllowed, Refused):
        return None


def with_unique_names(snapshot: Snapshot) -> Snapshot:
    """Return the same objects, where objects of one kind and name have their ids in their names."""
    counts = Counter((one.kind, one.name) for one in snapshot.by_id.values())
    namesakes = [one for one in snapshot.by_id.values() if counts[one.kind, one.name] > 1]
    renames = {(one.kind, one.id): disambiguated_name(one.live_name, one.id) for one in namesakes}
    return rename_live(snapshot, renames) if renames else snapshot
