"""An answer is bounded in time and in memory, whatever the service sends, and however it is packed."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
import time
import tracemalloc
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from applier.api import ApiError, BadAnswer, Client, Settings, Unreachable
from applier.api.addresses import Address
from applier.api.json_limits import MOST_VALUES
from applier.api.network import PIECE
from applier.api.retry import RetryPolicy
from applier.api.transport import Endpoint, Request, Transport
from tests.cli.test_surroundings import authority
from tests.resilience.projects import EXAMPLE_SPEC
from tests.resilience.raw_service import Answer, dribble, raw_service, sent
from tests.resilience.test_malformed_answers import MORE_TIME, SPEC, URL
from tests.workspace import Workspace

__all__ = ["authority"]
MIB = 1024 * 1024
LIMIT = 64 * MIB
ALLOWED = 1.0  # seconds
LATE = 5.0  # seconds after that, on a machine that does something else, too; without a deadline none of them ends
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
HELLO = b"\x16\x03\x03\x40\x00\x02"  # the beginning of what a server says in TLS
UPLOAD = {"query": "x" * 32 * MIB}


def failure(url: str, *, body: bool = False, proxy: str = "", trusted: str = "") -> tuple[ApiError, float]:
    """Return how a request fails, and after how many seconds."""
    variables = {**({"HTTPS_PROXY": proxy} if proxy else {}), **({"SSL_CERT_FILE": trusted} if trusted else {})}
    transport = Transport(Endpoint(Address(url), ALLOWED, True, variables), {})
    started = time.monotonic()
    with pytest.raises(ApiError) as caught:
        transport.exchange(Request("POST" if body else "GET", "/api/me", ALLOWED, body=UPLOAD if body else None))
    seconds = time.monotonic() - started
    transport.close()
    return caught.value, seconds


def wait_for_end(ended: threading.Event) -> None:
    ended.wait()


def test_a_request_ends_in_time_whatever_dribbles() -> None:
    """Something arrives every few milliseconds, so that no single read takes long; all cases at the same time."""
    with ExitStack() as stack:

        def serve(answer: Answer, *, reads: bool = True) -> str:
            return stack.enter_context(raw_service(answer, reads=reads)).url

        idle = serve(lambda _, ended: (ended.wait() and None) or None, reads=False)
        cases = {
            "the status line": (serve(dribble(b"HTTP/1.1 200 ", b"O")), False, ""),
            "a header": (serve(dribble(HEAD + b"X-Long: ", b"x")), False, ""),
            "many headers": (serve(dribble(HEAD, b"X-Many: x\r\n")), False, ""),
            "interim answers": (serve(dribble(b"", b"HTTP/1.1 102 Processing\r\n\r\n")), False, ""),
            "a body": (serve(dribble(HEAD + b"\r\n", b" ")), False, ""),
            "chunks": (serve(dribble(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n")), False, ""),
            "a trailer": (serve(dribble(HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\nX: ", b"x")), False, ""),
            "a handshake": (serve(dribble(HELLO, b"\x00")).replace("http:", "https:"), False, ""),
            "a proxy": ("https://service.example", False, serve(dribble(b"HTTP/1.1 200 O", b"K"))),
            "a proxy over TLS": (
                "https://service.example", False, serve(dribble(HELLO, b"\x00")).replace("http:", "https:")
            ),
            "an upload that nobody reads": (idle, True, ""),
        }  # fmt: skip
        with ThreadPoolExecutor(len(cases)) as pool:
            pending = {
                name: pool.submit(failure, url, body=body, proxy=proxy) for name, (url, body, proxy) in cases.items()
            }
            found = {name: one.result() for name, one in pending.items()}
    assert {name: type(error) for name, (error, _) in found.items()} == dict.fromkeys(cases, Unreachable)
    assert {name: seconds for name, (_, seconds) in found.items() if not ALLOWED - 0.1 < seconds < ALLOWED + LATE} == {}


def test_a_request_over_tls_ends_in_time(authority: Path) -> None:
    """An answer that dribbles over TLS, and over a proxy with TLS a handshake and an answer within TLS."""
    certificate = authority / "certificate.pem"
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, authority / "key.pem")
    slow = dribble(HEAD + b"X-Long: ", b"x")

    def tunnel(connection: socket.socket, ended: threading.Event) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        connection.recv(PIECE)
        dribble(HELLO, b"\x00")(connection, ended)

    with raw_service(slow, context=context) as service, raw_service(tunnel, context=context) as proxy:
        https = [one.url.replace("http:", "https:") for one in (service, proxy)]
        direct = failure(https[0], trusted=str(certificate))
        within = failure("https://service.example", proxy=https[1], trusted=str(certificate))
    assert [type(error) for error, _ in (direct, within)] == [Unreachable, Unreachable]
    assert str(direct[0]) == f"{https[0]} gave no complete answer to GET /api/me in 1 s."
    assert [seconds for _, seconds in (direct, within) if not ALLOWED - 0.1 < seconds < ALLOWED + LATE] == []
    assert b"CONNECT service.example:443" in proxy.requests[0]


def test_dribbled_headers_are_one_sentence(applier: Workspace) -> None:
    applier.write(SPEC, EXAMPLE_SPEC)
    with raw_service(dribble(HEAD + b"X-Long: ", b"x")) as service:
        started = time.monotonic()
        refused = applier("plan", SPEC, "--url", service.url, "--timeout", "1", "--parallelism", "1")
        seconds = time.monotonic() - started
    said = f"{service.url} gave no complete answer to GET /api/connections in 1 s."
    assert (refused.code, refused.out) == (1, "")
    assert refused.err == f"error: {said} [service]\n  hint: {MORE_TIME}\n"
    assert seconds < 2 * ALLOWED + LATE  # another list may have been asked for before the first failed


def bomb(window: int) -> bytes:
    """Return 2 GB of blanks, packed: one block of which each copy stands alone."""
    packer = zlib.compressobj(9, zlib.DEFLATED, window)
    start = packer.compress(b" ") + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(b" " * MIB) + packer.flush(zlib.Z_FULL_FLUSH)
    return start + block * 2048


GZIP, DEFLATE, BARE = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS
ENDLESS = (b"Transfer-Encoding: chunked\r\n\r\n", *[b"100000\r\n" + b" " * MIB + b"\r\n"] * 200)


def packed(status: bytes, encoding: bytes, window: int) -> Answer:
    content = bomb(window)
    head = b"HTTP/1.1 %s\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n" % (status, encoding, len(content))
    return sent(head, content)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(packed(b"200 OK", b"gzip", GZIP), id="gzip"),
        pytest.param(packed(b"200 OK", b"deflate", DEFLATE), id="deflate"),
        pytest.param(packed(b"200 OK", b"deflate", BARE), id="deflate without a header"),
        pytest.param(packed(b"503 Unavailable", b"gzip", GZIP), id="an error"),
        pytest.param(sent(HEAD, *ENDLESS), id="chunks without an end"),
        pytest.param(sent(HEAD + b"Content-Length: %d\r\n\r\n " % 10**12), id="announced"),
    ],
)
def test_a_bomb_takes_no_memory_and_is_not_tried_again(answer: Answer) -> None:
    """The memory that is used at most is the limit of an answer and a little: what is kept, and the step after it."""
    with raw_service(answer) as service, Client(Settings(service.url)) as client:
        tracemalloc.start()
        with pytest.raises(BadAnswer) as caught:
            client.get("/api/me")
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert str(caught.value) == "GET /api/me answered with more than 64 MiB, the limit of an answer."
    assert most < LIMIT + 16 * MIB
    assert len(service.requests) == 1


def test_the_largest_answer_is_read_and_the_next_one_is_not() -> None:
    text = b'{"data": "%s"}' % (b"x" * (LIMIT - 12))
    assert len(text) == LIMIT
    for size, content in ((LIMIT, text), (LIMIT + 1, text + b" ")):
        with raw_service(sent(HEAD + b"Content-Length: %d\r\n\r\n" % size, content)) as service:
            client = Client(Settings(service.url, retry=RetryPolicy(budget=30)))
            if size == LIMIT:
                assert len(str(client.get("/api/me")["data"])) == LIMIT - 12
            else:
                with pytest.raises(BadAnswer, match=r"^GET /api/me answered with more than 64 MiB"):
                    client.get("/api/me")


LEVELS = "answered with more than 100 levels of lists and objects, the limit of an answer."
PACKED = zlib.compress(b'{"data": {"id": "a"}}', wbits=GZIP)


@pytest.mark.parametrize(
    ("encoding", "content", "said"),
    [
        (b"br", b"{}", 'answered in the encoding "br"; accepted are gzip, deflate.'),
        (b"gzip, gzip", b"{}", 'answered in the encoding "gzip, gzip"; accepted are gzip, deflate.'),
        (b"gzip", b"{}", "answered with a body that cannot be unpacked."),
        (b"deflate", b"\xff", "answered with a body that cannot be unpacked."),
        (b"identity", b"[" * 99_000, LEVELS),
        (b"identity", b'{"data": %s}' % (b"[" * 100 + b"]" * 100), LEVELS),
        (
            b"identity",
            b'{"data": [%s]}' % (b"[]," * MOST_VALUES),
            f"answered with more than {MOST_VALUES} values, the limit of an answer.",
        ),
        (b"identity", b'{"data": "\\ud83d"}', "answered with a text that is not Unicode."),
        (b"identity", b'{"data": "\xed\xa0\x80"}', "answered with a body that is not JSON."),
    ],
    ids=["br", "twice", "no gzip", "no deflate", "open levels", "levels", "values", "half a character", "bytes of one"],
)
def test_a_body_that_cannot_be_read_is_one_sentence(
    applier: Workspace, encoding: bytes, content: bytes, said: str
) -> None:
    applier.write(SPEC, EXAMPLE_SPEC)
    head = HEAD + b"Content-Encoding: %s\r\nContent-Length: %d\r\n\r\n" % (encoding, len(content))
    with raw_service(sent(head, content)) as service:
        refused = applier("plan", SPEC, "--url", service.url, "--parallelism", "1")
    assert (refused.code, refused.out) == (1, "")
    assert refused.err == f"error: GET /api/connections {said} [service]\n  hint: {URL}\n"


@pytest.mark.parametrize(
    ("encoding", "content"),
    [
        (b"gzip", PACKED),
        (b"GZIP", PACKED),
        (b"gzip", PACKED + b"\0" * 10),
        (b"deflate", zlib.compress(b'{"data": {"id": "a"}}')),
        (b"deflate", zlib.compress(b'{"data": {"id": "a"}}', wbits=BARE)),
        (b"identity", b'\xef\xbb\xbf{"data": {"id": "a"}}'),
        (b"identity", b'{"data": {"id": "b", "id": "a"}}'),
    ],
    ids=["gzip", "name", "padded", "deflate", "bare", "mark of the byte order", "a name twice"],
)
def test_what_can_be_read_is_read(encoding: bytes, content: bytes) -> None:
    head = HEAD + b"Content-Encoding: %s\r\nContent-Length: %d\r\n\r\n" % (encoding, len(content))
    with raw_service(sent(head, *(struct.pack("B", one) for one in content))) as service:
        assert Client(Settings(service.url)).get("/api/me") == {"data": {"id": "a"}}


def test_a_packed_answer_that_is_cut_is_tried_again() -> None:
    """The connection was closed too early: that passes, unlike a body that is no packed one."""
    with raw_service(sent(HEAD + b"Content-Encoding: gzip\r\n\r\n", PACKED[:-9])) as service:
        client = Client(Settings(service.url, retry=RetryPolicy(tries=2, first_pause=0.01)))
        with pytest.raises(Unreachable, match="closed before the packed answer was complete"):
            client.get("/api/me")
    assert len(service.requests) == 2
