"""Warns of members that have no effect in a resource that is made elsewhere and never written."""

from __future__ import annotations

from collections.abc import Iterator

from applier.diagnostics import Diagnostic, diagnose
from applier.spec.kinds import SpecKind
from applier.spec.resources import Resource

USED = ("managed", "id")


def check_unmanaged(resource: Resource, kind: SpecKind) -> Iterator[Diagnostic]:
    """Return a warning for each key that has no effect because of `managed: false`."""
    for key in resource.body:
        if key not in (*USED, *kind.known_unmanaged):
            yield diagnose(
                "no-effect",
                f'"{key}" of {resource.address} has no effect, because it says "managed: false".',
                resource.locate(key, key=True),
                "remove the key, or manage the object here",
                address=resource.address,
            )
