"""Roles of users: a name that policies give permissions to.

See docs/api/access.md#roles.
"""

from __future__ import annotations

from applier.kinds.base import Kind, SystemObjects

ROLES = Kind(
    name="roles",
    noun="role",
    definition="role",
    path="/api/permissions/roles",
    from_spec=lambda body: {},
    from_api=lambda answer: {},
    to_api=lambda name, canonical, live: {"name": name},
    to_spec=lambda canonical, answer, present: {},
    normalize=dict,
    fields=(),
    system_objects=SystemObjects(editable=False, attached=False),
    is_attachment=True,
    on_demand=True,
)
