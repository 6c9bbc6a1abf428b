"""Asks the service what connections offer: each question once, however many ask it at the same time."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from typing import Any

from applier.api import ApiError, Client, Missing, Refused
from applier.discovery.decode import capabilities_of, inputs_of, source_fields, target_of
from applier.discovery.drill_down import Level, drill_down, level_of
from applier.discovery.live_bulk import LiveBulk
from applier.discovery.model import Capabilities, Creation, Inputs, NoSource, NoTarget, Source, State, Target
from applier.discovery.query import LONGEST_QUERY, query_parameters
from applier.discovery.request_cache import RequestCache
from applier.kinds.base import mapping, sequence, text
from applier.kinds.bulk_sync.schemas import is_transient_refusal

PSEUDO = "__pt_new_"  # entries that stand for "create one", not for something that exists (quirk 25)
V1 = "2024-02-08"
Look = Callable[[Mapping[str, Any]], Level | State]


class LiveCatalog:
    """Offers of live connections, found by `id_of(name)`; the plan creates or changes those in `waits`."""

    def __init__(self, client: Client, id_of: Callable[[str], str | None], waits: Collection[str] = ()) -> None:
        self._client = client.with_fewer_tries()
        self._ask = RequestCache(id_of, waits)
        self.bulk = LiveBulk(self._client, self._ask)

    @property
    def failed(self) -> Mapping[str, str]:
        """By connection what the service said when it could not tell what it offers; "" is the whole service."""
        return self._ask.failed

    def source(self, connection: str, configuration: Mapping[str, object]) -> Source | NoSource | State:
        """One request, and a few more to find out what is wrong if anything is."""
        choices = query_parameters(configuration)
        if any(len(one) > LONGEST_QUERY for one in choices.values() if isinstance(one, str)):
            return State.SILENT
        key = ("source", connection, json.dumps(choices, sort_keys=True))
        return self._ask.about(key, connection, lambda identifier: self._source(identifier, connection, choices))

    def target(self, connection: str, object_id: str) -> Target | NoTarget | State:
        """One request; the list of objects if there is no such one."""
        key = ("target", connection, object_id)
        return self._ask.about(key, connection, lambda identifier: self._target(identifier, connection, object_id))

    def new_target(self, connection: str, properties: Mapping[str, str]) -> Target | State:
        """Known before it is made only since 2025-09-18."""
        if self._client.settings.version == V1:
            return State.WAITS if connection in self._ask.waits else State.SILENT
        query = {f"properties[{name}]": value[:] for name, value in properties.items()}
        key = ("new", connection, json.dumps(query, sort_keys=True))
        return self._ask.about(key, connection, lambda identifier: self._new_target(identifier, query))

    def objects(self, connection: str) -> tuple[str, ...] | State:
        """The ids of all target objects."""
        answer = self._objects(connection)
        return answer if isinstance(answer, State) else _ids(answer)

    def creation(self, connection: str, wanted: frozenset[str]) -> Creation | State:
        """One request, and one more for each wanted property whose values are listed apart (api.md 13.4)."""
        answer = self._objects(connection)
        if isinstance(answer, State) or not isinstance(answer.get("target_creation"), Mapping):
            return answer if isinstance(answer, State) else State.SILENT
        told = mapping(answer["target_creation"])
        properties = [mapping(one) for one in sequence(told.get("properties"))]
        values = {text(one.get("id")): self._values(connection, one, wanted) for one in properties}
        return Creation(bool(told.get("supported")), values)

    def level(self, connection: str, choices: Mapping[str, Any]) -> Level | State:
        """One level of the source's drill-down (api.md 10.1)."""
        key = ("level", connection, json.dumps(choices, sort_keys=True))
        return self._ask.about(key, connection, lambda found: self._level(f"{_base(found)}/source", choices))

    def enrichment(self, connection: str, configuration: Mapping[str, object]) -> Inputs | NoSource | State:
        """One request, and a few more to find out what is wrong if anything is."""
        key = ("enrichment", connection, json.dumps(query_parameters(configuration), sort_keys=True))
        return self._ask.about(key, connection, lambda identifier: self._inputs(identifier, connection, configuration))

    def types(self) -> Mapping[str, Capabilities] | State:
        """One request for all of them."""
        return self._ask.once(("types",), self._types)

    def frequencies(self) -> Mapping[str, tuple[str, ...]] | State:
        """One request for all of them."""
        return self._ask.once(("frequencies",), self._frequencies)

    def _source(self, identifier: str, connection: str, choices: dict[str, Any]) -> Source | NoSource | State:
        refused: ApiError | None = None
        try:
            fields = source_fields(self._client.get(f"{_base(identifier)}/source/fields", choices).get("data"))
            if fields:
                return Source(fields)
        except (Missing, Refused) as error:
            refused = error
        return self._reason(connection, choices, lambda made: self.level(connection, made), refused)

    def _inputs(
        self, identifier: str, connection: str, configuration: Mapping[str, object]
    ) -> Inputs | NoSource | State:
        try:
            body = {"configuration": dict(configuration)}
            answer = self._client.post(f"/api/enrichment/{identifier}/inputfields", body, harmless_twice=True)
            return inputs_of(answer.get("data")) or State.SILENT
        except (Missing, Refused) as error:
            refused = error
        path = f"{_base(identifier)}/enrichment-source"
        return self._reason(connection, query_parameters(configuration), lambda made: self._level(path, made), refused)

    def _reason(
        self, connection: str, choices: dict[str, Any], look: Look, refused: ApiError | None
    ) -> NoSource | State:
        """Why choices lead nowhere. Where nothing is enumerated, or not yet (quirk 58), nobody can say."""
        if refused is not None and (is_transient_refusal(str(refused)) or isinstance(look({}), State)):
            return self._ask.untold(connection, refused)
        reason = drill_down(choices, look)
        if reason is None and refused is not None:
            item = next(iter(choices), "")
            return NoSource(item, str(choices.get(item, "")), said=str(refused))
        return State.SILENT if reason is None else reason

    def _level(self, path: str, choices: Mapping[str, Any]) -> Level | State:
        try:
            return level_of(mapping(self._client.get(path, dict(choices)).get("data")))
        except (Missing, Refused):
            return State.SILENT

    def _target(self, identifier: str, connection: str, object_id: str) -> Target | NoTarget | State:
        try:
            return target_of(self._described(identifier, object_id))
        except (Missing, Refused) as error:
            offered = self.objects(connection)
            if isinstance(offered, State) or object_id in offered or is_transient_refusal(str(error)):
                return self._ask.untold(connection, error)
            return NoTarget(offered)

    def _described(self, identifier: str, object_id: str) -> Mapping[str, object]:
        """The form of the reference; that of the guide where a service knows only that one (quirk 51)."""
        path = f"{_base(identifier)}/target/fields"
        try:
            return mapping(self._client.get(path, {"target": object_id[:]}).get("data"))
        except Refused as error:
            if error.status != 405:
                raise
            return mapping(self._client.post(path, {"target": object_id[:]}, harmless_twice=True).get("data"))

    def _new_target(self, identifier: str, query: Mapping[str, str]) -> Target | State:
        try:
            return target_of(mapping(self._client.get(f"{_base(identifier)}/target/fields", query).get("data")))
        except (Missing, Refused):  # the properties do not fit, which is found by what creation takes
            return State.SILENT

    def _objects(self, connection: str) -> Mapping[str, object] | State:
        query = {} if self._client.settings.version == V1 else {"include_target_creation_values": True}

        def ask(identifier: str) -> Mapping[str, object] | State:
            try:
                return self._client.get(f"{_base(identifier)}/targetobjects", query)
            except (Missing, Refused) as error:
                return self._ask.untold(connection, error)

        return self._ask.about(("objects", connection), connection, ask)

    def _values(self, connection: str, entry: Mapping[str, object], wanted: frozenset[str]) -> tuple[str, ...]:
        name = text(entry.get("id"))
        if not entry.get("enum") or name not in wanted:
            return ()
        if "values" in entry:
            return _values(entry)

        def ask(identifier: str) -> tuple[str, ...] | State:
            try:
                path = f"{_base(identifier)}/targetobjects/properties/{name}"
                return _values(mapping(self._client.get(path).get("data")))
            except (Missing, Refused):
                return State.SILENT

        found = self._ask.about(("values", connection, name), connection, ask)
        return () if isinstance(found, State) else found

    def _types(self) -> Mapping[str, Capabilities] | State:
        entries = [mapping(one) for one in sequence(self._client.get("/api/connection_types").get("data"))]
        found = {text(one.get("id")): capabilities_of(mapping(one.get("capabilities"))) for one in entries}
        return found or State.SILENT

    def _frequencies(self) -> Mapping[str, tuple[str, ...]] | State:
        data = mapping(self._client.get("/api/syncs/schedules").get("data"))
        options = [mapping(one) for one in sequence(data.get("schedule_options"))]
        required = {
            text(one.get("frequency")): tuple(map(str, sequence(mapping(one.get("configuration")).get("required"))))
            for one in options
        }
        return required or State.SILENT


def _base(identifier: str) -> str:
    return f"/api/connections/{identifier}/modelsync"


def _ids(answer: Mapping[str, object]) -> tuple[str, ...]:
    ids = (text(mapping(one).get("id")) for one in sequence(answer.get("data")))
    return tuple(one for one in ids if one and not one.startswith(PSEUDO))


def _values(entry: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(text(mapping(one).get("value")) for one in sequence(entry.get("values")))
