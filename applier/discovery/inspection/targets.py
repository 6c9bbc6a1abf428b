"""What syncs can write to: objects, their modes and fields."""

from __future__ import annotations

from collections.abc import Mapping

from applier.api import Client, Missing, Refused
from applier.discovery.inspection.tables import Table, count_items, has, level_table, with_offer
from applier.kinds.base import mapping, sequence, text


def target(client: Client, connection: str, level: str | None, search: str | None) -> Table:
    """All target objects with their modes, or the entries of one level. Raises `ApiError`."""
    if level is None:
        return _objects(client, connection, search)
    path = f"{_base(connection)}/target"
    try:
        answer = mapping(client.get(path, {"type": level, "search": search}).get("data"))
    except Missing:  # gone since 2025-09-18, where the objects have one flat list
        return _objects(client, connection, search)
    return level_table(answer, "a target", only=level)


def _objects(client: Client, connection: str, search: str | None) -> Table:
    """The flat list, and below the levels by which it can be drilled into where there are any."""
    shown = [one for one in _entries(client, connection) if has(one, search)]
    named = any(one.get("name") not in (None, one.get("id")) for one in shown)
    headings = ("OBJECT", "NAME", "MODES") if named else ("OBJECT", "MODES")
    rows = tuple((text(one.get("id")), *((text(one.get("name")),) if named else ()), _modes(one)) for one in shown)
    notes = [count_items(len(rows), "object")]
    try:
        levels = mapping(mapping(client.get(f"{_base(connection)}/target").get("data")).get("items"))
        notes.append(f"levels: {', '.join(levels)}; list one with: applier inspect target CONNECTION LEVEL")
    except (Missing, Refused):
        pass
    return Table("", headings, rows, tuple(notes), shown)


def _entries(client: Client, connection: str) -> list[Mapping[str, object]]:
    return [mapping(one) for one in sequence(client.get(f"{_base(connection)}/targetobjects").get("data"))]


def _ids(client: Client, connection: str) -> list[str]:
    try:
        return [text(one.get("id")) for one in _entries(client, connection)]
    except (Missing, Refused):
        return []


def fields(client: Client, connection: str, object_id: str, search: str | None = None) -> Table:
    """The modes of a target object and its fields, or those that contain a text. Raises `ApiError`."""
    try:
        answer = mapping(client.get(f"{_base(connection)}/target/fields", {"target": object_id}).get("data"))
    except (Missing, Refused) as error:
        raise with_offer(error, object_id, _ids(client, connection)) from None
    if search is not None:
        answer = {**answer, "fields": [one for one in sequence(answer.get("fields")) if has(one, search)]}
    rows = tuple(
        (
            text(one.get("id")),
            text(one.get("type")),
            text(one.get("source_type")),
            ", ".join(word for word in ("required", "createable", "updateable", "filterable") if one.get(word)),
            ", ".join(text(mapping(each).get("id")) for each in sequence(one.get("identity_functions"))),
        )
        for one in map(mapping, sequence(answer.get("fields")))
    )
    headings = ("FIELD", "TYPE", "NATIVE TYPE", "IS", "IDENTITY BY")
    needs = [
        text(one.get("mode")) for one in map(mapping, sequence(answer.get("modes"))) if one.get("requires_identity")
    ]
    notes = (f"modes: {_modes(answer)}", *((f"need an identity: {', '.join(needs)}",) if needs else ()))
    return Table(object_id, headings, rows, notes, answer)


def _base(connection: str) -> str:
    return f"/api/connections/{connection}/modelsync"


def _modes(answer: Mapping[str, object]) -> str:
    """The names of the modes in either spelling (quirk 51)."""
    modes = [mapping(one) for one in sequence(answer.get("modes"))]
    return ", ".join(text(one.get("mode")) or text(one.get("id")) for one in modes)
