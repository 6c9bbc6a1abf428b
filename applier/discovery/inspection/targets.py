"""Lists what syncs can write to: objects, their modes and fields."""

from __future__ import annotations

from collections.abc import Mapping

from applier.api import Client, Missing, Refused
from applier.discovery.decode import mode_name
from applier.discovery.inspection.tables import Table, add_hint, count_items, id_columns, level_table, matches_search
from applier.discovery.query import model_sync_path
from applier.kinds.base import mapping, sequence, text

ATTRIBUTES = ("required", "createable", "updateable", "filterable")


def target(client: Client, connection: str, level: str | None, search: str | None) -> Table:
    """Return all target objects with their modes, or the entries of one level. Raises `ApiError`."""
    if level is None:
        return _object_table(client, connection, search)
    try:
        answer = mapping(client.get(_levels_path(connection), {"type": level, "search": search}).get("data"))
    except Missing:  # since 2025-09-18 there is only the flat list of objects
        return _object_table(client, connection, search)
    return level_table(answer, only=level)


def _object_table(client: Client, connection: str, search: str | None) -> Table:
    """Return the flat list of objects, with the names of the levels where the service has any."""
    objects = [one for one in _read_objects(client, connection) if matches_search(one, search)]
    headings, ids = id_columns("OBJECT", objects)
    rows = tuple((*cells, _mode_names(one)) for cells, one in zip(ids, objects, strict=True))
    notes = [count_items(len(rows), "object")]
    try:
        levels = mapping(mapping(client.get(_levels_path(connection)).get("data")).get("items"))
        notes.append(f"levels: {', '.join(levels)}; list one with: applier inspect target CONNECTION LEVEL")
    except (Missing, Refused):
        pass
    return Table("", (*headings, "MODES"), rows, tuple(notes), objects)


def _levels_path(connection: str) -> str:
    return f"{model_sync_path(connection)}/target"


def _read_objects(client: Client, connection: str) -> list[Mapping[str, object]]:
    return [mapping(one) for one in sequence(client.get(f"{model_sync_path(connection)}/targetobjects").get("data"))]


def _read_object_ids(client: Client, connection: str) -> list[str]:
    try:
        return [text(one.get("id")) for one in _read_objects(client, connection)]
    except (Missing, Refused):
        return []


def fields(client: Client, connection: str, object_id: str, search: str | None = None) -> Table:
    """Return the modes of a target object and its fields, or those that contain a text. Raises `ApiError`."""
    try:
        path = f"{model_sync_path(connection)}/target/fields"
        answer = mapping(client.get(path, {"target": object_id}).get("data"))
    except (Missing, Refused) as error:
        raise add_hint(error, object_id, _read_object_ids(client, connection)) from None
    if search is not None:
        answer = {**answer, "fields": [one for one in sequence(answer.get("fields")) if matches_search(one, search)]}
    rows = tuple(
        (
            text(one.get("id")),
            text(one.get("type")),
            text(one.get("source_type")),
            ", ".join(word for word in ATTRIBUTES if one.get(word)),
            ", ".join(text(mapping(each).get("id")) for each in sequence(one.get("identity_functions"))),
        )
        for one in map(mapping, sequence(answer.get("fields")))
    )
    headings = ("FIELD", "TYPE", "NATIVE TYPE", "ATTRIBUTES", "IDENTITY FUNCTIONS")
    modes = [mapping(one) for one in sequence(answer.get("modes"))]
    needs = [mode_name(one) for one in modes if one.get("requires_identity")]
    notes = [f"modes: {_mode_names(answer)}"]
    notes += [f"modes that require an identity: {', '.join(needs)}"] if needs else []
    return Table(object_id, headings, rows, tuple(notes), answer)


def _mode_names(answer: Mapping[str, object]) -> str:
    return ", ".join(mode_name(mapping(one)) for one in sequence(answer.get("modes")))
