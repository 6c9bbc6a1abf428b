"""Faults hit the requests they are meant for, before or after these have acted, again and again the same."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.sandbox.conftest import MYSQL


def add(api: httpx.Client, **members: Any) -> str:
    answer = api.post("/_sandbox/faults", json=members)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["data"]["id"])


def names(api: httpx.Client) -> list[str]:
    return [connection["name"] for connection in api.get("/api/connections").json()["data"]]


@pytest.mark.parametrize(("when", "left"), [("before", []), ("after", ["MySQL Connection"])])
@pytest.mark.parametrize("kind", ["status", "drop", "truncate", "garbage"])
def test_a_fault_comes_before_or_after_the_act(api: httpx.Client, kind: str, when: str, left: list[str]) -> None:
    add(api, kind=kind, when=when, status=503, method="POST", path="/api/connections")
    if kind in ("drop", "truncate"):
        with pytest.raises(httpx.RemoteProtocolError):
            api.post("/api/connections", json=MYSQL)
    else:
        answer = api.post("/api/connections", json=MYSQL)
        assert answer.status_code == (503 if kind == "status" else 200)
        if kind == "garbage":
            with pytest.raises(ValueError, match="Expecting value"):
                answer.json()
    assert names(api) == left


@pytest.mark.behaviour("retries")
def test_a_dropped_answer_can_be_asked_for_again_by_its_key(api: httpx.Client) -> None:
    add(api, kind="drop", when="after", method="POST", times=1)
    headers = {"Idempotency-Key": "asked-for-again"}
    with pytest.raises(httpx.RemoteProtocolError):
        api.post("/api/connections", json=MYSQL, headers=headers)
    assert api.post("/api/connections", json=MYSQL, headers=headers).status_code == 200
    assert names(api) == ["MySQL Connection"]


def test_throttling_says_when_to_come_back(api: httpx.Client) -> None:
    add(api, kind="status", status=429, retry_after=2, nth=[2])
    answers = [api.get("/api/me") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 429, 200]
    assert answers[1].headers["retry-after"] == "2"
    fault = api.get("/_sandbox/faults").json()["data"][0]
    assert (fault["matched"], fault["fired"]) == (3, 1)


def test_a_rate_lets_so_many_in_a_second_pass(api: httpx.Client) -> None:
    for _ in range(20):  # on a busy machine until all are asked within a second
        api.delete("/_sandbox/faults").raise_for_status()
        add(api, kind="rate", rate=3, path="/api/me")
        started = time.monotonic()
        answers = [api.get("/api/me") for _ in range(5)]
        if time.monotonic() - started < 1:
            break
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert answers[-1].headers["retry-after"] == "1"
    time.sleep(1.1)
    assert api.get("/api/me").status_code == 200


def test_a_share_of_the_requests_is_the_same_for_the_same_seed(api: httpx.Client) -> None:
    def hits() -> list[int]:
        fault = add(api, kind="status", status=500, share=0.5, seed=7, path="/api/me")
        statuses = [api.get("/api/me").status_code for _ in range(20)]
        api.delete(f"/_sandbox/faults/{fault}").raise_for_status()
        return statuses

    first = hits()
    assert first == hits()
    assert 4 <= first.count(500) <= 16


def test_a_delay_delays_and_a_body_is_answered(api: httpx.Client) -> None:
    add(api, kind="delay", delay=1, path="/api/me")
    assert api.get("/api/me").elapsed.total_seconds() >= 1
    api.delete("/_sandbox/faults").raise_for_status()
    add(api, status=422, body={"message": "cache refresh in progress", "status": 422})
    assert api.get("/api/me").json() == {"message": "cache refresh in progress", "status": 422}


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_delayed_request_ends_with_a_reset_and_leaves_nothing(api: httpx.Client, when: str) -> None:
    add(api, kind="delay", delay=600, when=when, method="POST", path="/api/connections")
    with ThreadPoolExecutor() as pool:
        asked = pool.submit(api.post, "/api/connections", json=MYSQL)
        while not api.get("/_sandbox/faults").json()["data"][0]["fired"] or (when == "after" and not names(api)):
            assert not asked.done()
        assert api.post("/_sandbox/reset", json={"databases": False}).status_code == 200
        assert asked.result(timeout=10).status_code == (503 if when == "before" else 200)
    assert api.get("/_sandbox/requests").json()["data"] == []
    assert names(api) == []


@pytest.mark.parametrize(("when", "meanwhile"), [("before", []), ("after", ["MySQL Connection"])])
def test_a_delay_is_before_or_after_the_act_and_ends_with_its_fault(
    api: httpx.Client, when: str, meanwhile: list[str]
) -> None:
    held = add(api, kind="delay", delay=600, when=when, method="POST", path="/api/connections")
    with ThreadPoolExecutor(1) as threads:
        posted = threads.submit(api.post, "/api/connections", json=MYSQL, timeout=60)
        while not api.get("/_sandbox/faults").json()["data"][0]["fired"] or names(api) != meanwhile:
            assert not posted.done()
        api.delete(f"/_sandbox/faults/{held}").raise_for_status()
        assert posted.result().status_code == 200
    assert names(api) == ["MySQL Connection"]


@pytest.mark.parametrize(
    "members",
    [
        *({"kind": "flood"}, {"unknown": 1}, {"share": 2}, {"status": 200}, {"nth": "x"}, {"rate": 3}),
        *({"headers": {"X-A": "\u65e5"}}, {"headers": {"X-A": "a\r\nX-B: b"}}, {"headers": {"X A": "a"}}),
    ],
)
def test_an_invalid_fault_is_refused(api: httpx.Client, members: dict[str, Any]) -> None:
    assert api.post("/_sandbox/faults", json=members).status_code == 400
