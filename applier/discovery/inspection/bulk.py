"""Lists what bulk syncs can copy, and how they can write."""

from __future__ import annotations

from applier.api import ApiError, Client
from applier.discovery.decode import decode_bulk_destination
from applier.discovery.inspection.tables import Table, add_hint, count_items, id_columns, matches_search
from applier.kinds.base import mapping, sequence, text


def schemas(client: Client, connection: str, schema: str | None, search: str | None = None) -> Table:
    """Return the schemas of a connection, or the fields of one. Raises `ApiError`, also for an unknown schema."""
    query = {"include_fields": True} if schema else None
    answer = mapping(client.get(f"/api/connections/{connection}/bulksync/source", query).get("data"))
    entries = [mapping(one) for one in sequence(answer.get("schemas"))]
    if schema is not None:
        known = {text(one.get("id")): one for one in entries}
        if schema not in known:
            raise add_hint(ApiError(f'The connection has no schema "{schema}".'), schema, known)
        return _field_table(schema, known[schema].get("fields"), search)
    matching = [one for one in entries if matches_search(one, search)]
    headings, rows = id_columns("SCHEMA", matching)
    return Table("", headings, tuple(rows), (count_items(len(rows), "schema"),), matching)


def _field_table(schema: str, fields: object, search: str | None) -> Table:
    entries = [mapping(one) for one in sequence(fields) if matches_search(one, search)]
    rows = tuple(
        (
            text(one.get("id")),
            text(one.get("type")),
            text(one.get("remote_type")),
            "primary" if one.get("is_primary_key") else "",
        )
        for one in entries
    )
    return Table(schema, ("FIELD", "TYPE", "NATIVE TYPE", "KEY"), rows, (), entries)


def destination(client: Client, connection: str) -> Table:
    """Return the settings and the modes of a destination. Raises `ApiError`."""
    answer = mapping(client.get(f"/api/connections/{connection}/bulksync/target").get("data"))
    offered = decode_bulk_destination(answer)
    rows = tuple((name, "yes" if required else "no") for name, required in offered.settings.items())
    notes = [f"modes: {', '.join(offered.modes)}"] if offered.modes else []
    notes += [f"resync modes: {', '.join(offered.resync_modes)}"] if offered.resync_modes else []
    if offered.history is not None:
        notes.append(f"history mode: {'supported' if offered.history else 'not supported'}")
    return Table("", ("SETTING", "REQUIRED"), rows, tuple(notes), answer)
