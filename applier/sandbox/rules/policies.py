"""Policies: which roles may do what; the built-in ones, and those that an organization adds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from applier.sandbox.rules import bodies, roles
from applier.sandbox.rules.builtin_policies import NAMES, builtin_id
from applier.sandbox.rules.context import Context, new_id
from applier.sandbox.rules.refusals import malformed, missing
from applier.sandbox.store import Document

KIND = "policy"
MEMBERS = {"name": bodies.is_text, "organization_id": bodies.is_identifier, "policy_actions": bodies.is_objects}
ACTION_MEMBERS = {"action": bodies.is_text, "role_ids": bodies.is_identifiers}


def listed(context: Context) -> list[Document]:
    found = [*_system(context), *context.session.every(KIND, context.organization)]
    return [shown(context, policy) for policy in found]


def read(context: Context, id: str) -> Document:
    for policy in listed(context):
        if policy["id"] == id:
            return policy
    raise missing(KIND, id)


def create(context: Context, body: Mapping[str, Any]) -> Document:
    written = _written(context, body)
    return shown(context, context.save(KIND, {"id": new_id(), **written}))


def replace(context: Context, id: str, body: Mapping[str, Any]) -> Document:
    """All bindings are replaced: an action that is left out has no roles any more."""
    written = _written(context, body)
    context.session.begin()
    roles.refuse_system(context, read(context, id))
    return shown(context, context.save(KIND, {"id": id, **written}))


def delete(context: Context, id: str) -> None:
    context.session.begin()
    roles.refuse_system(context, read(context, id))
    context.delete(KIND, id)


def actions(context: Context) -> tuple[str, ...]:
    """Everything that a policy decides about."""
    return ("apply_policy", "create", "delete", context.switches["policy_edit_action"], "read", "sync_to", "trigger")


def shown(context: Context, policy: Mapping[str, Any]) -> Document:
    """A policy as it is read: actions that were not sent are there too, without roles."""
    sent = {action["action"]: action["role_ids"] for action in policy["policy_actions"]}
    every = actions(context) if context.switches["policy_actions"] == "all" else ()
    bound = {**sent, **{action: sent.get(action, []) for action in every}}
    told = [{"action": action, "role_ids": bound[action]} for action in bound]
    return {**policy, "policy_actions": context.ordered(told)}


def _system(context: Context) -> list[Document]:
    everyone = [roles.system_id(context, name) for name in roles.SYSTEM]
    writers = everyone[:-1]
    return [
        {
            "id": builtin_id(context.organization, kind),
            "name": name,
            "organization_id": context.organization,
            "policy_actions": [
                {"action": action, "role_ids": everyone if action == "read" else writers} for action in actions(context)
            ],
            "system": True,
        }
        for kind, name in NAMES.items()
    ]


def _written(context: Context, body: Mapping[str, Any]) -> Document:
    bodies.check(body, MEMBERS, ("name",))
    bodies.check_name(body)
    roles.refuse_custom(context)
    known, bound = actions(context), []
    for action in body.get("policy_actions") or []:
        bodies.check(action, ACTION_MEMBERS, ("action",), "policy_actions: ")
        if action["action"] not in known:
            raise malformed(f"policy_actions: action must be one of {', '.join(known)}")
        bound.append({"action": action["action"], "role_ids": action.get("role_ids") or []})
    return {
        "name": body["name"],
        "organization_id": context.organization,
        "policy_actions": bound,
        "system": False,
    }
