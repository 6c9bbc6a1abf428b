"""One request and its response over HTTP; errors of httpx become `ApiError`s here, and nowhere else."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx

from applier.api.addresses import Address, check_encrypted, normalize_url
from applier.api.bodies import ENCODINGS, read_body
from applier.api.certificates import CERTIFICATE_VARIABLES, trusted_certificates
from applier.api.errors import ApiError, NotAllowed, Unreachable
from applier.api.network import DeadlineTransport, ends_at
from applier.api.proxies import ChosenProxy, find_proxy, unknown_exemptions
from applier.diagnostics.suggestions import join_words
from applier.secrets.urls import hide_url
from applier.system import describe_os_error

Query = Mapping[str, str | int | float | bool | list[str] | None]
CERTIFICATE_HINT = "if a proxy or a private authority signs its certificate, name that of the signer in SSL_CERT_FILE"
PLAIN_HINT = "it does not speak TLS; if that is right, write http:// in the URL"
NAME_NOT_FOUND = {getattr(socket, name) for name in ("EAI_NONAME", "EAI_NODATA") if hasattr(socket, name)}
NAME_NOT_FOUND |= {11001, 11004}  # on Windows


@dataclass(frozen=True, slots=True)
class Request:
    """One request. The connection, the request and the whole response take at most `seconds`, whatever dribbles."""

    method: str
    path: str
    seconds: float
    query: Query | None = None
    body: Mapping[str, object] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Response:
    """One response; the names of `headers` ignore case."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def is_success(self) -> bool:
        return httpx.codes.is_success(self.status)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where requests go. `timeout` is the longest silence of a connection, in seconds.

    `variables` are those of the environment, which name proxies and certificates. `insecure` allows a URL that is not
    encrypted. With a `transport` nothing leaves this process.
    """

    address: Address
    timeout: float
    insecure: bool = False
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    transport: httpx.BaseTransport | None = None


class Transport:
    """An HTTP connection pool. Raises `ApiError` when the URL or the network settings cannot be used."""

    def __init__(self, endpoint: Endpoint, headers: Mapping[str, str]):
        self._url = url = normalize_url(*endpoint.address)
        self._variables = endpoint.variables
        self._proxy: ChosenProxy | None = None
        certificates: ssl.SSLContext | None = None
        if endpoint.transport is None:
            check_encrypted(Address(url, endpoint.address.source), insecure=endpoint.insecure)
            self._proxy = find_proxy(url, endpoint.variables)
            certificates = _certificates(url, self._proxy, endpoint.variables)
        try:
            self._http = httpx.Client(
                base_url=url,
                headers=valid_headers({**headers, "Accept-Encoding": ENCODINGS}),
                timeout=endpoint.timeout,
                transport=endpoint.transport
                or DeadlineTransport(
                    certificates or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), self._proxy.proxy if self._proxy else None
                ),
                trust_env=False,  # httpx reads the variables in its own way
            )
        except (httpx.InvalidURL, UnicodeError) as error:
            raise _unusable_url(url, error) from None

    def close(self) -> None:
        self._http.close()

    @property
    def is_closed(self) -> bool:
        """True once `close` was called."""
        return self._http.is_closed

    def exchange(self, request: Request) -> Response:
        """Send the request and return the response.

        Raises `Unreachable` without a whole one in time, `BadAnswer` for one that is too large or cannot be unpacked.
        """
        parameters = {name: value for name, value in (request.query or {}).items() if value is not None}
        started = time.monotonic()
        deadline = started + request.seconds
        try:
            with (
                ends_at(deadline),
                self._http.stream(
                    request.method, request.path, params=parameters or None, json=request.body, headers=request.headers
                ) as response,
            ):
                return Response(response.status_code, response.headers, read_body(str(request), response, deadline))
        except httpx.HTTPError as error:
            raise self._unreachable(error, request, time.monotonic() - started) from None
        except (httpx.InvalidURL, UnicodeError) as error:  # a part of a host that is empty or too long
            raise _unusable_url(self._url, error) from None

    def _unreachable(self, error: httpx.HTTPError, request: Request, seconds: float) -> Unreachable:
        early = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout | httpx.ProxyError)
        reason = _reason(error)
        way = f" through {self._proxy.variable}={self._proxy.shown}" if self._proxy else ""
        message = f"{hide_url(self._url)} cannot be reached{way}: {reason}"
        hint = self._hint(reason)
        if isinstance(error, httpx.TimeoutException) and not early:
            message = f"{hide_url(self._url)} gave no complete answer to {request} in {seconds:.0f} s{way}."
            hint = f"{hint or Unreachable.hint}; --timeout gives it more time"
        return Unreachable(message, acted=not early, hint=hint)

    def _hint(self, reason: str) -> str | None:
        """Return what to do about a failed connection; None for the usual."""
        if "CERTIFICATE_VERIFY_FAILED" in reason:
            named = [name for name in CERTIFICATE_VARIABLES if self._variables.get(name)]
            return f"check {join_words(named)}" if named else CERTIFICATE_HINT
        if "WRONG_VERSION_NUMBER" in reason and not self._proxy:
            return PLAIN_HINT
        if not self._proxy:
            return None
        ignored = unknown_exemptions(self._variables)
        unread = f'; "{ignored[0]}" in NO_PROXY is no host and has no effect' if ignored else ""
        return f"check the proxy; NO_PROXY lists hosts to reach without it{unread}"


def _certificates(url: str, proxy: ChosenProxy | None, variables: Mapping[str, str]) -> ssl.SSLContext | None:
    """Return the trusted certificates, also for a proxy; None without TLS, as to load them takes a while."""
    over_tls = proxy is not None and proxy.proxy.url.scheme == "https"
    if not url.startswith("https://") and not over_tls:
        return None
    certificates = trusted_certificates(variables)
    if proxy is not None and over_tls:
        proxy.proxy.ssl_context = certificates
    return certificates


def valid_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers. Raises `ApiError` when one cannot be sent."""
    for name, value in headers.items():
        if not (value.isascii() and value.isprintable()):
            if name == "Authorization":
                raise NotAllowed("The API key contains invalid characters.", status=0)
            raise ApiError(f"The header {name} cannot be {value!r}.", hint="use letters and digits")
    return dict(headers)


def _unusable_url(url: str, error: Exception) -> ApiError:
    return ApiError(f'The URL "{hide_url(url)}" cannot be used: {error}', hint=Unreachable.hint)


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
