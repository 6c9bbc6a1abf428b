"""The HTTP client of the Polytomic API: one key, one API version, retries, a rate limit and paging."""

from __future__ import annotations

import os
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import TYPE_CHECKING, Self

from applier import __version__
from applier.api.addresses import Address
from applier.api.envelopes import Entry, object_in
from applier.api.errors import ApiError, BadAnswer, Throttled, Unreachable
from applier.api.paging import Decoded, read_pages
from applier.api.rate_limit import RateLimit
from applier.api.responses import check_version, decode_body, error_of, scrub
from applier.api.retry import SHORTEST_ATTEMPT, RetryPolicy, call_with_retries, is_retryable, is_retryable_once_only
from applier.api.retry_keys import IdempotencyKey
from applier.api.transport import Endpoint, Query, Request, Response, Transport
from applier.secrets import NOTHING_CLEAR, InClear, Scrubber, scrubber_of

if TYPE_CHECKING:
    import httpx

DEFAULT_URL = "https://app.polytomic.com"
DEFAULT_VERSION = "2024-02-08"
FIRST_CONTACT_TRIES = 4  # until the service has answered once: a wrong URL is reported within seconds
OPTIONAL_TRIES = 4
LONGEST_SILENCE = 60.0  # seconds without a byte of an answer
BUDGETS_OF_A_LIST = 10  # times the budget of one request, for all pages of a list


@dataclass(frozen=True, slots=True)
class Settings:
    """The address of the service, the API key and version, the retry policy, and secrets to hide in messages.

    `source` says where the URL comes from, for messages. `insecure` allows one that is not encrypted. `in_clear` is
    what stays readable although a secret is part of it.
    """

    url: str = DEFAULT_URL
    key: str = field(default="", repr=False)
    version: str = DEFAULT_VERSION
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    secrets: frozenset[str] = field(default=frozenset(), repr=False)
    source: str = ""
    insecure: bool = False
    in_clear: InClear = field(default=NOTHING_CLEAR, repr=False)

    @property
    def scrubber(self) -> Scrubber:
        """What hides the secrets in texts of others."""
        return scrubber_of(self.secrets, self.in_clear)


class Client:
    """A session with the service; safe to use from many threads.

    `stop` ends all pauses and retries; `abandoned` says that nobody waits for requests any more.
    `on_request` gets method, path, status (None without an answer) and seconds.
    """

    def __init__(
        self,
        settings: Settings,
        transport: httpx.BaseTransport | None = None,
        on_request: Callable[[str, str, int | None, float], None] | None = None,
    ) -> None:
        self.settings = settings
        self.stop = threading.Event()
        self.abandoned = threading.Event()
        self._rate_limit = RateLimit()
        self._has_answered = False
        self._on_request = on_request
        headers = {
            "Accept": "application/json",
            "Content-Type": "application/json",
            "X-Polytomic-Version": settings.version,
            "User-Agent": f"applier/{__version__}",
        }
        if settings.key:
            headers["Authorization"] = f"Bearer {settings.key}"
        silence = min(LONGEST_SILENCE, settings.retry.budget)
        address = Address(settings.url, settings.source)
        endpoint = Endpoint(address, silence, settings.insecure, os.environ, transport)
        self._transport = Transport(endpoint, headers)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is KeyboardInterrupt:
            self.stop.set()  # no retries in threads that nobody waits for
        self._transport.close()

    def check_open(self) -> None:
        """Raise `ValueError` when the session is closed."""
        if self._transport.is_closed:
            raise ValueError("the session is closed: use it inside its `with` statement, or open a new one")

    def scrub(self, text: str) -> str:
        """Return a text of the service without secrets."""
        return scrub(text, self.settings.scrubber)

    def with_fewer_tries(self) -> Client:
        """Return the same session for optional reads, which may fail."""
        other = copy(self)
        other.settings = replace(self.settings, retry=replace(self.settings.retry, tries=OPTIONAL_TRIES))
        return other

    def get(self, path: str, query: Query | None = None) -> Mapping[str, object]:
        """Return the decoded answer. Raises `ApiError`."""
        return self._send("GET", path, query=query).body

    def get_object(self, path: str, identifier: str) -> Entry:
        """Return the object of an id, below the path of its list. Raises `ApiError`, also for another object."""
        found = object_in(f"GET {path}/{identifier}", self.get(f"{path}/{identifier}"))
        if found["id"] != identifier:
            raise BadAnswer(f"GET {path}/{identifier} answered with another object.")
        return found

    def create_object(self, path: str, body: Mapping[str, object], *, key: str) -> Entry:
        """Return the object that a POST under an idempotency key has created. Raises `ApiError`, as `post` does."""
        return object_in(f"POST {path}", self.post(path, body, key=key))

    def post(
        self,
        path: str,
        body: Mapping[str, object] | None = None,
        *,
        key: str | None = None,
        harmless_twice: bool = False,
    ) -> Mapping[str, object]:
        """Return the decoded answer. Raises `ApiError`.

        A retry after no answer has the same idempotency key (docs/api/behaviours.md#idempotency-keys). After an error
        of the server, which may have acted, the request is retried only if it is `harmless_twice`. A given `key` is
        never changed.
        """
        keys = IdempotencyKey(key or str(uuid.uuid4()), fixed=key is not None)
        retryable = is_retryable if harmless_twice else is_retryable_once_only
        return self._send("POST", path, body=body, key=keys, retryable=retryable).body

    def put(self, path: str, body: Mapping[str, object]) -> Mapping[str, object]:
        """Return the decoded answer. Raises `ApiError`."""
        return self._send("PUT", path, body=body).body

    def patch(self, path: str, body: Mapping[str, object]) -> Mapping[str, object]:
        """Return the decoded answer. Raises `ApiError`."""
        return self._send("PATCH", path, body=body).body

    def delete(self, path: str, query: Query | None = None) -> None:
        """Delete; the answer says nothing (docs/api/behaviours.md#missing-envelopes). Raises `ApiError`."""
        self._send("DELETE", path, query=query)

    def pages(self, path: str, query: Query | None = None) -> Iterable[Mapping[str, object]]:
        """Yield every entry of a list once, over all pages (docs/api/behaviours.md#paging).

        Raises `BadAnswer` when the list cannot be read to its end.
        """
        seconds = self.settings.retry.budget * BUDGETS_OF_A_LIST
        return read_pages(lambda at, choices: self._send("GET", at, query=choices), path, query, seconds)

    def _send(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: Mapping[str, object] | None = None,
        key: IdempotencyKey | None = None,
        retryable: Callable[[ApiError], bool] = is_retryable,
    ) -> Decoded:
        self.check_open()
        keys = key or IdempotencyKey(None, fixed=False)
        policy = self.settings.retry
        if not self._has_answered:
            policy = replace(policy, tries=min(policy.tries, FIRST_CONTACT_TRIES))

        def attempt(deadline: float) -> Decoded:
            sent_at = self._rate_limit.wait(self.stop, deadline - SHORTEST_ATTEMPT)
            headers = {"Idempotency-Key": keys.current} if keys.current else {}
            try:
                response = self._exchange(Request(method, path, deadline - time.monotonic(), query, body, headers))
            except Unreachable as silence:
                keys.record_silence(acted=silence.acted)
                raise
            self._has_answered = True
            if response.is_success:
                self._rate_limit.record_success()
                check_version(response.headers, self.settings.version, self.settings.scrubber)
                return Decoded(decode_body(method, path, response.content), len(response.content))
            error = error_of(response.status, response.headers, response.content, self.settings.scrubber)
            if isinstance(error, Throttled):
                self._rate_limit.record_throttled(error.wait, sent_at)
            raise keys.record_error(error)

        return call_with_retries(attempt, policy, self.stop, retryable)

    def _exchange(self, request: Request) -> Response:
        status: int | None = None
        started = time.monotonic()
        try:
            response = self._transport.exchange(request)
            status = response.status
            return response
        finally:
            if self._on_request:
                self._on_request(request.method, request.path, status, time.monotonic() - started)
