"""Looks right before a write for what others have created since the plan.

The service would accept a second object of a name (docs/api/behaviours.md#ambiguous-names), and the delete of an
object in use (docs/api/behaviours.md#model-in-use).
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from applier.api import Client
from applier.kinds.base import Kind
from applier.kinds.references import mentions_in
from applier.live.objects import RawObject
from applier.live.remote import Remote
from applier.live.snapshot import Snapshot

FRESH = 2.0  # seconds for which a list is used for other writes too
SHARE = 10.0  # a list is used for at least this many times as long as it took, so that lists do not take most of a run


@dataclass(frozen=True)
class KindList:
    """All objects of a kind, by a list that was requested at `moment` and is used for `seconds`."""

    kind: Kind
    moment: float
    seconds: float
    objects: Collection[RawObject]

    @cached_property
    def dependents(self) -> Mapping[tuple[str, str], list[RawObject]]:
        """The objects by the kind and id that they mention."""
        dependents: defaultdict[tuple[str, str], list[RawObject]] = defaultdict(list)
        for one in self.objects:
            for mention in mentions_in(self.kind, self.kind.from_api(one.answer)):
                dependents[mention.kind, mention.name].append(one)
        return dict(dependents)


@dataclass(slots=True)
class Preflight:
    """The lists that all writes of one run share. `deleting` holds the ids of all that the plan deletes."""

    client: Client
    snapshot: Snapshot
    deleting: Collection[str] = ()
    _started: float = field(default_factory=time.perf_counter)
    _lists: dict[str, KindList] = field(default_factory=dict)
    _locks: defaultdict[str, threading.Lock] = field(default_factory=lambda: defaultdict(threading.Lock))

    def find_new_namesakes(self, kind: Kind, name: str, *, now: bool = False) -> list[RawObject]:
        """Return the live objects of a name that the plan has not seen; `now` requires a new list.

        Raises `ApiError`.
        """
        if not now and time.perf_counter() - self.snapshot.moment < FRESH:
            return []
        objects = self._list(kind, time.perf_counter() if now else self._started).objects
        return [one for one in objects if one.name == name and (kind.name, one.id) not in self.snapshot.by_id]

    def find_dependent(self, kind: str, identifier: str) -> str:
        """Return one of the objects that use the given one and are not deleted too, in words, or nothing.

        Raises `ApiError`. A list of a moment ago may show a dependent that this run has changed since, so that a
        new list has to confirm it.
        """
        dependent = next(self._dependents(kind, identifier, self._started), "")
        return next(self._dependents(kind, identifier, time.perf_counter()), "") if dependent else ""

    def _dependents(self, kind: str, identifier: str, since: float) -> Iterator[str]:
        for dependent_kind in self.snapshot.kinds.values():
            if any(reference.kind == kind for reference in dependent_kind.references):
                for one in self._list(dependent_kind, since).dependents.get((kind, identifier), ()):
                    if one.id != identifier and one.id not in self.deleting:
                        yield f'the {dependent_kind.noun} "{one.name}" ({one.id})'

    def _list(self, kind: Kind, since: float) -> KindList:
        """Return the list, requested again if it is too old or older than `since`; other threads wait for it."""
        with self._locks[kind.name]:
            known, moment = self._lists.get(kind.name), time.perf_counter()
            if known and known.moment >= since and moment < known.moment + known.seconds:
                return known
            objects = Remote(kind, self.client).list_objects()
            seconds = max(FRESH, SHARE * (time.perf_counter() - moment))
            self._lists[kind.name] = KindList(kind, moment, seconds, objects)
            return self._lists[kind.name]
