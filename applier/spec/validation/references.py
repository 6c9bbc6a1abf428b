"""Whom each resource names, whether the names are declared, and whether syncs wait for each other in a circle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from applier.diagnostics import Diagnostic, Severity, diagnose
from applier.diagnostics.suggestions import suggest
from applier.resources import Path, Resource, address_of
from applier.secrets import Secret
from applier.spec.validation.cycles import cycles
from applier.spec.validation.reference_paths import mentions, waits

NOUNS = {"connections": "connection", "models": "model", "syncs": "sync", "bulk_syncs": "bulk sync"}


def reference_problems(resources: Mapping[str, Resource], complete: bool) -> Iterator[Diagnostic]:
    """Names that nothing in the spec has (only judged when the spec is complete), and circles."""
    if complete:
        yield from _unknown(resources)
    yield from _circles(resources)


def _unknown(resources: Mapping[str, Resource]) -> Iterator[Diagnostic]:
    names: dict[str, set[str]] = {kind: set() for kind in NOUNS}
    for one in resources.values():
        names[one.kind].add(one.name)
    near: dict[tuple[str, str], str | None] = {}
    for resource in resources.values():
        if not resource.managed:
            continue
        said: set[tuple[str, str]] = set()
        for path, kind, name in mentions(resource):
            if kind not in names:  # cannot be declared: plan looks for it in the workspace
                continue
            if name in names[kind] or (kind, name) in said:
                continue
            said.add((kind, name))
            if (kind, name) not in near:
                near[kind, name] = _hint(kind, name, names)
            yield _unknown_reference(resource, path, kind, name, near[kind, name])


def _hint(kind: str, name: str, names: Mapping[str, set[str]]) -> str | None:
    """Which declared name may be meant; None for a secret, which must not be shown by its likeness."""
    if isinstance(name, Secret):
        return None
    other = next((other for other in names if other != kind and name in names[other]), None)
    if other is not None:
        return f'"{name}" is a {NOUNS[other]}, but here a {NOUNS[kind]} is named'
    return suggest(name, sorted(names[kind]))


def _unknown_reference(resource: Resource, path: Path, kind: str, name: str, hint: str | None) -> Diagnostic:
    noun = NOUNS[kind]
    detail = f'{resource.address} names the {noun} "{name}", which is not declared here.'
    otherwise = "plan looks for it in the workspace; declare it with managed: false to say that it is made elsewhere"
    if hint and hint.startswith("did you mean"):
        hint += " If it is another one that is live, declare it with managed: false"
    return diagnose(
        "unknown-reference",
        detail,
        resource.locate(*path),
        hint or otherwise,
        severity=Severity.ERROR if hint else Severity.WARNING,
        address=resource.address,
    )


def _circles(resources: Mapping[str, Resource]) -> Iterator[Diagnostic]:
    edges: dict[str, dict[str, Path]] = {}
    for address, resource in resources.items():
        waited = {address_of(kind, name[:]): path for path, kind, name in waits(resource)}
        if waited and resource.managed:
            edges[address] = waited
    for circle in cycles({address: tuple(waited) for address, waited in edges.items()}):
        places = [
            resources[one].locate(*edges[one][following])
            for one, following in zip(circle, (*circle[1:], circle[0]), strict=True)
        ]
        chain = ", which runs after ".join((*circle[1:], circle[0]))
        yield diagnose(
            "reference-cycle",
            f"{circle[0]} runs after {chain}.",
            places[0],
            "take one of them out of run_after",
            address=circle[0],
            related=tuple(places[1:]),
        )
