"""A server between applier and the sandbox that speaks HTTP/1.0 and can replace answers."""

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
class Answer:
    """An answer; its body goes out in `pieces` with a pause of `pause` seconds between them."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    pieces: int = 1
    pause: float = 0.0


Ask = Callable[[], Answer]
AnswerRequest = Callable[[str, str, Ask], Answer]
"""Returns the answer to a request by method and path with query; `ask` sends it on and returns the sandbox's answer."""


def for_endpoint(method: str, path: str, said: Callable[[Ask], Answer]) -> AnswerRequest:
    """Return a function that replaces the answers of one endpoint."""
    return lambda verb, asked, ask: said(ask) if (verb, asked.partition("?")[0]) == (method, path) else ask()


def _handler(url: str, odd: AnswerRequest) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            said = odd(self.command, self.path, lambda: self._forward(content))
            self.send_response_only(said.status)
            for name, value in said.headers.items():
                self.send_header(name, value)
            self.end_headers()
            size = max(1, len(said.body) // said.pieces)
            for start in range(0, len(said.body), size):
                self.wfile.write(said.body[start : start + size])
                self.wfile.flush()
                time.sleep(said.pause)

        def _forward(self, content: bytes) -> Answer:
            kept = {name: value for name, value in self.headers.items() if name.lower() not in LOCAL}
            real = httpx.request(self.command, url + self.path, content=content, headers=kept, timeout=30)
            told = {name: value for name, value in real.headers.items() if name not in LOCAL}
            return Answer(real.status_code, real.content, told)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815 - names of the library

        def log_message(self, *_: object) -> None:
            pass

    return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Who is slow finds the other end closed."""


@contextmanager
def proxy(url: str, odd: AnswerRequest) -> Iterator[str]:
    """Yield the address of the server."""
    server = _Server(("127.0.0.1", 0), _handler(url, odd))
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
