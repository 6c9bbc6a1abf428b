"""Organizations, their users and API keys, for partner keys; the users of the caller's organization, for user keys."""

from __future__ import annotations

from applier.sandbox.app.http_messages import DONE, V2, Answer, Call, Endpoint, data
from applier.sandbox.json_values import as_text
from applier.sandbox.rules.access import organizations, users
from applier.sandbox.rules.access.organizations import EVERYWHERE
from applier.sandbox.rules.context import Context


def list_organizations(call: Call) -> Answer:
    return data(organizations.list_organizations(call.context))


def create(call: Call) -> Answer:
    return data(organizations.create(call.context, call.body()))


def read(call: Call) -> Answer:
    return data(organizations.read(call.context, call.parameter("id")))


def replace(call: Call) -> Answer:
    return data(organizations.replace(call.context, call.parameter("id"), call.body()))


def delete(call: Call) -> Answer:
    organizations.delete(call.context, call.parameter("id"))
    return DONE


def own(call: Call) -> Answer:
    return data(organizations.read(call.context, call.context.organization))


def list_users(call: Call) -> Answer:
    return data(users.list_users(_context(call)))


def create_user(call: Call) -> Answer:
    return data(users.create(_context(call), call.body()))


def read_user(call: Call) -> Answer:
    return data(users.read(_context(call), call.parameter("id")))


def replace_user(call: Call) -> Answer:
    """Replace a user; only a partner key can change the address."""
    body, context = call.body(), _context(call)
    if "organization" not in call.incoming.parameters:
        body.pop("email", None)
    return data(users.replace(context, call.parameter("id"), body))


def delete_user(call: Call) -> Answer:
    return data(users.delete(_context(call), call.parameter("id")))


def issue_key(call: Call) -> Answer:
    return data(users.issue_key(_context(call), call.parameter("id"), force=bool(call.flag("force"))))


def _context(call: Call) -> Context:
    """Return the context of the organization in the path, or of the caller's own, which only administrators change."""
    named = call.incoming.parameters.get("organization")
    if named is None:
        if call.incoming.method != "GET":
            users.require_admin(call.context)
        return call.context
    everywhere = call.context.within(EVERYWHERE)
    return call.context.within(as_text(everywhere.fetch(organizations.KIND, named), "id"))


ONE = "/api/organizations/{id}"
USERS = "/api/organizations/{organization}/users"
OWN = "/api/organization/users"
PARTNER = (
    Endpoint("GET", "/api/organizations", list_organizations, reach="partner"),
    Endpoint("POST", "/api/organizations", create, reach="partner"),
    Endpoint("GET", ONE, read, reach="partner"),
    Endpoint("PUT", ONE, replace, reach="partner"),
    Endpoint("DELETE", ONE, delete, reach="partner"),
    Endpoint("GET", USERS, list_users, reach="partner"),
    Endpoint("POST", USERS, create_user, reach="partner"),
    Endpoint("GET", f"{USERS}/{{id}}", read_user, reach="partner"),
    Endpoint("PUT", f"{USERS}/{{id}}", replace_user, reach="partner"),
    Endpoint("DELETE", f"{USERS}/{{id}}", delete_user, reach="partner"),
    Endpoint("POST", f"{USERS}/{{id}}/keys", issue_key, reach="partner"),
)
ENDPOINTS = (
    *PARTNER,
    Endpoint("GET", "/api/organization", own, (V2,)),
    Endpoint("GET", OWN, list_users, (V2,)),
    Endpoint("POST", OWN, create_user, (V2,)),
    Endpoint("GET", f"{OWN}/{{id}}", read_user, (V2,)),
    Endpoint("PUT", f"{OWN}/{{id}}", replace_user, (V2,)),
    Endpoint("DELETE", f"{OWN}/{{id}}", delete_user, (V2,)),
)
