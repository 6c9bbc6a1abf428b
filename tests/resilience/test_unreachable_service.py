"""The reason why a service cannot be reached is the same on every system, and localhost uses no proxy."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from applier.api.addresses import Address
from applier.api.errors import BadSetting, Unreachable
from applier.api.transport import Endpoint, Request, Transport

LOOK = Request("GET", "/api/me", 5)


def open_transport(
    url: str, transport: httpx.BaseTransport | None = None, variables: Mapping[str, str] = {}
) -> Transport:
    return Transport(Endpoint(Address(url), 5, True, variables, transport), {})


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (ConnectionRefusedError(errno.ECONNREFUSED, "Verbindungsaufbau abgelehnt"), "connection refused"),
        (ConnectionResetError(errno.ECONNRESET, "WinError 10054"), "connection reset by peer"),
        (TimeoutError(errno.ETIMEDOUT, "WinError 10060"), "no answer in time"),
        (OSError(errno.ENETUNREACH, "WinError 10051"), "network is unreachable"),
        (OSError(errno.EHOSTUNREACH, "WinError 10065"), "no route to host"),
        (OSError(12345, "Something else."), "something else"),
        (socket.gaierror(socket.EAI_NONAME, "nodename nor servname provided, or not known"), "host name not found"),
        (socket.gaierror(11001, "getaddrinfo failed"), "host name not found"),
        (
            socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"),
            "host name cannot be looked up now",
        ),
        (ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number"), "[SSL: WRONG_VERSION_NUMBER]"),
    ],
    ids=lambda one: type(one).__name__ if isinstance(one, Exception) else one,
)
def test_every_system_gives_the_same_reason(failure: OSError, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise failure

    def look_up(*_: Any, **__: Any) -> list[Any]:
        return refuse() if isinstance(failure, socket.gaierror) else [(0, 0, 0, "", ("192.0.2.1", 80))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket, "create_connection", refuse)
    opened = open_transport("http://service.example")
    with pytest.raises(Unreachable) as caught:
        opened.exchange(LOOK)
    opened.close()
    assert str(caught.value).startswith(f"http://service.example cannot be reached: {said}")
    assert caught.value.acted is False
    assert "Errno" not in str(caught.value)


def test_errors_of_the_server_keep_their_text() -> None:
    def cut(request: httpx.Request) -> httpx.Response:
        raise httpx.RemoteProtocolError("Server disconnected without sending a response.", request=request)

    opened = open_transport("http://service.example", httpx.MockTransport(cut))
    with pytest.raises(Unreachable, match=r"reached: Server disconnected without sending a response.$"):
        opened.exchange(LOOK)
    opened.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "127.1.2.3", "service.example"])
def test_no_proxy_leads_to_this_machine(host: str) -> None:
    """Windows and macOS have proxies in their settings, for this machine's addresses, too."""
    refused = {"ALL_PROXY": "gopher://proxy:1"}  # as soon as it is looked at
    if host == "service.example":
        with pytest.raises(BadSetting, match=r'^ALL_PROXY=gopher://proxy:1 cannot be used: the scheme "gopher" is'):
            open_transport(f"http://{host}:1", variables=refused)
    else:
        open_transport(f"http://{host}:1", variables=refused).close()


def test_certificates_of_the_environment_count_for_this_machine() -> None:
    with pytest.raises(BadSetting, match=r"^SSL_CERT_FILE=/no/such/file cannot be used: no such file or directory\.$"):
        open_transport("https://localhost:1", variables={"SSL_CERT_FILE": "/no/such/file"})
