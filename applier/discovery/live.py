"""Reads from the service what connections offer to models and syncs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from applier.api import ApiError, Client, Missing, Refused
from applier.discovery.decode import decode_capabilities, decode_inputs, source_fields
from applier.discovery.drill_down import Level, decode_level, find_problem
from applier.discovery.live_bulk import LiveBulkCatalog
from applier.discovery.live_targets import LiveTargetCatalog
from applier.discovery.offerings import (
    Capabilities,
    ConfigurationProblem,
    EnrichmentInputs,
    RefusedChoice,
    Source,
    Unavailable,
)
from applier.discovery.query import LONGEST_QUERY, QueryParameters, model_sync_path, query_parameters
from applier.discovery.request_cache import RequestCache, request_key
from applier.kinds.base import mapping, sequence, text
from applier.kinds.bulk_sync.schemas import is_transient_refusal


class LiveCatalog:
    """The catalog of live connections, found by `id_of(name)`; the plan creates or changes those in `deferred`."""

    def __init__(self, client: Client, id_of: Callable[[str], str | None], deferred: Collection[str] = ()) -> None:
        self._client = client.with_fewer_tries()
        self._requests = RequestCache(id_of, deferred)
        self.targets = LiveTargetCatalog(self._client, self._requests)
        self.bulk = LiveBulkCatalog(self._client, self._requests)

    @property
    def failures(self) -> Mapping[str, str]:
        """By connection why a part of its catalog cannot be read; under "" that of the whole workspace."""
        return self._requests.failures

    def source(
        self, connection: str, configuration: Mapping[str, object]
    ) -> Source | ConfigurationProblem | Unavailable:
        """Return what a model reads: one request, and a few more to explain what is wrong."""
        choices = query_parameters(configuration)
        if any(len(one) > LONGEST_QUERY for one in choices.values() if isinstance(one, str)):
            return Unavailable.UNKNOWN

        def fetch(identifier: str) -> Source | ConfigurationProblem | Unavailable:
            refusal: ApiError | None = None
            try:
                fields = source_fields(
                    self._client.get(f"{model_sync_path(identifier)}/source/fields", choices).get("data")
                )
                if fields:
                    return Source(fields)
            except (Missing, Refused) as error:
                refusal = error
            return self._explain(connection, choices, lambda selected: self.level(connection, selected), refusal)

        return self._requests.for_connection(request_key("source", connection, choices), connection, fetch)

    def level(self, connection: str, choices: QueryParameters) -> Level | Unavailable:
        """Return one level of the choices that lead to a source (docs/api/discovery.md#model-sources)."""
        key = request_key("level", connection, choices)
        return self._requests.for_connection(
            key, connection, lambda identifier: self._read_level(f"{model_sync_path(identifier)}/source", choices)
        )

    def enrichment(
        self, connection: str, configuration: Mapping[str, object]
    ) -> EnrichmentInputs | ConfigurationProblem | Unavailable:
        """Return the inputs: one request, and a few more to explain what is wrong."""
        choices = query_parameters(configuration)

        def fetch(identifier: str) -> EnrichmentInputs | ConfigurationProblem | Unavailable:
            try:
                body = {"configuration": dict(configuration)}
                answer = self._client.post(f"/api/enrichment/{identifier}/inputfields", body, harmless_twice=True)
                return decode_inputs(answer.get("data")) or Unavailable.UNKNOWN
            except (Missing, Refused) as error:
                refusal = error
            path = f"{model_sync_path(identifier)}/enrichment-source"
            return self._explain(connection, choices, lambda selected: self._read_level(path, selected), refusal)

        return self._requests.for_connection(request_key("enrichment", connection, choices), connection, fetch)

    def _explain(
        self,
        connection: str,
        choices: QueryParameters,
        read_level: Callable[[QueryParameters], Level | Unavailable],
        refusal: ApiError | None,
    ) -> ConfigurationProblem | Unavailable:
        """Return why no source is found for choices; unknown where the service lists nothing.

        It may list nothing until it has read the schemas (docs/api/behaviours.md#schema-cache).
        """
        if refusal is not None and (is_transient_refusal(str(refusal)) or isinstance(read_level({}), Unavailable)):
            return self._requests.unavailable(connection, refusal)
        problem = find_problem(choices, read_level)
        if problem is None and refusal is not None:
            return RefusedChoice(next(iter(choices), ""), str(refusal))
        return problem or Unavailable.UNKNOWN

    def _read_level(self, path: str, choices: QueryParameters) -> Level | Unavailable:
        try:
            return decode_level(mapping(self._client.get(path, choices).get("data")))
        except (Missing, Refused):
            return Unavailable.UNKNOWN

    def types(self) -> Mapping[str, Capabilities] | Unavailable:
        """Return every connection type; one request."""

        def fetch() -> Mapping[str, Capabilities] | Unavailable:
            entries = [mapping(one) for one in sequence(self._client.get("/api/connection_types").get("data"))]
            types = {text(one.get("id")): decode_capabilities(mapping(one.get("capabilities"))) for one in entries}
            return types or Unavailable.UNKNOWN

        return self._requests.fetch_once(("types",), fetch)

    def frequencies(self) -> Mapping[str, tuple[str, ...]] | Unavailable:
        """Return every frequency with the members that it requires; one request."""

        def fetch() -> Mapping[str, tuple[str, ...]] | Unavailable:
            data = mapping(self._client.get("/api/syncs/schedules").get("data"))
            required = {
                text(one.get("frequency")): tuple(map(str, sequence(mapping(one.get("configuration")).get("required"))))
                for one in map(mapping, sequence(data.get("schedule_options")))
            }
            return required or Unavailable.UNKNOWN

        return self._requests.fetch_once(("frequencies",), fetch)
