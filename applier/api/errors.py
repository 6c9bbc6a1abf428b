"""The errors of requests.

ApiError
├── InsecureUrl      a URL over which the API key would be readable
├── BadSetting       a variable of the environment about proxies or certificates
├── Unreachable      no connection, no host name, no TLS, no answer in time
├── BadAnswer        an answer that this API does not give: not JSON, another version, no data
│   └── TooLarge     an answer of more bytes, values or levels than any answer of this API has
└── Answered         the service answered with an error status
    ├── NotAllowed   401 and 403: the key
    ├── Missing      404
    ├── Conflicted   409
    ├── Throttled    429
    ├── ServerFailed 5xx and 408
    └── Refused      every other 4xx: the request
"""

from __future__ import annotations

from collections.abc import Mapping

HTTP_FORBIDDEN = 403


class ApiError(Exception):
    """A request has failed; `str()` is a sentence, `hint` says what to do, `code` is that of the diagnostic."""

    hint: str | None = None
    code = "service"

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint or self.hint


class InsecureUrl(ApiError):
    """The URL is not encrypted and leads to another machine; nothing was sent."""

    code = "insecure-url"


class BadSetting(ApiError):
    """A variable of the environment, or a setting of the system, cannot be used; `value` must have no password."""

    code = "bad-setting"

    def __init__(self, name: str, value: str, why: str, hint: str) -> None:
        super().__init__(f"{name}={value} cannot be used: {why}.", hint=hint)


class Unreachable(ApiError):
    """There is no answer. `acted` is true when the service may have received the request all the same."""

    hint = "check the URL (--url or POLYTOMIC_DEPLOYMENT_URL) and the network"

    def __init__(self, message: str, *, acted: bool, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.acted = acted


class BadAnswer(ApiError):
    """An answer that this API does not give; most often the URL is that of something else."""

    hint = "check that the URL (--url or POLYTOMIC_DEPLOYMENT_URL) is that of a Polytomic API"


class TooLarge(BadAnswer):
    """An answer is larger than any of this API; it was not read to its end, and another try would be as large."""

    def __init__(self, request: str, size: int, unit: str = "MiB") -> None:
        super().__init__(f"{request} answered with more than {size} {unit}, the limit of an answer.")


class Answered(ApiError):
    """The service answered with an error status; `str()` has its own message (docs/api/errors.md)."""

    def __init__(self, message: str, *, status: int, metadata: Mapping[str, object] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.metadata = metadata or {}


class NotAllowed(Answered):
    """401: the key is missing or wrong. 403: the key has no permission."""

    hint = "check POLYTOMIC_API_KEY: it must be a key of the workspace and have the permission"

    @property
    def lacks_permission(self) -> bool:
        """True when the key is valid, but does not have the permission for this request."""
        return self.status == HTTP_FORBIDDEN


class Missing(Answered):
    """404: the object does not exist, or belongs to another organization."""


class Conflicted(Answered):
    """409: the same request, or a run, is in progress."""


class Throttled(Answered):
    """429, with the seconds to `wait` if the service sends them.

    `lasting` is true when the service repeats it under one idempotency key: it may be a replay of a stored answer.
    """

    hint = "lower --parallelism or try again later"
    lasting = False

    def __init__(self, message: str, *, status: int, metadata: Mapping[str, object] | None, wait: float | None) -> None:
        super().__init__(message, status=status, metadata=metadata)
        self.wait = wait


class ServerFailed(Answered):
    """5xx or 408: the service failed; the request may be valid."""

    hint = "try again later; if it persists, contact Polytomic's support"


class Refused(Answered):
    """The service understood the request and refuses it; the message says why."""
