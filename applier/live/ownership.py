"""Finds the live objects that belong to a spec by `owns`, although it does not declare them."""

from __future__ import annotations

from collections.abc import Iterator

from applier.diagnostics import Diagnostic, diagnose
from applier.diagnostics.suggestions import join_words, suggest
from applier.kinds import KINDS
from applier.live.snapshot import Live, Snapshot
from applier.patterns import Matches, escape_pattern, find_matching_names, has_only_brackets
from applier.spec.documents.write import quote
from applier.spec.resources import Owned, Spec, address_of, disambiguated_name


def find_undeclared(spec: Spec, snapshot: Snapshot) -> list[Live]:
    """Return the live objects inside `owns` that the spec neither declares nor releases, without the service's own."""
    released = {one.address for one in spec.removals if not one.destroy}
    owned = {address_of(one.kind, name) for one in spec.owns for name in _match(one, spec, snapshot).found}
    return [
        one
        for kind in dict.fromkeys(one.kind for one in spec.owns)
        for one in snapshot.of_kind(kind)
        if not owned.isdisjoint(address_of(kind, name) for name in _names_for_owns(one))
        and not KINDS[kind].is_system(one.answer)
        and one.address not in spec.resources
        and one.address not in released
    ]


def _names_for_owns(live: Live) -> tuple[str, ...]:
    """Return the names by which `owns` means an object: with the one that an interrupted apply was about to free."""
    ending = disambiguated_name("", live.id)
    return (live.live_name, *([live.live_name.removesuffix(ending)] if live.live_name.endswith(ending) else []))


def find_doubtful_owned(spec: Spec, snapshot: Snapshot) -> Iterator[Diagnostic]:
    """Yield a warning for each entry of `owns` that is probably not meant as it is read.

    It is a name that nothing has, although a live object has a similar one; or it has brackets and matches undeclared
    objects as a glob, as it does once the object of that very name is gone.
    """
    undeclared = {address_of(one.kind, one.live_name) for one in find_undeclared(spec, snapshot)}
    for owned in spec.owns:
        noun, matches = KINDS[owned.kind].noun, _match(owned, spec, snapshot)
        affected = sorted(name for name in matches.found if address_of(owned.kind, name) in undeclared)
        if matches.is_literal and not matches.found:
            names = [one.live_name for one in snapshot.of_kind(owned.kind)]
            if hint := suggest(owned.pattern, names):
                detail = f'owns names the {noun} "{owned.pattern}", which does not exist.'
                yield diagnose("no-effect", detail, owned.place, hint)
        elif affected and not matches.is_literal and has_only_brackets(owned.pattern):
            found = join_words(f'"{name}"' for name in affected)
            detail = f'No {noun} is called "{owned.pattern}". owns reads it as a glob, which matches {found}.'
            hint = f"if it is meant as a name, write {quote(escape_pattern(owned.pattern))}"
            yield diagnose("owns-glob", detail, owned.place, hint)


def _match(owned: Owned, spec: Spec, snapshot: Snapshot) -> Matches:
    """Return the names that an entry of `owns` matches, of what is live, declared or removed."""
    live = {name for one in snapshot.of_kind(owned.kind) for name in _names_for_owns(one)}
    known = {one.name for one in spec.of_kind(owned.kind)}
    known |= {one.name for one in spec.removals if one.kind == owned.kind}
    return find_matching_names(owned.pattern, live | known)
