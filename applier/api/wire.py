"""One request and its answer over HTTP; httpx stays in here, and its failures leave as `ApiError`s."""

from __future__ import annotations

import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx

from applier.api.errors import ApiError, NotAllowed, Unreachable

Query = Mapping[str, str | int | float | bool | list[str] | None]
NO_USER = "leave out what stands before the @, and set POLYTOMIC_API_KEY"
NETWORK = "check HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, SSL_CERT_FILE and SSL_CERT_DIR"


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent. The answer has to be there whole within `seconds`."""

    method: str
    path: str
    seconds: float
    query: Query | None = None
    body: Mapping[str, object] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `headers` are found in any case."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def fine(self) -> bool:
        return httpx.codes.is_success(self.status)


class Wire:
    """An open way to the service. Raises `ApiError` when none can be had, for instance by a proxy that is none."""

    def __init__(self, url: str, headers: Mapping[str, str], timeout: float, transport: httpx.BaseTransport | None):
        self._url = url
        if "@" in url.partition("://")[2].partition("/")[0]:
            raise ApiError("The URL holds a user or a password, which would take the place of the key.", hint=NO_USER)
        try:
            self._http = httpx.Client(
                base_url=url, headers=told(headers), timeout=timeout, transport=transport, verify=_trusted(url)
            )
        except httpx.InvalidURL as error:
            raise _unusable(url, error) from None
        except (ValueError, ImportError, OSError) as error:
            said = f"The network settings of the environment cannot be used: {error}"
            raise ApiError(said, hint=NETWORK) from None

    def close(self) -> None:
        self._http.close()

    def exchange(self, request: Request) -> Answer:
        """Send and wait for the answer. Raises `Unreachable` without one."""
        parameters = {name: value for name, value in (request.query or {}).items() if value is not None}
        deadline = time.monotonic() + request.seconds
        try:
            with self._http.stream(
                request.method, request.path, params=parameters or None, json=request.body, headers=request.headers
            ) as response:
                content = bytearray()
                for part in response.iter_bytes():
                    content += part
                    if time.monotonic() > deadline:
                        raise httpx.ReadTimeout("")
                return Answer(response.status_code, response.headers, bytes(content))
        except httpx.HTTPError as error:
            raise _unreachable(error, self._url) from None
        except httpx.InvalidURL as error:
            raise _unusable(self._url, error) from None


def _trusted(url: str) -> ssl.SSLContext | bool:
    """Whom to trust: those whom the machine trusts. Without TLS nobody, as to read their certificates takes a while."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if url.startswith("http://") else True


def told(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers, if they can be sent. Raises `ApiError`."""
    for name, value in headers.items():
        if not (value.isascii() and value.isprintable()):
            if name == "Authorization":
                raise NotAllowed("The API key holds characters that no key has.", status=0)
            raise ApiError(f"The header {name} cannot be {value!r}.", hint="take plain letters and digits")
    return dict(headers)


def _unusable(url: str, error: httpx.InvalidURL) -> ApiError:
    return ApiError(f'The URL "{url}" cannot be used: {error}', hint=Unreachable.hint)


def _unreachable(error: httpx.HTTPError, url: str) -> Unreachable:
    acted = not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
    reason = str(error) or type(error).__name__
    if isinstance(error, httpx.TimeoutException):
        reason = "no answer in time"
    return Unreachable(f"{url} cannot be reached: {reason}", acted=acted)
