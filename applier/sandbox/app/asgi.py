"""The endpoints as a Starlette application, which also carries out the faults of a response."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.routing import Match, Route
from starlette.types import Receive, Scope, Send

from applier.sandbox.app.http_messages import Answer, Call, Endpoint, Incoming
from applier.sandbox.app.incoming import read_incoming
from applier.sandbox.app.service import Reply, Service
from applier.sandbox.rules.refusals import Refusal

HANG_UP = "applier.sandbox.hang_up"
Handler = Callable[[Request], Awaitable["Sent"]]
Choose = Callable[[Incoming], tuple[Endpoint, Incoming]]


class Sent:
    """A response as an ASGI application; some faults cut it off. None: the client has gone."""

    def __init__(self, reply: Reply | None) -> None:
        self._reply = reply

    async def __call__(self, scope: Scope, _: Receive, send: Send) -> None:
        if self._reply is None:
            return
        kind = self._reply.fault.kind if self._reply.fault else None
        hang_up = scope.get("extensions", {}).get(HANG_UP)
        if kind == "drop" and hang_up:
            hang_up()
            return
        answer = self._reply.answer
        content = answer.encode()
        await send({"type": "http.response.start", "status": answer.status, "headers": _headers(answer, content)})
        if kind == "truncate" and hang_up:
            await send({"type": "http.response.body", "body": content[: len(content) // 2], "more_body": True})
            hang_up()
            return
        await send({"type": "http.response.body", "body": content})


def application(service: Service, endpoints: Sequence[Endpoint]) -> Starlette:
    routes = [Route(endpoint.path, _handler(service, endpoint), methods=[endpoint.method]) for endpoint in endpoints]
    everything_else = Route("/{path:path}", Unknown(service, routes))

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await run_in_threadpool(service.close)

    app = Starlette(routes=[*routes, everything_else], lifespan=lifespan)
    app.router.redirect_slashes = False
    app.state.service = service
    return app


def _handler(service: Service, endpoint: Endpoint) -> Handler:
    async def handle(request: Request) -> Sent:
        return await _respond(service, request, lambda incoming: (endpoint, incoming))

    return handle


async def _respond(service: Service, request: Request, choose: Choose) -> Sent:
    """Return the response of the chosen endpoint; a request that cannot be read is answered with an error."""
    try:
        incoming = await read_incoming(request)
    except Refusal as refusal:
        return Sent(service.refuse(refusal, request.headers))
    except ClientDisconnect:
        return Sent(None)
    return Sent(await run_in_threadpool(service.handle, *choose(incoming)))


class Unknown:
    """The answer to paths that do not exist and to methods that a path does not have, for every method."""

    def __init__(self, service: Service, routes: Sequence[Route]) -> None:
        self._service = service
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        exists = any(route.matches(scope)[0] is not Match.NONE for route in self._routes)

        def choose(incoming: Incoming) -> tuple[Endpoint, Incoming]:
            endpoint = Endpoint(incoming.method, incoming.path, _refuse_method if exists else _refuse_path)
            return endpoint, replace(incoming, parameters={})

        response = await _respond(self._service, Request(scope, receive), choose)
        await response(scope, receive, send)


def _refuse_path(call: Call) -> Answer:
    raise Refusal(404, f"{call.incoming.path} does not exist")


def _refuse_method(call: Call) -> Answer:
    raise Refusal(405, f"{call.incoming.method} is not allowed on {call.incoming.path}")


def _headers(answer: Answer, content: bytes) -> list[tuple[bytes, bytes]]:
    named = {name.lower(): value for name, value in answer.headers.items()}
    if content and "content-type" not in named:
        named["content-type"] = "application/json"
    named["content-length"] = str(len(content))
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in named.items()]
