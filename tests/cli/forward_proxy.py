"""A proxy as companies have one: it forwards requests to a sandbox, tunnels to it, and knows who asked for what."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

HOP = ("connection", "content-length", "transfer-encoding", "content-encoding", "proxy-authorization", "host")


@dataclass
class ForwardProxy:
    """The address of a proxy, the hosts that it was asked for, and what it was told about the user."""

    port: int
    asked: list[str] = field(default_factory=list)
    users: set[str | None] = field(default_factory=set)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"


@contextmanager
def forward_proxy(target: str) -> Iterator[ForwardProxy]:
    """Yield a proxy for which every host is the server at `target`."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(target))
    server.daemon_threads = True
    server.proxy = ForwardProxy(server.server_address[1])  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield server.proxy  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(target: str) -> type[BaseHTTPRequestHandler]:
    to = httpx.URL(target)

    class Handler(BaseHTTPRequestHandler):
        def _record(self, host: str) -> None:
            proxy: ForwardProxy = self.server.proxy  # type: ignore[attr-defined]
            proxy.asked.append(host)
            proxy.users.add(self.headers.get("Proxy-Authorization"))

        def do_CONNECT(self) -> None:
            self._record(self.path)
            self.send_response_only(200)
            self.end_headers()
            with socket.create_connection((to.host, to.port or 80)) as other:
                back = threading.Thread(target=_copy, args=(other, self.connection), daemon=True)
                back.start()
                _copy(self.connection, other)
                back.join()

        def _forward(self) -> None:
            url = httpx.URL(self.path)
            self._record(url.netloc.decode())
            kept = {name: value for name, value in self.headers.items() if name.lower() not in HOP}
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            to_sandbox = to.copy_with(raw_path=url.raw_path)
            with httpx.Client(trust_env=False, verify=False) as client:  # not through itself
                real = client.request(self.command, to_sandbox, content=content, headers=kept)
            self.send_response_only(real.status_code)
            for name, value in real.headers.items():
                if name not in HOP:
                    self.send_header(name, value)
            self.end_headers()
            self.wfile.write(real.content)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _forward  # noqa: N815 - names of the library

        def log_message(self, *_: object) -> None:
            pass

    return Handler


def _copy(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
