"""Users of an organization and their API keys."""

from __future__ import annotations

import hashlib
import secrets

from applier.sandbox.json_values import Document, JsonObject, as_text, as_texts
from applier.sandbox.rules import body_checks
from applier.sandbox.rules.access import roles
from applier.sandbox.rules.access.organizations import is_first
from applier.sandbox.rules.context import Context, new_id, now
from applier.sandbox.rules.refusals import conflict, forbidden, unprocessable
from applier.sandbox.session import Row, Session

KIND = "user"
KEY = "key"
NAMED_ROLES = {"admin": "Admin", "user": "Member"}
SHOWN = ("id", "email", "organization_id", "role", "role_ids")
MEMBERS = {"email": body_checks.is_text, "role": body_checks.is_text, "role_ids": body_checks.is_identifiers}


def list_users(context: Context) -> list[Document]:
    return [to_response(context, user) for user in context.session.find_all(KIND, context.organization)]


def read(context: Context, id: str) -> Document:
    """Return the user; for one that is gone, a switch chooses between 404 and an empty user."""
    user = context.session.get(KIND, id, context.organization)
    if user is None and context.switches["missing_user"] == "empty":
        return {"id": "", "email": "", "organization_id": "", "role": "", "role_ids": []}
    return to_response(context, context.fetch(KIND, id))


def create(context: Context, body: JsonObject) -> Document:
    body_checks.check(body, MEMBERS, ("email",))
    context.session.begin()
    user = _build_user(context, body, as_text(body, "email"))
    return to_response(context, context.save(KIND, {"id": new_id(), **user}))


def replace(context: Context, id: str, body: JsonObject) -> Document:
    """Replace the roles, and the address if the body has one."""
    body_checks.check(body, MEMBERS)
    context.session.begin()
    before = context.fetch(KIND, id)
    written = _build_user(context, body, as_text(body.get("email") or before["email"]), id)
    return to_response(context, context.save(KIND, {**before, **written}))


def delete(context: Context, id: str) -> Document:
    """Delete a user with its keys, and return it."""
    context.session.begin()
    user = context.fetch(KIND, id)
    if context.session.find_all(KIND, context.organization)[0]["id"] == id and is_first(context, context.organization):
        raise forbidden("the sandbox's own user cannot be deleted")
    _revoke(context, id)
    context.delete(KIND, id)
    return to_response(context, user)


def issue_key(context: Context, id: str, *, force: bool) -> Document:
    """Create an API key and return it, which no later answer does; with `force` the older keys stop working."""
    context.session.begin()
    context.fetch(KIND, id)
    if force:
        _revoke(context, id)
    elif context.session.find_all(KEY, context.organization, parent=id) and context.switches["second_key"] == "refuse":
        raise conflict("the user has an API key already; force replaces it")
    value = secrets.token_urlsafe(32)
    key = digest(value)
    document: Document = {"id": key, "user_id": id, "organization_id": context.organization, "created_at": now()}
    context.session.put(Row(KEY, key, context.organization, document, parent=id))
    return {"value": value}


def owner_of_key(session: Session, value: str) -> tuple[str, Document] | None:
    """Return the organization and the user that a key was issued to."""
    rows = session.read(
        "SELECT organization, json_extract(document, '$.user_id') FROM objects WHERE kind = ? AND id = ?",
        (KEY, digest(value)),
    )
    user = session.get(KIND, rows[0][1], rows[0][0]) if rows else None
    return (rows[0][0], user) if user is not None else None


def require_admin(context: Context) -> None:
    """Refuse a caller that is a user but no administrator."""
    user = context.session.get(KIND, context.actor["id"], context.organization)
    if user is not None and user["role"] != "admin":
        raise forbidden("only administrators manage users")


def to_response(context: Context, user: JsonObject) -> Document:
    filled = {"role_ids": _role_ids(context, as_text(user, "role")), "organization_id": context.organization, **user}
    return {name: filled[name] for name in SHOWN}


def digest(value: str) -> str:
    """Return the hash under which a key is stored; the key itself is not stored."""
    return hashlib.sha256(value.encode()).hexdigest()


def _build_user(context: Context, body: JsonObject, email: str, id: str = "") -> Document:
    address = email.strip().lower()
    if "@" not in address:
        raise unprocessable("email must be an address")
    if any(other["id"] != id for other in context.session.find_by_name(KIND, context.organization, address)):
        raise unprocessable(f"a user with the address {address} already exists")
    role, role_ids = _roles(context, body)
    organization = {"organization_id": context.organization}
    return {"name": address, "email": address, "role": role, "role_ids": role_ids, **organization}


def _roles(context: Context, body: JsonObject) -> tuple[str, list[str]]:
    named, ids = as_text(body.get("role") or "").lower(), as_texts(body.get("role_ids") or [])
    if named and ids:
        raise unprocessable("role and role_ids cannot be given together")
    if named:
        if named not in NAMED_ROLES:
            raise unprocessable(f"role must be one of {', '.join(NAMED_ROLES)}")
        return named, _role_ids(context, named)
    if not ids:
        raise unprocessable("at least one role is required")
    known = {role["id"] for role in roles.list_roles(context)}
    unknown = [id for id in ids if id not in known]
    if unknown:
        raise unprocessable(f"role {unknown[0]} does not exist")
    return ("admin" if _role_ids(context, "admin")[0] in ids else "user"), ids


def _role_ids(context: Context, named: str) -> list[str]:
    return [roles.system_id(context, NAMED_ROLES[named])]


def _revoke(context: Context, user: str) -> None:
    for key in context.session.find_all(KEY, context.organization, parent=user):
        context.session.delete(KEY, as_text(key, "id"), context.organization)
