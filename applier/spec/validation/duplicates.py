"""What is said twice without being written alike: an entry of a list under one name, names that look the same."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

from applier.diagnostics import Diagnostic, diagnose
from applier.resources import Path, Resource
from applier.spec.body import items, mapping, text
from applier.spec.schema.messages import dotted_path


def entries_twice(resource: Resource) -> Iterator[Diagnostic]:
    """Entries of a list that has one for each name: of two, the service would take only one."""
    for path, names in _named(resource):
        first: dict[str, int] = {}
        for position, name in enumerate(names):
            if name and first.setdefault(name, position) != position:
                yield diagnose(
                    "item-twice",
                    f'"{dotted_path(path)}" of {resource.address} names "{name}" twice.',
                    resource.locate(*path, position),
                    "remove one of them",
                    address=resource.address,
                    related=(resource.locate(*path, first[name]),),
                )


def _named(resource: Resource) -> Iterator[tuple[Path, list[str]]]:
    if resource.kind == "models":
        yield ("additional_fields",), [_name(one, "name") for one in items(resource.body, "additional_fields")]
    elif resource.kind == "bulk_syncs":
        for name, schema in mapping(resource.body, "schemas").items():
            if isinstance(schema, dict):
                yield ("schemas", name, "fields"), [_name(one, "id") for one in items(schema, "fields")]


def _name(entry: object, key: str) -> str:
    if isinstance(entry, str):
        return entry
    return text(entry, key) if isinstance(entry, dict) else ""


def names_alike(resources: Iterable[Resource]) -> Iterator[Diagnostic]:
    """Names of one kind that people cannot tell apart, although they lead to two objects."""
    seen: dict[tuple[str, str], Resource] = {}
    for one in resources:
        first = seen.setdefault((one.kind, _looks(one.name)), one)
        if first is not one:
            yield diagnose(
                "names-alike",
                f"{one.address} and {first.address} differ only in capitals, blanks or the coding of letters.",
                one.place,
                "if one object is meant, write its name as it is in Polytomic, once",
                address=one.address,
                related=(first.place,),
            )


def ids_twice(resources: Iterable[Resource]) -> Iterator[Diagnostic]:
    """Two declarations that are pinned to one object: it cannot be as both say."""
    first: dict[tuple[str, str], Resource] = {}
    for one in resources:
        if one.id is None:
            continue
        other = first.setdefault((one.kind, one.id), one)
        if other is not one:
            yield diagnose(
                "id-twice",
                f"{one.address} is pinned to the id that {other.address} is pinned to.",
                one.locate("id"),
                "correct one of them, or merge the declarations",
                address=one.address,
                related=(other.locate("id"),),
            )


def _looks(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
