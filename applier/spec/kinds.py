"""What reading a spec needs to know about a kind of resource. The kinds themselves stand above, in `applier.kinds`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path as Folder
from typing import Protocol

from applier.diagnostics import Diagnostic, Place
from applier.spec.resources import Path, Pattern, Resource
from applier.spec.schema.files import Schema

Body = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Reference:
    """A member that holds the name of a resource of another kind."""

    path: Pattern
    kind: str


class PlacedDocument(Protocol):
    """A document that knows where its values are written, and which of them were filled in."""

    @property
    def value(self) -> Mapping[str, object]:
        """Everything that the document holds."""

    @property
    def kinds(self) -> Kinds:
        """The kinds whose resources the document may declare."""

    def place(self, path: Path = (), key: bool = False) -> Place:
        """Return where the value at a path is written, or its key."""

    def is_filled(self, *path: str | int) -> bool:
        """Return whether a placeholder was filled in at the path."""

    def is_unfilled(self, *path: str | int) -> bool:
        """Return whether a placeholder at the path could not be filled in, which is reported elsewhere."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """A resource and the document that declares it."""

    resource: Resource
    document: PlacedDocument = field(repr=False)


class SpecKind(Protocol):
    """A kind of resource as a spec declares it. `applier.kinds.base.Kind` describes each member."""

    @property
    def name(self) -> str: ...

    @property
    def noun(self) -> str: ...

    @property
    def definition(self) -> str: ...

    @property
    def references(self) -> tuple[Reference, ...]: ...

    @property
    def deferred(self) -> tuple[str, ...]: ...

    @property
    def variants(self) -> Mapping[Path, str]: ...

    @property
    def known_unmanaged(self) -> tuple[str, ...]: ...

    @property
    def singleton(self) -> bool: ...

    @property
    def has_system_objects(self) -> bool: ...

    def check(self, declaration: Declaration) -> Iterable[Diagnostic]: ...

    def hide_secrets(self, body: Body) -> Body: ...

    def is_confidential(self, path: Path) -> bool: ...

    def member_schemas(self, body: Body) -> Mapping[str, Schema]: ...

    def with_projects(self, folders: Collection[Folder]) -> tuple[SpecKind, Iterable[Diagnostic]]: ...


Kinds = Mapping[str, SpecKind]
"""Kinds by the name of their section, in the order in which they depend on each other."""
