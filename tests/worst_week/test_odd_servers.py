"""What proxies, captive portals and broken servers answer: told in a sentence and in time, and nothing made twice."""

from __future__ import annotations

import gzip
import json
import time
from email.utils import formatdate

import pytest

from tests.cli.support import CommandLine, Sandbox
from tests.worst_week.between import Ask, Odd, Said, between, only
from tests.worst_week.projects import EXAMPLE_SPEC
from tests.worst_week.support import ONE, nothing_left, requests, state, statuses

SPEC = "spec.yaml"
MODELS = "/api/models"
HTML = b"<html><body>Scheduled maintenance</body></html>"
URL = "check that the URL (--url or POLYTOMIC_DEPLOYMENT_URL) is that of a Polytomic API"
IN_TIME = 10.0  # seconds
HOUR = 3600
WAITED = 2.0  # seconds


@pytest.fixture
def spec(applier: CommandLine) -> str:
    applier.write(SPEC, EXAMPLE_SPEC)
    return SPEC


def page(token: str) -> Said:
    """An empty page of a list that leads to another."""
    body = {"data": [], "pagination": {"next_page_token": token}}
    return Said(body=json.dumps(body).encode(), headers={"Content-Type": "application/json"})


def circle(method: str, path: str, ask: Ask) -> Said:
    """The second page leads to the third, the third to the second."""
    if (method, path.partition("?")[0]) != ("GET", MODELS):
        return ask()
    return page("second" if path.endswith(("models", "third")) else "third")


def endless(method: str, path: str, ask: Ask) -> Said:
    """There is always another page."""
    if (method, path.partition("?")[0]) != ("GET", MODELS):
        return ask()
    return page(path.rpartition("=")[2] + "x" if "page_token" in path else "x")


def listed(**said: object) -> Odd:
    return only("GET", MODELS, lambda _: Said(**said))  # type: ignore[arg-type]


NO_END = f"Pagination of GET {MODELS} does not end: its pages repeat."
NO_JSON = f"GET {MODELS} answered with a body that is not JSON."
NO_LIST = f"GET {MODELS} answered with data that is not a list."
LEADS = "Unexpected status 302 with a redirect to https://login.example/."


@pytest.mark.parametrize(
    ("odd", "said"),
    [
        pytest.param(circle, NO_END, id="a circle of pages"),
        pytest.param(endless, NO_END, id="no last page"),
        pytest.param(listed(body=HTML), NO_JSON, id="a page"),
        pytest.param(listed(body=b'{"data": ['), NO_JSON, id="half an answer"),
        pytest.param(listed(), NO_LIST, id="nothing"),
        pytest.param(listed(body=b'{"ok": true}'), NO_LIST, id="another object"),
        pytest.param(listed(status=302, headers={"Location": "https://login.example/"}), LEADS, id="a redirect"),
    ],
)
def test_a_list_that_is_none(applier: CommandLine, sandbox: Sandbox, spec: str, odd: Odd, said: str) -> None:
    """A list that is not seen whole is not taken for one: what it does not show would be made again."""
    assert applier("apply", spec, "--yes").code == 0
    sandbox.clear("requests")
    with between(sandbox.url, odd) as url:
        refused = applier("apply", spec, "--yes", "--url", url)
    assert (refused.code, refused.out, refused.err) == (1, "", f"error: {said} [service]\n  hint: {URL}\n")
    assert sandbox.writes() == []


@pytest.mark.parametrize("body", [b"", b"{}", b'{"data": {}}', HTML], ids=["nothing", "empty", "no object", "a page"])
def test_a_create_that_does_not_say_what_it_made(
    applier: CommandLine, sandbox: Sandbox, spec: str, body: bytes
) -> None:
    """It acted, and its answer got lost on the way: found by its name, not made again."""

    def swallowed(ask: Ask) -> Said:
        ask()
        return Said(body=body)

    with between(sandbox.url, only("POST", MODELS, swallowed)) as url:
        applied = applier("apply", spec, "--yes", "--url", url)
    assert (applied.code, applied.out.splitlines()[-1]) == (0, "Applied: 4 created.")
    assert [one["path"] for one in requests(sandbox) if one["method"] == "POST"].count(MODELS) == 1
    assert state(sandbox).twice == []
    nothing_left(applier, spec)


def test_a_look_that_shows_nothing(applier: CommandLine, sandbox: Sandbox, spec: str) -> None:
    """What was made is read again, and the answer is empty: that does not mean that it is gone."""

    def odd(method: str, path: str, ask: Ask) -> Said:
        return Said(body=b"{}") if method == "GET" and path.startswith(f"{MODELS}/") else ask()

    with between(sandbox.url, odd) as url:
        applied = applier("apply", spec, "--yes", "--url", url, "-o", "json", "-q")
    assert (applied.code, statuses(applied)["models/Customer Model"]) == (4, "failed")
    assert sandbox.names()["models"] == ["Customer Model"]
    assert applier("apply", spec, "--yes").code == 0
    nothing_left(applier, spec)


@pytest.mark.parametrize("wanted", [str(HOUR), "99999999999", "inf", "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_more_patience_than_there_is(applier: CommandLine, sandbox: Sandbox, wanted: str) -> None:
    """One request in the middle is told to come back in an hour: so are all others, and nobody waits for that."""
    head, _, _ = EXAMPLE_SPEC.partition("models:")
    model = "  Model {}: {{connection: MySQL Connection, configuration: {{table: company.teams}}}}\n"
    applier.write(SPEC, head + "models:\n" + "".join(model.format(number) for number in range(12)))
    asked: list[None] = []

    def throttled(ask: Ask) -> Said:
        asked.append(None)
        return Said(429, b"{}", {"Retry-After": wanted}) if len(asked) == 4 else ask()

    with between(sandbox.url, only("POST", MODELS, throttled)) as url:
        started = time.monotonic()
        applied = applier("apply", SPEC, "--yes", "--url", url, "-o", "json", "-q", "--parallelism", "3", "--no-checks")
        seconds = time.monotonic() - started
    assert (applied.code, set(statuses(applied).values()), seconds < IN_TIME) == (4, {"done", "failed"}, True)
    assert state(sandbox).twice == []


def test_the_services_clock_counts(applier: CommandLine, sandbox: Sandbox, spec: str) -> None:
    """By the clock there it is a second from now, by the clock here it was an hour ago."""
    there = time.time() - HOUR
    asked: list[float] = []

    def throttled(ask: Ask) -> Said:
        asked.append(time.monotonic())
        headers = {"Date": formatdate(there, usegmt=True), "Retry-After": formatdate(there + WAITED, usegmt=True)}
        return Said(429, b"{}", headers) if len(asked) == 1 else ask()

    with between(sandbox.url, only("POST", MODELS, throttled)) as url:
        assert applier("apply", spec, "--yes", "--url", url).code == 0
    assert WAITED - 0.1 < asked[1] - asked[0] < IN_TIME


def test_one_byte_after_the_other(applier: CommandLine, sandbox: Sandbox, spec: str) -> None:
    """Something comes all the time, and the answer never ends."""

    def slow(ask: Ask) -> Said:
        return Said(body=b" " * 100, pieces=100, slowly=0.2)

    with between(sandbox.url, only("GET", MODELS, slow)) as url:
        started = time.monotonic()
        refused = applier("plan", spec, "--url", url, "--timeout", "2")
        seconds = time.monotonic() - started
    assert (refused.code, refused.out, seconds < IN_TIME) == (1, "", True)
    assert refused.err.startswith(f"error: {url} cannot be reached: no answer in time [service]\n")


def test_silence(applier: CommandLine, sandbox: Sandbox, spec: str) -> None:
    """`--timeout` holds for a server that says nothing at all, too."""
    sandbox.fault(kind="delay", delay=8, path=MODELS)
    started = time.monotonic()
    refused = applier("plan", spec, "--timeout", "1")
    sandbox.clear("faults")
    assert (refused.code, time.monotonic() - started < 5) == (1, True)
    assert refused.err.startswith(f"error: {sandbox.url} cannot be reached: no answer in time [service]\n")


def test_an_old_proxy_that_packs(applier: CommandLine, sandbox: Sandbox, spec: str) -> None:
    """HTTP/1.0, each answer packed and ended by closing the connection."""

    def packed(method: str, path: str, ask: Ask) -> Said:
        said = ask()
        return Said(said.status, gzip.compress(said.body), {**said.headers, "Content-Encoding": "gzip"})

    with between(sandbox.url, packed) as url:
        assert applier("apply", spec, "--yes", "--url", url, *ONE).code == 0
        assert applier("plan", spec, "--detailed-exitcode", "--url", url).code == 0


NETWORK = "The network settings of the environment cannot be used"


@pytest.mark.parametrize(
    ("environment", "said", "hint"),
    [
        (
            {"POLYTOMIC_API_KEY": "schlüssel"},
            "The API key contains invalid characters.",
            "check POLYTOMIC_API_KEY: it must be a key of the workspace and have the permission",
        ),
        (
            {"POLYTOMIC_API_KEY": "two\nlines"},
            "The API key contains invalid characters.",
            "check POLYTOMIC_API_KEY: it must be a key of the workspace and have the permission",
        ),
        (
            {"HTTP_PROXY": "gopher://proxy:1", "POLYTOMIC_DEPLOYMENT_URL": "https://service.example"},
            f"{NETWORK}: Unknown scheme for proxy URL URL('gopher://proxy:1')",
            "check HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, SSL_CERT_FILE and SSL_CERT_DIR",
        ),
        (
            {"SSL_CERT_FILE": "/no/such/file", "POLYTOMIC_DEPLOYMENT_URL": "https://service.example"},
            f"{NETWORK}: no such file or directory",
            "check HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, SSL_CERT_FILE and SSL_CERT_DIR",
        ),
        (
            {"POLYTOMIC_DEPLOYMENT_URL": "http://[::1"},
            "The URL \"http://[::1\" cannot be used: Invalid port: ':1'",
            "check the URL (--url or POLYTOMIC_DEPLOYMENT_URL) and the network",
        ),
        (
            {"POLYTOMIC_DEPLOYMENT_URL": "https://me:geheim@polytomic.example/x"},
            "The URL contains a user name or password, which would replace the API key.",
            "remove the part before the @, and set POLYTOMIC_API_KEY",
        ),
        (
            {"POLYTOMIC_API_VERSION": "2024–02–08"},
            "The header X-Polytomic-Version cannot be '2024–02–08'.",
            "use letters and digits",
        ),
    ],
    ids=["letters", "lines", "proxy", "certificates", "url", "user", "version"],
)
def test_settings_that_cannot_be_used(
    applier: CommandLine, spec: str, environment: dict[str, str], said: str, hint: str
) -> None:
    refused = applier("plan", spec, **environment)
    assert (refused.code, refused.out, refused.err) == (1, "", f"error: {said} [service]\n  hint: {hint}\n")


@pytest.mark.parametrize(
    ("method", "said", "error"),
    [
        ("POST", Said(), "The service answered without the execution of syncs/MySQL to Snowflake Sync."),
        ("POST", Said(502), "The service answered 502 without a message"),
        ("GET", Said(body=b"{}"), "The service answered without the execution of syncs/MySQL to Snowflake Sync."),
    ],
    ids=["start without an answer", "start that fails", "look that shows nothing"],
)
def test_a_run_of_which_nothing_is_known(
    applier: CommandLine, sandbox: Sandbox, spec: str, method: str, said: Said, error: str
) -> None:
    """It may have begun: neither fine, nor not started."""

    def odd(verb: str, path: str, ask: Ask) -> Said:
        real = ask()
        return said if verb == method and "/executions" in path else real

    with between(sandbox.url, odd) as url:
        applied = applier("apply", spec, "--yes", "--run", "--url", url)
    assert (applied.code, applied.out.splitlines()[-3:-1]) == (
        4,
        ["syncs/MySQL to Snowflake Sync: not known", f"  error: {error}"],
    )


@pytest.mark.parametrize("body", [HTML, b'{"data": [{"type": 5, "event": {"id": ["x"], "sync_id": {}}}, 7]}'])
def test_events_that_are_none(applier: CommandLine, sandbox: Sandbox, spec: str, body: bytes) -> None:
    """They are an extra: drift is found and told without them."""
    assert applier("apply", spec, "--yes").code == 0
    applier.write(SPEC, EXAMPLE_SPEC.replace("mode: replace", "mode: append"))
    with between(sandbox.url, only("GET", "/api/events", lambda _: Said(body=body))) as url:
        drifted = applier("drift", spec, "--url", url)
    assert (drifted.code, drifted.err) == (2, "")
