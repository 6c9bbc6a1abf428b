"""Policies: which roles may do what. Some are built in, others are created."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from applier.sandbox.json_values import Document, JsonObject, as_documents, as_text, as_texts
from applier.sandbox.rules import body_checks
from applier.sandbox.rules.access import roles
from applier.sandbox.rules.access.builtin_policies import NAMES, builtin_id
from applier.sandbox.rules.context import Context, new_id
from applier.sandbox.rules.refusals import Refusal, bad_request, not_found
from applier.sandbox.session import Row

KIND = "policy"
MEMBERS = {
    "name": body_checks.is_text,
    "organization_id": body_checks.is_organization,
    "policy_actions": body_checks.is_objects,
}
ACTION_MEMBERS = {"action": body_checks.is_text, "role_ids": body_checks.is_identifiers}


def list_policies(context: Context) -> list[Document]:
    """Return the built-in policies, with the roles that an update gave them, and then the custom ones."""
    stored = {as_text(policy, "id"): policy for policy in context.session.find_all(KIND, context.organization)}
    builtin = [stored.pop(as_text(policy, "id"), policy) for policy in _builtin_policies(context)]
    return [to_response(context, policy) for policy in [*builtin, *stored.values()]]


def read(context: Context, id: str) -> Document:
    for policy in list_policies(context):
        if policy["id"] == id:
            return policy
    raise not_found(KIND, id)


def create(context: Context, body: JsonObject) -> Document:
    _check(context, body)
    context.session.begin()
    bindings = _bindings(context, body, ())
    return to_response(context, context.save(KIND, _policy(context, new_id(), as_text(body, "name"), bindings)))


def replace(context: Context, id: str, body: JsonObject) -> Document:
    """Replace all bindings: an action that is left out has no roles any more. A built-in policy keeps its name."""
    _check(context, body)
    context.session.begin()
    before = read(context, id)
    if context.switches["system_policies"] == "refuse" or body["name"] != before["name"]:
        roles.refuse_system(context, before)
    known_roles = [role for action in as_documents(before, "policy_actions") for role in as_texts(action, "role_ids")]
    policy = _policy(context, id, as_text(body, "name"), _bindings(context, body, known_roles))
    if before["system"]:  # stored first as it was, so that the event is of an update
        context.session.put(Row(KIND, id, context.organization, before, name=as_text(before, "name")))
    return to_response(context, context.save(KIND, {**policy, "system": before["system"]}))


def delete(context: Context, id: str) -> None:
    """Delete a custom policy. Objects that name it keep its id, and it no longer counts for them."""
    context.session.begin()
    roles.refuse_system(context, read(context, id))
    context.delete(KIND, id)


def actions(context: Context) -> tuple[str, ...]:
    """Return every action that a policy gives to roles."""
    return ("apply_policy", "create", "delete", context.switches["policy_edit_action"], "read", "sync_to", "trigger")


def to_response(context: Context, policy: JsonObject) -> Document:
    """Return a policy as a read answers it: with the actions that were not sent too, without roles."""
    roles_of = {as_text(action, "action"): action["role_ids"] for action in as_documents(policy, "policy_actions")}
    if context.switches["policy_actions"] == "all":
        roles_of |= {action: roles_of.get(action, []) for action in actions(context)}
    bindings = [{"action": action, "role_ids": role_ids} for action, role_ids in roles_of.items()]
    return {**policy, "policy_actions": context.in_switched_order(bindings)}


def _builtin_policies(context: Context) -> Iterator[Document]:
    """Return the built-in policies as they are before any update."""
    for kind, name in NAMES.items():
        bindings: list[Document] = [
            {"action": action, "role_ids": _default_roles(context, kind, action)} for action in actions(context)
        ]
        yield {**_policy(context, builtin_id(context.organization, kind), name, bindings), "system": True}


def _default_roles(context: Context, kind: str, action: str) -> list[str]:
    """Return the roles that a built-in policy gives an action to. Sync editors write syncs, and data by syncs."""
    excluded = set() if action == "read" else {roles.VIEWER}
    if action != "read" and kind not in ("sync", "bulk_sync") and action != "sync_to":
        excluded.add(roles.SYNC_EDITOR)
    return [roles.system_id(context, name) for name in roles.SYSTEM if name not in excluded]


def _check(context: Context, body: JsonObject) -> None:
    body_checks.check(body, MEMBERS, ("name",))
    body_checks.check_name(body)
    roles.refuse_custom(context)


def _bindings(context: Context, body: JsonObject, known_roles: Collection[str]) -> list[Document]:
    """Return the actions of a request body; refuse roles that do not exist, unless the policy names them already."""
    known_actions = actions(context)
    existing = {*known_roles, *(as_text(role, "id") for role in roles.list_roles(context))}
    bindings: list[Document] = []
    for action in as_documents(body.get("policy_actions") or []):
        body_checks.check(action, ACTION_MEMBERS, ("action",), "policy_actions: ")
        if action["action"] not in known_actions:
            raise bad_request(f"policy_actions: action must be one of {', '.join(known_actions)}")
        role_ids = as_texts(action.get("role_ids") or [])
        unknown = [id for id in role_ids if id not in existing]
        if unknown and context.switches["unknown_roles"] != "store":
            raise Refusal(int(context.switches["unknown_roles"]), f"policy_actions: role {unknown[0]} does not exist")
        bindings.append({"action": action["action"], "role_ids": role_ids})
    return bindings


def _policy(context: Context, id: str, name: str, bindings: list[Document]) -> Document:
    return {
        "id": id,
        "name": name,
        "organization_id": context.organization,
        "policy_actions": bindings,
        "system": False,
    }
