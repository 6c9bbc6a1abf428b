"""A server that writes bytes to a socket as a test says, without any rule of HTTP or TLS."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Answer = Callable[[socket.socket, threading.Event], None]
"""Writes to a connection; the event is set when the test has ended."""


@dataclass
class RawService:
    port: int
    requests: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def raw_service(answer: Answer, *, reads: bool = True, context: ssl.SSLContext | None = None) -> Iterator[RawService]:
    """Yield a server that reads the beginning of a request, if it `reads` at all, and then answers.

    With a `context` it speaks TLS.
    """
    ended = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))
    service = RawService(listener.getsockname()[1])

    def serve(plain: socket.socket) -> None:
        with suppress(OSError), context.wrap_socket(plain, server_side=True) if context else plain as connection:
            service.requests.append(connection.recv(64 * 1024) if reads else b"")
            answer(connection, ended)

    def accept() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        ended.set()
        with suppress(OSError):  # macOS and Windows: not connected
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def dribble(before: bytes, again: bytes, pause: float = 0.05) -> Answer:
    """Return an answer that never ends, in which something arrives all the time."""

    def answer(connection: socket.socket, ended: threading.Event) -> None:
        connection.sendall(before)
        while not ended.wait(pause):
            connection.sendall(again)

    return answer


def sent(*parts: bytes) -> Answer:
    """Return an answer of these bytes, after which the connection is closed."""

    def answer(connection: socket.socket, _: threading.Event) -> None:
        for part in parts:
            connection.sendall(part)

    return answer
