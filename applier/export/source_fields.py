"""Finds the objects that select all fields of their source: their list of fields can be left out."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, field

from applier.api import ApiError, Client, side_by_side
from applier.discovery.decode import source_fields
from applier.discovery.query import LONGEST_QUERY, QueryParameters, model_sync_path, query_parameters
from applier.kinds import KINDS
from applier.kinds.base import mapping, sequence
from applier.kinds.references import mentions_in
from applier.live.snapshot import Live, Snapshot


@dataclass(frozen=True, slots=True)
class _Source:
    """A source of fields: a connection, and the choices made in it."""

    connection_id: str
    choices: QueryParameters = field(repr=False)

    @property
    def key(self) -> str:
        return json.dumps([self.connection_id, self.choices], sort_keys=True)


def with_all_fields(client: Client, live: Collection[Live], snapshot: Snapshot, parallelism: int) -> frozenset[str]:
    """Return the ids of the objects that select every field of their source. Each source is read once."""
    sources = {one.id: source for one in live if (source := _find_source(one, snapshot)) is not None}
    distinct = {source.key: source for source in sources.values()}
    with side_by_side(parallelism) as pool:
        fields = dict(zip(distinct, pool.map(lambda one: _read_fields(client, one), distinct.values()), strict=True))
    offered = {identifier: fields[source.key] for identifier, source in sources.items()}
    return frozenset(
        one.id for one in live if (names := offered.get(one.id)) and names <= {*map(str, _field_selection(one))}
    )


def _field_selection(live: Live) -> list[object]:
    selection = KINDS[live.kind].export_rules.field_selection
    return sequence(live.canonical.get(selection.member)) if selection else []


def _find_source(live: Live, snapshot: Snapshot) -> _Source | None:
    """Return the source of an object that selects fields, or None where the source cannot be read."""
    selection = KINDS[live.kind].export_rules.field_selection
    if selection is None or not _field_selection(live):
        return None
    choices = query_parameters(mapping(live.canonical.get(selection.configuration)))
    if any(isinstance(one, str) and len(one) > LONGEST_QUERY for one in choices.values()):
        return None
    mentions = mentions_in(KINDS[live.kind], KINDS[live.kind].from_api(live.answer))
    connection = next((one for one in mentions if one.path == (selection.connection,)), None)
    if connection is None or (connection.kind, connection.name) not in snapshot.by_id:
        return None
    return _Source(connection.name, choices)


def _read_fields(client: Client, source: _Source) -> frozenset[str]:
    """Return the names of the fields of a source, none where the service does not list them."""
    try:
        answer = client.get(f"{model_sync_path(source.connection_id)}/source/fields", source.choices)
        return frozenset(source_fields(answer.get("data")))
    except ApiError:
        return frozenset()
