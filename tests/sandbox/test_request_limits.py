"""Requests that are too large, too slow or too many: each gets an error, and the sandbox goes on serving others."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.sandbox.conftest import KEY, MYSQL, SERVE, V2, Server

MOST = 8 * 1024 * 1024
JSON = {"Content-Type": "application/json"}
TOO_LARGE = {
    "key": "content_too_large",
    "message": f"the request body is larger than {MOST} bytes",
    "metadata": {},
    "status": 413,
}


def chunks() -> Iterator[bytes]:
    """More than is accepted, without an announced length."""
    for _ in range(MOST // 2**16 + 1):
        yield b" " * 2**16


@pytest.mark.parametrize("key", [KEY, "wrong", None])
def test_a_body_that_is_too_large_is_refused_before_the_key_is_read(
    server: Server, api: httpx.Client, key: str | None
) -> None:
    with server.client(version=V2, key=key) as client:
        for path in ("/api/connections", "/_sandbox/reset", "/nothing"):
            for content in (b" " * (MOST + 1), chunks()):
                answer = client.post(path, content=content, headers=JSON)
                assert (answer.status_code, answer.json()) == (413, TOO_LARGE)
    assert api.get("/_sandbox/requests").json()["data"] == []


def test_the_largest_body_is_read(api: httpx.Client) -> None:
    content = b'{"name": 1}' + b" " * (MOST - 11)
    assert api.post("/api/connections", content=content, headers=JSON).status_code == 400


@pytest.mark.parametrize("length", [str(MOST + 1), "9" * 19])
def test_an_announced_length_is_enough_to_refuse(server: Server, api: httpx.Client, length: str) -> None:
    """Not one byte of the body is sent."""
    with closing(connect(server)) as raw:
        raw.sendall(f"POST /api/syncs HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n".encode())
        assert raw.recv(100).startswith(b"HTTP/1.1 413 ")
    assert api.get("/api/me").status_code == 200


def test_headers_without_an_end_are_refused(server: Server, api: httpx.Client) -> None:
    with closing(connect(server)) as raw:
        raw.sendall(b"GET /api/me HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 100_000)
        assert raw.recv(100).startswith(b"HTTP/1.1 400 ")
    assert api.get("/api/me").status_code == 200


def test_requests_that_are_cut_off_or_wait_stop_nobody(server: Server, api: httpx.Client) -> None:
    """Half of them stay open with half a body; the others go away in the middle of it."""
    half = b'POST /api/connections HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"name": '
    waiting = [connect(server) for _ in range(100)]
    for raw in waiting:
        raw.sendall(half)
    for raw in waiting[:50]:
        raw.close()
    assert api.post("/api/connections", json=MYSQL).status_code == 200
    for raw in waiting[50:]:
        raw.close()
    assert [one["method"] for one in api.get("/_sandbox/requests").json()["data"]] == ["POST"]


def test_connections_beyond_the_most_are_closed(server: Server, api: httpx.Client) -> None:
    """The process keeps files for its databases; connections that are open go on."""
    api.get("/api/me").raise_for_status()
    many = [connect(server) for _ in range(300)]
    for raw in many[290:]:
        assert raw.recv(1) == b""
    assert api.get("/api/me").status_code == 200
    for raw in many:
        raw.close()


def test_a_body_or_headers_that_do_not_arrive_are_given_up(tmp_path: Path) -> None:
    """With a second instead of a minute."""
    patched = SERVE.replace("import sys", "import sys\nfrom applier.sandbox import serve as serving", 1)
    patched = patched.replace("serve(Address", "incoming.BODY_SECONDS = serving.HEADER_SECONDS = 1\nserve(Address")
    patched = "from applier.sandbox.app import incoming\n" + patched
    command = [sys.executable, "-c", patched, str(tmp_path), KEY]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stdout is not None
        server = Server(f"http://127.0.0.1:{int(process.stdout.readline())}", tmp_path, process)
        try:
            with closing(connect(server)) as body, closing(connect(server)) as header:
                body.sendall(b"POST /api/syncs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n{")
                header.sendall(b"GET /api/me HTTP/1.1\r\nHost: local")
                assert body.recv(100).startswith(b"HTTP/1.1 408 ")
                assert header.recv(100) == b""
            with server.client() as client:
                assert client.get("/api/me").status_code == 200
        finally:
            process.terminate()


def connect(server: Server) -> socket.socket:
    address = urlsplit(server.url)
    return socket.create_connection((address.hostname, address.port), timeout=10)
