"""A server between applier and the sandbox that speaks HTTP/1.0 and answers some requests in ways of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

LOCAL = ("connection", "content-length", "transfer-encoding", "content-encoding", "date", "server", "host")


@dataclass(frozen=True)
class Said:
    """An answer; its body goes out in `pieces` with a pause of `slowly` seconds between them."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    pieces: int = 1
    slowly: float = 0.0


Ask = Callable[[], Said]
Odd = Callable[[str, str, Ask], Said]
"""By method and path with query: what is answered; `ask` lets the sandbox act and gives its answer."""


def only(method: str, path: str, said: Callable[[Ask], Said]) -> Odd:
    """Odd for one endpoint, else as the sandbox says."""
    return lambda verb, asked, ask: said(ask) if (verb, asked.partition("?")[0]) == (method, path) else ask()


def _handler(url: str, odd: Odd) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            said = odd(self.command, self.path, lambda: self._asked(content))
            self.send_response_only(said.status)
            for name, value in said.headers.items():
                self.send_header(name, value)
            self.end_headers()
            size = max(1, len(said.body) // said.pieces)
            for start in range(0, len(said.body), size):
                self.wfile.write(said.body[start : start + size])
                self.wfile.flush()
                time.sleep(said.slowly)

        def _asked(self, content: bytes) -> Said:
            kept = {name: value for name, value in self.headers.items() if name.lower() not in LOCAL}
            real = httpx.request(self.command, url + self.path, content=content, headers=kept, timeout=30)
            told = {name: value for name, value in real.headers.items() if name not in LOCAL}
            return Said(real.status_code, real.content, told)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815 - names of the library

        def log_message(self, *_: object) -> None:
            pass

    return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Who is slow finds the other end closed."""


@contextmanager
def between(url: str, odd: Odd) -> Iterator[str]:
    """The address of the server, until the block ends."""
    server = _Server(("127.0.0.1", 0), _handler(url, odd))
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
