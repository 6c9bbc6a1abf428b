"""A last look before a write: what others have made since the plan, so that it could not know (quirks 20 and 39)."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from applier.api import Client
from applier.kinds import KINDS
from applier.kinds.base import ApiObject, Kind, text
from applier.kinds.references import mentions_in
from applier.live.snapshot import Snapshot

FRESH = 2.0  # seconds in which a list counts for other writes, too
SHARE = 10.0  # but at least so many times as long as it took: looking shall not be most of the work


@dataclass(frozen=True)
class Listed:
    """Everything of a kind: when it was asked for, and how long it counts."""

    kind: Kind
    moment: float
    seconds: float
    entries: Collection[ApiObject]

    @cached_property
    def users(self) -> Mapping[tuple[str, str], list[ApiObject]]:
        """Who uses what, by kind and id: found out once for all that is deleted."""
        found: defaultdict[tuple[str, str], list[ApiObject]] = defaultdict(list)
        for entry in self.entries:
            for use in mentions_in(self.kind, self.kind.from_api(entry)):
                found[use.kind, use.name].append(entry)
        return dict(found)


@dataclass(slots=True)
class Preflight:
    """Lists that the writes of one run share. `doomed` holds the ids of all that the plan deletes."""

    client: Client
    seen: Snapshot
    doomed: Collection[str] = ()
    _began: float = field(default_factory=time.perf_counter)
    _lists: dict[str, Listed] = field(default_factory=dict)
    _locks: defaultdict[str, threading.Lock] = field(default_factory=lambda: defaultdict(threading.Lock))

    def newcomers(self, kind: Kind, name: str, *, now: bool = False) -> list[ApiObject]:
        """What is live under a name and was not when the plan was made; with `now` by a list of this moment.

        Raises `ApiError`.
        """
        if not now and time.perf_counter() - self.seen.moment < FRESH:
            return []
        entries = self._listed(kind, time.perf_counter() if now else self._began).entries
        return [one for one in entries if one.get("name") == name and not self._known(kind, one)]

    def _known(self, kind: Kind, entry: ApiObject) -> bool:
        return (kind.name, text(entry.get("id"))) in self.seen.by_id

    def user_of(self, kind: str, identifier: str) -> str:
        """One of those that stay and use the object, in words, or nothing. Raises `ApiError`.

        A list of a moment ago may show what this run has moved away meanwhile; only a new one makes sure.
        """
        return self._found(kind, identifier, self._began) and self._found(kind, identifier, time.perf_counter())

    def _found(self, kind: str, identifier: str, since: float) -> str:
        return next(self._users(kind, identifier, since), "")

    def _users(self, kind: str, identifier: str, since: float) -> Iterator[str]:
        for user in KINDS.values():
            if user.writable and any(one.kind == kind for one in user.references):
                for entry in self._listed(user, since).users.get((kind, identifier), ()):
                    if entry.get("id") != identifier and entry.get("id") not in self.doomed:
                        yield f'the {user.noun} "{text(entry.get("name"))}" ({text(entry.get("id"))})'

    def _listed(self, kind: Kind, since: float) -> Listed:
        """The list, made anew if it is old or older than `since`; whoever else needs it waits for it."""
        with self._locks[kind.name]:
            known, now = self._lists.get(kind.name), time.perf_counter()
            if known and known.moment >= since and now < known.moment + known.seconds:
                return known
            entries = [kind.decode(self.client.settings.version, one) for one in self.client.pages(kind.path)]
            made = Listed(kind, now, max(FRESH, SHARE * (time.perf_counter() - now)), entries)
            self._lists[kind.name] = made
            return made
