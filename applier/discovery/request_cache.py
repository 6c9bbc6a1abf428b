"""Asks the service each question once, however many want to know it at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from concurrent.futures import Future
from typing import Any, TypeVar

from applier.api import ApiError, Missing
from applier.discovery.model import State

T = TypeVar("T")
Key = tuple[str, ...]


class RequestCache:
    """Answers by key. `failed` holds by connection what was said when something of it could not be told; under the
    empty name what was said of the whole service.

    A connection that `waits` is created or changed by the plan, so that nothing can be said of it yet; `id_of(name)` is
    None where none is live.
    """

    def __init__(self, id_of: Callable[[str], str | None], waits: Collection[str]) -> None:
        self.failed: dict[str, str] = {}
        self._given_up = set[str]()
        self.waits = frozenset(waits)
        self._id_of = id_of
        self._answers: dict[Key, Future[Any]] = {}
        self._lock = threading.Lock()

    def about(self, key: Key, connection: str, ask: Callable[[str], T | State]) -> T | State:
        """What `ask(id)` answers about a connection."""
        if connection in self.waits:
            return State.WAITS
        identifier = self._id_of(connection)
        if identifier is None:
            return State.SILENT
        return self.once(key, lambda: ask(identifier), connection)

    def once(self, key: Key, ask: Callable[[], T | State], connection: str = "") -> T | State:
        """The answer under a key; whoever comes first asks, the others wait for the same answer."""
        with self._lock:
            first = key not in self._answers
            future: Future[T | State] = self._answers.setdefault(key, Future())
        if first:
            try:
                future.set_result(self._asked(ask, connection))
            except BaseException as error:
                future.set_exception(error)
                raise
        return future.result()

    def untold(self, connection: str, why: ApiError | str) -> State:
        """Silence about one thing that could not be told; the connection is asked about others."""
        self.failed.setdefault(connection, str(why))
        return State.SILENT

    def _asked(self, ask: Callable[[], T | State], connection: str) -> T | State:
        """What is asked, or silence where the service fails; it is not asked about that connection again."""
        if connection in self._given_up:
            return State.SILENT
        try:
            return ask()
        except ApiError as error:
            if connection:
                self._given_up.add(connection)
            elif isinstance(error, Missing):  # a service without that list
                return State.SILENT
            return self.untold(connection, error)
