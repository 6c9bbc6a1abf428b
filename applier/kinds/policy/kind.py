"""Permission policies: known by name so that objects can be put under them; not written by applier (api.md 20.2)."""

from __future__ import annotations

from applier.kinds.base import Canonical, Kind, SystemAttached, sequence

POLICIES = Kind(
    name="policies",
    noun="policy",
    path="/api/permissions/policies",
    desired=dict,
    from_api=lambda answer: {},
    to_api=lambda name, canonical, live: {"name": name},
    normalize=dict,
    complete=lambda entry: True,
    is_system_attached=lambda answer: bool(answer.get("system")),
    writable=False,
    on_demand=True,
    export_if=lambda answer: False,
)


def reconcile_policies(declared: Canonical, live: Canonical) -> Canonical:
    """The declared policies with those that the service attaches by itself (quirk 46); none when none are declared."""
    if "policies" not in declared:
        return {}
    chosen = sequence(declared["policies"])
    added = [one for one in sequence(live.get("policies")) if isinstance(one, SystemAttached) and one not in chosen]
    return {"policies": [*chosen, *added]}


def normalize_policies(canonical: Canonical) -> Canonical:
    """Their order means nothing."""
    return {"policies": sorted(map(str, sequence(canonical["policies"])))} if "policies" in canonical else {}
