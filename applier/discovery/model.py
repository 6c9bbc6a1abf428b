"""What connections offer, in the words of the checks; None wherever the service does not say (quirk 34)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Protocol

from applier.diagnostics import Diagnostic
from applier.secrets import Secret

if TYPE_CHECKING:
    from applier.discovery.bulk_model import BulkCatalog


class State(Enum):
    """How a check ended that found nothing: all right, not to be known yet, or not to be known at all."""

    PASSED = "passed"
    WAITS = "waits"
    SILENT = "silent"


Result = Diagnostic | State


@dataclass(frozen=True, slots=True)
class SourceField:
    """One field of a source; `type` is Polytomic's word, `native` the source's own."""

    name: str
    type: str = ""
    native: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A table, view, query or object that a model can read."""

    fields: Mapping[str, SourceField]


@dataclass(frozen=True, slots=True)
class NoSource:
    """Why a configuration leads to no source: at `item` a value that is not offered, or no choice where one is due."""

    item: str = ""
    value: str = ""
    offered: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    said: str = ""


@dataclass(frozen=True, slots=True)
class Mode:
    """A way to write to a target."""

    name: str
    requires_identity: bool | None = None
    target_filters: bool | None = None
    field_modes: bool | None = None


@dataclass(frozen=True, slots=True)
class TargetField:
    """One field of a target. `values` are its choices, if it has any."""

    id: str
    type: str = ""
    native: str = ""
    required: bool | None = None
    createable: bool | None = None
    updateable: bool | None = None
    filterable: bool | None = None
    identity: bool | None = None
    identity_functions: tuple[str, ...] = ()
    filter_functions: tuple[str, ...] = ()
    encryptable: bool | None = None
    values: tuple[str, ...] = ()

    def takes(self, value: object) -> bool:
        """Whether a value is among its choices, or several with semicolons between them; nobody can say of a secret."""
        if not self.values or value is None or isinstance(value, Secret | Mapping | list):
            return True
        written = str(value).lower() if isinstance(value, bool) else str(value)
        return written in self.values or all(one in self.values for one in written.split(";"))


@dataclass(frozen=True, slots=True)
class Target:
    """An object that a sync can write to. `flags` holds the true ones."""

    id: str
    modes: Mapping[str, Mode] | None = None
    fields: Mapping[str, TargetField] | None = None
    flags: frozenset[str] | None = None

    @property
    def called(self) -> str:
        """How it is called in a message; one that is still to be made may have no id."""
        return self.id or "its target"

    def has(self, flag: str) -> bool | None:
        """Whether a flag is set; None where no flags are told."""
        return None if self.flags is None else flag in self.flags


@dataclass(frozen=True, slots=True)
class NoTarget:
    """There is no such object; `offered` are those that there are."""

    offered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Creation:
    """What making a target takes: for each property the values it allows, none for any text."""

    supported: bool
    properties: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What can be done with connections of one type."""

    source: bool | None = None
    destination: bool | None = None
    enrichment: bool | None = None


@dataclass(frozen=True, slots=True)
class Inputs:
    """What an enrichment takes: sets of inputs, of which one has to be given whole."""

    alternatives: tuple[tuple[str, ...], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Every input once."""
        return tuple(dict.fromkeys(name for one in self.alternatives for name in one))


class Catalog(Protocol):
    """Whoever can tell what connections offer: the live service, or a file. Connections are told by name."""

    @property
    def failed(self) -> Mapping[str, str]:
        """By connection why something could not be told of it; under the empty name, of the whole service."""
        ...

    @property
    def bulk(self) -> BulkCatalog:
        """What connections offer to bulk syncs."""
        ...

    def source(self, connection: str, configuration: Mapping[str, object]) -> Source | NoSource | State:
        """What a model over this configuration reads."""
        ...

    def target(self, connection: str, object_id: str) -> Target | NoTarget | State:
        """One object that exists."""
        ...

    def new_target(self, connection: str, properties: Mapping[str, str]) -> Target | State:
        """The object that these properties would make."""
        ...

    def creation(self, connection: str, wanted: frozenset[str]) -> Creation | State:
        """What making a target takes, with the allowed values of the wanted properties."""
        ...

    def enrichment(self, connection: str, configuration: Mapping[str, object]) -> Inputs | NoSource | State:
        """What an enrichment of this configuration takes."""
        ...

    def types(self) -> Mapping[str, Capabilities] | State:
        """Every connection type."""
        ...

    def frequencies(self) -> Mapping[str, tuple[str, ...]] | State:
        """Every frequency of schedules and the members that it requires."""
        ...
