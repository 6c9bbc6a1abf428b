"""Injected faults: which requests they match, what goes wrong with those, and how often it did."""

from __future__ import annotations

import fnmatch
import json
import random
import re
import time
import uuid
from dataclasses import asdict, dataclass

from applier.sandbox.json_values import (
    Document,
    JsonObject,
    as_integer,
    as_list,
    as_mapping,
    as_number,
    as_text,
    as_texts,
)
from applier.sandbox.session import Session

KINDS = ("status", "delay", "drop", "truncate", "garbage", "rate")
MOMENTS = ("before", "after")
_LOOK_EVERY = 0.05  # seconds
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+: [\t\x20-\x7e\xa0-\xff]*")


class FaultError(ValueError):
    """The description of a fault is wrong."""


@dataclass(frozen=True)
class Fault:
    """What goes wrong with the requests that match, and with which of them.

    A fault of the kind `rate` answers the requests beyond `rate` within a second with 429. The `delay` of any kind
    passes before or after the request is processed, as `when` says.
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
    body: object = None
    headers: tuple[tuple[str, str], ...] = ()
    retry_after: int | None = None
    delay: float = 0.0
    rate: int | None = None

    def matches(self, method: str, path: str) -> bool:
        return fnmatch.fnmatchcase(method, self.method.upper()) and fnmatch.fnmatchcase(path, self.path)

    def fires(self, matched: int, fired: int) -> bool:
        """Return whether it fires on the `matched`-th request that it matches; the same for the same seed."""
        if self.times is not None and fired >= self.times:
            return False
        if self.nth:
            return matched in self.nth
        if self.share is None:
            return True
        return random.Random(f"{self.seed}:{matched}").random() < self.share


def parse_fault(description: JsonObject) -> Fault:
    """Return the fault that a JSON description asks for. Raises FaultError, TypeError or ValueError."""
    known = set(Fault.__dataclass_fields__) - {"id"}
    unknown = sorted(set(description) - known)
    if unknown:
        raise FaultError(f"unknown member {', '.join(unknown)}; a fault has {', '.join(sorted(known))}")
    given = {name: value for name, value in description.items() if value is not None}
    usual: Document = {"status": 429, "retry_after": 1} if given.get("kind") == "rate" else {}
    nth, headers = given.get("nth", []), as_mapping(given.get("headers") or {})
    members: Document = {
        **asdict(Fault("")),
        **usual,
        **given,
        "nth": nth if isinstance(nth, list) else [nth],
        "headers": [[name, str(value)] for name, value in headers.items()],
    }
    _check(members)
    return _build_fault(str(uuid.uuid4()), members)


def _check(members: JsonObject) -> None:
    nth, headers = as_list(members, "nth"), as_list(members, "headers")
    numbers = (*nth, members["seed"], members["times"] or 0, members["retry_after"] or 0)
    lines = (": ".join(as_texts(header)) for header in headers)
    rules: tuple[tuple[bool, str], ...] = (
        (members["kind"] in KINDS, f"kind must be one of {', '.join(KINDS)}"),
        (members["when"] in MOMENTS, f"when must be one of {', '.join(MOMENTS)}"),
        (_is_between(members["status"], 400, 599), "status must be between 400 and 599"),
        (_is_between(members["delay"], 0, 600), "delay must be a number of seconds up to 600"),
        (_is_between(members["share"] or 0, 0, 1), "share must be a number from 0 to 1"),
        (
            (members["kind"] == "rate") is _is_number(members["rate"]),
            "rate must be a number with kind rate, and only there",
        ),
        (all(isinstance(members[name], str) for name in ("method", "path")), "method and path must be strings"),
        (all(map(_HEADER.fullmatch, lines)), "headers must be words with texts of one line"),
        (all(map(_is_number, numbers)), "nth, seed, times and retry_after must be numbers"),
    )
    for holds, otherwise in rules:
        if not holds:
            raise FaultError(otherwise)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_between(value: object, low: float, high: float) -> bool:
    return _is_number(value) and low <= as_number(value) <= high


def _build_fault(id: str, members: JsonObject) -> Fault:
    return Fault(
        id=id,
        kind=as_text(members, "kind"),
        when=as_text(members, "when"),
        method=as_text(members, "method"),
        path=as_text(members, "path"),
        nth=tuple(as_integer(one) for one in as_list(members, "nth")),
        share=None if members["share"] is None else as_number(members, "share"),
        seed=as_integer(members, "seed"),
        times=_optional_integer(members["times"]),
        status=as_integer(members, "status"),
        body=members["body"],
        headers=tuple((as_text(name), as_text(value)) for name, value in map(as_texts, as_list(members, "headers"))),
        retry_after=_optional_integer(members["retry_after"]),
        delay=as_number(members, "delay"),
        rate=_optional_integer(members["rate"]),
    )


def _optional_integer(value: object) -> int | None:
    return None if value is None else as_integer(value)


def add(session: Session, fault: Fault) -> None:
    session.write("INSERT INTO faults (id, document) VALUES (?, ?)", (fault.id, json.dumps(asdict(fault))))
    session.commit()


def list_faults(session: Session) -> list[Document]:
    rows = session.read("SELECT document, matched, fired FROM faults ORDER BY rowid")
    return [{**json.loads(row[0]), "matched": row[1], "fired": row[2]} for row in rows]


def remove(session: Session, id: str | None = None) -> int:
    """Remove one fault, or all of them; return how many."""
    gone = session.write("DELETE FROM faults WHERE ? IS NULL OR id = ? RETURNING id", (id, id))
    session.commit()
    return len(gone)


def match_request(session: Session, method: str, path: str) -> Fault | None:
    """Count the request for every fault that it matches, and return the first fault that fires."""
    chosen: Fault | None = None
    rows = session.read("SELECT id, document FROM faults ORDER BY rowid")
    for id, document in rows:
        fault = _build_fault(id, json.loads(document))
        if not fault.matches(method, path):
            continue
        counted = session.write("UPDATE faults SET matched = matched + 1 WHERE id = ? RETURNING matched, fired", (id,))
        if counted and chosen is None and fault.fires(*counted[0]) and not _within_rate(session, fault):
            chosen = fault
            session.write("UPDATE faults SET fired = fired + 1 WHERE id = ?", (id,))
    session.commit()
    return chosen


def wait_delay(session: Session, fault: Fault) -> None:
    """Wait until the delay is over or the fault is removed."""
    until = time.monotonic() + fault.delay
    while (left := until - time.monotonic()) > 0 and session.read("SELECT 1 FROM faults WHERE id = ?", (fault.id,)):
        time.sleep(min(left, _LOOK_EVERY))


def _within_rate(session: Session, fault: Fault) -> bool:
    """Return whether a request is among the first `rate` of the last second, and count it if so."""
    if fault.rate is None:
        return False
    now = time.time()
    session.write("DELETE FROM admitted WHERE at < ?", (now - 1,))
    within = session.read("SELECT count(*) FROM admitted WHERE fault = ?", (fault.id,))[0][0] < fault.rate
    if within:
        session.write("INSERT INTO admitted VALUES (?, ?)", (fault.id, now))
    return bool(within)
