"""Names what an interrupted run has left under an interim name and what the spec does not declare."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from applier import graph
from applier.diagnostics import Diagnostic, diagnose
from applier.diagnostics.suggestions import join_words
from applier.kinds import KINDS
from applier.live.snapshot import Live
from applier.resolve import Declared, Resolved
from applier.spec.documents.write import quote
from applier.spec.resources import address_of, interim_name, replacement_name


@dataclass(frozen=True, slots=True)
class LeftOver:
    """A live object under an interim name, and the declared resource whose name that is made of.

    `is_exchanged` when an exchange of names gave it the name: it is not a copy of anything then.
    """

    live: Live
    declared: Declared
    is_exchanged: bool


def find_left_overs(
    resolved: Resolved, created: Collection[Declared], wanted: Collection[str], deleting: Collection[str]
) -> Mapping[str, Diagnostic]:
    """Return, by live address, a warning for each object that an interrupted run has left and that nothing needs.

    What an exchange of names has left is one of its two objects. While the spec would create something of its kind, it
    is an error: that may be the object, which would be there twice. `wanted` has the addresses of what replacements
    continue with, `deleting` the ids of what is deleted anyway.
    """
    found: dict[str, Diagnostic] = {}
    for one in _find_interim_names(resolved, wanted, deleting):
        missing = [each for each in created if each.kind.name == one.live.kind] if one.is_exchanged else []
        if missing:
            found[one.live.address] = _describe_unfinished(one, missing)
        elif resolved.snapshot.at(one.declared.resource.address):
            found[one.live.address] = _describe_useless(one)
    return found


def _find_interim_names(resolved: Resolved, wanted: Collection[str], deleting: Collection[str]) -> Iterator[LeftOver]:
    """Yield what has an interim name, is neither declared nor wanted, and is not deleted."""
    for live in sorted(resolved.snapshot.by_id.values(), key=lambda one: (graph.by_kind_and_name(one.address), one.id)):
        is_known = live.address in resolved.declared or live.address in wanted or live.id in deleting
        if is_known or KINDS[live.kind].is_labelled or live.name != live.live_name:
            continue
        for ending, is_exchanged in _endings(live):
            declared = resolved.declared.get(address_of(live.kind, live.live_name.removesuffix(ending)))
            if declared and live.live_name.endswith(ending):
                yield LeftOver(live, declared, is_exchanged)


def _endings(live: Live) -> tuple[tuple[str, bool], ...]:
    """Return the endings of interim names, and whether an exchange of names gives them."""
    return (replacement_name(""), False), (interim_name(""), True), (interim_name("", live.id), True)


def _describe_useless(one: LeftOver) -> Diagnostic:
    resource, noun, live = one.declared.resource, one.declared.kind.noun, one.live
    cause = "an exchange of names" if one.is_exchanged else "a replacement"
    return diagnose(
        "left-over",
        f'The {noun} "{live.name}" ({live.id}) is left over from {cause} of "{resource.name}", which is no longer '
        "needed.",
        resource.place,
        f"delete it in Polytomic, or add: removed: {{{resource.kind}: [{quote(live.name)}]}}",
        address=resource.address,
    )


def _describe_unfinished(one: LeftOver, missing: Sequence[Declared]) -> Diagnostic:
    noun, live = one.declared.kind.noun, one.live
    names = [each.resource.name for each in missing]
    first = missing[0].resource
    new = quote(names[0]) if len(names) == 1 else "NAME"
    which = "this" if len(names) == 1 else "one of these"
    return diagnose(
        "unfinished-exchange",
        f'The {noun} "{live.name}" ({live.id}) is left from an interrupted exchange of names. The spec would create '
        f"{join_words([quote(each) for each in names])} meanwhile.",
        first.place,
        f"if it is {which}, add: moved: {{{live.kind}: {{{quote(live.name)}: {new}}}}}, or apply the spec that "
        f"exchanges the names; if not, add: removed: {{{live.kind}: [{quote(live.name)}]}}",
        address=first.address,
    )
