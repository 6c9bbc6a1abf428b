"""All live objects of the kinds that a command needs, found by address or by kind and id."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from applier.api import Client, Missing, side_by_side
from applier.kinds import KINDS
from applier.kinds.base import ApiObject, Canonical, Kind, SystemAttached, text
from applier.live.names import Names
from applier.live.objects import Live, RawObject, decode_live, name_in_answer
from applier.live.remote import Remote
from applier.spec.resources import address_of

__all__ = [
    "Live",
    "Snapshot",
    "build_snapshot",
    "read_snapshot",
    "rename_live",
    "with_referenced_kinds",
]

NO_RENAMES: Mapping[tuple[str, str], str] = MappingProxyType({})
DeclaredForms = Mapping[str, Canonical | None]
"""The declared form of objects, by address or id; None where there is none."""

NO_FORMS: DeclaredForms = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All live objects, found by address or by kind and id.

    Several objects may share an address, as names are not unique (docs/api/behaviours.md#ambiguous-names). `moment`
    is the time of the first request, by `time.perf_counter`. `kinds` are those of the spec, with its own types.
    """

    by_address: Mapping[str, tuple[Live, ...]] = field(default_factory=dict)
    by_id: Mapping[tuple[str, str], Live] = field(default_factory=dict)
    moment: float = float("-inf")
    kinds: Mapping[str, Kind] = field(default_factory=lambda: KINDS)

    def at(self, address: str) -> tuple[Live, ...]:
        """Return all live objects of an address."""
        return self.by_address.get(address, ())

    def of_kind(self, kind: str) -> list[Live]:
        """Return the live objects of one kind, sorted by name."""
        return sorted((one for one in self.by_id.values() if one.kind == kind), key=lambda one: (one.name, one.id))

    def holders_of_names(self) -> Mapping[tuple[str, str], list[Live]]:
        """Return the live objects by kind and the name that the service has, sorted by id; a label is no name."""
        holders: defaultdict[tuple[str, str], list[Live]] = defaultdict(list)
        for one in sorted(self.by_id.values(), key=lambda live: live.id):
            if not KINDS[one.kind].is_labelled:
                holders[one.kind, one.live_name].append(one)
        return holders

    def names(self) -> Names:
        """Return the ids and names of all objects, for a run that adds what it creates."""
        ids = {(found[0].kind, found[0].name): tuple(one.id for one in found) for found in self.by_address.values()}
        return Names(ids, {key: self._name(live) for key, live in self.by_id.items()})

    def _name(self, live: Live) -> str:
        """Return the name, as `SystemAttached` where the service attaches the object to others by itself."""
        is_attached = live.name == live.live_name and self.kinds[live.kind].is_system_attached(live.answer)
        return SystemAttached(live.name) if is_attached else live.name


def with_referenced_kinds(kinds: Collection[str]) -> list[str]:
    """Return the kinds, and what they can refer to unless it is read on demand, in the order of dependence."""
    wanted = set(kinds)
    for name in reversed(list(KINDS)):
        if name in wanted:
            wanted |= {one.kind for one in KINDS[name].references if not KINDS[one.kind].on_demand}
    return [name for name in KINDS if name in wanted]


def read_snapshot(
    client: Client,
    kinds: Collection[str],
    is_wanted: Callable[[str], bool] = lambda _: False,
    parallelism: int = 10,
    registry: Mapping[str, Kind] = KINDS,
    forms: DeclaredForms = NO_FORMS,
) -> Snapshot:
    """List every kind, then read those of the wanted objects one by one that the lists show only in part.

    `is_wanted` is asked for the address and for the id of an object. An object with a declared form in `forms` is read
    only as far as that form needs it. `registry` has the kinds by name, as the files of a project extend them.

    Raises `ApiError`.
    """
    moment = time.perf_counter()
    remotes = [Remote(registry[name], client) for name in kinds]
    with side_by_side(parallelism, client.abandoned) as pool:
        lists = list(pool.map(Remote.list_objects, remotes))
        entries = [(remote, entry) for remote, objects in zip(remotes, lists, strict=True) for entry in objects]
        complete = list(pool.map(lambda pair: _complete(*pair, is_wanted, forms), entries))
    snapshot = build_snapshot(one for one in complete if one is not None)
    return replace(snapshot, moment=moment, kinds=registry)


def _complete(
    remote: Remote, entry: RawObject, is_wanted: Callable[[str], bool], forms: DeclaredForms
) -> RawObject | None:
    """Return the object in full if it is wanted, else as the list shows it; None when it was deleted meanwhile."""
    # A pinned object has the form that is declared with its id, whatever the object is called now.
    keys = [key for key in (entry.id, address_of(remote.kind.name, entry.name)) if is_wanted(key)]
    if not keys or remote.kind.is_complete(entry.answer):
        return entry
    try:
        return remote.fetch(entry.id, forms.get(keys[0]))
    except Missing:
        return None


def build_snapshot(
    entries: Iterable[tuple[Kind, ApiObject]], renames: Mapping[tuple[str, str], str] = NO_RENAMES
) -> Snapshot:
    """Return a snapshot of answers, where ids are names; `renames` gives names by kind and id that differ."""
    entries = list(entries)
    found = {(kind.name, text(entry.get("id"))): name_in_answer(kind, entry) for kind, entry in entries}
    names = Names(names={**found, **renames})
    by_id: dict[tuple[str, str], Live] = {}
    by_address: defaultdict[str, tuple[Live, ...]] = defaultdict(tuple)
    for kind, entry in entries:
        one = decode_live(kind, entry, names.resolve_name)
        by_id[one.kind, one.id] = one
        by_address[one.address] += (one,)
    return Snapshot(dict(by_address), by_id, kinds={**KINDS, **{kind.name: kind for kind, _ in entries}})


def rename_live(snapshot: Snapshot, renames: Mapping[tuple[str, str], str]) -> Snapshot:
    """Return the same objects with other names, given by kind and id, in themselves and in all references."""
    renamed = build_snapshot(((snapshot.kinds[one.kind], one.answer) for one in snapshot.by_id.values()), renames)
    return replace(renamed, moment=snapshot.moment, kinds=snapshot.kinds)
