"""Reads from the service which target objects connections offer to syncs."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from applier.api import Client, Missing, Refused
from applier.discovery.decode import decode_target
from applier.discovery.offerings import MissingTarget, Target, TargetCreation, Unavailable
from applier.discovery.query import QueryParameters, model_sync_path
from applier.discovery.request_cache import RequestCache, request_key
from applier.kinds.base import mapping, sequence, text, to_text
from applier.kinds.bulk_sync.schemas import is_transient_refusal
from applier.kinds.endpoints import V1
from applier.kinds.sync.targets import NEW_TARGET


class LiveTargetCatalog:
    """The target objects of live connections."""

    def __init__(self, client: Client, requests: RequestCache) -> None:
        self._client = client
        self._requests = requests

    def find(self, connection: str, object_id: str) -> Target | MissingTarget | Unavailable:
        """Return a target object: one request, and the list of objects if it does not exist."""

        def fetch(identifier: str) -> Target | MissingTarget | Unavailable:
            try:
                return decode_target(self._read_target(identifier, object_id))
            except (Missing, Refused) as error:
                offered = self.objects(connection)
                if isinstance(offered, Unavailable) or object_id in offered or is_transient_refusal(str(error)):
                    return self._requests.unavailable(connection, error)
                return MissingTarget(offered)

        return self._requests.for_connection(("target", connection, object_id), connection, fetch)

    def _read_target(self, identifier: str, object_id: str) -> Mapping[str, object]:
        """Return the data of a target; some services know only POST (docs/api/behaviours.md#alternative-forms)."""
        path, members = f"{model_sync_path(identifier)}/target/fields", {"target": to_text(object_id)}
        try:
            return mapping(self._client.get(path, members).get("data"))
        except Refused as error:
            if error.status != 405:
                raise
            return mapping(self._client.post(path, members, harmless_twice=True).get("data"))

    def describe_new(self, connection: str, properties: Mapping[str, str]) -> Target | Unavailable:
        """Return the target that these properties would create; known only since 2025-09-18.

        It is unknown for properties that do not fit: the check of the creation reports those.
        """
        if self._client.settings.version == V1:
            return Unavailable.DEFERRED if connection in self._requests.deferred else Unavailable.UNKNOWN
        query: QueryParameters = {f"properties[{name}]": to_text(value) for name, value in properties.items()}

        def fetch(identifier: str) -> Target | Unavailable:
            try:
                return decode_target(
                    mapping(self._client.get(f"{model_sync_path(identifier)}/target/fields", query).get("data"))
                )
            except (Missing, Refused):
                return Unavailable.UNKNOWN

        return self._requests.for_connection(request_key("new target", connection, query), connection, fetch)

    def objects(self, connection: str) -> tuple[str, ...] | Unavailable:
        """Return the ids of all target objects."""
        answer = self._target_list(connection)
        if isinstance(answer, Unavailable):
            return answer
        ids = (text(mapping(one).get("id")) for one in sequence(answer.get("data")))
        return tuple(one for one in ids if one and not one.startswith(NEW_TARGET))

    def creation(self, connection: str, wanted: frozenset[str]) -> TargetCreation | Unavailable:
        """Return what the creation of a target takes (docs/api/discovery.md#target-properties).

        It takes one more request for each wanted property whose values are listed apart.
        """
        answer = self._target_list(connection)
        if isinstance(answer, Unavailable) or not isinstance(answer.get("target_creation"), Mapping):
            return answer if isinstance(answer, Unavailable) else Unavailable.UNKNOWN
        creation = mapping(answer["target_creation"])
        properties = [mapping(one) for one in sequence(creation.get("properties"))]
        values = {text(one.get("id")): self._property_values(connection, one, wanted) for one in properties}
        return TargetCreation(bool(creation.get("supported")), values)

    def _target_list(self, connection: str) -> Mapping[str, object] | Unavailable:
        query: QueryParameters = {} if self._client.settings.version == V1 else {"include_target_creation_values": True}

        def fetch(identifier: str) -> Mapping[str, object] | Unavailable:
            try:
                return self._client.get(f"{model_sync_path(identifier)}/targetobjects", query)
            except (Missing, Refused) as error:
                return self._requests.unavailable(connection, error)

        return self._requests.for_connection(("target objects", connection), connection, fetch)

    def _property_values(self, connection: str, entry: Mapping[str, object], wanted: frozenset[str]) -> tuple[str, ...]:
        name = text(entry.get("id"))
        if not entry.get("enum") or name not in wanted:
            return ()
        if "values" in entry:
            return _values(entry)

        def fetch(identifier: str) -> tuple[str, ...] | Unavailable:
            try:
                path = f"{model_sync_path(identifier)}/targetobjects/properties/{quote(name, safe='')}"
                return _values(mapping(self._client.get(path).get("data")))
            except (Missing, Refused):
                return Unavailable.UNKNOWN

        values = self._requests.for_connection(("values", connection, name), connection, fetch)
        return () if isinstance(values, Unavailable) else values


def _values(entry: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(text(mapping(one).get("value")) for one in sequence(entry.get("values")))
