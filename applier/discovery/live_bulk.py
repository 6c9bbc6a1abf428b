"""Asks the service what connections offer to bulk syncs: two requests for a connection that is both ends."""

from __future__ import annotations

from collections.abc import Mapping

from applier.api import Client, Missing, Refused
from applier.discovery.bulk_model import BulkDestination, BulkSource, bulk_destination_of, bulk_source_of
from applier.discovery.model import State
from applier.discovery.request_cache import RequestCache
from applier.kinds.base import mapping

NO_SCHEMAS = "the service lists no schemas of it; it may still be reading them."


class LiveBulk:
    """What live connections offer to bulk syncs."""

    def __init__(self, client: Client, ask: RequestCache) -> None:
        self._client = client
        self._ask = ask

    def source(self, connection: str, *, fields: bool) -> BulkSource | State:
        """One request for all schemas, with their fields if they are wanted."""

        def ask(identifier: str) -> BulkSource | State:
            answer = self._get(connection, f"/api/connections/{identifier}/bulksync/source", fields=fields)
            told = bulk_source_of(answer) if not isinstance(answer, State) else answer
            if isinstance(told, BulkSource) and not told.schemas:
                return self._ask.untold(connection, NO_SCHEMAS)
            return told

        return self._ask.about(("bulk source", connection, str(fields)), connection, ask)

    def destination(self, connection: str) -> BulkDestination | State:
        """One request."""

        def ask(identifier: str) -> BulkDestination | State:
            answer = self._get(connection, f"/api/connections/{identifier}/bulksync/target", fields=False)
            return bulk_destination_of(answer) if not isinstance(answer, State) else answer

        return self._ask.about(("bulk destination", connection), connection, ask)

    def _get(self, connection: str, path: str, *, fields: bool) -> Mapping[str, object] | State:
        """A refusal is about bulk syncs alone: what model syncs want to know is asked all the same."""
        try:
            return mapping(self._client.get(path, {"include_fields": True} if fields else None).get("data"))
        except (Missing, Refused) as error:
            return self._ask.untold(connection, error)
