"""Answers from recorded schemas what connections offer, without a network."""

from __future__ import annotations

from collections.abc import Mapping

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
    UnknownChoice,
)
from applier.discovery.query import query_key, query_parameters
from applier.discovery.recorded import RecordedConnection, Schemas

NOT_RECORDED = RecordedConnection()


class RecordedTargetCatalog:
    """The target objects of recorded connections."""

    def __init__(self, connections: Mapping[str, RecordedConnection]) -> None:
        self._connections = connections

    def find(self, connection: str, object_id: str) -> Target | MissingTarget | Unavailable:
        """Return a recorded target; one that was not listed then is missing."""
        recorded = self._connections.get(connection, NOT_RECORDED)
        if object_id in recorded.targets:
            return recorded.targets[object_id]
        if recorded.objects is None or object_id in recorded.objects:
            return Unavailable.UNKNOWN
        return MissingTarget(recorded.objects)

    def describe_new(self, connection: str, properties: Mapping[str, str]) -> Target | Unavailable:  # noqa: ARG002
        """Return that it is unknown: only existing targets are recorded."""
        return Unavailable.UNKNOWN

    def creation(self, connection: str, wanted: frozenset[str]) -> TargetCreation | Unavailable:  # noqa: ARG002
        """Return what the creation of a target took."""
        return self._connections.get(connection, NOT_RECORDED).creation or Unavailable.UNKNOWN


class RecordedBulkCatalog:
    """What recorded connections offer to bulk syncs."""

    def __init__(self, connections: Mapping[str, RecordedConnection]) -> None:
        self._connections = connections

    def source(self, connection: str, *, fields: bool) -> BulkSource | Unavailable:  # noqa: ARG002
        """Return what could be copied."""
        return self._connections.get(connection, NOT_RECORDED).bulk_source or Unavailable.UNKNOWN

    def destination(self, connection: str) -> BulkDestination | Unavailable:
        """Return how it could be written to."""
        return self._connections.get(connection, NOT_RECORDED).bulk_destination or Unavailable.UNKNOWN


class RecordedCatalog:
    """The catalog of a file of recorded schemas; what the file does not hold is unknown."""

    def __init__(self, schemas: Schemas) -> None:
        self.failures: Mapping[str, str] = {}
        self.targets = RecordedTargetCatalog(schemas.connections)
        self.bulk = RecordedBulkCatalog(schemas.connections)
        self._schemas = schemas

    def source(
        self, connection: str, configuration: Mapping[str, object]
    ) -> Source | ConfigurationProblem | Unavailable:
        """Return a recorded source; a choice that was not listed then is unknown to the connection."""
        recorded = self._schemas.connections.get(connection, NOT_RECORDED)
        key = query_key(configuration)
        if key is None:
            return Unavailable.UNKNOWN
        if key in recorded.sources:
            return recorded.sources[key]
        for name, value in query_parameters(configuration).items():
            if recorded.choices.get(name) and value not in recorded.choices[name]:
                return UnknownChoice(name, str(value), recorded.choices[name])
        return Unavailable.UNKNOWN

    def enrichment(
        self, connection: str, configuration: Mapping[str, object]
    ) -> EnrichmentInputs | ConfigurationProblem | Unavailable:
        """Return a recorded enrichment."""
        recorded = self._schemas.connections.get(connection, NOT_RECORDED)
        return recorded.enrichments.get(query_key(configuration) or "", Unavailable.UNKNOWN)

    def types(self) -> Mapping[str, Capabilities] | Unavailable:
        """Return that they are unknown: connection types are not recorded."""
        return Unavailable.UNKNOWN

    def frequencies(self) -> Mapping[str, tuple[str, ...]] | Unavailable:
        """Return all recorded frequencies."""
        return self._schemas.frequencies or Unavailable.UNKNOWN
