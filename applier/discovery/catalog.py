"""The questions about what connections offer, answered by the live service or by a file of recorded schemas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from applier.discovery.offerings import (
    BulkDestination,
    BulkSource,
    Capabilities,
    ConfigurationProblem,
    EnrichmentInputs,
    MissingTarget,
    Source,
    Target,
    TargetCreation,
    Unavailable,
)


class BulkCatalog(Protocol):
    """What connections offer to bulk syncs."""

    def source(self, connection: str, *, fields: bool) -> BulkSource | Unavailable:
        """Return what can be copied; with `fields` also the fields of each schema."""
        ...

    def destination(self, connection: str) -> BulkDestination | Unavailable:
        """Return how it can be written to."""
        ...


class TargetCatalog(Protocol):
    """The objects that syncs can write to."""

    def find(self, connection: str, object_id: str) -> Target | MissingTarget | Unavailable:
        """Return an existing target object."""
        ...

    def describe_new(self, connection: str, properties: Mapping[str, str]) -> Target | Unavailable:
        """Return the target object that these properties would create."""
        ...

    def creation(self, connection: str, wanted: frozenset[str]) -> TargetCreation | Unavailable:
        """Return what the creation of a target takes, with the allowed values of the wanted properties."""
        ...


class Catalog(Protocol):
    """What connections offer. A connection is given by its name."""

    @property
    def failures(self) -> Mapping[str, str]:
        """By connection why a part of its catalog cannot be read; under "" that of the whole workspace."""
        ...

    @property
    def targets(self) -> TargetCatalog:
        """The objects that syncs can write to."""
        ...

    @property
    def bulk(self) -> BulkCatalog:
        """What connections offer to bulk syncs."""
        ...

    def source(
        self, connection: str, configuration: Mapping[str, object]
    ) -> Source | ConfigurationProblem | Unavailable:
        """Return what a model with this configuration reads."""
        ...

    def enrichment(
        self, connection: str, configuration: Mapping[str, object]
    ) -> EnrichmentInputs | ConfigurationProblem | Unavailable:
        """Return the inputs of an enrichment with this configuration."""
        ...

    def types(self) -> Mapping[str, Capabilities] | Unavailable:
        """Return every connection type of the workspace."""
        ...

    def frequencies(self) -> Mapping[str, tuple[str, ...]] | Unavailable:
        """Return every frequency of schedules with the members that it requires."""
        ...
