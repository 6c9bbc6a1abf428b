"""Decide who asks: match the key of a request with the organization and the user behind it."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from applier.sandbox.rules.context import new_id, now
from applier.sandbox.rules.refusals import Refusal
from applier.sandbox.store import Document, Row, Session

DEFAULT_NAME = "Sandbox"
EVERYWHERE = ""
"""Organizations themselves are stored under no organization."""


@dataclass(frozen=True)
class Caller:
    """The organization and the user that a request acts for."""

    organization: str
    user: Document

    @property
    def actor(self) -> dict[str, str]:
        return {"id": self.user["id"], "name": self.user["name"], "type": "user"}


def default_caller(session: Session) -> Caller:
    """The organization and user that a data folder starts with; made at the first use."""
    found = session.every("organization", EVERYWHERE)
    if not found:
        session.begin()
        found = session.every("organization", EVERYWHERE) or [_first(session)]
        session.commit()
    organization = found[0]["id"]
    return Caller(organization, session.every("user", organization)[0])


def caller(session: Session, headers: Mapping[str, str], api_key: str | None) -> Caller:
    """Who sent the request; a refusal when the key is missing or wrong. Without an api key everyone is let in."""
    found = default_caller(session)
    if api_key is None:
        return found
    organization, key = _sent(headers.get("authorization", ""))
    if key is None or not hmac.compare_digest(key.encode(), api_key.encode()):
        raise Refusal(401, "missing or invalid API key")
    if organization not in (None, found.organization):
        raise Refusal(403, "the API key has no access to this organization")
    return found


def _sent(authorization: str) -> tuple[str | None, str | None]:
    """The organization (basic form only) and the key of an authorization header."""
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return None, value.strip()
    if scheme.lower() == "basic":
        try:
            organization, _, key = base64.b64decode(value, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None, None
        return organization or None, key
    return None, None


def _first(session: Session) -> Document:
    organization = {"id": new_id(), "name": DEFAULT_NAME, "created_at": now()}
    user = {"id": new_id(), "name": "Sandbox User", "email": "user@sandbox.example", "role": "admin"}
    session.put(Row("organization", organization["id"], EVERYWHERE, organization, name=DEFAULT_NAME))
    session.put(Row("user", user["id"], organization["id"], user, name=user["email"]))
    return organization
