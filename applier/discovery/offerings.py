"""The nouns for what connections offer. A member is None where the service does not say it.

See docs/api/behaviours.md#target-capabilities.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from applier.secrets import Secret


class Unavailable(Enum):
    """Why a catalog has no answer: not yet, or not at all."""

    DEFERRED = "deferred"  # the plan creates or changes the connection first
    UNKNOWN = "unknown"  # the service does not say, or the recorded file does not hold it


@dataclass(frozen=True, slots=True)
class IncompleteChoice:
    """A configuration that does not make exactly one of the required choices; `given` are those that it makes."""

    required: tuple[str, ...]
    given: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UnknownChoice:
    """A configuration with a value that the connection does not list."""

    name: str
    value: str
    offered: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RefusedChoice:
    """A configuration that the service refuses with a message, such as a query with a wrong column."""

    name: str
    message: str


ConfigurationProblem = IncompleteChoice | UnknownChoice | RefusedChoice
"""Why no source, or no enrichment, is found for a configuration."""


@dataclass(frozen=True, slots=True)
class SourceField:
    """One field of a source. `type` is Polytomic's type, `native` the type of the source itself."""

    name: str
    type: str = ""
    native: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A table, view, query or object that a model can read."""

    fields: Mapping[str, SourceField]


@dataclass(frozen=True, slots=True)
class EnrichmentInputs:
    """The inputs of an enrichment: sets of names, one of which has to be mapped completely."""

    alternatives: tuple[tuple[str, ...], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Every input once."""
        return tuple(dict.fromkeys(name for one in self.alternatives for name in one))


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

    def accepts(self, value: object) -> bool:
        """Return False for a value that is none of the choices; several choices are separated by semicolons.

        A secret is accepted unseen.
        """
        if not self.values or value is None or isinstance(value, Secret | Mapping | list):
            return True
        word = str(value).lower() if isinstance(value, bool) else str(value)
        return word in self.values or all(one in self.values for one in word.split(";"))


@dataclass(frozen=True, slots=True)
class Target:
    """An object that a sync can write to. `flags` are the names of the capabilities that it has."""

    id: str
    modes: Mapping[str, Mode] | None = None
    fields: Mapping[str, TargetField] | None = None
    flags: frozenset[str] | None = None

    @property
    def label(self) -> str:
        """What messages call it; one that does not exist yet may have no id."""
        return f'the target "{self.id}"' if self.id else "the new target"

    def has(self, flag: str) -> bool | None:
        """Return whether it has a capability; None where the service names none at all."""
        return None if self.flags is None else flag in self.flags

    def needs_no_mappings(self) -> bool:
        """Return True where a sync without mapped fields is fine."""
        return bool(self.has("mappings_not_required") or self.has("optional_target_mappings"))


@dataclass(frozen=True, slots=True)
class MissingTarget:
    """A target object that the connection does not list; `offered` are those that it lists."""

    offered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TargetCreation:
    """What the creation of a target takes: by property the allowed values, none where any text is allowed."""

    supported: bool
    properties: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What connections of one type can be used for."""

    source: bool | None = None
    destination: bool | None = None
    enrichment: bool | None = None


@dataclass(frozen=True, slots=True)
class BulkSource:
    """What a bulk sync can copy: the fields by schema, None for a schema whose fields are unknown.

    `settings` says of each setting whether it is required.
    """

    schemas: Mapping[str, Mapping[str, SourceField] | None]
    tracking: bool | None = None
    settings: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BulkDestination:
    """How a bulk sync can write; an empty tuple is unknown. `settings` says of each setting whether it is required."""

    modes: tuple[str, ...] = ()
    resync_modes: tuple[str, ...] = ()
    history: bool | None = None
    settings: Mapping[str, bool] = field(default_factory=dict)
