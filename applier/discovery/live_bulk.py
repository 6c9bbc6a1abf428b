"""Reads from the service what connections offer to bulk syncs: one request for each end."""

from __future__ import annotations

from collections.abc import Mapping

from applier.api import Client, Missing, Refused
from applier.discovery.decode import decode_bulk_destination, decode_bulk_source
from applier.discovery.offerings import BulkDestination, BulkSource, Unavailable
from applier.discovery.request_cache import RequestCache
from applier.kinds.base import mapping

NO_SCHEMAS = "The service lists no schemas. It may still be reading them."


class LiveBulkCatalog:
    """What live connections offer to bulk syncs."""

    def __init__(self, client: Client, requests: RequestCache) -> None:
        self._client = client
        self._requests = requests

    def source(self, connection: str, *, fields: bool) -> BulkSource | Unavailable:
        """Return all schemas; with `fields` also the fields of each."""

        def fetch(identifier: str) -> BulkSource | Unavailable:
            answer = self._get(connection, f"/api/connections/{identifier}/bulksync/source", fields=fields)
            if isinstance(answer, Unavailable):
                return answer
            source = decode_bulk_source(answer)
            return source if source.schemas else self._requests.unavailable(connection, NO_SCHEMAS)

        return self._requests.for_connection(("bulk source", connection, str(fields)), connection, fetch)

    def destination(self, connection: str) -> BulkDestination | Unavailable:
        """Return modes and settings."""

        def fetch(identifier: str) -> BulkDestination | Unavailable:
            answer = self._get(connection, f"/api/connections/{identifier}/bulksync/target", fields=False)
            return answer if isinstance(answer, Unavailable) else decode_bulk_destination(answer)

        return self._requests.for_connection(("bulk destination", connection), connection, fetch)

    def _get(self, connection: str, path: str, *, fields: bool) -> Mapping[str, object] | Unavailable:
        """Return the data; a refusal concerns bulk syncs alone, so requests for model syncs are still sent."""
        try:
            return mapping(self._client.get(path, {"include_fields": True} if fields else None).get("data"))
        except (Missing, Refused) as error:
            return self._requests.unavailable(connection, error)
