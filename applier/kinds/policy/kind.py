"""Permission policies: which roles may do what with the objects under them.

See docs/api/access.md#policies.
"""

from __future__ import annotations

from collections.abc import Iterator

from applier.diagnostics import Diagnostic, diagnose
from applier.diagnostics.suggestions import suggest
from applier.kinds.base import ApiObject, Canonical, Kind, SystemObjects, mapping, sequence, text
from applier.kinds.field_table import FieldClass, describe_field
from applier.spec.kinds import Body, Declaration

ACTIONS = ("apply_policy", "create", "delete", "edit", "read", "sync_to", "trigger")
"""The documented actions. The list may be incomplete, so that another one is only a warning if it looks like a typo."""

FIELDS = (
    describe_field("actions", FieldClass.OPTIONAL, "without it every action keeps its roles", "#policy-actions"),
    describe_field(
        "actions.*", FieldClass.OPTIONAL, "only declared actions are compared; others are kept", "#policy-actions"
    ),
)


def from_spec(body: Body) -> Canonical:
    """Return the declared actions with the names of their roles; an empty list takes an action from everybody."""
    if "actions" not in body:
        return {}
    return {"actions": {action: sequence(roles) for action, roles in mapping(body["actions"]).items()}}


def from_api(answer: ApiObject) -> Canonical:
    """Return the actions of an answer with the ids of their roles. An action that is not there has none."""
    entries = [mapping(one) for one in sequence(answer.get("policy_actions"))]
    return {"actions": {text(one.get("action")): sequence(one.get("role_ids")) for one in entries}}


def to_api(name: str, canonical: Canonical, live: ApiObject | None) -> dict[str, object]:
    """Return a request body.

    An update replaces all actions, so that those which are not declared are sent back as they are live.
    """
    actions = {**mapping(from_api(live or {})["actions"]), **mapping(canonical.get("actions"))}
    entries = [{"action": action, "role_ids": roles} for action, roles in actions.items()]
    return {"name": name, "policy_actions": entries}


def normalize(canonical: Canonical) -> Canonical:
    """Return the form to compare: roles have no order."""
    actions = mapping(canonical.get("actions"))
    unordered = {action: sorted(map(str, sequence(roles))) for action, roles in actions.items()}
    return {"actions": unordered} if "actions" in canonical else {}


def to_spec(canonical: Canonical, present: Body | None) -> dict[str, object]:
    """Return the actions that some role may perform, and those that the present body mentions.

    An action that is left out keeps its roles, so that one without roles has to stay.
    """
    actions = mapping(normalize(canonical).get("actions"))
    mentioned = mapping((present or {}).get("actions"))
    granted = {action: actions[action] for action in sorted(actions) if actions[action] or action in mentioned}
    return {"actions": granted} if granted else {}


def check_actions(declaration: Declaration) -> Iterator[Diagnostic]:
    """Return a warning for each action that looks like a misspelled one."""
    resource = declaration.resource
    for action in mapping(resource.body.get("actions")):
        hint = None if action in ACTIONS else suggest(action, ACTIONS)
        if hint:
            detail = f'"{action}" of {resource.address} is not a known action. It is sent unchanged.'
            place = resource.locate("actions", action, key=True)
            yield diagnose("unknown-setting", detail, place, hint, address=resource.address)


POLICIES = Kind(
    name="policies",
    noun="policy",
    definition="policy",
    path="/api/permissions/policies",
    from_spec=from_spec,
    from_api=from_api,
    to_api=to_api,
    to_spec=lambda canonical, answer, present: to_spec(canonical, present),
    normalize=normalize,
    fields=FIELDS,
    offline_checks=check_actions,
    system_objects=SystemObjects(editable=True, attached=True),
    is_attachment=True,
    on_demand=True,
)
