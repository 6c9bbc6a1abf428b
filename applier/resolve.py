"""Declared resources beside live ones: every name in the spec found, once, or a diagnostic that says why not."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from applier import graph
from applier.diagnostics import Diagnostic, Place, diagnose
from applier.diagnostics.suggestions import suggest
from applier.kinds import KINDS, kinds_of
from applier.kinds.base import Canonical, Kind, mapping
from applier.kinds.references import Mention, has_path, mentions_in, referenced_kinds, reveal_names
from applier.live.snapshot import Live, Snapshot
from applier.resources import Resource, Spec


@dataclass(frozen=True, slots=True)
class Declared:
    """A declared resource in canonical form, with the names that it mentions."""

    resource: Resource
    canonical: Canonical = field(repr=False)
    mentions: tuple[Mention, ...]

    @property
    def needs(self) -> tuple[str, ...]:
        """The addresses it mentions, each once."""
        return tuple(dict.fromkeys(one.address for one in self.mentions))


DeclaredResources = Mapping[str, Declared]


@dataclass(frozen=True, slots=True)
class Resolution:
    """The chosen forms by address, what is live of them, and everything that is wrong with their names."""

    forms: DeclaredResources
    live: Mapping[str, Live]
    ambiguous: frozenset[str]
    diagnostics: tuple[Diagnostic, ...]


def declared_resources(spec: Spec) -> DeclaredResources:
    """Every declared resource in canonical form, by address in sorted order; unmanaged ones mention nobody."""
    kinds = kinds_of(spec)
    return {address: _form(one, kinds[one.kind]) for address, one in sorted(spec.resources.items())}


def _form(resource: Resource, kind: Kind) -> Declared:
    if not resource.managed:
        return Declared(resource, {}, ())
    canonical = reveal_names(kind, kind.from_spec(resource.body))
    return Declared(resource, canonical, tuple(mentions_in(kind, canonical)))


def mentioned_kinds(forms: DeclaredResources) -> list[str]:
    """Every kind that is declared or mentioned, in the order of dependence."""
    kinds = {one.resource.kind for one in forms.values()}
    for one in forms.values():
        kinds |= referenced_kinds(KINDS[one.resource.kind], one.canonical)
    return sorted(kinds, key=lambda kind: graph.RANK[kind])


def resolve_references(
    forms: DeclaredResources, snapshot: Snapshot, chosen: Collection[str] | None = None
) -> Resolution:
    """Find what the chosen ones (all, without a choice) are and mention."""
    picked = {address: one for address, one in forms.items() if chosen is None or address in chosen}
    live = {address: found[0] for address in picked if len(found := snapshot.at(address)) == 1}
    ambiguous = frozenset(address for address in picked if len(snapshot.at(address)) > 1)
    problems = [_twice(picked[address].resource, snapshot.at(address)) for address in sorted(ambiguous)]
    for form in picked.values():
        if not form.resource.managed and not snapshot.at(form.resource.address):
            problems.append(_not_live(form.resource))
        mentions = [_mention(form.resource, use, forms, picked, snapshot) for use in _once(form.mentions)]
        problems += [problem for problem in mentions if problem is not None]
    return Resolution(picked, live, ambiguous, tuple(problems))


def needing_another_version(
    forms: DeclaredResources, version: str, chosen: Collection[str] | None = None
) -> list[Diagnostic]:
    """What is declared that the API version does not have."""
    return [
        _needs_version(form.resource, only.path, only.versions, version)
        for address, form in forms.items()
        if chosen is None or address in chosen
        for only in KINDS[form.resource.kind].only_in
        if version not in only.versions and has_path(form.canonical, only.path)
    ]


def _needs_version(resource: Resource, path: tuple[str, ...], versions: tuple[str, ...], version: str) -> Diagnostic:
    named = tuple(step for step in path if step != "*")
    return diagnose(
        "needs-version",
        f"{resource.address} has {'.'.join(named)}, which version {version} of the API does not have.",
        resource.locate(*named[:1], key=named[0] in resource.body),
        f"use --api-version {versions[-1]}",
        address=resource.address,
    )


def _once(used: Sequence[Mention]) -> list[Mention]:
    """The first mention of each name: thirty fields of one missing model are one mistake."""
    return list({use.address: use for use in reversed(used)}.values())[::-1]


def _mention(
    resource: Resource, use: Mention, forms: DeclaredResources, chosen: DeclaredResources, snapshot: Snapshot
) -> Diagnostic | None:
    found = snapshot.at(use.address)
    if use.address in chosen or len(found) == 1:
        return None
    noun, place = KINDS[use.kind].noun, place_of_mention(resource, use)
    if found:
        said = f'{resource.address} names the {noun} "{use.name}", but {len(found)} live ones are called so: '
        return Diagnostic(
            *AMBIGUOUS,
            said + _ids(found) + ".",
            place,
            f'declare the one that is meant under {use.kind}, with its "id", or rename or delete the others',
            address=resource.address,
        )
    if use.address in forms:
        return diagnose(
            "left-out",
            f'{resource.address} needs the {noun} "{use.name}", which is declared, but left out here and not live.',
            place,
            "do not exclude it, or apply it first",
            address=resource.address,
        )
    known = [one.resource.name for one in forms.values() if one.resource.kind == use.kind]
    known += [one.name for one in snapshot.of_kind(use.kind)]
    return diagnose(
        "unknown-reference",
        f'{resource.address} names the {noun} "{use.name}", which is neither declared nor live.',
        place,
        suggest(use.name, known) or f"declare it under {use.kind}, or make it in Polytomic first",
        address=resource.address,
    )


def place_of_mention(resource: Resource, use: Mention) -> Place:
    """Where a mention stands: the member itself, or the sync's `model` when it was filled in from there."""
    value: object = resource.body
    for step in use.path:
        value = value[step] if isinstance(value, list) and isinstance(step, int) else mapping(value).get(str(step))
    return resource.locate("model") if value is None and use.path[-1] == "model" else resource.locate(*use.path)


AMBIGUOUS = ("ambiguous-name", "a name is live more than once")


def _twice(resource: Resource, found: Collection[Live]) -> Diagnostic:
    noun = KINDS[resource.kind].noun
    return Diagnostic(
        *AMBIGUOUS,
        f'{len(found)} live {noun}s are called "{resource.name}": {_ids(found)}.',
        resource.place,
        'pin the one that is meant with "id", or rename or delete the others in Polytomic',
        address=resource.address,
    )


def _ids(found: Collection[Live]) -> str:
    return ", ".join(sorted(one.id for one in found))


def _not_live(resource: Resource) -> Diagnostic:
    noun = KINDS[resource.kind].noun
    return diagnose(
        "not-live",
        f'There is no live {noun} "{resource.name}", and the spec says "managed: false".',
        resource.place,
        f"make it in Polytomic, or declare the {noun} in full",
        address=resource.address,
    )
