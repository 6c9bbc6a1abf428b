"""From documents to resources: all files together, each name once per kind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from applier.diagnostics import Diagnostic, Place, diagnose
from applier.resources import Origin, Resource, address_of
from applier.spec.body import text
from applier.spec.schema.lookup import SECTIONS, Steps
from applier.spec.sections import depth_of
from applier.spec.variables.escaping import unescape
from applier.spec.variables.filled_document import FilledDocument
from applier.spec.variables.overrides import value_at


@dataclass(frozen=True, slots=True)
class DocumentLocation:
    """Where a resource is written in a document; the `SourceLocation` of every resource that comes from a file."""

    document: FilledDocument = field(repr=False)
    base: Steps

    @property
    def file(self) -> str:
        return self.document.source.source.file

    @property
    def position(self) -> int:
        return self.document.source.source.position

    def __call__(self, *path: str | int, key: bool = False) -> Place:
        return self.document.place((*self.base, *path), key or not path)

    def origin(self, path: Steps) -> Origin:
        """Return which part of the spec a value of the resource comes from."""
        whole = (*self.base, *path)
        own = self.document.source.source.value
        if depth_of(own, whole) < len(whole):
            return Origin.LAYER if depth_of(self.document.value, whole) == len(whole) else Origin.NOWHERE
        if any(one[: len(whole)] == whole for one in self.document.touched_paths):
            return Origin.PLACEHOLDER
        same = unescape(value_at(own, whole)) == value_at(self.document.value, whole)
        return Origin.FILE if same else Origin.LAYER


@dataclass(frozen=True, slots=True)
class Declaration:
    """A resource and the document that declares it."""

    resource: Resource
    document: FilledDocument = field(repr=False)


def merge_documents(documents: Iterable[FilledDocument]) -> tuple[dict[str, Declaration], list[Diagnostic]]:
    """All resources by address; of several with one name the first by file and line, the others as diagnostics."""
    found: dict[str, Declaration] = {}
    again: dict[str, list[Declaration]] = {}
    for document in documents:
        for kind in SECTIONS:
            section = document.value.get(kind)
            for name, body in section.items() if isinstance(section, dict) else ():
                declared = Declaration(_resource(document, kind, name, body), document)
                address = address_of(kind, name)
                known = found.setdefault(address, declared)
                if known is not declared:
                    again.setdefault(address, [known]).append(declared)
    problems: list[Diagnostic] = []
    for address, group in again.items():
        first, *others = sorted(group, key=lambda one: one.resource.place)
        found[address] = first
        problems += [_twice(first.resource, other.resource) for other in others]
    return found, problems


def _resource(document: FilledDocument, kind: str, name: str, body: object) -> Resource:
    members = body if isinstance(body, dict) else {}
    locate = DocumentLocation(document, (kind, name))
    managed, protect = members.get("managed") is not False, members.get("protect") is True
    return Resource(kind, name, members, locate(), locate, managed, text(members, "id")[:].lower() or None, protect)


def _twice(first: Resource, other: Resource) -> Diagnostic:
    return diagnose(
        "duplicate-name",
        f"{other.address} is declared twice, first in {first.place.file} line {first.place.line}.",
        other.place,
        "remove or rename one of them",
        address=other.address,
        related=(first.place,),
    )
