"""Authorization: the action and the object of a request, and whether the policies allow it to the caller."""

from __future__ import annotations

import re

from applier.sandbox.app.http_messages import Call, Endpoint
from applier.sandbox.json_values import Document, as_list
from applier.sandbox.rules.access import access_checks
from applier.sandbox.rules.refusals import forbidden

PLACES = {"connections": "connection", "models": "model", "syncs": "sync", "bulk/syncs": "bulk_sync"}
PLACE = re.compile(r"/api/(connections|models|syncs|bulk/syncs)(?:/{id}(/.*)?)?")
ADMINISTRATION = {"/api/permissions/": "roles and policies", "/api/webhooks": "webhooks"}
"""What only administrators may write, by the start of the path."""
READING_PATHS = ("/modelsync/target/fields", "/schemas/refresh")
TRIGGERING_PATHS = re.compile(r"(/executions.*)?(/cancel)?|/schemas/{schema}/cancel")


def check(call: Call, endpoint: Endpoint) -> None:
    """Refuse a request that the caller's roles do not allow."""
    if not access_checks.is_restricted(call.context):
        return
    if endpoint.method != "GET":
        for path, objects in ADMINISTRATION.items():
            if endpoint.path.startswith(path):
                raise forbidden(f"only administrators manage {objects}")
    place = PLACE.fullmatch(endpoint.path)
    id = call.incoming.parameters.get("id")
    if place is None or (id is None and endpoint.method == "GET"):
        return
    kind, rest = PLACES[place[1]], place[2] or ""
    document = call.context.session.get(kind, id, call.context.organization) if id else {}
    if document is not None:
        access_checks.check(call.context, kind, _action(endpoint.method, id is None, rest), document)
        if endpoint.method in ("POST", "PUT") and not rest:
            _check_policies(call, document)


def _check_policies(call: Call, document: Document) -> None:
    """Refuse to add policies to the object that the caller must not apply."""
    wanted = call.body().get("policies")
    if isinstance(wanted, list):
        kept = as_list(document.get("policies") or [])
        added = [policy for policy in wanted if isinstance(policy, str) and policy not in kept]
        access_checks.check_applied(call.context, added)


def _action(method: str, is_new: bool, rest: str) -> str:
    if is_new:
        return access_checks.CREATE
    if method == "GET" or rest in READING_PATHS:
        return access_checks.READ
    if method == "DELETE" and not rest:
        return access_checks.DELETE
    return access_checks.TRIGGER if rest and TRIGGERING_PATHS.fullmatch(rest) else access_checks.EDIT
