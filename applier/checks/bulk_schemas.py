"""Checks of what a bulk sync copies: its schemas exist, and so do the fields of them that it names, and fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from applier.checks.conditions import fits
from applier.checks.context import CheckContext, finding
from applier.checks.models import unknown_field
from applier.diagnostics.suggestions import join_words, suggest
from applier.discovery.bulk_model import BulkSource
from applier.discovery.model import Result, SourceField, State
from applier.kinds.base import mapping, sequence, text
from applier.resolve import Declared
from applier.resources import Path

ROLES = {
    "tracking_field": ("whose values do not tell what has changed", ("boolean", "array", "object", "binary")),
    "partition_key": ("by which records cannot be parted", ("array", "object", "binary")),
}
"""What a field is chosen for, why it cannot be of some types, and of which."""

NAMING = ("fields", "filters", *ROLES)
"""The members of a schema that name fields."""


def copied_schemas(world: CheckContext, connection: str) -> dict[str, list[Mapping[str, object]]]:
    """What the declared bulk syncs copy from a connection: by schema every choice that is made of it."""
    chosen: dict[str, list[Mapping[str, object]]] = {}
    for form in world.forms.values():
        source = mapping(form.canonical.get("source"))
        if form.resource.kind == "bulk_syncs" and source.get("connection") == connection:
            for id, entry in mapping(form.canonical.get("schemas")).items():
                chosen.setdefault(id, []).append(mapping(entry))
    return chosen


def names_fields(world: CheckContext, connection: str) -> bool:
    """True if any declared bulk sync names fields of what it copies from a connection."""
    return any(
        name in entry for entries in copied_schemas(world, connection).values() for entry in entries for name in NAMING
    )


def check_schemas(form: Declared, source: BulkSource | State) -> Iterator[Result]:
    """Every schema that is copied, and every one that an additional schedule is for."""
    for id, entry in mapping(form.canonical.get("schemas")).items():
        path = schema_path(form, id)
        if isinstance(source, State):
            yield source
        elif id not in source.schemas:
            yield _unknown(form, id, source, path, key=isinstance(form.resource.body.get("schemas"), Mapping))
        else:
            yield State.PASSED
            yield from _schema(form, id, mapping(entry), path, source)
    for number, schedule in enumerate(map(mapping, sequence(form.canonical.get("additional_schedules")))):
        for position, id in enumerate(map(text, sequence(schedule.get("schemas")))):
            if isinstance(source, State) or id in source.schemas:
                yield source if isinstance(source, State) else State.PASSED
            else:
                yield _unknown(form, id, source, ("additional_schedules", number, "schemas", position))


def schema_path(form: Declared, id: str) -> Path:
    """Where a schema stands: a key of a mapping, or an item of a list."""
    written = form.resource.body.get("schemas")
    if isinstance(written, Mapping):
        return ("schemas", id)
    return ("schemas", [text(one)[:] for one in sequence(written)].index(id))


def _unknown(form: Declared, id: str, source: BulkSource, path: Path, *, key: bool = False) -> Result:
    connection = mapping(form.canonical.get("source")).get("connection")
    said = f'{form.resource.address} copies "{id}", which the connection "{connection}" does not have.'
    hint = suggest(id, source.schemas) or f"there are: {join_words(source.schemas)}"
    return finding("unknown-schema", said, form.resource.locate(*path, key=key), form.resource.address, hint)


def _schema(form: Declared, id: str, entry: Mapping[str, object], path: Path, source: BulkSource) -> Iterator[Result]:
    fields = source.schemas[id]
    for name, where in _named(form, entry, path):
        if fields is None:
            yield State.SILENT
        elif name not in fields:
            yield unknown_field(form, name, where, id, fields)
        else:
            yield State.PASSED
            yield from _fit(form, fields[name], where, source)
    for number, condition in enumerate(map(mapping, sequence(entry.get("filters")))):
        known = (fields or {}).get(text(condition.get("field")))
        if known is not None:
            yield fits(form, known.name, known.type, condition, (*path, "filters", number))


def _named(form: Declared, entry: Mapping[str, object], path: Path) -> Iterator[tuple[str, Path]]:
    """Every field that a schema names, and where."""
    written = sequence(mapping(mapping(form.resource.body.get("schemas")).get(str(path[-1]))).get("fields"))
    for number, (name, one) in enumerate(zip(mapping(entry.get("fields")), written, strict=False)):
        yield name, (*path, "fields", number, *(("id",) if isinstance(one, Mapping) else ()))
    for role in ROLES:
        if text(entry.get(role)):
            yield text(entry[role]), (*path, role)
    for number, condition in enumerate(map(mapping, sequence(entry.get("filters")))):
        yield text(condition.get("field")), (*path, "filters", number, "field")


def _fit(form: Declared, known: SourceField, where: Path, source: BulkSource) -> Iterator[Result]:
    """Whether a field can be what it is chosen for."""
    role = str(where[-1])
    if role not in ROLES:
        return
    why, types = ROLES[role]
    connection, said = mapping(form.canonical.get("source")).get("connection"), ""
    if known.type in types:
        said = f'{form.resource.address} has the {role} "{known.name}" ({known.type}), {why}.'
    elif role == "tracking_field" and source.tracking is False:
        said = f'{form.resource.address} has a tracking_field, for which the connection "{connection}" has no use.'
    place = form.resource.locate(*where)
    yield finding("unfit-field", said, place, form.resource.address) if said else State.PASSED
