"""One request and its answer over HTTP; httpx stays in here, and its failures leave as `ApiError`s."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx

from applier.api.errors import ApiError, NotAllowed, Unreachable
from applier.system import describe_os_error

Query = Mapping[str, str | int | float | bool | list[str] | None]
NO_USER = "leave out what stands before the @, and set POLYTOMIC_API_KEY"
NETWORK = "check HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, SSL_CERT_FILE and SSL_CERT_DIR"
_NO_NAME = {getattr(socket, name) for name in ("EAI_NONAME", "EAI_NODATA") if hasattr(socket, name)} | {11001, 11004}
"""What resolvers say of a name that there is not; the numbers are those of Windows."""


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
                base_url=url,
                headers=told(headers),
                timeout=timeout,
                transport=transport,
                verify=_trusted(url),
                trust_env=not _near(url),
            )
        except httpx.InvalidURL as error:
            raise _unusable(url, error) from None
        except (ValueError, ImportError, OSError) as error:
            said = f"The network settings of the environment cannot be used: {_said(error)}"
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
    if url.startswith("http://"):
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return httpx.create_ssl_context() if _near(url) else True  # without the environment httpx would not look there


def _near(url: str) -> bool:
    """True for a service of this machine. No proxy leads there, though Windows and macOS may name one for all."""
    try:
        host = httpx.URL(url).host
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except (httpx.InvalidURL, ValueError):
        return False


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
    return Unreachable(f"{url} cannot be reached: {_why(error)}", acted=acted)


def _why(error: httpx.HTTPError) -> str:
    """Why there is no answer; what the system said of it is in the errors that led to this one."""
    if isinstance(error, httpx.TimeoutException):
        return "no answer in time"
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, OSError):
        cause = cause.__cause__ or cause.__context__
    return _said(cause or error) or type(error).__name__


def _said(error: BaseException) -> str:
    """What an error says, in the same words on every system. TLS has its own, which are the same already."""
    if isinstance(error, socket.gaierror):
        return "host name not found" if error.errno in _NO_NAME else "host name cannot be looked up now"
    return (
        describe_os_error(error) if isinstance(error, OSError) and not isinstance(error, ssl.SSLError) else str(error)
    )
