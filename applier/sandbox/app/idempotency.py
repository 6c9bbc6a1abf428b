"""Idempotency keys: a repeated request gets the outcome of the first, even an error, and 409 while the first runs."""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass
from pathlib import Path

from applier.sandbox.app.http_messages import Answer, Incoming
from applier.sandbox.process_locks import is_alive
from applier.sandbox.rules.refusals import bad_request, conflict
from applier.sandbox.session import Session
from applier.sandbox.switches import Switches

HEADER = "idempotency-key"
METHODS = ("POST", "PUT", "PATCH", "DELETE")
FORM = re.compile(r"[A-Za-z0-9_-]{8,255}")
KEPT_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Claim:
    """The right to process a request with a key, since it is the first one with this key."""

    organization: str
    key: str


def key_of(incoming: Incoming, switches: Switches) -> str | None:
    """Return the key of the request; None if it has none or its method does not use keys."""
    key = incoming.headers.get(HEADER)
    if key is None or incoming.method not in METHODS:
        return None
    if FORM.fullmatch(key):
        return key
    if switches["malformed_idempotency_key"] == "ignore":
        return None
    raise bad_request("Idempotency-Key must be 8 to 255 letters, digits, '-' or '_'")


def claim(session: Session, data: Path, owner: str, organization: str, key: str) -> Claim | Answer:
    """Return a claim on the key, or the stored outcome of the first request."""
    session.write("DELETE FROM idempotency WHERE created_at < ?", (time.time() - KEPT_SECONDS,))
    rows = session.read(
        "SELECT status, headers, body, owner FROM idempotency WHERE organization = ? AND key = ?", (organization, key)
    )
    if rows and rows[0][0] is not None:
        session.commit()
        status, headers, body, _ = rows[0]
        return Answer(status, headers=json.loads(headers), content=body)
    if rows and is_alive(data, rows[0][3]):
        session.rollback()
        raise conflict("a request with this Idempotency-Key is still being processed")
    session.write(
        "INSERT OR REPLACE INTO idempotency (organization, key, owner, created_at) VALUES (?, ?, ?, ?)",
        (organization, key, owner, time.time()),
    )
    session.commit()
    return Claim(organization, key)


def store_outcome(session: Session, claim: Claim, answer: Answer) -> None:
    """Store the outcome in the transaction of the request."""
    session.write(
        "UPDATE idempotency SET status = ?, headers = ?, body = ? WHERE organization = ? AND key = ?",
        (answer.status, json.dumps(dict(answer.headers)), answer.encode(), claim.organization, claim.key),
    )


def release(session: Session, claim: Claim) -> None:
    """Give up the claim of a request that changed nothing."""
    session.write("DELETE FROM idempotency WHERE organization = ? AND key = ?", (claim.organization, claim.key))
    session.commit()
