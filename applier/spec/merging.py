"""From documents to resources: the resources of all files together, each name once per kind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from applier.diagnostics import Diagnostic, Place, diagnose
from applier.secrets import reveal_text
from applier.spec.body import text
from applier.spec.kinds import Declaration
from applier.spec.resources import Path, Resource, Written, address_of
from applier.spec.schema.lookup import value_at
from applier.spec.variables.filled_document import FilledDocument


@dataclass(frozen=True, slots=True)
class DocumentLocation:
    """Where a resource is written in a document; the `SourceLocation` of every resource that comes from a file."""

    document: FilledDocument = field(repr=False)
    base: Path

    @property
    def file(self) -> str:
        return self.document.file

    @property
    def position(self) -> int:
        return self.document.position

    @property
    def template(self) -> object:
        """The resource with defaults and overrides, before placeholders are filled in; secrets are in clear."""
        return value_at(self.document.source.value, self.base)

    def __call__(self, *path: str | int, key: bool = False) -> Place:
        return self.document.place((*self.base, *path), key or not path)

    def places_to_write(self, path: Path) -> tuple[Written, ...]:
        """Return where a value of the resource can be written: first where it comes from, then above that."""
        return self.document.source.places_to_write((*self.base, *path))

    def placeholder_at(self, path: Path) -> Path | None:
        """Return the path of a placeholder that gives the value at a path, a part of it or what is around it."""
        whole = (*self.base, *path)
        around = (one for one in sorted(self.document.filled, key=str) if one[: len(whole)] == whole[: len(one)])
        return next((one[len(self.base) :] for one in around), None)


def merge_documents(documents: Iterable[FilledDocument]) -> tuple[dict[str, Declaration], list[Diagnostic]]:
    """Return all resources by address, and an error for each name that is declared again.

    Of several resources of one name the first by file and line counts.
    """
    found: dict[str, Declaration] = {}
    repeated: dict[str, list[Declaration]] = {}
    for document in documents:
        for kind in document.kinds:
            section = document.value.get(kind)
            for name, body in section.items() if isinstance(section, dict) else ():
                declared = Declaration(_resource(document, kind, name, body), document)
                address = address_of(kind, name)
                known = found.setdefault(address, declared)
                if known is not declared:
                    repeated.setdefault(address, [known]).append(declared)
    problems: list[Diagnostic] = []
    for address, group in repeated.items():
        first, *others = sorted(group, key=lambda one: one.resource.place)
        found[address] = first
        problems += [_duplicate_name(first.resource, other.resource) for other in others]
    return found, problems


def _resource(document: FilledDocument, kind: str, name: str, body: object) -> Resource:
    members = body if isinstance(body, dict) else {}
    locate = DocumentLocation(document, (kind, name))
    managed, protect = members.get("managed") is not False, members.get("protect") is True
    object_id = reveal_text(text(members, "id")).lower() or None
    return Resource(kind, name, members, locate(), locate, managed, object_id, protect)


def _duplicate_name(first: Resource, other: Resource) -> Diagnostic:
    return diagnose(
        "duplicate-name",
        f"{other.address} is declared twice, first in {first.place.file} line {first.place.line}.",
        other.place,
        "remove or rename one of them",
        address=other.address,
        related=(first.place,),
    )
