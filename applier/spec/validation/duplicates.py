"""Checks for duplicates that are not written alike: names that look the same, ids, entries of a list under one name."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

from applier.diagnostics import Diagnostic, diagnose
from applier.diagnostics.characters import describe_difference, visible_form
from applier.spec.body import text
from applier.spec.kinds import Kinds
from applier.spec.resources import Path, Resource
from applier.spec.schema.messages import format_path


def find_repeated_entries(resource: Resource, path: Path, entries: Iterable[object], key: str) -> Iterator[Diagnostic]:
    """Return an error for each entry of a list whose name an earlier entry has: the service would take only one.

    An entry is a name itself, or a mapping that holds its name under `key`.
    """
    first: dict[str, int] = {}
    for position, entry in enumerate(entries):
        name = entry if isinstance(entry, str) else text(entry, key) if isinstance(entry, dict) else ""
        if name and first.setdefault(name, position) != position:
            yield diagnose(
                "item-twice",
                f'"{format_path(path)}" of {resource.address} names "{name}" twice.',
                resource.locate(*path, position),
                "remove one of them",
                address=resource.address,
                related=(resource.locate(*path, first[name]),),
            )


def similar_names(resources: Iterable[Resource]) -> Iterator[Diagnostic]:
    """Return a warning for each name that people cannot tell from another of its kind."""
    seen: dict[tuple[str, str], Resource] = {}
    for one in resources:
        first = seen.setdefault((one.kind, _visible_form(one.name)), one)
        if first is not one:
            difference = describe_difference(one.name, first.name)
            detail = f"{one.address} and {first.address} differ only in case, spaces or Unicode form"
            yield diagnose(
                "names-alike",
                f"{detail}: {difference}." if difference else f"{detail}.",
                one.place,
                "if they are one object, declare it once, with its exact name in Polytomic",
                address=one.address,
                related=(first.place,),
            )


def find_repeated_ids(resources: Iterable[Resource]) -> Iterator[Diagnostic]:
    """Return an error for each resource that is pinned to the same live object as another."""
    first: dict[tuple[str, str], Resource] = {}
    for one in resources:
        if one.id is None:
            continue
        other = first.setdefault((one.kind, one.id), one)
        if other is not one:
            yield diagnose(
                "id-twice",
                f"{one.address} and {other.address} have the same id.",
                one.locate("id"),
                "correct one of them, or merge the declarations",
                address=one.address,
                related=(other.locate("id"),),
            )


def find_repeated_singletons(resources: Iterable[Resource], kinds: Kinds) -> Iterator[Diagnostic]:
    """Return an error for each resource beyond the one that an organization can have."""
    first: dict[str, Resource] = {}
    for one in resources:
        kind = kinds[one.kind]
        if kind.singleton and first.setdefault(one.kind, one) is not one:
            yield diagnose(
                "only-one",
                f"{one.address} and {first[one.kind].address} are both declared: an organization has one {kind.noun}.",
                one.place,
                "keep one of them",
                address=one.address,
                related=(first[one.kind].place,),
            )


def _visible_form(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", visible_form(name)).casefold().split())
