"""Detects creates whose name looks the same as that of a live object, but is another name."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from applier.diagnostics import Diagnostic, diagnose
from applier.diagnostics.characters import describe_difference, visible_form
from applier.live.snapshot import Live, Snapshot
from applier.resolve import Declared
from applier.spec.documents.write import quote


def find_look_alikes(
    created: Collection[Declared], known: Collection[str], snapshot: Snapshot
) -> Mapping[str, Diagnostic]:
    """Return, by address, a warning for each create that looks like a live object not among the `known` addresses."""
    if not created:
        return {}
    live = {(one.kind, visible_form(one.name)): one for one in snapshot.by_id.values() if one.address not in known}
    pairs = [(one, live.get((one.resource.kind, visible_form(one.resource.name)))) for one in created]
    return {one.resource.address: _describe(one, other) for one, other in pairs if other is not None}


def _describe(declared: Declared, live: Live) -> Diagnostic:
    resource, noun = declared.resource, declared.kind.noun
    difference = describe_difference(resource.name, live.name)
    return diagnose(
        "names-alike",
        f'The {noun} "{resource.name}" would be created. The live {noun} {difference}.',
        resource.place,
        f"if they are one object, write the live name: {quote(live.name)}; to rename it, "
        f"add: moved: {{{resource.kind}: {{{quote(live.name)}: {quote(resource.name)}}}}}",
        address=resource.address,
    )
