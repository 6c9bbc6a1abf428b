"""The world's failures, as one small tree.

ApiError
├── Unreachable      no connection, no name, no TLS, no answer in time
├── BadAnswer        an answer that is not this API's: not JSON, another version, no data
└── Answered         the service said no
    ├── NotAllowed   401 and 403: the key
    ├── Missing      404
    ├── Conflicted   409
    ├── Throttled    429
    ├── ServerFailed 5xx and 408
    └── Refused      every other 4xx: the request
"""

from __future__ import annotations

from collections.abc import Mapping


class ApiError(Exception):
    """Something between here and the service went wrong; `str()` is a sentence, `hint` says what to do."""

    hint: str | None = None

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint or self.hint


class Unreachable(ApiError):
    """No answer at all. `acted` is true when the request may have reached the service all the same."""

    hint = "check the URL (--url or POLYTOMIC_DEPLOYMENT_URL) and the network"

    def __init__(self, message: str, *, acted: bool) -> None:
        super().__init__(message)
        self.acted = acted


class BadAnswer(ApiError):
    """An answer that this API does not give; most often the URL leads to something else."""

    hint = "check that the URL (--url or POLYTOMIC_DEPLOYMENT_URL) is that of a Polytomic API"


class Answered(ApiError):
    """The service answered with an error status; its own message is in `str()` (api.md section 4)."""

    def __init__(self, message: str, *, status: int, metadata: Mapping[str, object] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.metadata = metadata or {}


class NotAllowed(Answered):
    """401: missing or wrong key. 403: the key may not do this."""

    hint = "check POLYTOMIC_API_KEY: it must be a key of the workspace and have the permission"


class Missing(Answered):
    """404: no such object, or one of another organization."""


class Conflicted(Answered):
    """409: the same request is under way, or a run is."""


class Throttled(Answered):
    """429, with the seconds that the service asks to wait, if it says.

    `lasting` when it was said again and again under one idempotency key: it may be what is stored under that key.
    """

    hint = "lower --parallelism or try again later"
    lasting = False

    def __init__(self, message: str, *, status: int, metadata: Mapping[str, object] | None, wait: float | None) -> None:
        super().__init__(message, status=status, metadata=metadata)
        self.wait = wait


class ServerFailed(Answered):
    """5xx or 408: the service failed, the request may be fine."""

    hint = "try again later; if it stays, ask Polytomic's support"


class Refused(Answered):
    """A request that the service understood and refuses; its message says why."""
