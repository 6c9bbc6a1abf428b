"""The nouns of a spec: what a person declared, under which address, and where."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from applier.diagnostics import Place

Path = tuple[str | int, ...]
"""A way into nested data: mapping keys and list positions."""


def address_of(kind: str, name: str) -> str:
    """How a resource is named everywhere: `syncs/MySQL to Snowflake Sync`. Kinds hold no slash, names may."""
    return f"{kind}/{name}"


@dataclass(frozen=True, slots=True)
class Resource:
    """One declared connection, model or sync, filled and checked, in the words of the spec.

    `body` is the plain mapping under the name (texts may be `Secret`); `locate` gives the place of a path inside it,
    or of the nearest thing around it that is written down (`key=True`: of the key instead of its value).
    """

    kind: str
    name: str
    body: Mapping[str, object] = field(repr=False)
    place: Place
    locate: Callable[..., Place] = field(repr=False, compare=False)
    managed: bool = True

    @property
    def address(self) -> str:
        return address_of(self.kind, self.name)


@dataclass(frozen=True, slots=True)
class Spec:
    """All that the given files declare; `resources` by address, in the order of the files."""

    resources: Mapping[str, Resource] = field(default_factory=lambda: MappingProxyType({}))
    files: tuple[str, ...] = ()
    secrets: frozenset[str] = field(default=frozenset(), repr=False)

    def of_kind(self, kind: str) -> tuple[Resource, ...]:
        """The resources of one kind."""
        return tuple(one for one in self.resources.values() if one.kind == kind)

    def find(self, kind: str, name: str) -> Resource | None:
        """The resource of that kind and name, if the spec declares it."""
        return self.resources.get(address_of(kind, name))
