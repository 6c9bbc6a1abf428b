"""What is said about an object that is made elsewhere and therefore never written."""

from __future__ import annotations

from collections.abc import Iterator

from applier.diagnostics import Diagnostic, diagnose
from applier.resources import Resource

USED = ("managed", "type", "id")


def unmanaged_problems(resource: Resource) -> Iterator[Diagnostic]:
    """A warning for every key that has no effect because of `managed: false`."""
    for key in resource.body:
        if key not in USED:
            yield diagnose(
                "no-effect",
                f'"{key}" of {resource.address} has no effect, because it says "managed: false".',
                resource.locate(key, key=True),
                "remove the key, or manage the object here",
                address=resource.address,
            )
