"""Injected faults: which requests they hit, what they do, and how often they have done it."""

from __future__ import annotations

import fnmatch
import json
import random
import re
import time
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from applier.sandbox.store import Document, Session

KINDS = ("status", "delay", "drop", "truncate", "garbage", "rate")
MOMENTS = ("before", "after")
_LOOK_EVERY = 0.05  # seconds
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+: [\t\x20-\x7e\xa0-\xff]*")


class FaultError(ValueError):
    """The description of a fault makes no sense."""


@dataclass(frozen=True)
class Fault:
    """What goes wrong with the requests that match, and which of those it goes wrong with.

    Of the kind `rate`: those beyond `rate` within a second are answered with 429. The `delay` passes before or after
    the act, as `when` says, whatever the kind.
    """

    id: str
    kind: str = "status"
    when: str = "before"
    method: str = "*"
    path: str = "/api/*"
    nth: tuple[int, ...] = ()
    share: float | None = None
    seed: int = 0
    times: int | None = None
    status: int = 500
    body: Any = None
    headers: tuple[tuple[str, str], ...] = ()
    retry_after: int | None = None
    delay: float = 0.0
    rate: int | None = None

    def matches(self, method: str, path: str) -> bool:
        return fnmatch.fnmatchcase(method, self.method.upper()) and fnmatch.fnmatchcase(path, self.path)

    def fires(self, matched: int, fired: int) -> bool:
        """Whether it hits the request that is the `matched`-th of its kind; the same for the same seed."""
        if self.times is not None and fired >= self.times:
            return False
        if self.nth:
            return matched in self.nth
        if self.share is None:
            return True
        return random.Random(f"{self.seed}:{matched}").random() < self.share


def parse_fault(description: Mapping[str, Any]) -> Fault:
    """The fault that a JSON description asks for."""
    known = set(Fault.__dataclass_fields__) - {"id"}
    unknown = sorted(set(description) - known)
    if unknown:
        raise FaultError(f"unknown member {', '.join(unknown)}; a fault has {', '.join(sorted(known))}")
    given = {name: value for name, value in description.items() if value is not None}
    nth = given.get("nth", ())
    given["nth"] = (nth,) if isinstance(nth, int) else tuple(nth)
    given["headers"] = tuple((str(name), str(value)) for name, value in dict(given.get("headers") or {}).items())
    if given.get("kind") == "rate":
        given = {"status": 429, "retry_after": 1, **given}
    fault = Fault(id=str(uuid.uuid4()), **given)
    _check(fault)
    return fault


def _check(fault: Fault) -> None:
    texts, numbers = (fault.method, fault.path), (*fault.nth, fault.seed, fault.times or 0, fault.retry_after or 0)
    rules: tuple[tuple[bool, str], ...] = (
        (fault.kind in KINDS, f"kind must be one of {', '.join(KINDS)}"),
        (fault.when in MOMENTS, f"when must be one of {', '.join(MOMENTS)}"),
        (_is_number(fault.status) and 400 <= fault.status <= 599, "status must be between 400 and 599"),
        (_is_number(fault.delay) and 0 <= fault.delay <= 600, "delay must be a number of seconds up to 600"),
        (_is_number(fault.share or 0) and 0 <= (fault.share or 0) <= 1, "share must be a number from 0 to 1"),
        ((fault.kind == "rate") is _is_number(fault.rate), "rate must be a number with kind rate, and only there"),
        (all(isinstance(text, str) for text in texts), "method and path must be strings"),
        (all(map(_HEADER.fullmatch, map(": ".join, fault.headers))), "headers must be words with texts of one line"),
        (all(map(_is_number, numbers)), "nth, seed, times and retry_after must be numbers"),
    )
    for holds, otherwise in rules:
        if not holds:
            raise FaultError(otherwise)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def add(session: Session, fault: Fault) -> None:
    session.write("INSERT INTO faults (id, document) VALUES (?, ?)", (fault.id, json.dumps(asdict(fault))))
    session.commit()


def list_faults(session: Session) -> list[Document]:
    rows = session.read("SELECT document, matched, fired FROM faults ORDER BY rowid")
    return [{**json.loads(row[0]), "matched": row[1], "fired": row[2]} for row in rows]


def remove(session: Session, id: str | None = None) -> int:
    """Forget one fault, or all of them."""
    gone = session.write("DELETE FROM faults WHERE ? IS NULL OR id = ? RETURNING id", (id, id))
    session.commit()
    return len(gone)


def match_request(session: Session, method: str, path: str) -> Fault | None:
    """Count the request for every fault that it matches; the first fault that fires, if any."""
    chosen: Fault | None = None
    rows = session.read("SELECT id, document FROM faults ORDER BY rowid")
    for id, document in rows:
        fault = _load_fault(json.loads(document))
        if not fault.matches(method, path):
            continue
        counted = session.write("UPDATE faults SET matched = matched + 1 WHERE id = ? RETURNING matched, fired", (id,))
        if counted and chosen is None and fault.fires(*counted[0]) and not _within_rate(session, fault):
            chosen = fault
            session.write("UPDATE faults SET fired = fired + 1 WHERE id = ?", (id,))
    session.commit()
    return chosen


def wait_delay(session: Session, fault: Fault) -> None:
    """Let its delay pass; whoever takes the fault away ends the waiting."""
    until = time.monotonic() + fault.delay
    while (left := until - time.monotonic()) > 0 and session.read("SELECT 1 FROM faults WHERE id = ?", (fault.id,)):
        time.sleep(min(left, _LOOK_EVERY))


def _within_rate(session: Session, fault: Fault) -> bool:
    """Whether a request of now is among the first `rate` of the last second, and counted as one."""
    if fault.rate is None:
        return False
    now = time.time()
    session.write("DELETE FROM admitted WHERE at < ?", (now - 1,))
    within = session.read("SELECT count(*) FROM admitted WHERE fault = ?", (fault.id,))[0][0] < fault.rate
    if within:
        session.write("INSERT INTO admitted VALUES (?, ?)", (fault.id, now))
    return bool(within)


def _load_fault(document: Document) -> Fault:
    nth, headers = tuple(document["nth"]), tuple((name, value) for name, value in document["headers"])
    return Fault(**{**document, "nth": nth, "headers": headers})
