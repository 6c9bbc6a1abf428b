"""No answer makes a traceback: members, bodies and encodings of every answer are replaced, in every command."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from tests.effort import scale
from tests.resilience.proxy import Answer, Ask, proxy
from tests.workspace import ROOT, Result, Sandbox, Workspace

ANSWERS = scale(120, 10_000)
SHARE = 0.3  # of the answers of a command
SPECS = ("mysql-to-snowflake", "bulk-salesforce-to-snowflake", "access-and-webhooks")
WITHOUT_TABLES = {"access-and-webhooks": ("models", "webhooks")}
"""The sections of a spec from the first up to the second have tables that the sandbox of the test does not have."""
CHANGED = "mode: replace", "mode: append"
JSON = {"Content-Type": "application/json"}
COMMANDS = (
    ["validate", "--live", "spec"],
    ["plan", "spec", "--explain", "syncs/MySQL to Snowflake Sync"],
    ["plan", "spec", "-o", "markdown"],
    ["plan", "spec", "-o", "html"],
    ["plan", "spec", "-o", "json", "--prune"],
    ["drift", "spec"],
    ["drift", "spec", "-o", "json"],
    ["export", "--force", "--out", "exported"],
    ["export"],
    ["pull", "--path", "spec", "--dry-run"],
    ["adopt", "models/Customer Model", "--file", "adopted/spec.yaml"],
    ["run", "MySQL to Snowflake Sync"],
    ["status"],
    ["status", "-o", "json"],
    ["inspect", "source", "MySQL Connection"],
    ["inspect", "source", "MySQL Connection", "table=company.customers"],
    ["inspect", "target", "Snowflake Connection"],
    ["inspect", "fields", "Snowflake Connection", "CUSTOMERS.CONTACTS"],
    ["inspect", "schemas", "Salesforce"],
    ["inspect", "destination", "Snowflake Connection"],
    ["scaffold", "model", "MySQL Connection"],
    ["scaffold", "sync", "--model", "Customer Model", "--target", "Snowflake Connection", "CUSTOMERS.CONTACTS", "spec"],
    ["schema", "--connection-types", "mysql"],
    ["schema", "--snapshot", "spec", "recorded.json"],
    ["apply", "spec", "--yes"],
    ["apply", "spec", "--yes", "--run"],
    ["apply", "spec", "--yes", "--no-checks", "--force"],
    ["destroy", "spec", "--yes", "--force"],
)


def nested(levels: int) -> Any:
    value: Any = "x"
    for number in range(levels):
        value = [value] if number % 2 else {"id": value}
    return value


VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, 10**30, -(10**300), 10**4000, 1e308, 5e-324, "", " ", "..", "../../me", "a/b?c=d#e",
    "%2e%2e", "\0\x1b[31m\r\n", "\u202e\u009b", "x" * 100_000, "9" * 5000, "0" * 5000, "-1", "1e999", "NaN",
    "\U0001f600", "<b>", "${env:HOME}", "[x](javascript:1)", "2026-99-99T99:99:99Z", "a\n- b: c", [], {}, [[]],
    [None, 1, "x", {}], {"id": {}}, {"id": ["x"]}, {"": ""}, {"name": {"a": []}}, nested(7), nested(90),
    [{"id": 5}, {"id": None}, {"id": "a"}],
)  # fmt: skip
BODIES: tuple[bytes, ...] = (
    b"", b" ", b"{}", b"[]", b"null", b"5", b'"x"', b"<html>login</html>", b"\x1f\x8b\x08", b"\xff\xfe\x00",
    b"\xed\xa0\x80",
    b'{"data": [', b'{"data": [NaN]}', b'{"data": 1e400}', b'{"data": %s}' % (b"9" * 5000), b"[" * 100_000,
    b'{"a":' * 100_000, b'{"data": [%s]}' % (b"[" * 150 + b"]" * 150), '{"data": []}'.encode("utf-16"),
    b'\xef\xbb\xbf{"data": []}', b'{"data": {"id": "\\ud800", "name": "\\udfff"}}', b'{"data": {"id": "a", "id": {}}}',
    b'{"data": [{"id": "a"}, {"id": "a"}]}', b'{"data": [], "pagination": {"next_page_token": {}}}',
    b'{"data": [], "pagination": {"next_page_token": [1]}}', b'{"data": [], "pagination": []}',
    b'{"data": {"id": {"a": 1}}}', b'{"data": {"id": ["a"]}}', b'{"data": [{"id": {}}]}',
    b'{"data": {"id": "../../me"}}', b'{"data": [{"id": true}]}',
)  # fmt: skip
ENCODINGS = ("gzip", "deflate", "br", "zstd", "gzip, gzip", "x" * 3000)
STATUSES = (204, 206, 301, 302, 304, 400, 401, 403, 404, 409, 410, 418, 422)


@dataclass
class Hostile:
    """Answers as the sandbox did, or in another way; counts the answers of the second kind."""

    chance: random.Random
    recorded: dict[tuple[str, str], Answer] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    last: list[tuple[str, str, bytes]] = field(default_factory=list)
    is_recording: bool = True

    def __call__(self, method: str, path: str, ask: Ask) -> Answer:
        key = (method, path)
        if (self.is_recording and method != "GET") or key not in self.recorded:
            self.recorded[key] = ask()
        answer = self.recorded[key]
        if self.is_recording or self.chance.random() > SHARE:
            return answer
        way = self.chance.choice(WAYS)
        odd = way(self.chance, answer)
        self.counts[way.__name__] += 1
        self.last.append((method, path, odd.body[:300]))
        return odd


def replace_member(chance: random.Random, answer: Answer) -> Answer:
    """Replace, remove or repeat some values of the answer."""
    try:
        body = json.loads(answer.body)
    except ValueError:
        return answer
    for _ in range(chance.choice((1, 1, 2, 5))):
        inside = body
        while isinstance(inside, dict | list) and inside:
            step = chance.choice(list(inside) if isinstance(inside, dict) else range(len(inside)))
            child = inside[step]
            if not isinstance(child, dict | list) or not child or not chance.randrange(5):
                if isinstance(inside, dict) and not chance.randrange(10):
                    del inside[step]
                elif isinstance(inside, list) and not chance.randrange(5):
                    inside.append(child)
                else:
                    inside[step] = chance.choice(VALUES)
                break
            inside = child
    return Answer(answer.status, json.dumps(body, ensure_ascii=chance.choice((True, False))).encode(), answer.headers)


def replace_id(chance: random.Random, answer: Answer) -> Answer:
    """Replace one `id`, or a reference by id."""
    try:
        body = json.loads(answer.body)
    except ValueError:
        return answer
    found: list[tuple[dict[str, Any], str]] = []
    waiting = [body]
    while waiting:
        one = waiting.pop()
        waiting.extend(one.values() if isinstance(one, dict) else one if isinstance(one, list) else ())
        found += [(one, name) for name in one if name.endswith(("id", "ids"))] if isinstance(one, dict) else []
    if found:
        one, name = chance.choice(found)
        one[name] = chance.choice(VALUES)
    return Answer(answer.status, json.dumps(body).encode(), answer.headers)


def replace_body(chance: random.Random, answer: Answer) -> Answer:
    return Answer(answer.status, chance.choice(BODIES), answer.headers)


def replace_encoding(chance: random.Random, answer: Answer) -> Answer:
    return Answer(answer.status, answer.body, {**answer.headers, "Content-Encoding": chance.choice(ENCODINGS)})


def replace_status(chance: random.Random, answer: Answer) -> Answer:
    return Answer(chance.choice(STATUSES), chance.choice((answer.body, *BODIES)), answer.headers)


WAYS: tuple[Callable[[random.Random, Answer], Answer], ...] = (
    *(replace_member,) * 3,
    *(replace_id,) * 2,
    replace_body,
    replace_encoding,
    replace_status,
)


def call(applier: Workspace, url: str, command: list[str]) -> Result:
    return applier(*command, "--url", url, "--timeout", "2")


@contextmanager
def recorded_service(applier: Workspace, sandbox: Sandbox) -> Iterator[tuple[str, Hostile]]:
    """A service on a workspace that differs a little from the spec, after every command was answered once."""
    for name in SPECS:
        for file in (ROOT / "examples" / name).glob("*.yaml"):
            written = file.read_text("utf-8")
            start, end = (written.find(f"\n{section}:\n") for section in WITHOUT_TABLES.get(name, ("-", "-")))
            applier.write(f"spec/{name}-{file.name}", written[:start] + written[end:] if start > 0 else written)
    applied = applier("apply", "spec", "--yes")
    assert applied.code == 0, applied.err
    changed = applier.read("spec/mysql-to-snowflake-spec.yaml").replace(*CHANGED)
    applier.write("spec/mysql-to-snowflake-spec.yaml", changed)
    hostile = Hostile(random.Random(11))
    with proxy(sandbox.url, hostile) as url:
        for command in COMMANDS:
            called = call(applier, url, command)
            assert called.code in (0, 2, 4), (command, called.err)  # a command that is wrong would try nothing
        hostile.is_recording = False
        yield url, hostile


def test_no_answer_makes_a_traceback(applier: Workspace, sandbox: Sandbox) -> None:
    """Every command ends with a code of the table; whatever is an error is one sentence or more."""
    with recorded_service(applier, sandbox) as (url, hostile):
        codes: Counter[int] = Counter()
        number = 0
        while hostile.counts.total() < ANSWERS:
            command = COMMANDS[number % len(COMMANDS)]
            number += 1
            hostile.last.clear()
            try:
                called = call(applier, url, command)
            except BaseException as error:
                pytest.fail(f"{command} after {hostile.last}: {type(error).__name__}: {error}")
            codes[called.code] += 1
            assert called.code in (0, 1, 2, 3, 4), (command, hostile.last)
            assert called.code == 0 or called.err or called.out
            assert "Traceback" not in called.err
    assert set(hostile.counts) == {one.__name__ for one in WAYS}
    assert {0, 1} <= set(codes)  # some answers do no harm


@pytest.mark.parametrize("part", ["9" * 5000, "0" * 5000], ids=["nines", "zeros"])
def test_a_part_of_a_schedule_stays_the_text_that_it_is(applier: Workspace, sandbox: Sandbox, part: str) -> None:
    """Python refuses to make a number of that many digits; an export writes the text, and a plan compares it."""
    schedule = "    schedule:\n      frequency: hourly\n      minute: 5\n"
    spec = (ROOT / "examples" / SPECS[0] / "spec.yaml").read_text("utf-8")
    applier.write("spec.yaml", re.sub(r"    schedule:\n(?:      .*\n)+", schedule, spec))
    assert applier("apply", "spec.yaml", "--yes").code == 0

    def odd(_: str, path: str, ask: Ask) -> Answer:
        answer = ask()
        return replace(answer, body=answer.body.replace(b'"minute":"5"', b'"minute":"%s"' % part.encode()))

    with proxy(sandbox.url, odd) as url:
        exported = applier("export", "--url", url)
        planned = applier("plan", "spec.yaml", "--url", url, "-o", "json")
    assert (exported.code, part in exported.out) == (0, True)
    assert (planned.code, [one["action"] for one in planned.json["changes"]]) == (0, ["update"])
