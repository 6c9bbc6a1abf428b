"""Finds the live objects that belong to a spec by `owns`, although it does not declare them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from applier.diagnostics import Diagnostic, diagnose
from applier.diagnostics.suggestions import join_words, suggest_whole
from applier.kinds import KINDS
from applier.live.snapshot import Live, Snapshot
from applier.patterns import (
    BRACKETS_HINT,
    EVERYTHING_PATTERN,
    escape_pattern,
    find_matching_names,
    find_names_by_brackets,
    is_literal_text,
    literal_text,
)
from applier.spec.documents.write import quote
from applier.spec.resources import Owned, Removal, Spec, address_of, canonical_name, disambiguated_name


def find_undeclared(spec: Spec, snapshot: Snapshot) -> list[Live]:
    """Return the live objects inside `owns` that the spec neither declares nor releases, without the service's own."""
    released = {one.address for one in spec.removals if not one.destroy}
    known = _known_names(spec, snapshot)
    owned = {
        address_of(one.kind, name) for one in spec.owns for name in find_matching_names(one.pattern, known[one.kind])
    }
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
    """Yield a warning for each entry of `owns` and `removed` that is probably meant otherwise.

    It is a name that nothing has, and a live object has a similar one; or it is written in the way of an address or a
    glob where it is read as a name; or it is a name now, and a glob as soon as nothing has the name.
    """
    known = _known_names(spec, snapshot)
    live = {kind: {one.live_name for one in snapshot.of_kind(kind)} for kind in known}
    others = {kind: _undeclared_names(kind, spec, snapshot) for kind in {*known, *(one.kind for one in spec.removals)}}
    for owned in spec.owns:
        matched = find_matching_names(owned.pattern, known[owned.kind])
        if not matched and (hint := _suggest_owned(owned, live[owned.kind])):
            detail = f'owns names the {KINDS[owned.kind].noun} "{owned.pattern}", which does not exist.'
            yield diagnose("no-effect", detail, owned.place, hint)
        if later := _find_later_matches(owned.pattern, matched, others[owned.kind]):
            yield _describe_name_or_glob(owned, later)
    for removal in spec.removals:
        kind = KINDS[removal.kind]
        if kind.is_labelled or snapshot.at(removal.address):
            continue
        if hint := _suggest_removed(removal, others[removal.kind]):
            detail = f'removed names the {kind.noun} "{removal.name}", which does not exist.'
            yield diagnose("no-effect", detail, removal.place, hint)


def _find_later_matches(pattern: str, matched: Collection[str], names: Collection[str]) -> Collection[str]:
    """Return which of the names an entry will match as a glob that is a name as long as something has the name."""
    name = canonical_name(pattern)
    if pattern == EVERYTHING_PATTERN or is_literal_text(pattern) or {*matched} != {name}:
        return ()
    return find_matching_names(pattern, {*names} - {name})


def _describe_name_or_glob(owned: Owned, others: Collection[str]) -> Diagnostic:
    noun, pattern = KINDS[owned.kind].noun, owned.pattern
    matching = join_words([quote(one) for one in sorted(others)])
    return diagnose(
        "name-or-glob",
        f'owns names the {noun} "{pattern}" alone, as long as something has this name. Afterwards it is a glob, which '
        f"matches {matching}.",
        owned.place,
        f"write {quote(escape_pattern(pattern))} for the name",
    )


def _suggest_owned(owned: Owned, names: Collection[str]) -> str | None:
    short = owned.pattern.removeprefix(f"{owned.kind}/")
    if short != owned.pattern and find_matching_names(short, names):
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
    if matched := find_matching_names(removal.name, names):
        found = join_words(f'"{one}"' for one in sorted(matched))
        return f"removed takes names as they are, no patterns. It would match {found}"
    return suggest_whole(removal.name, sorted(names))


def _write_without_kind(short: str) -> str:
    return f"write {quote(short)}: the kind stands above it"


def _known_names(spec: Spec, snapshot: Snapshot) -> Mapping[str, Collection[str]]:
    """Return, for each kind of `owns`, the names that an entry can mean: of what is live, declared or removed."""
    kinds = {one.kind for one in spec.owns}
    known = {kind: {name for one in snapshot.of_kind(kind) for name in _names_for_owns(one)} for kind in kinds}
    for kind, names in known.items():
        names.update(one.name for one in spec.of_kind(kind))
        names.update(one.name for one in spec.removals if one.kind == kind)
    return known


def _undeclared_names(kind: str, spec: Spec, snapshot: Snapshot) -> Collection[str]:
    """Return the live names of a kind that the spec does not declare, without the service's own."""
    found = (one for one in snapshot.of_kind(kind) if not KINDS[kind].is_system(one.answer))
    return {one.live_name for one in found if one.address not in spec.resources}
