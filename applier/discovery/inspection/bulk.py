"""What bulk syncs can copy, and how they can keep the copies."""

from __future__ import annotations

from applier.api import ApiError, Client
from applier.diagnostics.suggestions import join_words, suggest
from applier.discovery.bulk_model import bulk_destination_of
from applier.discovery.inspection.tables import Table, count_items, has
from applier.kinds.base import mapping, sequence, text


def schemas(client: Client, connection: str, schema: str | None, search: str | None = None) -> Table:
    """The schemas of a connection, or the fields of one. Raises `ApiError`, if there is no such one, too."""
    query = {"include_fields": True} if schema else None
    answer = mapping(client.get(f"/api/connections/{connection}/bulksync/source", query).get("data"))
    entries = [mapping(one) for one in sequence(answer.get("schemas"))]
    if schema is not None:
        known = [text(one.get("id")) for one in entries]
        if schema not in known:
            hint = suggest(schema, known) or f"there are: {join_words(known)}"
            raise ApiError(f'The connection has no schema "{schema}".', hint=hint)
        return _fields(schema, entries[known.index(schema)].get("fields"), search)
    shown = [one for one in entries if has(one, search)]
    named = any(one.get("name") not in (None, one.get("id")) for one in shown)
    rows = tuple((text(one.get("id")), *((text(one.get("name")),) if named else ())) for one in shown)
    return Table("", ("SCHEMA", "NAME") if named else ("SCHEMA",), rows, (count_items(len(rows), "schema"),), shown)


def _fields(schema: str, fields: object, search: str | None) -> Table:
    shown = [mapping(one) for one in sequence(fields) if has(one, search)]
    rows = tuple(
        (
            text(one.get("id")),
            text(one.get("type")),
            text(one.get("remote_type")),
            "primary" if one.get("is_primary_key") else "",
        )
        for one in shown
    )
    return Table(schema, ("FIELD", "TYPE", "NATIVE TYPE", "KEY"), rows, (), shown)


def destination(client: Client, connection: str) -> Table:
    """The settings of a destination, and the modes that it offers. Raises `ApiError`."""
    answer = mapping(client.get(f"/api/connections/{connection}/bulksync/target").get("data"))
    told = bulk_destination_of(answer)
    rows = tuple((name, "yes" if required else "no") for name, required in told.settings.items())
    notes = [f"modes: {', '.join(told.modes)}"] if told.modes else []
    notes += [f"copied anew by: {', '.join(told.resync_modes)}"] if told.resync_modes else []
    notes += [f"keeps the history of records: {'yes' if told.history else 'no'}"] if told.history is not None else []
    return Table("", ("SETTING", "REQUIRED"), rows, tuple(notes), answer)
