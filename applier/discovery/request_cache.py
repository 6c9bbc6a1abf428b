"""Sends each request about connections once, however many checks need its answer at the same time."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future
from typing import TypeVar, cast

from applier.api import ApiError, Missing
from applier.discovery.offerings import Unavailable

T = TypeVar("T")
Key = tuple[str, ...]


def request_key(question: str, connection: str, choices: Mapping[str, object]) -> Key:
    """Return the key of a request that depends on choices."""
    return (question, connection, json.dumps(choices, sort_keys=True))


class RequestCache:
    """Answers by key, safe to use from many threads.

    `id_of(name)` returns the id of a live connection, None if none is live. Nothing is known yet of a connection in
    `deferred`: the plan creates or changes it. `failures` holds by connection the first reason why something cannot be
    read; under "" that of the whole workspace.
    """

    def __init__(self, id_of: Callable[[str], str | None], deferred: Collection[str]) -> None:
        self.failures: dict[str, str] = {}
        self.deferred = frozenset(deferred)
        self._id_of = id_of
        self._abandoned = set[str]()
        self._answers: dict[Key, Future[object]] = {}
        self._lock = threading.Lock()

    def for_connection(self, key: Key, connection: str, request: Callable[[str], T | Unavailable]) -> T | Unavailable:
        """Return the answer of `request(id)` for a live connection."""
        if connection in self.deferred:
            return Unavailable.DEFERRED
        identifier = self._id_of(connection)
        if identifier is None:
            return Unavailable.UNKNOWN
        return self.fetch_once(key, lambda: request(identifier), connection)

    def fetch_once(self, key: Key, request: Callable[[], T | Unavailable], connection: str = "") -> T | Unavailable:
        """Return the answer under a key. The first thread sends the request, the others wait for its answer."""
        with self._lock:
            first = key not in self._answers
            future = self._answers.setdefault(key, Future())
        if first:
            try:
                future.set_result(self._send(request, connection))
            except BaseException as error:
                future.set_exception(error)
                raise
        return cast("T | Unavailable", future.result())  # one key is always asked for the same type

    def unavailable(self, connection: str, reason: ApiError | str) -> Unavailable:
        """Record why something cannot be read; other requests about the connection are still sent."""
        self.failures.setdefault(connection, str(reason))
        return Unavailable.UNKNOWN

    def _send(self, request: Callable[[], T | Unavailable], connection: str) -> T | Unavailable:
        """Return the answer; after a failure of the service no more requests about the connection are sent."""
        if connection in self._abandoned:
            return Unavailable.UNKNOWN
        try:
            return request()
        except ApiError as error:
            if connection:
                self._abandoned.add(connection)
            elif isinstance(error, Missing):  # a service without this list
                return Unavailable.UNKNOWN
            return self.unavailable(connection, error)
