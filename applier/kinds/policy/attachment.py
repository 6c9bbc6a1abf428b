"""The `policies` of objects of other kinds: names in any order, beside those that the service attaches by itself."""

from __future__ import annotations

from applier.kinds.base import Canonical, SystemAttached, sequence
from applier.kinds.field_table import FieldClass, describe_field

POLICIES_FIELD = describe_field(
    "policies",
    FieldClass.OPTIONAL,
    "by name; those that the service attaches by itself do not count",
    "#system-attached-policies",
)


def reconcile_policies(declared: Canonical, live: Canonical) -> Canonical:
    """Return the declared policies with those that the service attaches by itself; none when none are declared."""
    if "policies" not in declared:
        return {}
    chosen = sequence(declared["policies"])
    added = [one for one in sequence(live.get("policies")) if isinstance(one, SystemAttached) and one not in chosen]
    return {"policies": [*chosen, *added]}


def normalize_policies(canonical: Canonical) -> Canonical:
    """Return the policies in one order: their order means nothing."""
    return {"policies": sorted(map(str, sequence(canonical["policies"])))} if "policies" in canonical else {}


def policies_to_spec(canonical: Canonical) -> Canonical:
    """Return the policies that somebody asked for."""
    asked = sorted(str(one) for one in sequence(canonical.get("policies")) if not isinstance(one, SystemAttached))
    return {"policies": asked} if asked else {}
