"""Checks the names by which resources refer to each other: whether they are declared, and whether they form a cycle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from applier.diagnostics import Diagnostic, Severity, diagnose
from applier.diagnostics.suggestions import suggest
from applier.secrets import Secret, reveal_text
from applier.spec.body import find_values
from applier.spec.kinds import Kinds, SpecKind
from applier.spec.resources import Path, Pattern, Resource, address_of, canonical_name
from applier.spec.validation.cycles import find_cycles

Mention = tuple[Path, str, str]
"""Where a name is written, the kind it is a name of, and the name."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What may be meant by an unknown name, and what to do if the name is right all the same."""

    meant: str
    otherwise: str = ""

    @property
    def hint(self) -> str:
        """The hint that says both."""
        if not self.otherwise:
            return self.meant
        stop = "" if self.meant.endswith("?") else "."
        return f"{self.meant}{stop} {self.otherwise}"


def mentions(resource: Resource, kinds: Kinds) -> Iterator[Mention]:
    """Return every name of another resource in a resource."""
    for reference in kinds[resource.kind].references:
        for path, name in _names(resource.body, reference.path):
            yield path, reference.kind, name


def reference_problems(resources: Mapping[str, Resource], kinds: Kinds, complete: bool) -> Iterator[Diagnostic]:
    """Return a problem for each name that no resource has (only of a complete spec), and for each cycle."""
    if complete:
        yield from _unknown_references(resources, kinds)
    yield from _reference_cycles(resources, kinds)


def _unknown_references(resources: Mapping[str, Resource], kinds: Kinds) -> Iterator[Diagnostic]:
    names: dict[str, set[str]] = {kind: set() for kind in kinds}
    for one in resources.values():
        names[one.kind].add(one.name)
    suggestions: dict[tuple[str, str], Suggestion | None] = {}
    for resource in resources.values():
        if not resource.managed:
            continue
        seen: set[tuple[str, str]] = set()
        for path, kind, name in mentions(resource, kinds):
            if name in names[kind] or (kind, name) in seen:
                continue
            seen.add((kind, name))
            if (kind, name) not in suggestions:
                suggestions[kind, name] = _suggest(kind, name, names, kinds)
            problem = _unknown_reference(resource, path, kinds[kind].noun, name, suggestions[kind, name])
            if not kinds[kind].has_system_objects:
                yield problem
            elif problem.severity is Severity.ERROR:  # it may still be one of the service's own: plan finds out
                yield replace(problem, severity=Severity.WARNING)


def _suggest(kind: str, name: str, names: Mapping[str, set[str]], kinds: Kinds) -> Suggestion | None:
    """Return what may be meant instead; None for a secret, which its similarity would show."""
    if isinstance(name, Secret):
        return None
    other = next((other for other in names if other != kind and name in names[other]), None)
    if other is not None:
        return Suggestion(f'"{name}" is a {kinds[other].noun}; expected the name of a {kinds[kind].noun}')
    similar = suggest(name, sorted(names[kind]))
    return Suggestion(similar, "If it is maintained elsewhere, declare it with managed: false") if similar else None


def _unknown_reference(
    resource: Resource, path: Path, noun: str, name: str, suggestion: Suggestion | None
) -> Diagnostic:
    detail = f'{resource.address} refers to the {noun} "{name}", which is not declared.'
    otherwise = "plan looks for it in the workspace; if it is maintained elsewhere, declare it with managed: false"
    return diagnose(
        "unknown-reference",
        detail,
        resource.locate(*path),
        suggestion.hint if suggestion else otherwise,
        severity=Severity.ERROR if suggestion else Severity.WARNING,
        address=resource.address,
    )


def _reference_cycles(resources: Mapping[str, Resource], kinds: Kinds) -> Iterator[Diagnostic]:
    """Return an error for each cycle of references that have to be there when a resource is created."""
    patterns = {name: _ordering_references(kind) for name, kind in kinds.items()}
    edges: dict[str, dict[str, Path]] = {}
    for address, resource in resources.items():
        needed = {
            address_of(resource.kind, reveal_text(name)): path
            for pattern in patterns[resource.kind]
            for path, name in _names(resource.body, pattern)
        }
        if needed and resource.managed:
            edges[address] = needed
    for cycle in find_cycles({address: tuple(needed) for address, needed in edges.items()}):
        yield _reference_cycle(cycle, resources, edges)


def _ordering_references(kind: SpecKind) -> list[Pattern]:
    """Return where resources of a kind name others of it that have to exist before."""
    own = [reference.path for reference in kind.references if reference.kind == kind.name]
    return [path for path in own if path[0] not in kind.deferred]


def _reference_cycle(
    cycle: tuple[str, ...], resources: Mapping[str, Resource], edges: Mapping[str, Mapping[str, Path]]
) -> Diagnostic:
    paths = [edges[one][following] for one, following in zip(cycle, (*cycle[1:], cycle[0]), strict=True)]
    places = [resources[one].locate(*path) for one, path in zip(cycle, paths, strict=True)]
    chain = ", which depends on ".join((*cycle[1:], cycle[0]))
    member = ".".join(step for step in paths[0] if isinstance(step, str))
    return diagnose(
        "reference-cycle",
        f"{cycle[0]} depends on {chain}.",
        places[0],
        f'remove one of the references in "{member}"',
        address=cycle[0],
        related=tuple(places[1:]),
    )


def _names(body: Mapping[str, object], pattern: Pattern) -> Iterator[tuple[Path, str]]:
    for path, value in find_values(body, pattern):
        if isinstance(value, str) and value:
            yield path, canonical_name(value)
