"""The nouns of a spec: resources and their addresses, moves, removals, limits, and the spec itself."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import Protocol

from applier.diagnostics import Place
from applier.secrets import NOTHING_CLEAR, InClear

Path = tuple[str | int, ...]
"""A way into nested data: mapping keys and list positions."""

Pattern = tuple[str, ...]
"""Ways into nested data, where `*` stands for every key of a mapping and every item of a list."""


def canonical_name(name: str) -> str:
    """Return the one spelling by which a name is compared: its composed Unicode form (NFC).

    Names that differ only in this form are one name: a person cannot tell them apart, and macOS, databases and input
    methods change one form into the other. Every name of a resource gets this form where it enters: from a file, from
    an answer, from the command line. Names of fields are data of others and never change.
    """
    if name.isascii() or unicodedata.is_normalized("NFC", name):
        return name
    return type(name)(unicodedata.normalize("NFC", name))  # a secret stays one


def address_of(kind: str, name: str) -> str:
    """Return the address of a resource: `syncs/MySQL to Snowflake Sync`. Kinds hold no slash, names may."""
    return f"{kind}/{canonical_name(name)}"


def disambiguated_name(name: str, identifier: str) -> str:
    """Return what tells one of several live objects of a name apart.

    A key of exactly this form with `id: ID` means that object under the name that it has.
    """
    return f"{name} ({identifier})"


def replacement_name(name: str) -> str:
    """Return the name of a new object until the old one, which it replaces, is deleted."""
    return f"{name} (replacement)"


def interim_name(name: str, identifier: str = "") -> str:
    """Return the name of a live object that is to be called `name` until that name is free.

    With an id, no other object can have it.
    """
    return f"{name} (renaming{f' {identifier}' if identifier else ''})"


def interim_names_of_deleted(name: str, identifier: str) -> tuple[str, str]:
    """Return the names that a live object can get until it is deleted, if another one has to get its name before.

    The first is what an entry of `removed` calls it; the second is for a workspace in which another object has that.
    """
    return disambiguated_name(name, identifier), interim_name(name, identifier)


@dataclass(frozen=True, slots=True)
class Written:
    """Where a value of a resource is written: a path in one document of a file.

    `section` is "defaults", "environments" or empty for the section of the resource itself.
    """

    file: str
    position: int
    path: Path
    section: str = ""


class SourceLocation(Protocol):
    """Where a resource is written: in which file, at which place, and what gives its values."""

    @property
    def file(self) -> str:
        """The file that declares the resource."""

    @property
    def position(self) -> int:
        """The number of the YAML document in the file, from 0."""

    @property
    def template(self) -> object:
        """The resource with defaults and overrides, before placeholders are filled in; secrets are in clear."""

    def __call__(self, *path: str | int, key: bool = False) -> Place:
        """Return the place of a value in the resource, or of the nearest thing around it that is written."""

    def places_to_write(self, path: Path) -> tuple[Written, ...]:
        """Return where a value of the resource can be written: first where it comes from, then above that."""

    def placeholder_at(self, path: Path) -> Path | None:
        """Return the path of a placeholder that gives the value at a path, a part of it or what is around it."""


@dataclass(frozen=True, slots=True)
class Resource:
    """One declared resource, filled in and validated, in the words of the spec.

    `body` is the plain mapping under the name (texts may be `Secret`); `locate` gives the place of a path inside it,
    or of the nearest thing around it that is written down (`key=True`: of the key instead of its value). `id` pins
    one live object whatever it is called, `protect` refuses to delete or replace it.
    """

    kind: str
    name: str
    body: Mapping[str, object] = field(repr=False)
    place: Place
    locate: SourceLocation = field(repr=False, compare=False)
    managed: bool = True
    id: str | None = None
    protect: bool = False

    @property
    def address(self) -> str:
        return address_of(self.kind, self.name)


@dataclass(frozen=True, slots=True)
class Move:
    """An entry of `moved`: the live object of the old name is to have the new name."""

    kind: str
    old: str
    new: str
    place: Place


@dataclass(frozen=True, slots=True)
class Owned:
    """An entry of `owns`: the live objects whose names the pattern matches belong to the spec."""

    kind: str
    pattern: str
    place: Place


@dataclass(frozen=True, slots=True)
class Removal:
    """An entry of `removed`: a name to delete, or with `destroy=False` to let go without deleting it."""

    kind: str
    name: str
    destroy: bool
    place: Place

    @property
    def address(self) -> str:
        return address_of(self.kind, self.name)


@dataclass(frozen=True, slots=True)
class Limits:
    """The safety limits: how much one run may update and delete without `--force`.

    Each limit is an int, a number of objects, or a float, a share of the live objects that the spec describes (0 to
    1); shares count only from `at_least` such objects on.
    """

    updates: float = 0.3
    deletes: float = 0.3
    at_least: int = 10


@dataclass(frozen=True, slots=True)
class EnvironmentChoice:
    """The chosen environment: its name, the address of the API, and the variable of its key. All None without one.

    `place` is that of the address, else of the environment.
    """

    name: str | None = None
    url: str | None = None
    key_variable: str | None = None
    place: Place | None = None

    @property
    def url_source(self) -> str:
        """Where the address comes from, for messages."""
        return f"environments.{self.name}.url ({self.place})"


class InputSource(Enum):
    """Where a value of a spec comes from that its resources do not hold themselves."""

    ENVIRONMENT = "environment variable"
    VARIABLE = "variable"
    FILE = "included file"


@dataclass(frozen=True, slots=True)
class Input:
    """A value that a spec was filled in with.

    `origin` says in words what gave it, such as `--var` or `its default`. A variable has the value before its own
    placeholders are filled in, so that what stands behind one of them is an input of its own.
    """

    source: InputSource
    name: str
    value: str = field(repr=False)
    origin: str = ""


class NamedKind(Protocol):
    """A kind of resource as far as a spec names it."""

    @property
    def name(self) -> str:
        """The key of its section in a spec, and the first part of addresses."""

    @property
    def noun(self) -> str:
        """The word for one resource of the kind in a sentence."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file or folder inside the paths of the spec that is not read, and why.

    `addresses` are those that it declares; None means that it cannot be parsed, and that any name in its `text` may be
    declared; without a text, anything may.
    """

    file: str
    why: str
    addresses: frozenset[str] | None = None
    text: str = field(default="", repr=False)

    def may_declare(self, address: str) -> bool:
        """Return whether the file declares a resource, as far as that can be known."""
        if self.addresses is not None:
            return address in self.addresses
        return not self.text or address.partition("/")[2] in self.text


@dataclass(frozen=True, slots=True)
class Spec:
    """Everything that the given files declare; `resources` by address, in the order of the files.

    `secrets` are the secret texts of all environments; `in_clear` are names and keys, which stay readable.

    `owns` tells which live objects belong to this spec although it does not declare them. `checks` holds the severity
    of rules of the live checks: `error`, `warning` or `off`. `environments` holds the names of all environments,
    `inputs` every value that was filled in. `kinds` holds the kinds by name with what the project of the spec adds to
    them, such as connection types of its own. `left_out` holds the files that may declare more but are not read.
    """

    resources: Mapping[str, Resource] = field(default_factory=lambda: MappingProxyType({}))
    files: tuple[str, ...] = ()
    secrets: frozenset[str] = field(default=frozenset(), repr=False)
    in_clear: InClear = field(default=NOTHING_CLEAR, repr=False)
    owns: tuple[Owned, ...] = ()
    moves: tuple[Move, ...] = ()
    removals: tuple[Removal, ...] = ()
    limits: Limits = Limits()
    checks: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    environment: EnvironmentChoice = EnvironmentChoice()
    environments: tuple[str, ...] = ()
    inputs: tuple[Input, ...] = field(default=(), repr=False, compare=False)
    kinds: Mapping[str, NamedKind] = field(default_factory=lambda: MappingProxyType({}), repr=False, compare=False)
    left_out: tuple[LeftOut, ...] = field(default=(), repr=False, compare=False)

    def of_kind(self, kind: str) -> tuple[Resource, ...]:
        """Return the resources of one kind."""
        return tuple(one for one in self.resources.values() if one.kind == kind)

    def find(self, kind: str, name: str) -> Resource | None:
        """Return the resource of a kind and name, None if the spec does not declare it."""
        return self.resources.get(address_of(kind, name))
