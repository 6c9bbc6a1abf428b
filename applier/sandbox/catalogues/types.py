"""The types of a catalogue: the objects of a service with their fields and records, and what can be created."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from applier.sandbox.json_values import JsonObject
from applier.sandbox.rules.syncs.sync_modes import Mode

EQUALITY = ("Equality",)
SOURCE_TYPES = {"number": "double"}


@dataclass(frozen=True)
class Field:
    """One field of an object, as a source and as a target."""

    id: str
    name: str = ""
    type: str = "string"
    source_type: str = ""
    description: str = ""
    required: bool = False
    createable: bool = True
    updateable: bool = True
    filterable: bool = True
    reference: str = ""
    """The object whose key the value is."""
    identity: tuple[str, ...] = ()
    """The functions by which a record is recognised by this field."""
    choices: tuple[str, ...] = ()
    """The values that it takes, where not every value is taken."""
    encryptable: bool = False

    @property
    def label(self) -> str:
        return self.name or self.id

    @property
    def native(self) -> str:
        if self.source_type:
            return self.source_type
        if self.reference:
            return f"reference({self.reference})"
        return "picklist" if self.choices else SOURCE_TYPES.get(self.type, self.type)


@dataclass(frozen=True)
class Object:
    """One kind of record. `path` is its name in a model's configuration, one part per level."""

    id: str
    name: str
    fields: tuple[Field, ...]
    modes: tuple[Mode, ...] = ()
    rows: tuple[JsonObject, ...] = ()
    key: str = "id"
    prefix: str = ""
    stamps: Mapping[str, bool] = field(default_factory=dict)
    """Fields that hold a time: of the creation (true) or of the last change (false)."""
    path: tuple[str, ...] = ()
    flags: JsonObject = field(default_factory=dict)
    is_source: bool = True

    @property
    def is_target(self) -> bool:
        return bool(self.modes)

    @property
    def place(self) -> tuple[str, ...]:
        return self.path or (self.id,)

    def new_key(self) -> str:
        """Return an identifier for a new record."""
        return f"{self.prefix}{uuid.uuid4().int % 10**12:012d}"

    def generated_fields(self, named: Sequence[str]) -> tuple[str, ...]:
        """Return the fields that the service generates with every write."""
        given = [*([self.key] if self.key else []), *self.stamps]
        return tuple(name for name in given if name not in named)

    def field(self, id: str) -> Field | None:
        return next((known for known in self.fields if known.id == id), None)


@dataclass(frozen=True)
class Property:
    """One property that creating a target takes: a text, or one of the choices (value and label)."""

    id: str
    title: str
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Creation:
    """How a target is created: its properties, and a function that returns the object with an id."""

    properties: tuple[Property, ...]
    make: Callable[[str, JsonObject], Object]


@dataclass(frozen=True)
class Enrichment:
    """An enrichment: the alternative sets of inputs, and the fields that it adds."""

    object: str
    inputs: tuple[tuple[str, ...], ...]
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Catalogue:
    """Everything that one connection type offers."""

    type_id: str
    objects: tuple[Object, ...]
    levels: tuple[str, ...] = ("object",)
    creation: Creation | None = None
    enrichments: tuple[Enrichment, ...] = ()
