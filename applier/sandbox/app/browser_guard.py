"""Refuse what a web page of another origin can make a browser send to a sandbox on the same computer.

A page can send requests to any address, and with a name of its own that resolves to 127.0.0.1 it can read the answers,
too (DNS rebinding). Starlette's TrustedHostMiddleware knows IPv6 hosts only since 1.0, and answers in plain text.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from applier.sandbox.app.asgi import Sent
from applier.sandbox.app.service import Service
from applier.sandbox.rules.connections.connections import AUTHORIZE
from applier.sandbox.rules.refusals import Refusal, forbidden

_HOST = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([^\s\[\]:@/]+))(?::\d*)?")
_OWN_SITES = ("none", "same-origin")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class AllowedHosts:
    """The hosts that a request may be sent to: those of this computer, the bound one, and those that are named."""

    def __init__(self, bound: str, named: Iterable[str] = ()) -> None:
        self._names = {_normalize(host) for host in (bound, *named)}
        address = _parse_address(bound)
        self._any_address = address is not None and address.is_unspecified

    def __contains__(self, header: str) -> bool:
        """Return whether the value of a Host header names an allowed host, with any port.

        A server that listens on every address is reached by any of them; an address cannot be made to mean another.
        """
        found = _HOST.fullmatch(header)
        if found is None:
            return False
        name = _normalize(found[1] or found[2])
        address = _parse_address(name)
        if address is not None:
            return is_loopback(name) or name in self._names or self._any_address
        return is_loopback(name) or name in self._names


def is_loopback(host: str) -> bool:
    """Return whether a name or an address is always that of this computer (RFC 6761 for names)."""
    name = _normalize(host)
    address = _parse_address(name)
    if address is None:
        return name == "localhost" or name.endswith(".localhost")
    return address.is_loopback


class BrowserGuard:
    """An ASGI application that passes on what no web page of another origin has sent.

    Without `hosts` every host is allowed: that is for an application which no browser reaches.
    """

    def __init__(self, app: ASGIApp, service: Service, hosts: AllowedHosts | None) -> None:
        self._app = app
        self._service = service
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            headers = Headers(scope=scope)
            try:
                self._check(scope, headers)
            except Refusal as refusal:
                await Sent(self._service.refuse(refusal, headers))(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _check(self, scope: Scope, headers: Headers) -> None:
        for host in headers.getlist("host"):
            if self._hosts is not None and host not in self._hosts:
                raise forbidden(
                    f'the host "{host}" is not allowed: use the address that the sandbox prints at its start, or start '
                    "it with --allow-host"
                )
        for origin in headers.getlist("origin"):
            if origin.partition("://")[2].lower() != headers.get("host", "").lower():
                raise forbidden(f'requests of web pages are not allowed: the origin is "{origin}"')
        for site in headers.getlist("sec-fetch-site"):
            if site not in _OWN_SITES and not _opens_signed_link(scope, headers):
                raise forbidden(f"requests of web pages are not allowed: Sec-Fetch-Site is {site}")


def _opens_signed_link(scope: Scope, headers: Headers) -> bool:
    """Return whether somebody follows the `auth_url` of a connection from a page: its token is the permission."""
    return (
        scope["method"] == "GET"
        and headers.get("sec-fetch-mode") == "navigate"
        and scope["path"].startswith(f"{AUTHORIZE}/")
        and b"token=" in scope["query_string"]
    )


def _normalize(host: str) -> str:
    """Return a host in the form in which two of them are compared."""
    name = host.strip("[]").rstrip(".").lower()
    address = _parse_address(name)
    return name if address is None else str(address)


def _parse_address(host: str) -> Address | None:
    """Return the IP address, an IPv4 address in the form of IPv6 as such; None for a name."""
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
