"""Serve the sandbox over HTTP with uvicorn."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from applier.sandbox import system
from applier.sandbox.app import create_app
from applier.sandbox.app.asgi import HANG_UP
from applier.sandbox.app.browser_guard import AllowedHosts, is_loopback
from applier.sandbox.json_values import Document

BACKLOG = 256
MOST_CONNECTIONS = 256
"""The number of open connections; further ones are closed, before the process runs out of files."""
HEADER_SECONDS = 60
"""The time within which the headers of the first request of a connection have to arrive."""


class CannotListen(Exception):
    """The sandbox cannot listen on the address; the text says why, the hint what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True)
class Address:
    """Where the sandbox listens; `allow_hosts` are further names under which requests may call it."""

    host: str = "127.0.0.1"
    port: int = 0
    """0 picks a free one."""
    allow_hosts: tuple[str, ...] = ()


def serve(
    address: Address,
    data: Path,
    api_key: str | None = None,
    *,
    partner_key: str | None = None,
    switches: Mapping[str, str] = {},
    databases: str = "embedded",
    on_start: Callable[[str, int], None] = lambda host, port: None,
) -> None:
    """Serve until interrupted. `on_start` gets host and port when connections are accepted.

    Beyond the loopback interface a key is required, since everyone on the network can connect.
    """
    host = address.host
    if not is_loopback(host) and not (api_key or partner_key):
        raise CannotListen(f"refusing to listen on {host} without an API key", "leave out --no-key")
    with _listener(host, address.port) as listener:
        transports: dict[object, asyncio.Transport] = {}
        app = create_app(
            data,
            api_key=api_key,
            partner_key=partner_key,
            switches=switches,
            databases=databases,
            hosts=AllowedHosts(host, address.allow_hosts),
        )
        config = uvicorn.Config(
            _cutting(app, transports),
            http=_protocol(transports),
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=10,
        )
        on_start(host, listener.getsockname()[1])
        uvicorn.Server(config).run(sockets=[listener])


def _listener(host: str, port: int) -> socket.socket:
    """Return a listening socket; connections are queued from now on, even before the server is ready."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's algorithm off only for sockets whose protocol is TCP, so it is named here.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    system.claim_port(listener)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        message = f"cannot listen on {host}, port {port}: {system.reason(error)}"
        raise CannotListen(message, "choose another with --host and --port; port 0 is a free one") from error
    listener.listen(BACKLOG)
    listener.set_inheritable(True)
    return listener


def _protocol(transports: dict[object, asyncio.Transport]) -> type[H11Protocol]:
    """Return the HTTP protocol, which registers the open connections by the client's address."""

    class Remembering(H11Protocol):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            transports[transport.get_extra_info("peername")[:2]] = transport
            super().connection_made(transport)
            self._patience = self.loop.call_later(HEADER_SECONDS, self._close_without_request)
            if len(transports) > MOST_CONNECTIONS:
                transport.close()

        def _close_without_request(self) -> None:
            if getattr(self, "cycle", None) is None:
                self.transport.close()

        def connection_lost(self, exc: Exception | None) -> None:
            self._patience.cancel()
            transports.pop(self.transport.get_extra_info("peername")[:2], None)
            super().connection_lost(exc)

    return Remembering


def _cutting(app: ASGIApp, transports: Mapping[object, asyncio.Transport]) -> ASGIApp:
    """Return the application with a way to close the connection of a request."""

    async def cut(scope: Scope, receive: Receive, send: Send) -> None:
        extensions: Document = {}
        transport = transports.get(tuple(scope.get("client") or ()))
        if scope["type"] == "http" and transport is not None:
            extensions[HANG_UP] = transport.close
        await app({**scope, "extensions": {**scope.get("extensions", {}), **extensions}}, receive, send)

    return cut
