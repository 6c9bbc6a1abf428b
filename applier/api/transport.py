"""One request and its response over HTTP; httpx is used only here, and its errors become `ApiError`s."""

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
USER_HINT = "remove the part before the @, and set POLYTOMIC_API_KEY"
NETWORK_HINT = "check HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, SSL_CERT_FILE and SSL_CERT_DIR"
NAME_NOT_FOUND = {getattr(socket, name) for name in ("EAI_NONAME", "EAI_NODATA") if hasattr(socket, name)}
NAME_NOT_FOUND |= {11001, 11004}  # on Windows


@dataclass(frozen=True, slots=True)
class Request:
    """One request. The whole response has to arrive within `seconds`."""

    method: str
    path: str
    seconds: float
    query: Query | None = None
    body: Mapping[str, object] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Response:
    """One response; the names of `headers` ignore case."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def is_success(self) -> bool:
        return httpx.codes.is_success(self.status)


class Transport:
    """An HTTP connection pool. Raises `ApiError` when the URL or the network settings cannot be used."""

    def __init__(self, url: str, headers: Mapping[str, str], timeout: float, transport: httpx.BaseTransport | None):
        self._url = url
        if "@" in url.partition("://")[2].partition("/")[0]:
            raise ApiError("The URL contains a user name or password, which would replace the API key.", hint=USER_HINT)
        try:
            self._http = httpx.Client(
                base_url=url,
                headers=valid_headers(headers),
                timeout=timeout,
                transport=transport,
                verify=_certificates(url),
                trust_env=not _is_local(url),
            )
        except httpx.InvalidURL as error:
            raise _unusable_url(url, error) from None
        except (ValueError, ImportError, OSError) as error:
            message = f"The network settings of the environment cannot be used: {_describe(error)}"
            raise ApiError(message, hint=NETWORK_HINT) from None

    def close(self) -> None:
        self._http.close()

    def exchange(self, request: Request) -> Response:
        """Send the request and return the response. Raises `Unreachable` without one."""
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
                return Response(response.status_code, response.headers, bytes(content))
        except httpx.HTTPError as error:
            raise _unreachable(error, self._url) from None
        except httpx.InvalidURL as error:
            raise _unusable_url(self._url, error) from None


def _certificates(url: str) -> ssl.SSLContext | bool:
    """Return the trusted certificates: those of the machine; none without TLS, as to load them takes a while."""
    if url.startswith("http://"):
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return httpx.create_ssl_context() if _is_local(url) else True  # without trust_env httpx ignores them


def _is_local(url: str) -> bool:
    """True for a service on this machine: no proxy is used for it, though Windows and macOS may set one for all."""
    try:
        host = httpx.URL(url).host
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except (httpx.InvalidURL, ValueError):
        return False


def valid_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers. Raises `ApiError` when one cannot be sent."""
    for name, value in headers.items():
        if not (value.isascii() and value.isprintable()):
            if name == "Authorization":
                raise NotAllowed("The API key contains invalid characters.", status=0)
            raise ApiError(f"The header {name} cannot be {value!r}.", hint="use letters and digits")
    return dict(headers)


def _unusable_url(url: str, error: httpx.InvalidURL) -> ApiError:
    return ApiError(f'The URL "{url}" cannot be used: {error}', hint=Unreachable.hint)


def _unreachable(error: httpx.HTTPError, url: str) -> Unreachable:
    acted = not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
    return Unreachable(f"{url} cannot be reached: {_reason(error)}", acted=acted)


def _reason(error: httpx.HTTPError) -> str:
    """Return why there is no response; the system's own error is among the causes of this one."""
    if isinstance(error, httpx.TimeoutException):
        return "no answer in time"
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, OSError):
        cause = cause.__cause__ or cause.__context__
    return _describe(cause or error) or type(error).__name__


def _describe(error: BaseException) -> str:
    """Return the message of an error, in the same words on every system; those of TLS are the same already."""
    if isinstance(error, socket.gaierror):
        return "host name not found" if error.errno in NAME_NOT_FOUND else "host name cannot be looked up now"
    return (
        describe_os_error(error) if isinstance(error, OSError) and not isinstance(error, ssl.SSLError) else str(error)
    )
