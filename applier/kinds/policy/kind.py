"""Permission policies: known by name so that objects can be put under them; not written by applier (api.md 20.2)."""

from __future__ import annotations

from applier.kinds.base import Field, FieldClass, Kind, SystemObjects

POLICIES = Kind(
    name="policies",
    noun="policy",
    definition="policy",
    path="/api/permissions/policies",
    from_spec=dict,
    from_api=lambda answer: {},
    to_api=lambda name, canonical, live: {"name": name},
    to_spec=lambda canonical, answer, present: dict(canonical),
    normalize=dict,
    fields=(Field((), FieldClass.OWNED),),
    system_objects=SystemObjects(editable=True, attached=True),
    writable=False,
)
