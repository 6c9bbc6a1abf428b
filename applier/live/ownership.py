"""Finds the live objects that belong to a spec by `owns`, although it does not declare them."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from applier.diagnostics import Diagnostic, diagnose
from applier.diagnostics.suggestions import join_words, suggest_whole
from applier.kinds import KINDS
from applier.live.snapshot import Live, Snapshot
from applier.patterns import (
    BRACKETS_HINT,
    Matches,
    escape_pattern,
    find_matching_names,
    find_names_by_brackets,
    is_literal_text,
    literal_text,
)
from applier.spec.documents.write import quote
from applier.spec.resources import Owned, Removal, Spec, address_of, disambiguated_name


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


def find_doubtful(spec: Spec, snapshot: Snapshot) -> Iterator[Diagnostic]:
    """Yield a warning for each entry of `owns` and `removed` that has no effect and is probably meant otherwise.

    It is a name that nothing has, and a live object has a similar one; or it is written in the way of an address or a
    glob where it is read as a name.
    """
    for owned in spec.owns:
        names = {one.live_name for one in snapshot.of_kind(owned.kind)}
        if not _match(owned, spec, snapshot).found and (hint := _suggest_owned(owned, names)):
            detail = f'owns names the {KINDS[owned.kind].noun} "{owned.pattern}", which does not exist.'
            yield diagnose("no-effect", detail, owned.place, hint)
    for removal in spec.removals:
        kind = KINDS[removal.kind]
        if kind.is_labelled or snapshot.at(removal.address):
            continue
        others = [one for one in snapshot.of_kind(removal.kind) if not kind.is_system(one.answer)]
        names = {one.live_name for one in others if one.address not in spec.resources}
        if hint := _suggest_removed(removal, names):
            detail = f'removed names the {kind.noun} "{removal.name}", which does not exist.'
            yield diagnose("no-effect", detail, removal.place, hint)


def _suggest_owned(owned: Owned, names: Collection[str]) -> str | None:
    short = owned.pattern.removeprefix(f"{owned.kind}/")
    if short != owned.pattern and find_matching_names(short, names).found:
        return _write_without_kind(short)
    if not is_literal_text(owned.pattern):
        return None  # a glob may match nothing yet
    name = literal_text(owned.pattern)
    if find_names_by_brackets(owned.pattern, names):
        return f"{BRACKETS_HINT} Write {quote(escape_pattern(name))} for the name"
    return suggest_whole(name, sorted(names))


def _suggest_removed(removal: Removal, names: Collection[str]) -> str | None:
    short = removal.name.removeprefix(f"{removal.kind}/")
    if short != removal.name and short in names:
        return _write_without_kind(short)
    if matched := find_matching_names(removal.name, names).found:
        found = join_words(f'"{one}"' for one in sorted(matched))
        return f"removed takes names as they are, no patterns. It would match {found}"
    return suggest_whole(removal.name, sorted(names))


def _write_without_kind(short: str) -> str:
    return f"write {quote(short)}: the kind stands above it"


def _match(owned: Owned, spec: Spec, snapshot: Snapshot) -> Matches:
    """Return the names that an entry of `owns` matches, of what is live, declared or removed."""
    live = {name for one in snapshot.of_kind(owned.kind) for name in _names_for_owns(one)}
    known = {one.name for one in spec.of_kind(owned.kind)}
    known |= {one.name for one in spec.removals if one.kind == owned.kind}
    return find_matching_names(owned.pattern, live | known)
