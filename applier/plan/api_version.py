"""Finds declared members that the API version of the client does not have."""

from __future__ import annotations

from collections.abc import Iterator

from applier.diagnostics import Diagnostic, diagnose
from applier.kinds.references import has_path
from applier.resolve import DeclaredResources


def find_unavailable_members(declared: DeclaredResources, version: str) -> Iterator[Diagnostic]:
    """Yield an error for each declared member that only other API versions have."""
    for one in declared.values():
        for member in one.kind.only_in:
            if version not in member.versions and has_path(one.canonical, member.path):
                names = tuple(step for step in member.path if step != "*")
                yield diagnose(
                    "needs-version",
                    f"{one.resource.address} sets {'.'.join(names)}, which API version {version} does not have.",
                    one.resource.locate(*names[:1], key=names[0] in one.resource.body),
                    f"use --api-version {member.versions[-1]}",
                    address=one.resource.address,
                )
