"""The one door to httpx: sends requests of one version with one key, and turns every failure into an `ApiError`."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Self

import httpx

from applier import __version__
from applier.api.answers import check_version, decoded, failure
from applier.api.errors import ApiError, BadAnswer, Conflicted, Throttled, Unreachable
from applier.api.pace import Pace
from applier.api.retry import Patience, clearly_not_done, persistent, worth_another_try

DEFAULT_URL = "https://app.polytomic.com"
DEFAULT_VERSION = "2024-02-08"
FIRST_CONTACT_TRIES = 4  # a wrong URL should be told in seconds, a service that was there gets all patience
THROTTLED_UNDER_ONE_KEY = 8
Query = Mapping[str, str | int | float | bool | list[str] | None]


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the service is and who calls. `timeout` is in seconds and for one request."""

    url: str = DEFAULT_URL
    key: str = field(default="", repr=False)
    version: str = DEFAULT_VERSION
    timeout: float = 60.0
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
        self._http = httpx.Client(
            base_url=base_url(settings.url), headers=headers, timeout=settings.timeout, transport=transport
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

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

        One that the server failed on may have acted and is repeated only if it is `harmless_twice`.
        """
        return self._send("POST", path, body=body, key=key or str(uuid.uuid4()), once=not harmless_twice)

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
        """Every entry of a list once, over all pages (api.md section 5, quirk 41)."""
        seen: set[str] = set()
        token: object = None
        while True:
            answer = self.get(path, {**(query or {}), **({"page_token": str(token)} if token else {})})
            entries = answer.get("data")
            if entries is not None and not isinstance(entries, list):
                raise BadAnswer(f"GET {path} answered with something that is not a list.")
            for entry in entries or ():
                if isinstance(entry, Mapping) and str(entry.get("id")) not in seen:
                    seen.add(str(entry.get("id")))
                    yield entry
            pagination = answer.get("pagination")
            following = pagination.get("next_page_token") if isinstance(pagination, Mapping) else None
            if not following or following == token:
                return
            token = following

    def _send(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: Mapping[str, object] | None = None,
        key: str | None = None,
        once: bool = False,
    ) -> Mapping[str, object]:
        keys = _Keys(key)

        def attempt() -> Mapping[str, object]:
            left = self._pace.wait(self.stop)
            try:
                response = self._once(method, path, query, body, keys.current)
            except Unreachable as silence:
                keys.unclear = silence.acted
                raise
            self._met = True
            if response.is_success:
                self._pace.went_well()
                check_version(response.headers, self.settings.version)
                return decoded(method, path, response.content)
            error = failure(response.status_code, response.headers, response.content, self.settings.secrets)
            if isinstance(error, Throttled):
                self._pace.throttled(error.wait, left)
            raise keys.judged(error)

        again = clearly_not_done if once else worth_another_try
        patience = self.settings.patience if self._met else replace(self.settings.patience, tries=FIRST_CONTACT_TRIES)
        return persistent(attempt, patience, self.stop, again)

    def _once(
        self, method: str, path: str, query: Query | None, body: Mapping[str, object] | None, key: str | None
    ) -> httpx.Response:
        headers = {"Idempotency-Key": key} if key else {}
        status: int | None = None
        parameters = {name: value for name, value in (query or {}).items() if value is not None}
        started = time.monotonic()
        try:
            response = self._http.request(method, path, params=parameters or None, json=body, headers=headers)
            status = response.status_code
            return response
        except httpx.HTTPError as error:
            raise _unreachable(error, self.settings.url) from None
        except httpx.InvalidURL as error:
            raise ApiError(f'The URL "{self.settings.url}" cannot be used: {error}') from None
        finally:
            if self._on_request:
                self._on_request(method, path, status, time.monotonic() - started)


class _Keys:
    """An idempotency key that changes after each definite error, so that a later try is not told the old outcome.

    After an attempt without an answer the key stays, and a 409 then says that the first attempt is still under way.
    It stays for some 429s, too: most likely they were said before the key was looked at, and another run, which makes
    the same object under the same key, may not have been told them.
    """

    def __init__(self, first: str | None) -> None:
        self._first = first
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
        if not isinstance(error, Throttled) or self._throttled > THROTTLED_UNDER_ONE_KEY:
            self._number += 1
        return error


def base_url(url: str) -> str:
    """The URL with a scheme and without slashes at the end (api.md section 1)."""
    bare = url.strip().rstrip("/")
    return bare if "://" in bare else f"https://{bare}"


def _unreachable(error: httpx.HTTPError, url: str) -> Unreachable:
    acted = not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
    reason = str(error) or type(error).__name__
    if isinstance(error, httpx.TimeoutException):
        reason = "no answer in time"
    return Unreachable(f"{base_url(url)} cannot be reached: {reason}", acted=acted)
