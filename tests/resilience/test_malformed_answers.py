"""Answers of proxies, captive portals and broken servers are reported in time, and nothing is created twice."""

from __future__ import annotations

import gzip
import json
import time
from email.utils import formatdate

import pytest

from tests.resilience.projects import EXAMPLE_SPEC
from tests.resilience.proxy import Answer, AnswerRequest, Ask, for_endpoint, proxy
from tests.resilience.support import ONE, assert_plan_is_empty, requests, state, statuses
from tests.workspace import Sandbox, Workspace

SPEC = "spec.yaml"
MODELS = "/api/models"
HTML = b"<html><body>Scheduled maintenance</body></html>"
URL = "check that the URL (--url or POLYTOMIC_DEPLOYMENT_URL) is that of a Polytomic API"
MORE_TIME = "check the URL (--url or POLYTOMIC_DEPLOYMENT_URL) and the network; --timeout gives it more time"
IN_TIME = 10.0  # seconds
HOUR = 3600
WAITED = 2.0  # seconds


@pytest.fixture
def spec(applier: Workspace) -> str:
    applier.write(SPEC, EXAMPLE_SPEC)
    return SPEC


def page(token: str) -> Answer:
    """An empty page of a list that leads to another."""
    body = {"data": [], "pagination": {"next_page_token": token}}
    return Answer(body=json.dumps(body).encode(), headers={"Content-Type": "application/json"})


def repeated_pages(method: str, path: str, ask: Ask) -> Answer:
    """The second page leads to the third, the third to the second."""
    if (method, path.partition("?")[0]) != ("GET", MODELS):
        return ask()
    return page("second" if path.endswith(("models", "third")) else "third")


def endless(method: str, path: str, ask: Ask) -> Answer:
    """There is always another page."""
    if (method, path.partition("?")[0]) != ("GET", MODELS):
        return ask()
    return page(path.rpartition("=")[2] + "x" if "page_token" in path else "x")


def listed(**said: object) -> AnswerRequest:
    return for_endpoint("GET", MODELS, lambda _: Answer(**said))  # type: ignore[arg-type]


NO_END = f"Pagination of GET {MODELS} does not end: its pages repeat."
NO_JSON = f"GET {MODELS} answered with a body that is not JSON."
TOO_LARGE = f"GET {MODELS} answered with a number that is too large to read."
NO_LIST = f"GET {MODELS} answered with data that is not a list."
LEADS = "Unexpected status 302 with a redirect to https://login.example/."


@pytest.mark.parametrize(
    ("odd", "said"),
    [
        pytest.param(repeated_pages, NO_END, id="a cycle of pages"),
        pytest.param(endless, NO_END, id="no last page"),
        pytest.param(listed(body=HTML), NO_JSON, id="a page"),
        pytest.param(listed(body=b'{"data": ['), NO_JSON, id="half an answer"),
        pytest.param(listed(body=b'{"data": [1e400]}'), TOO_LARGE, id="a number beyond doubles"),
        pytest.param(listed(body=b'{"data": [NaN]}'), TOO_LARGE, id="not a number"),
        pytest.param(listed(body=b'{"data": [%s]}' % (b"9" * 5000)), TOO_LARGE, id="a number of 5000 digits"),
        pytest.param(listed(), NO_LIST, id="nothing"),
        pytest.param(listed(body=b'{"ok": true}'), NO_LIST, id="another object"),
        pytest.param(listed(status=302, headers={"Location": "https://login.example/"}), LEADS, id="a redirect"),
    ],
)
def test_a_malformed_list_stops_the_apply(
    applier: Workspace, sandbox: Sandbox, spec: str, odd: AnswerRequest, said: str
) -> None:
    """A list that is not seen whole is not taken for one: what it does not show would be made again."""
    assert applier("apply", spec, "--yes").code == 0
    sandbox.clear("requests")
    with proxy(sandbox.url, odd) as url:
        refused = applier("apply", spec, "--yes", "--url", url)
    assert (refused.code, refused.out, refused.err) == (1, "", f"error: {said} [service]\n  hint: {URL}\n")
    assert sandbox.writes() == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b'{"data": {}}',
        HTML,
        b'{"data": {"id": {}}}',
        b'{"data": {"id": 5}}',
        b'{"data": {"id": "../../me"}}',
    ],
    ids=["nothing", "empty", "no object", "a page", "an object as id", "a number as id", "a path as id"],
)
def test_an_object_without_an_answer_is_found_by_name(
    applier: Workspace, sandbox: Sandbox, spec: str, body: bytes
) -> None:
    """It acted, and its answer got lost on the way: found by its name, not made again."""

    def swallowed(ask: Ask) -> Answer:
        ask()
        return Answer(body=body)

    with proxy(sandbox.url, for_endpoint("POST", MODELS, swallowed)) as url:
        applied = applier("apply", spec, "--yes", "--url", url)
    assert (applied.code, applied.out.splitlines()[-1]) == (0, "Applied: 4 created.")
    assert [one["path"] for one in requests(sandbox) if one["method"] == "POST"].count(MODELS) == 1
    assert state(sandbox).twice == []
    assert_plan_is_empty(applier, spec)


def test_an_empty_answer_to_a_read_does_not_mean_absence(applier: Workspace, sandbox: Sandbox, spec: str) -> None:
    """What was made is read again, and the answer is empty: that does not mean that it is gone."""

    def odd(method: str, path: str, ask: Ask) -> Answer:
        return Answer(body=b"{}") if method == "GET" and path.startswith(f"{MODELS}/") else ask()

    with proxy(sandbox.url, odd) as url:
        applied = applier("apply", spec, "--yes", "--url", url, "-o", "json", "-q")
    assert (applied.code, statuses(applied)["models/Customer Model"]) == (4, "failed")
    assert sandbox.names()["models"] == ["Customer Model"]
    assert applier("apply", spec, "--yes").code == 0
    assert_plan_is_empty(applier, spec)


@pytest.mark.parametrize("wanted", [str(HOUR), "99999999999", "inf", "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_a_long_retry_after_is_not_waited_for(applier: Workspace, sandbox: Sandbox, wanted: str) -> None:
    """One request in the middle is told to come back in an hour: so are all others, and nobody waits for that."""
    head, _, _ = EXAMPLE_SPEC.partition("models:")
    model = "  Model {}: {{connection: MySQL Connection, configuration: {{table: company.teams}}}}\n"
    applier.write(SPEC, head + "models:\n" + "".join(model.format(number) for number in range(12)))
    asked: list[None] = []

    def throttled(ask: Ask) -> Answer:
        asked.append(None)
        return Answer(429, b"{}", {"Retry-After": wanted}) if len(asked) == 4 else ask()

    with proxy(sandbox.url, for_endpoint("POST", MODELS, throttled)) as url:
        started = time.monotonic()
        applied = applier("apply", SPEC, "--yes", "--url", url, "-o", "json", "-q", "--parallelism", "3", "--no-checks")
        seconds = time.monotonic() - started
    assert (applied.code, set(statuses(applied).values()), seconds < IN_TIME) == (4, {"done", "failed"}, True)
    assert state(sandbox).twice == []


def test_retry_after_is_read_by_the_clock_of_the_service(applier: Workspace, sandbox: Sandbox, spec: str) -> None:
    """By the clock there it is a second from now, by the clock here it was an hour ago."""
    there = time.time() - HOUR
    asked: list[float] = []

    def throttled(ask: Ask) -> Answer:
        asked.append(time.monotonic())
        headers = {"Date": formatdate(there, usegmt=True), "Retry-After": formatdate(there + WAITED, usegmt=True)}
        return Answer(429, b"{}", headers) if len(asked) == 1 else ask()

    with proxy(sandbox.url, for_endpoint("POST", MODELS, throttled)) as url:
        assert applier("apply", spec, "--yes", "--url", url).code == 0
    assert WAITED - 0.1 < asked[1] - asked[0] < IN_TIME


def test_an_answer_without_an_end_times_out(applier: Workspace, sandbox: Sandbox, spec: str) -> None:
    """Something comes all the time, and the answer never ends."""

    def slow(ask: Ask) -> Answer:
        return Answer(body=b" " * 100, pieces=100, pause=0.2)

    with proxy(sandbox.url, for_endpoint("GET", MODELS, slow)) as url:
        started = time.monotonic()
        refused = applier("plan", spec, "--url", url, "--timeout", "2")
        seconds = time.monotonic() - started
    assert (refused.code, refused.out, seconds < IN_TIME) == (1, "", True)
    assert (
        refused.err == f"error: {url} gave no complete answer to GET {MODELS} in 2 s. [service]\n  hint: {MORE_TIME}\n"
    )


def test_a_silent_service_times_out(applier: Workspace, sandbox: Sandbox, spec: str) -> None:
    """`--timeout` holds for a server that says nothing at all, too."""
    sandbox.fault(kind="delay", delay=8, path=MODELS)
    started = time.monotonic()
    refused = applier("plan", spec, "--timeout", "1")
    sandbox.clear("faults")
    assert (refused.code, time.monotonic() - started < 5) == (1, True)
    said = f"error: {sandbox.url} gave no complete answer to GET {MODELS} in 1 s. [service]\n  hint: {MORE_TIME}\n"
    assert refused.err == said


def test_a_compressed_answer_is_read(applier: Workspace, sandbox: Sandbox, spec: str) -> None:
    """HTTP/1.0, each answer packed and ended by closing the connection."""

    def packed(method: str, path: str, ask: Ask) -> Answer:
        said = ask()
        return Answer(said.status, gzip.compress(said.body), {**said.headers, "Content-Encoding": "gzip"})

    with proxy(sandbox.url, packed) as url:
        assert applier("apply", spec, "--yes", "--url", url, *ONE).code == 0
        assert applier("plan", spec, "--detailed-exitcode", "--url", url).code == 0


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
            {"POLYTOMIC_DEPLOYMENT_URL": "https://me:geheim@polytomic.example/x"},
            "The URL from POLYTOMIC_DEPLOYMENT_URL contains a user name or password, which would replace the API key.",
            "remove the part before the @, and set POLYTOMIC_API_KEY",
        ),
        (
            {"POLYTOMIC_API_VERSION": "2024–02–08"},
            "The header X-Polytomic-Version cannot be '2024–02–08'.",
            "use letters and digits",
        ),
    ],
    ids=["letters", "lines", "user", "version"],
)
def test_invalid_settings_are_reported(
    applier: Workspace, spec: str, environment: dict[str, str], said: str, hint: str
) -> None:
    refused = applier("plan", spec, **environment)
    assert (refused.code, refused.out, refused.err) == (1, "", f"error: {said} [service]\n  hint: {hint}\n")


@pytest.mark.parametrize(
    ("method", "said", "error"),
    [
        ("POST", Answer(), "The service answered without the execution of syncs/MySQL to Snowflake Sync."),
        ("POST", Answer(502), "The service answered 502 without a message"),
        ("GET", Answer(body=b"{}"), "The service answered without the execution of syncs/MySQL to Snowflake Sync."),
    ],
    ids=["start without an answer", "start that fails", "look that shows nothing"],
)
def test_a_run_without_an_answer_is_unknown(
    applier: Workspace, sandbox: Sandbox, spec: str, method: str, said: Answer, error: str
) -> None:
    """It may have begun: neither fine, nor not started."""

    def odd(verb: str, path: str, ask: Ask) -> Answer:
        real = ask()
        return said if verb == method and "/executions" in path else real

    with proxy(sandbox.url, odd) as url:
        applied = applier("apply", spec, "--yes", "--run", "--url", url)
    assert (applied.code, applied.out.splitlines()[-3:-1]) == (
        4,
        ["syncs/MySQL to Snowflake Sync: not known", f"  error: {error}"],
    )


@pytest.mark.parametrize("body", [HTML, b'{"data": [{"type": 5, "event": {"id": ["x"], "sync_id": {}}}, 7]}'])
def test_malformed_events_are_ignored(applier: Workspace, sandbox: Sandbox, spec: str, body: bytes) -> None:
    """They are an extra: drift is found and told without them."""
    assert applier("apply", spec, "--yes").code == 0
    applier.write(SPEC, EXAMPLE_SPEC.replace("mode: replace", "mode: append"))
    with proxy(sandbox.url, for_endpoint("GET", "/api/events", lambda _: Answer(body=body))) as url:
        drifted = applier("drift", spec, "--url", url)
    assert (drifted.code, drifted.err) == (2, "")
