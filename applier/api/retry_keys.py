"""The Idempotency-Key header of one request and its retries (docs/api/transport.md#idempotency-keys)."""

from __future__ import annotations

from applier.api.errors import ApiError, Conflicted, Throttled

THROTTLED_UNDER_ONE_KEY = 8


class IdempotencyKey:
    """The key of a request that is retried. It changes after each error answer, which the service would replay.

    After an attempt without an answer the key stays; a 409 then says that the first attempt is still in progress. The
    key also stays after some 429s: most likely they were sent before the key was looked at, and another run that
    creates the same object under the same key may not have received them. A `fixed` key never changes.
    """

    def __init__(self, first: str | None, *, fixed: bool) -> None:
        self._first = first
        self._fixed = fixed
        self._number = 0
        self._throttled = 0
        self._may_be_in_progress = False

    @property
    def current(self) -> str | None:
        """The key of the next attempt, None for a request without a key."""
        return f"{self._first}-{self._number}" if self._first and self._number else self._first

    def record_silence(self, *, acted: bool) -> None:
        """Remember that an attempt got no answer; `acted` when the service may have received it."""
        self._may_be_in_progress = acted

    def record_error(self, error: ApiError) -> ApiError:
        """Change the key if needed; return the error, or for a 409 while an attempt is in progress a retryable one."""
        if self._first and self._may_be_in_progress and isinstance(error, Conflicted):
            return Throttled(str(error), status=error.status, metadata=error.metadata, wait=None)
        self._throttled += isinstance(error, Throttled)
        if isinstance(error, Throttled) and self._throttled <= THROTTLED_UNDER_ONE_KEY:
            return error
        if not self._fixed:
            self._number += 1
        elif isinstance(error, Throttled):
            error.lasting = True
        return error
