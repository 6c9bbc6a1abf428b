"""Authentication: the organization and the user that the API key of a request belongs to."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field

from applier.sandbox.json_values import Document, as_text
from applier.sandbox.rules.access.organizations import EVERYWHERE
from applier.sandbox.rules.access.users import owner_of_key
from applier.sandbox.rules.context import ZERO_UUID, new_id, now
from applier.sandbox.rules.refusals import Refusal, forbidden
from applier.sandbox.session import Row, Session

DEFAULT_NAME = "Sandbox"
PARTNER: Document = {"id": ZERO_UUID, "name": "Partner", "email": "", "role": ""}


@dataclass(frozen=True)
class Keys:
    """The keys that a sandbox is started with; without any, every request is accepted."""

    api_key: str | None = field(default=None, repr=False)
    """The key of the first organization of the data folder."""
    partner_key: str | None = field(default=None, repr=False)
    """The key that manages organizations and users; in the basic form it acts inside one organization."""

    @property
    def needed(self) -> bool:
        return self.api_key is not None or self.partner_key is not None


@dataclass(frozen=True)
class Caller:
    """The organization and the user that a request acts for; a partner key may act for none."""

    organization: str
    user: Document
    is_partner: bool = False
    reaches: tuple[str, ...] = ("organization",)
    """The groups of endpoints that are allowed; see `Endpoint.reach`."""

    @property
    def actor(self) -> dict[str, str]:
        kind = "partner" if self.is_partner else "user"
        return {"id": as_text(self.user, "id"), "name": as_text(self.user, "name"), "type": kind}

    def check(self, reach: str) -> None:
        """Refuse an endpoint that the credential does not reach."""
        if reach in self.reaches or reach in ("any", "signed"):
            return
        if reach == "partner":
            raise forbidden("this endpoint needs a partner key")
        if reach == "sandbox":
            raise forbidden("this endpoint needs the key that the sandbox was started with")
        raise forbidden("a partner key reaches an organization in the basic form only: its id is the user name")

    def check_organization(self, named: object) -> None:
        """Refuse a request that names another organization than that of the credential."""
        if isinstance(named, str) and named and self.organization and named.lower() != self.organization:
            raise forbidden("the API key has no access to this organization")


def default_caller(session: Session) -> Caller:
    """Return the first organization and user of the data folder; they are created on first use."""
    found = session.find_all("organization", EVERYWHERE)
    if not found:
        session.begin()
        found = session.find_all("organization", EVERYWHERE) or [_create_first_organization(session)]
        session.commit()
    organization = as_text(found[0], "id")
    user = session.find_all("user", organization)[0]
    return Caller(organization, user, reaches=("organization", "sandbox"))


def caller(session: Session, headers: Mapping[str, str], keys: Keys) -> Caller:
    """Return who sent the request; refuse a key that is missing or wrong."""
    default = default_caller(session)
    organization, key = _parse_authorization(headers.get("authorization", ""))
    owner = owner_of_key(session, key) if key else None
    if owner is not None:
        found = Caller(*owner)
    elif not keys.needed:
        return Caller(default.organization, default.user, reaches=("organization", "partner", "sandbox"))
    elif _keys_match(key, keys.partner_key):
        return _partner(session, organization)
    elif _keys_match(key, keys.api_key):
        found = default
    else:
        raise Refusal(401, "missing or invalid API key")
    found.check_organization(organization)
    return found


def caller_of_link(session: Session, id: str, token: str) -> Caller:
    """Return the caller of a link to an object that has the token of the object in it."""
    statement = "SELECT organization, json_extract(document, '$.authorization') FROM objects WHERE id = ?"
    for organization, wanted in session.read(statement, (id,)):
        if _keys_match(token, wanted):
            users = session.find_all("user", organization)
            return Caller(organization, users[0] if users else PARTNER)
    raise Refusal(401, "the link is not valid")


def _partner(session: Session, organization: str | None) -> Caller:
    if organization is None:
        return Caller(EVERYWHERE, PARTNER, is_partner=True, reaches=("partner", "sandbox"))
    if session.get("organization", organization.lower(), EVERYWHERE) is None:
        raise forbidden("the partner key has no access to this organization")
    return Caller(organization.lower(), PARTNER, is_partner=True, reaches=("organization", "partner", "sandbox"))


def _keys_match(sent: str | None, wanted: str | None) -> bool:
    return sent is not None and wanted is not None and hmac.compare_digest(sent.encode(), wanted.encode())


def _parse_authorization(authorization: str) -> tuple[str | None, str | None]:
    """Return the organization (basic form only) and the key of an authorization header."""
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


def _create_first_organization(session: Session) -> Document:
    organization_id, user_id, email = new_id(), new_id(), "user@sandbox.example"
    organization: Document = {"id": organization_id, "name": DEFAULT_NAME, "created_at": now()}
    user: Document = {"id": user_id, "name": "Sandbox User", "email": email, "role": "admin"}
    session.put(Row("organization", organization_id, EVERYWHERE, organization, name=DEFAULT_NAME))
    session.put(Row("user", user_id, organization_id, user, name=email))
    return organization
