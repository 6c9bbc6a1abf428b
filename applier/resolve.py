"""Resolves a spec against the workspace: declared resources, their live objects, and the names that they use."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace

from applier.api import Client
from applier.diagnostics import Diagnostic, Place, diagnose
from applier.diagnostics.suggestions import suggest
from applier.kinds import KINDS, kinds_of, kinds_to_search
from applier.kinds.base import Canonical, Kind
from applier.kinds.references import Mention, mentions_in, referenced_kinds, reveal_names
from applier.live.matching import match_resources
from applier.live.objects import join_ids
from applier.live.ownership import find_doubtful, find_undeclared
from applier.live.snapshot import Live, Snapshot, read_snapshot, with_referenced_kinds
from applier.spec.resources import Resource, Spec, address_of
from applier.spec.schema.lookup import value_at
from applier.targeting import ALL, EVERYTHING, Scope, Selection, select


@dataclass(frozen=True, slots=True)
class Declared:
    """A declared resource in canonical form, with the names that it mentions."""

    kind: Kind = field(repr=False)
    resource: Resource
    canonical: Canonical = field(repr=False)
    mentions: tuple[Mention, ...]

    @property
    def needs(self) -> tuple[str, ...]:
        """The addresses that it mentions, each once."""
        return tuple(dict.fromkeys(one.address for one in self.mentions))


DeclaredResources = Mapping[str, Declared]
"""Declared resources by address, in sorted order."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """A spec beside the workspace.

    `declared` has every declared resource, `snapshot` what is live, under the names that the spec gives it. `matches`
    has the one live object of each declared address in `scope`. `diagnostics` are problems of the selection, of `id`
    and of `moved`. `unresolved` are the names in scope that lead to no object or to several.
    """

    declared: DeclaredResources
    snapshot: Snapshot
    scope: Scope = EVERYTHING
    matches: Mapping[str, Live] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()
    unresolved: tuple[Diagnostic, ...] = ()

    @property
    def in_scope(self) -> DeclaredResources:
        """The declared resources that the selection picks."""
        return {address: one for address, one in self.declared.items() if address in self.scope}

    @property
    def undeclared(self) -> frozenset[str]:
        """The addresses of live objects that the spec does not declare."""
        return frozenset(self.snapshot.by_address.keys() - self.declared.keys())


def resolve(
    spec: Spec,
    client: Client,
    selection: Selection = ALL,
    *,
    kinds: Collection[str] = (),
    all_kinds: bool = False,
    prune: bool = False,
    destroy: bool = False,
) -> Resolved:
    """Read what is live of every kind that the spec mentions, and of `kinds`, and match it with what is declared.

    With `all_kinds`, read every kind in which dependents or undeclared objects may be. A selection can pick what
    `removed` names and, with `prune`, what is undeclared inside `owns`. With `destroy`, it picks declared resources
    only, and a target takes its dependents along. Raises `ApiError`.
    """
    declared = declared_resources(spec)
    needed = {*mentioned_kinds(declared), *kinds}
    if all_kinds:
        beside = {one.kind for one in spec.owns} | {one.kind for one in spec.removals}
        needed.update(kinds_to_search({*needed, *beside}))
    wanted = _objects_to_read(spec, declared)
    read = with_referenced_kinds(needed)
    listed = read_snapshot(client, read, wanted.__contains__, selection.parallelism, kinds_of(spec), wanted)
    snapshot, unmatched = match_resources(spec, listed)
    undeclared = [] if destroy else [one.address for one in spec.removals]
    undeclared += [one.address for one in find_undeclared(spec, snapshot)] if prune else []
    needs = {address: _edges(one, destroy=destroy) for address, one in declared.items()}
    elsewhere = snapshot.by_address.keys() - declared.keys() - set(undeclared)
    scope, problems = select(needs, selection, with_dependents=destroy, undeclared=undeclared, elsewhere=elsewhere)
    live = {address: snapshot.at(address) for address in declared if address in scope}
    matches = {address: found[0] for address, found in live.items() if len(found) == 1}
    doubtful = find_doubtful(spec, snapshot)
    resolved = Resolved(declared, snapshot, scope, matches, (*problems, *unmatched, *doubtful))
    return replace(resolved, unresolved=tuple(_find_unresolved(resolved)))


def _edges(declared: Declared, *, destroy: bool) -> list[str]:
    """Return what a selection follows from a resource. A destroy of an attachment leaves what it is attached to."""
    mentions = [one for one in declared.mentions if not (destroy and KINDS[one.kind].is_attachment)]
    return list(dict.fromkeys(one.address for one in mentions))


def declared_resources(spec: Spec) -> DeclaredResources:
    """Return every declared resource in canonical form; unmanaged ones mention nothing."""
    kinds = kinds_of(spec)
    resources = [spec.resources[address] for address in sorted(spec.resources)]
    return {one.address: to_declared(one, kinds[one.kind]) for one in resources}


def to_declared(resource: Resource, kind: Kind) -> Declared:
    """Return a resource in canonical form; an unmanaged one mentions nothing. It has to be valid."""
    if not resource.managed:
        return Declared(kind, resource, {}, ())
    canonical = reveal_names(kind, kind.from_spec(resource.body))
    return Declared(kind, resource, canonical, tuple(mentions_in(kind, canonical)))


def mentioned_kinds(declared: DeclaredResources) -> set[str]:
    """Return every kind that is declared or mentioned."""
    mentioned = (referenced_kinds(one.kind, one.canonical) for one in declared.values())
    return {one.resource.kind for one in declared.values()}.union(*mentioned)


def _objects_to_read(spec: Spec, declared: DeclaredResources) -> Mapping[str, Canonical | None]:
    """Return, by address or id, which live objects have to be read in full, with what is declared of them."""
    wanted: dict[str, Canonical | None] = {address: one.canonical for address, one in declared.items()}
    for one in declared.values():
        if one.resource.id is not None:
            wanted[one.resource.id] = one.canonical
    for move in spec.moves:
        renamed = declared.get(address_of(move.kind, move.new))
        wanted[address_of(move.kind, move.old)] = renamed.canonical if renamed else {}
    return wanted


def find_live(client: Client, kind: str, name: str) -> tuple[Live | None, tuple[Diagnostic, ...]]:
    """Return the one live object of a name, or the reason why there is none. Raises `ApiError`."""
    snapshot = read_snapshot(client, [kind])
    found = snapshot.at(address_of(kind, name))
    if len(found) == 1:
        return found[0], ()
    if found:
        return None, (ambiguous_name(kind, name, found),)
    known = [one.name for one in snapshot.of_kind(kind)]
    names = f"live {KINDS[kind].plural}: {', '.join(known)}" if known else f"there are no live {KINDS[kind].plural}"
    detail = f'No live {KINDS[kind].noun} is called "{name}".'
    return None, (diagnose("no-such-name", detail, hint=suggest(name, known) or names),)


def ambiguous_name(
    kind: str, name: str, found: Collection[Live], place: Place | None = None, hint: str | None = None
) -> Diagnostic:
    """Return the error for a name that several live objects have."""
    detail = f'{KINDS[kind].count_live(len(found))} are called "{name}": {join_ids(found)}.'
    return diagnose("ambiguous-name", detail, place, hint, address=address_of(kind, name) if place else None)


def _find_unresolved(resolved: Resolved) -> Iterator[Diagnostic]:
    """Yield an error for each name in scope that leads to no live object, or to several."""
    snapshot, in_scope = resolved.snapshot, resolved.in_scope
    for address, one in in_scope.items():
        found = snapshot.at(address)
        if len(found) > 1:
            hint = 'pin one of them with "id", or rename or delete the others in Polytomic'
            yield ambiguous_name(one.resource.kind, one.resource.name, found, one.resource.place, hint)
    for address, one in in_scope.items():
        if not one.resource.managed and not snapshot.at(address):
            yield _not_live(one.resource)
        for mention in _first_mentions(one):
            if mention.address not in in_scope and len(snapshot.at(mention.address)) != 1:
                yield _describe_unresolved(one.resource, mention, resolved)


def _first_mentions(declared: Declared) -> list[Mention]:
    """Return the first mention of each name: thirty fields of one missing model are one mistake."""
    return list({one.address: one for one in reversed(declared.mentions)}.values())[::-1]


def _not_live(resource: Resource) -> Diagnostic:
    kind = KINDS[resource.kind]
    noun = kind.noun
    return diagnose(
        "not-live",
        f'The {noun} "{resource.name}" has "managed: false", but no live {noun} has this {kind.named_by}.',
        resource.place,
        f"create it in Polytomic, or declare the {noun} in full",
        address=resource.address,
    )


def _describe_unresolved(resource: Resource, mention: Mention, resolved: Resolved) -> Diagnostic:
    """Return the error for a mention of something that is out of scope and not live exactly once."""
    kind, found = mention.kind, resolved.snapshot.at(mention.address)
    target = f'the {KINDS[kind].noun} "{mention.name}"'
    if found:
        code = "ambiguous-name"
        detail = f"{resource.address} refers to {target}, but {len(found)} live ones have this name: {join_ids(found)}."
        hint = f'declare one of them under {kind} with its "id", or rename or delete the others in Polytomic'
    elif mention.address in resolved.declared:
        code = "left-out"
        detail = f"{resource.address} depends on {target}, which is excluded by --target or --exclude and not live."
        hint = "do not exclude it, or apply it first"
    else:
        code = "unknown-reference"
        detail = f"{resource.address} refers to {target}, which is neither declared nor live."
        known = [one.resource.name for one in resolved.declared.values() if one.resource.kind == kind]
        known += [one.name for one in resolved.snapshot.of_kind(kind)]
        hint = suggest(mention.name, known) or f"declare it under {kind}, or create it in Polytomic first"
    return diagnose(code, detail, _place_of(resource, mention), hint, address=resource.address)


def _place_of(resource: Resource, mention: Mention) -> Place:
    """Return where a mention stands: the member itself, or the resource's member of the same name that it inherits."""
    member = mention.path[-1]
    is_inherited = value_at(resource.body, mention.path) is None and member in resource.body
    return resource.locate(member) if is_inherited else resource.locate(*mention.path)
