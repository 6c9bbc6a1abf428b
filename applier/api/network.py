"""The network below httpx: every connect, handshake, read and write gets only the time that is left of its request.

httpx has a timeout for each operation: a service that sends one byte from time to time never exceeds it.
"""

from __future__ import annotations

import math
import socket
import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import httpcore
import httpx

PIECE = 16 * 1024  # bytes of a request between two looks at the clock
_deadline: ContextVar[float] = ContextVar("deadline", default=math.inf)
"""The end of the request that this thread is sending, by `time.monotonic`; a connection serves one at a time."""


@contextmanager
def ends_at(deadline: float) -> Iterator[None]:
    """Let every operation of this thread on the network end by then, by `time.monotonic`."""
    token = _deadline.set(deadline)
    try:
        yield
    finally:
        _deadline.reset(token)


def time_left(idle: float | None) -> float | None:
    """Return the seconds that an operation may take: `idle` (None: any), and no more than are left of the request.

    Raises `TimeoutError` when none are left.
    """
    left = _deadline.get() - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return min(left, math.inf if idle is None else idle) if left < math.inf else idle


class DeadlineTransport(httpx.HTTPTransport):
    """Sends requests of httpx over sockets that keep the deadline of `ends_at`."""

    def __init__(self, context: ssl.SSLContext, proxy: httpx.Proxy | None) -> None:
        contexts = [context] if proxy is None or proxy.ssl_context is None else [context, proxy.ssl_context]
        for one in contexts:
            one.sslsocket_class = _DeadlineTlsSocket
        super().__init__(verify=context, proxy=proxy, trust_env=False)
        self._pool._network_backend = _DeadlineBackend()  # httpx has no parameter for the one that httpcore has


class _DeadlineTlsSocket(ssl.SSLSocket):
    """A TLS socket whose operations end in time one by one, as TLS within TLS of a proxy takes many for one read."""

    def recv(self, buflen: int = 1024, flags: int = 0) -> bytes:
        self.settimeout(time_left(self.gettimeout()))
        return super().recv(buflen, flags)

    def send(self, data: ssl.ReadableBuffer, flags: int = 0) -> int:  # type: ignore[name-defined] # of typeshed
        self.settimeout(time_left(self.gettimeout()))
        return super().send(data, flags)


class _DeadlineBackend(httpcore.NetworkBackend):
    """Connects to one address of a host after the other, each with its share of the time."""

    def __init__(self) -> None:
        self._backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = _look_up(host, port)
        error: Exception = httpcore.ConnectError(f"{host} has no address")
        for number, address in enumerate(addresses):
            try:
                left = time_left(timeout)
                share = None if left is None else left / (len(addresses) - number)
                stream = self._backend.connect_tcp(address, port, share, local_address, socket_options)
            except TimeoutError as late:
                raise httpcore.ConnectTimeout from late
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as failure:
                error = failure
            else:
                return _DeadlineStream(stream)
        raise error


def _look_up(host: str, port: int) -> list[str]:
    """Return the addresses of a host; how long that takes is the business of the system's resolver."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as failure:
        raise httpcore.ConnectError(str(failure)) from failure
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class _DeadlineStream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        with _late(httpcore.ReadTimeout):
            return self._stream.read(max_bytes, time_left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        with _late(httpcore.WriteTimeout):
            for start in range(0, len(buffer), PIECE):
                self._stream.write(buffer[start : start + PIECE], time_left(timeout))

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Return the stream over TLS; a handshake over a socket ends in time as a whole, whatever dribbles."""
        with _late(httpcore.ConnectTimeout):
            return _DeadlineStream(self._stream.start_tls(ssl_context, server_hostname, time_left(timeout)))

    def close(self) -> None:
        self._stream.close()

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


@contextmanager
def _late(error: type[httpcore.TimeoutException]) -> Iterator[None]:
    try:
        yield
    except TimeoutError as late:
        raise error from late
