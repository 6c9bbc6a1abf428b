"""Whether a user may do something with an object: its policies say so by role; administrators may do everything."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from applier.sandbox.json_values import Document, JsonObject, as_documents, as_text, as_texts
from applier.sandbox.rules.access import policies, users
from applier.sandbox.rules.access.builtin_policies import builtin_id
from applier.sandbox.rules.context import Context
from applier.sandbox.rules.refusals import forbidden, not_found

READ, CREATE, EDIT, DELETE, TRIGGER = "read", "create", "edit", "delete", "trigger"
SYNC_TO, APPLY = "sync_to", "apply_policy"


def check(context: Context, kind: str, action: str, document: JsonObject) -> None:
    """Refuse an action that no policy gives to a role of the user; an object that must not be read is not found."""
    if _is_allowed(context, _roles(context), kind, action, document):
        return
    if action == READ:
        raise not_found(kind.replace("_", " "), as_text(document, "id"))
    what = f"{kind.replace('_', ' ')} {document['name']}" if document else f"{kind.replace('_', ' ')}s"
    raise forbidden(f"no policy lets your roles {action} {what}")


def check_applied(context: Context, wanted: Collection[str]) -> None:
    """Refuse to put a policy on an object unless its `apply_policy` names a role of the user."""
    roles = _roles(context)
    for policy in _find_policies(context, wanted):
        if roles is not None and not roles & _roles_with(policy, APPLY):
            raise forbidden(f"your roles may not apply policy {policy['name']}")


def is_restricted(context: Context) -> bool:
    """Return whether there is anything that the caller must not do."""
    return _roles(context) is not None


def readable(context: Context, kind: str, documents: list[Document]) -> list[Document]:
    """Return the documents that the caller may read."""
    roles = _roles(context)
    return [document for document in documents if _is_allowed(context, roles, kind, READ, document)]


def _is_allowed(context: Context, roles: set[str] | None, kind: str, action: str, document: JsonObject) -> bool:
    if roles is None:
        return True
    word = context.switches["policy_edit_action"] if action == EDIT else action
    return any(roles & _roles_with(policy, word) for policy in _policies_of(context, kind, document))


def _roles(context: Context) -> set[str] | None:
    """Return the roles of the caller; None if the caller may do everything."""
    user = context.session.get(users.KIND, context.actor["id"], context.organization)
    if user is None or user["role"] == "admin" or context.switches["object_policies"] == "ignore":
        return None
    return set(as_texts(users.to_response(context, user), "role_ids"))


def _policies_of(context: Context, kind: str, document: JsonObject) -> Iterator[Document]:
    """Return the policies that count for an object, or for creating one."""
    builtin = builtin_id(context.organization, kind)
    own = list(_find_policies(context, [id for id in as_texts(document.get("policies") or []) if id != builtin]))
    if not own or context.switches["object_policies"] == "any":
        yield from _find_policies(context, [builtin])
    yield from own


def _find_policies(context: Context, ids: Collection[str]) -> Iterator[Document]:
    return (policy for policy in policies.list_policies(context) if policy["id"] in ids) if ids else iter(())


def _roles_with(policy: JsonObject, action: str) -> set[str]:
    return {
        role
        for bound in as_documents(policy, "policy_actions")
        if bound["action"] == action
        for role in as_texts(bound, "role_ids")
    }
