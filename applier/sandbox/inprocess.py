"""The sandbox without a server: an httpx transport that runs the application in a background thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from pathlib import Path

import httpx
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from applier.sandbox.app import create_app, service_of
from applier.sandbox.app.asgi import HANG_UP
from applier.sandbox.system import result_of


class HungUp(Exception):
    """The sandbox closed the connection because of a fault."""


class InProcess(httpx.BaseTransport):
    """A transport that passes requests to an application; many threads can use it at once."""

    def __init__(self, app: Starlette) -> None:
        self.app = app
        self._asgi = httpx.ASGITransport(_cutting(app))
        self._loop = asyncio.new_event_loop()
        self._closing = self._loop.create_future()
        # The worker threads end with the outermost task: with one task for the whole time they are not restarted for
        # every request.
        self._thread = threading.Thread(
            target=self._loop.run_until_complete, args=(self._open(),), name="sandbox", daemon=True
        )
        self._thread.start()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        sent = httpx.Request(request.method, request.url, headers=request.headers, content=request.read())
        future = asyncio.run_coroutine_threadsafe(self._send(sent), self._loop)
        try:
            return result_of(future)
        except HungUp as error:
            message = "Server disconnected without sending a complete response."
            raise httpx.RemoteProtocolError(message, request=request) from error

    def close(self) -> None:
        if self._loop.is_closed():
            return
        service_of(self.app).close()
        self._loop.call_soon_threadsafe(self._closing.set_result, None)
        self._thread.join()
        self._loop.close()

    async def _open(self) -> None:
        await self._closing

    async def _send(self, request: httpx.Request) -> httpx.Response:
        response = await self._asgi.handle_async_request(request)
        content = await response.aread()
        return httpx.Response(response.status_code, headers=response.headers, content=content)


def transport(
    data: Path,
    *,
    api_key: str | None = None,
    partner_key: str | None = None,
    switches: Mapping[str, str] = {},
    databases: str = "embedded",
) -> InProcess:
    """Return a transport for `httpx.Client(transport=…)` over a data folder; the caller has to close it."""
    app = create_app(data, api_key=api_key, partner_key=partner_key, switches=switches, databases=databases)
    return InProcess(app)


def _cutting(app: Starlette) -> ASGIApp:
    """Return the application with a way to end a request without an answer."""

    async def cut(scope: Scope, receive: Receive, send: Send) -> None:
        asked: list[bool] = []
        await app({**scope, "extensions": {HANG_UP: lambda: asked.append(True)}}, receive, send)
        if asked:
            raise HungUp

    return cut
