"""Switches of roles, policies and users."""

from __future__ import annotations

from applier.sandbox.switches.switch import Switch

SWITCHES = (
    Switch(
        "builtin_policies",
        "built-in policies among the `policies` of an object: hidden, or shown",
        "hidden",
        ("hidden", "shown"),
    ),
    Switch(
        "policy_actions",
        "actions of a policy in answers: all of them, or those that were sent",
        "all",
        ("all", "sent"),
    ),
    Switch("policy_edit_action", "the action of a policy that allows to change an object", "edit", ("edit", "update")),
    Switch(
        "object_policies",
        "custom policies on an object: count beside the built-in one, replace it, or have no effect",
        "any",
        ("any", "own", "ignore"),
    ),
    Switch("system_permissions", "status of changing a built-in role or policy", "403", ("403", "400")),
    Switch(
        "custom_permissions",
        "custom roles and policies: allowed, or refused with 403",
        "allow",
        ("allow", "refuse"),
    ),
    Switch(
        "system_policies",
        "the roles in a built-in policy: replaced by an update, or refused like any change of it",
        "edit",
        ("edit", "refuse"),
    ),
    Switch(
        "unknown_roles",
        "a policy that gives an action to a role that does not exist: refused with 400 or 404, or stored",
        "400",
        ("400", "404", "store"),
    ),
    Switch("missing_user", "reading a user that is gone: 404, or 200 with an empty id", "404", ("404", "empty")),
    Switch(
        "second_key",
        "a second API key for a user without `force`: added, or refused with 409",
        "add",
        ("add", "refuse"),
    ),
)
