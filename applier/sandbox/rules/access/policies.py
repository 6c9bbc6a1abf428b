"""Policies: which roles may do what; the built-in ones, and those that an organization adds."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from applier.sandbox.rules import body_checks
from applier.sandbox.rules.access import roles
from applier.sandbox.rules.access.builtin_policies import NAMES, builtin_id
from applier.sandbox.rules.context import Context, new_id
from applier.sandbox.rules.refusals import Refusal, bad_request, not_found
from applier.sandbox.store import Document, Row

KIND = "policy"
MEMBERS = {
    "name": body_checks.is_text,
    "organization_id": body_checks.is_organization,
    "policy_actions": body_checks.is_objects,
}
ACTION_MEMBERS = {"action": body_checks.is_text, "role_ids": body_checks.is_identifiers}


def list_policies(context: Context) -> list[Document]:
    """The built-in policies, with the roles that an update gave them, and then the custom ones."""
    stored = {policy["id"]: policy for policy in context.session.find_all(KIND, context.organization)}
    builtin = [stored.pop(policy["id"], policy) for policy in _builtin_policies(context)]
    return [to_response(context, policy) for policy in [*builtin, *stored.values()]]


def read(context: Context, id: str) -> Document:
    for policy in list_policies(context):
        if policy["id"] == id:
            return policy
    raise not_found(KIND, id)


def create(context: Context, body: Mapping[str, Any]) -> Document:
    _check(context, body)
    context.session.begin()
    bindings = _bindings(context, body, ())
    return to_response(context, context.save(KIND, _policy(context, new_id(), body["name"], bindings)))


def replace(context: Context, id: str, body: Mapping[str, Any]) -> Document:
    """Replace all bindings: an action that is left out has no roles any more. A built-in policy keeps its name."""
    _check(context, body)
    context.session.begin()
    before = read(context, id)
    if context.switches["system_policies"] == "refuse" or body["name"] != before["name"]:
        roles.refuse_system(context, before)
    known_roles = [role for action in before["policy_actions"] for role in action["role_ids"]]
    policy = _policy(context, id, body["name"], _bindings(context, body, known_roles))
    if before["system"]:  # stored first as it was, so that the event is of an update
        context.session.put(Row(KIND, id, context.organization, before, name=before["name"]))
    return to_response(context, context.save(KIND, {**policy, "system": before["system"]}))


def delete(context: Context, id: str) -> None:
    """Delete a custom policy. Objects that name it keep its id, and it no longer counts for them."""
    context.session.begin()
    roles.refuse_system(context, read(context, id))
    context.delete(KIND, id)


def actions(context: Context) -> tuple[str, ...]:
    """Everything that a policy decides about."""
    return ("apply_policy", "create", "delete", context.switches["policy_edit_action"], "read", "sync_to", "trigger")


def to_response(context: Context, policy: Mapping[str, Any]) -> Document:
    """A policy as it is read: actions that were not sent are there too, without roles."""
    sent = {action["action"]: action["role_ids"] for action in policy["policy_actions"]}
    every = actions(context) if context.switches["policy_actions"] == "all" else ()
    bound = {**sent, **{action: sent.get(action, []) for action in every}}
    told = [{"action": action, "role_ids": bound[action]} for action in bound]
    return {**policy, "policy_actions": context.in_switched_order(told)}


def _builtin_policies(context: Context) -> Iterator[Document]:
    """The built-in policies as they are before anybody changes them."""
    for kind, name in NAMES.items():
        bindings = [
            {"action": action, "role_ids": _default_roles(context, kind, action)} for action in actions(context)
        ]
        yield {**_policy(context, builtin_id(context.organization, kind), name, bindings), "system": True}


def _default_roles(context: Context, kind: str, action: str) -> list[str]:
    """The roles that a built-in policy gives an action to. The Sync Editor role writes syncs, and data by them."""
    excluded = set() if action == "read" else {roles.VIEWER}
    if action != "read" and kind not in ("sync", "bulk_sync") and action != "sync_to":
        excluded.add(roles.SYNC_EDITOR)
    return [roles.system_id(context, name) for name in roles.SYSTEM if name not in excluded]


def _check(context: Context, body: Mapping[str, Any]) -> None:
    body_checks.check(body, MEMBERS, ("name",))
    body_checks.check_name(body)
    roles.refuse_custom(context)


def _bindings(context: Context, body: Mapping[str, Any], known_roles: Collection[str]) -> list[Document]:
    """The actions of a request body; roles have to exist, except those that the policy names already."""
    known_actions = actions(context)
    existing = {*known_roles, *(role["id"] for role in roles.list_roles(context))}
    bindings = []
    for action in body.get("policy_actions") or []:
        body_checks.check(action, ACTION_MEMBERS, ("action",), "policy_actions: ")
        if action["action"] not in known_actions:
            raise bad_request(f"policy_actions: action must be one of {', '.join(known_actions)}")
        role_ids = action.get("role_ids") or []
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
