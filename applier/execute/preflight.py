"""Looks right before a write for what others have created since the plan.

The service would accept a second object of a name (docs/api/behaviours.md#ambiguous-names), and the delete of an
object in use (docs/api/behaviours.md#model-in-use).
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from applier.api import ApiError, Client
from applier.kinds.base import Kind
from applier.kinds.references import mentions_in
from applier.live.objects import RawObject
from applier.live.remote import Remote
from applier.live.snapshot import Snapshot

FRESH = 2.0  # seconds for which a list is used for other writes too
SHORTEST_WAIT = 0.2  # seconds for which a change that has to look waits, so that others can use the same list
SHARE = 10.0  # both are at least this many times as long as a list takes, so that lists do not take most of a run


@dataclass(frozen=True)
class KindList:
    """All objects of a kind, by a list that was requested at `moment` and took `seconds`."""

    kind: Kind
    moment: float
    seconds: float
    objects: Collection[RawObject]

    @property
    def is_fresh(self) -> bool:
        """True while the list may be used for further writes."""
        return time.perf_counter() < self.moment + max(FRESH, SHARE * self.seconds)

    @cached_property
    def by_name(self) -> Mapping[str, list[RawObject]]:
        """The objects by their names."""
        by_name: defaultdict[str, list[RawObject]] = defaultdict(list)
        for one in self.objects:
            by_name[one.name].append(one)
        return dict(by_name)

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
    """The lists that all writes of one run share. `deleting` holds the ids of all that the plan deletes.

    `let_others_go_first` is called when a change waits for a list that others may want too, with the longest time in
    seconds; it returns when nothing else can go on.
    """

    client: Client
    snapshot: Snapshot
    deleting: Collection[str] = ()
    let_others_go_first: Callable[[float], None] = lambda seconds: None
    _started: float = field(default_factory=time.perf_counter)
    _lists: dict[str, KindList] = field(default_factory=dict)
    _failures: dict[str, tuple[float, ApiError]] = field(default_factory=dict)
    _locks: defaultdict[str, threading.Lock] = field(default_factory=lambda: defaultdict(threading.Lock))

    def find_new_namesakes(self, kind: Kind, name: str) -> list[RawObject]:
        """Return the live objects of a name that the plan has not seen, by a list of a moment ago.

        Raises `ApiError`.
        """
        if time.perf_counter() - self.snapshot.moment < FRESH:
            return []
        return self._namesakes(self._list(kind, self._started), name)

    def list_namesakes(self, kind: Kind, name: str, *, shared: bool = False) -> list[RawObject]:
        """Return the same by a list that is requested from now on; `shared` with the other changes that run.

        Raises `ApiError`.
        """
        since = time.perf_counter()
        if shared:
            known = self._lists.get(kind.name)
            self.let_others_go_first(max(SHORTEST_WAIT, SHARE * known.seconds if known else 0))
        return self._namesakes(self._list(kind, since, at_any_age=True), name)

    def _namesakes(self, objects: KindList, name: str) -> list[RawObject]:
        """Return the objects of a name, or all of a kind that exists once, but those that had the name in the plan."""
        kind = objects.kind
        candidates = objects.objects if kind.singleton else objects.by_name.get(name, ())
        return [one for one in candidates if not self._is_planned(kind, one)]

    def _is_planned(self, kind: Kind, one: RawObject) -> bool:
        """True when the plan has seen the object under the name that it has."""
        planned = self.snapshot.by_id.get((kind.name, one.id))
        return planned is not None and kind.name_in(planned.answer) == one.name

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

    def _list(self, kind: Kind, since: float, *, at_any_age: bool = False) -> KindList:
        """Return a list that was requested after `since` and is fresh, or of any age; other threads wait for it.

        Raises `ApiError`, the same one for all that have waited for a list that fails: the client has repeated it
        already for as long as it is patient.
        """
        with self._locks[kind.name]:
            known = self._lists.get(kind.name)
            if known and known.moment >= since and (at_any_age or known.is_fresh):
                return known
            failed_at, failure = self._failures.get(kind.name, (0.0, None))
            if failure and since < failed_at and time.perf_counter() < failed_at + FRESH:
                raise failure
            moment = time.perf_counter()
            try:
                objects = Remote(kind, self.client).list_objects()
            except ApiError as error:
                self._failures[kind.name] = time.perf_counter(), error
                raise
            self._lists[kind.name] = KindList(kind, moment, time.perf_counter() - moment, objects)
            return self._lists[kind.name]
