"""The log of all requests to the API with their bodies, so that tests can see what was sent."""

from __future__ import annotations

import json
from http import HTTPStatus

from applier.sandbox.app.http_messages import Incoming
from applier.sandbox.app.strict_json import parse_json
from applier.sandbox.connection_types import connection_types
from applier.sandbox.faults import Fault
from applier.sandbox.json_values import Document
from applier.sandbox.rules.context import now
from applier.sandbox.rules.secret_masks import MASK, mask_secrets
from applier.sandbox.session import Session

MAX_REQUESTS = 20_000
SECRETS = ("encryption_passphrase", "client_secret", "parameters", "secret")
HEADERS = ("x-polytomic-version", "idempotency-key", "content-type", "accept", "user-agent")


def record(session: Session, incoming: Incoming, status: int, fault: Fault | None) -> None:
    """Store a request; the body of one without a valid key is not kept, or strangers could fill the disk."""
    body = _parse_body(incoming.body) if status != HTTPStatus.UNAUTHORIZED else None
    document = {
        "at": now(),
        "method": incoming.method,
        "path": incoming.path,
        "query": [list(pair) for pair in incoming.query],
        "headers": {name: value for name, value in incoming.headers.items() if name in HEADERS},
        "body": _mask_body(session, incoming, body),
        "revealed": body,
        "status": status,
        "fault": fault.kind if fault else None,
    }
    session.write("INSERT INTO requests (document) VALUES (?)", (json.dumps(document),))
    session.write("DELETE FROM requests WHERE id <= (SELECT max(id) FROM requests) - ?", (MAX_REQUESTS,))
    session.commit()


def list_requests(
    session: Session, *, reveal: bool, after: int, method: str | None, path: str | None
) -> list[Document]:
    """Return the requests since the one with id `after`, oldest first."""
    rows = session.read("SELECT id, document FROM requests WHERE id > ? ORDER BY id", (after,))
    found = [{"id": id, **json.loads(document)} for id, document in rows]
    return [
        _request_entry(request, reveal=reveal)
        for request in found
        if method in (None, request["method"]) and (path is None or request["path"].startswith(path))
    ]


def clear(session: Session) -> None:
    session.write("DELETE FROM requests")
    session.commit()


def _request_entry(request: Document, *, reveal: bool) -> Document:
    body = request["revealed"] if reveal else request["body"]
    return {**{name: value for name, value in request.items() if name != "revealed"}, "body": body}


def _parse_body(body: bytes) -> object:
    if not body:
        return None
    try:
        return parse_json(body)
    except ValueError:
        return body.decode(errors="replace")


def _mask_body(session: Session, incoming: Incoming, body: object) -> object:
    """Return the body with its secrets masked."""
    if not isinstance(body, dict):
        return body
    shown = {name: MASK if name in SECRETS and value else value for name, value in body.items()}
    if not incoming.path.startswith("/api/connections") or not isinstance(body.get("configuration"), dict):
        return shown
    type_id = body.get("type") or _stored_type(session, incoming.path.removeprefix("/api/connections/"))
    known = connection_types().get(type_id) if isinstance(type_id, str) else None
    configuration = mask_secrets(known, body["configuration"], nested=True) if known else MASK
    return {**shown, "configuration": configuration}


def _stored_type(session: Session, id: str) -> str | None:
    rows = session.read(
        "SELECT json_extract(document, '$.type') FROM objects WHERE kind = 'connection' AND id = ?", (id,)
    )
    return rows[0][0] if rows else None
