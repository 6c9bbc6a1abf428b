"""Sends requests of one version with one key, tries again what may work in a moment, follows pages."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import TYPE_CHECKING, Self

from applier import __version__
from applier.api.answers import check_version, decoded, failure
from applier.api.errors import ApiError, BadAnswer, Conflicted, Throttled, Unreachable
from applier.api.pace import Pace
from applier.api.retry import Patience, clearly_not_done, persistent, worth_another_try
from applier.api.wire import Answer, Query, Request, Wire

if TYPE_CHECKING:
    import httpx

DEFAULT_URL = "https://app.polytomic.com"
DEFAULT_VERSION = "2024-02-08"
FIRST_CONTACT_TRIES = 4  # a wrong URL should be told in seconds, a service that was there gets all patience
IMPATIENT_TRIES = 4
THROTTLED_UNDER_ONE_KEY = 8
LONGEST_SILENCE = 60.0  # seconds
MOST_WITHOUT_NEWS = 100  # pages of a list, one after the other


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the service is and who calls."""

    url: str = DEFAULT_URL
    key: str = field(default="", repr=False)
    version: str = DEFAULT_VERSION
    patience: Patience = field(default_factory=Patience)
    secrets: frozenset[str] = field(default=frozenset(), repr=False)


class Client:
    """A session with the service; safe to use from many threads. `on_request` is told method, path and status."""

    def __init__(
        self,
        settings: Settings,
        transport: httpx.BaseTransport | None = None,
        on_request: Callable[[str, str, int | None, float], None] | None = None,
    ) -> None:
        self.settings = settings
        self.stop = threading.Event()
        self._pace = Pace()
        self._met = False
        self._on_request = on_request
        headers = {
            "Accept": "application/json",
            "Content-Type": "application/json",
            "X-Polytomic-Version": settings.version,
            "User-Agent": f"applier/{__version__}",
        }
        if settings.key:
            headers["Authorization"] = f"Bearer {settings.key}"
        silence = min(LONGEST_SILENCE, settings.patience.budget)
        self._wire = Wire(base_url(settings.url), headers, silence, transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is KeyboardInterrupt:
            self.stop.set()  # threads that nobody waits for shall not try again
        self._wire.close()

    def impatient(self) -> Client:
        """The same session for questions that can go without an answer: fewer tries."""
        other = copy(self)
        other.settings = replace(self.settings, patience=replace(self.settings.patience, tries=IMPATIENT_TRIES))
        return other

    def get(self, path: str, query: Query | None = None) -> Mapping[str, object]:
        """The decoded answer. Raises `ApiError`."""
        return self._send("GET", path, query=query)

    def post(
        self,
        path: str,
        body: Mapping[str, object] | None = None,
        *,
        key: str | None = None,
        harmless_twice: bool = False,
    ) -> Mapping[str, object]:
        """The decoded answer. A request that got no answer is repeated under the same idempotency key (quirk 54).

        One that the server failed on may have acted and is repeated only if it is `harmless_twice`. A `key` that is
        given is never changed: who gave it has reasons.
        """
        once = not harmless_twice
        return self._send("POST", path, body=body, key=key or str(uuid.uuid4()), once=once, fixed=key is not None)

    def put(self, path: str, body: Mapping[str, object]) -> Mapping[str, object]:
        """The decoded answer. Raises `ApiError`."""
        return self._send("PUT", path, body=body)

    def patch(self, path: str, body: Mapping[str, object]) -> Mapping[str, object]:
        """The decoded answer. Raises `ApiError`."""
        return self._send("PATCH", path, body=body)

    def delete(self, path: str, query: Query | None = None) -> None:
        """Nothing: deletes answer without a body or with one that says nothing (quirk 57)."""
        self._send("DELETE", path, query=query)

    def pages(self, path: str, query: Query | None = None) -> Iterable[Mapping[str, object]]:
        """Every entry of a list once, over all pages (api.md section 5, quirk 41).

        Raises `BadAnswer` rather than take a part for all: what is not seen would be made again.
        """
        seen: set[object] = set()
        tokens: list[object] = []
        without_news = 0
        while True:
            answer = self.get(path, {**(query or {}), **({"page_token": str(tokens[-1])} if tokens else {})})
            known = len(seen)
            for entry in _entries(path, answer):
                if entry.get("id") not in seen:
                    seen.add(entry.get("id"))
                    yield entry
            pagination = answer.get("pagination")
            following = pagination.get("next_page_token") if isinstance(pagination, Mapping) else None
            if not following:
                return
            without_news = 0 if len(seen) > known else without_news + 1
            if following in tokens or without_news > MOST_WITHOUT_NEWS:
                raise BadAnswer(f"GET {path} has no end: its pages lead back to where they were.")
            tokens.append(following)

    def _send(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: Mapping[str, object] | None = None,
        key: str | None = None,
        once: bool = False,
        fixed: bool = False,
    ) -> Mapping[str, object]:
        keys = _Keys(key, fixed=fixed)
        patience = self.settings.patience if self._met else replace(self.settings.patience, tries=FIRST_CONTACT_TRIES)

        def attempt(deadline: float) -> Mapping[str, object]:
            left = self._pace.wait(self.stop, deadline)
            headers = {"Idempotency-Key": keys.current} if keys.current else {}
            try:
                answer = self._once(Request(method, path, patience.budget, query, body, headers))
            except Unreachable as silence:
                keys.unclear = silence.acted
                raise
            self._met = True
            if answer.fine:
                self._pace.went_well()
                check_version(answer.headers, self.settings.version)
                return decoded(method, path, answer.content)
            error = failure(answer.status, answer.headers, answer.content, self.settings.secrets)
            if isinstance(error, Throttled):
                self._pace.throttled(error.wait, left)
            raise keys.judged(error)

        return persistent(attempt, patience, self.stop, clearly_not_done if once else worth_another_try)

    def _once(self, request: Request) -> Answer:
        status: int | None = None
        started = time.monotonic()
        try:
            answer = self._wire.exchange(request)
            status = answer.status
            return answer
        finally:
            if self._on_request:
                self._on_request(request.method, request.path, status, time.monotonic() - started)


class _Keys:
    """An idempotency key that changes after each definite error, so that a later try is not told the old outcome.

    After an attempt without an answer the key stays, and a 409 then says that the first attempt is still under way.
    It stays for some 429s, too: most likely they were said before the key was looked at, and another run, which makes
    the same object under the same key, may not have been told them.
    """

    def __init__(self, first: str | None, *, fixed: bool) -> None:
        self._first = first
        self._fixed = fixed
        self._number = 0
        self._throttled = 0
        self.unclear = False

    @property
    def current(self) -> str | None:
        return f"{self._first}-{self._number}" if self._first and self._number else self._first

    def judged(self, error: ApiError) -> ApiError:
        """The error, or for a 409 on an attempt still under way one that is tried again under the same key."""
        if self._first and self.unclear and isinstance(error, Conflicted):
            return Throttled(str(error), status=error.status, metadata=error.metadata, wait=None)
        self._throttled += isinstance(error, Throttled)
        if isinstance(error, Throttled) and self._throttled <= THROTTLED_UNDER_ONE_KEY:
            return error
        if not self._fixed:
            self._number += 1
        elif isinstance(error, Throttled):
            error.lasting = True
        return error


def _entries(path: str, answer: Mapping[str, object]) -> list[Mapping[str, object]]:
    """Those of one page; `data` may be null (quirk 41), but has to be there."""
    entries = answer.get("data", answer)
    if entries is not None and not isinstance(entries, list):
        raise BadAnswer(f"GET {path} answered with something that is not a list.")
    return [one for one in entries or () if isinstance(one, Mapping)]


def base_url(url: str) -> str:
    """The URL with a scheme and without slashes at the end (api.md section 1)."""
    bare = url.strip().rstrip("/")
    return bare if "://" in bare else f"https://{bare}"
