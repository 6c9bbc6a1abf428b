"""A last look before a write: what others have made since the plan, so that it could not know (quirks 20 and 39)."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from applier.api import Client
from applier.kinds import KINDS
from applier.kinds.base import ApiObject, Kind, text
from applier.kinds.references import uses
from applier.snapshot import Snapshot

FRESH = 2.0  # seconds in which a list counts for other writes, too
SHARE = 10.0  # but at least so many times as long as it took: looking shall not be most of the work
LONG_AGO = float("-inf")


@dataclass(frozen=True, slots=True)
class Listed:
    """Everything of a kind: when it was asked for, and how long it counts."""

    moment: float = LONG_AGO
    seconds: float = 0.0
    entries: Collection[ApiObject] = ()


@dataclass(slots=True)
class LastLook:
    """Lists that the writes of one run share. `doomed` holds the ids of all that the plan deletes."""

    client: Client
    seen: Snapshot
    doomed: Collection[str] = ()
    _began: float = field(default_factory=time.monotonic)
    _lists: dict[str, Listed] = field(default_factory=dict)
    _locks: defaultdict[str, threading.Lock] = field(default_factory=lambda: defaultdict(threading.Lock))

    def newcomers(self, kind: Kind, name: str, *, now: bool = False) -> list[ApiObject]:
        """What is live under a name and was not when the plan was made; with `now` by a list of this moment.

        Raises `ApiError`.
        """
        if not now and time.monotonic() - self.seen.moment < FRESH:
            return []
        entries = self._listed(kind, time.monotonic() if now else self._began)
        return [one for one in entries if one.get("name") == name and not self._known(kind, one)]

    def _known(self, kind: Kind, entry: ApiObject) -> bool:
        return (kind.name, text(entry.get("id"))) in self.seen.by_id

    def user_of(self, kind: str, identifier: str) -> str:
        """One of those that stay and use the object, in words, or nothing. Raises `ApiError`.

        A list of a moment ago may show what this run has moved away meanwhile; only a new one makes sure.
        """
        return self._found(kind, identifier, self._began) and self._found(kind, identifier, time.monotonic())

    def _found(self, kind: str, identifier: str, since: float) -> str:
        return next(self._users(kind, identifier, since), "")

    def _users(self, kind: str, identifier: str, since: float) -> Iterator[str]:
        for user in KINDS.values():
            if user.writable and any(one.kind == kind for one in user.references):
                for entry in self._listed(user, since):
                    if entry.get("id") not in {identifier, *self.doomed} and _mentions(user, entry, kind, identifier):
                        yield f'the {user.noun} "{text(entry.get("name"))}" ({text(entry.get("id"))})'

    def _listed(self, kind: Kind, since: float) -> Collection[ApiObject]:
        """The list, made anew if it is old or older than `since`; whoever else needs it waits for it."""
        with self._locks[kind.name]:
            known, now = self._lists.get(kind.name, Listed()), time.monotonic()
            if known.moment >= since and now < known.moment + known.seconds:
                return known.entries
            entries = [kind.heard(self.client.settings.version, one) for one in self.client.pages(kind.path)]
            took = time.monotonic() - now
            self._lists[kind.name] = Listed(now, max(FRESH, SHARE * took), entries)
            return entries


def _mentions(user: Kind, entry: ApiObject, kind: str, identifier: str) -> bool:
    return any((use.kind, use.name) == (kind, identifier) for use in uses(user, user.from_api(entry)))
