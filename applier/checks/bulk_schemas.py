"""Checks of the schemas that a bulk sync copies: they exist, and so do the fields that they name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from applier.checks.conditions import check_condition_type
from applier.checks.context import CheckContext
from applier.checks.results import PASSED, CheckResult, finding
from applier.checks.source_fields import unknown_source_field
from applier.diagnostics import Diagnostic
from applier.discovery.hints import suggest_or_list
from applier.discovery.offerings import BulkSource, SourceField, Unavailable
from applier.kinds.base import mapping, sequence, text, to_text
from applier.kinds.bulk_sync.kind import BULK_SYNCS
from applier.resolve import Declared
from applier.spec.resources import Path

ROLES = {
    "tracking_field": (("boolean", "array", "object", "binary"), "values of this type do not show what has changed"),
    "partition_key": (("array", "object", "binary"), "values of this type cannot partition records"),
}
"""By the member that gives a field a role the types that are unfit for it, and why."""

NAMING_MEMBERS = ("fields", "filters", *ROLES)
"""The members of a schema that name fields."""


def schema_settings(context: CheckContext, connection: str) -> dict[str, list[Mapping[str, object]]]:
    """Return what bulk syncs copy from a connection: by schema the settings of each declared one that copies it."""
    settings: dict[str, list[Mapping[str, object]]] = {}
    for declared in context.of_kind(BULK_SYNCS.name):
        if source_connection(declared) == connection:
            for id, entry in mapping(declared.canonical.get("schemas")).items():
                settings.setdefault(id, []).append(mapping(entry))
    return settings


def source_connection(declared: Declared) -> str:
    """Return the connection from which a bulk sync copies."""
    return text(mapping(declared.canonical.get("source")).get("connection"))


def bulk_source(declared: Declared, context: CheckContext) -> BulkSource | Unavailable:
    """Return what the source of a bulk sync offers, with fields only if any bulk sync of the connection names some."""
    connection = source_connection(declared)
    settings = [entry for entries in schema_settings(context, connection).values() for entry in entries]
    names_fields = any(member in entry for entry in settings for member in NAMING_MEMBERS)
    return context.catalog.bulk.source(connection, fields=names_fields)


def check_schemas(declared: Declared, source: BulkSource | Unavailable) -> Iterator[CheckResult]:
    """Check every schema that is copied, and every one that an additional schedule names."""
    for id, entry in mapping(declared.canonical.get("schemas")).items():
        path = schema_path(declared, id)
        if isinstance(source, Unavailable):
            yield source
        elif id not in source.schemas:
            is_key = isinstance(declared.resource.body.get("schemas"), Mapping)
            yield _unknown_schema(declared, id, source, path, key=is_key)
        else:
            yield PASSED
            yield from _check_schema(declared, id, mapping(entry), path, source)
    for number, schedule in enumerate(map(mapping, sequence(declared.canonical.get("additional_schedules")))):
        for position, id in enumerate(map(text, sequence(schedule.get("schemas")))):
            if isinstance(source, Unavailable):
                yield source
            elif id in source.schemas:
                yield PASSED
            else:
                path = ("additional_schedules", number, "schemas", position)
                yield _unknown_schema(declared, id, source, path)


def schema_path(declared: Declared, id: str) -> Path:
    """Return the path of a schema: a key of a mapping, or an item of a list."""
    schemas = declared.resource.body.get("schemas")
    if isinstance(schemas, Mapping):
        return ("schemas", id)
    return ("schemas", [to_text(one) for one in sequence(schemas)].index(id))


def _unknown_schema(declared: Declared, id: str, source: BulkSource, path: Path, *, key: bool = False) -> Diagnostic:
    detail = (
        f'{declared.resource.address} copies the schema "{id}", '
        f'but the connection "{source_connection(declared)}" has no such schema.'
    )
    return finding(declared, "unknown-schema", detail, path, suggest_or_list(id, source.schemas), key=key)


def _check_schema(
    declared: Declared, id: str, entry: Mapping[str, object], path: Path, source: BulkSource
) -> Iterator[CheckResult]:
    """Check the fields and filters of one schema."""
    fields = source.schemas[id]
    for name, field_path in _fields_with_paths(declared, entry, path):
        if fields is None:
            yield Unavailable.UNKNOWN
        elif name not in fields:
            yield unknown_source_field(declared, name, field_path, id, fields)
        else:
            yield PASSED
            yield from _check_role(declared, fields[name], field_path, source)
    for number, condition in enumerate(map(mapping, sequence(entry.get("filters")))):
        field = (fields or {}).get(text(condition.get("field")))
        if field is not None:
            yield check_condition_type(declared, field.name, field.type, condition, (*path, "filters", number))


def _fields_with_paths(declared: Declared, entry: Mapping[str, object], path: Path) -> Iterator[tuple[str, Path]]:
    """Return every field that a schema names, with the path at which it does."""
    body = mapping(mapping(declared.resource.body.get("schemas")).get(str(path[-1])))
    items = sequence(body.get("fields"))
    for number, (name, item) in enumerate(zip(mapping(entry.get("fields")), items, strict=False)):
        yield name, (*path, "fields", number, *(("id",) if isinstance(item, Mapping) else ()))
    for role in ROLES:
        if text(entry.get(role)):
            yield text(entry[role]), (*path, role)
    for number, condition in enumerate(map(mapping, sequence(entry.get("filters")))):
        yield text(condition.get("field")), (*path, "filters", number, "field")


def _check_role(declared: Declared, field: SourceField, path: Path, source: BulkSource) -> Iterator[CheckResult]:
    """Check that a field is fit for the role that a member gives it."""
    role, address = str(path[-1]), declared.resource.address
    if role not in ROLES:
        return
    unfit_types, reason = ROLES[role]
    if field.type in unfit_types:
        detail = f'{address} uses the field "{field.name}" ({field.type}) as {role}, but {reason}.'
        yield finding(declared, "unfit-field", detail, path, "use a field of another type")
    elif role == "tracking_field" and source.tracking is False:
        connection = source_connection(declared)
        detail = f'{address} sets a tracking_field, but the connection "{connection}" does not use tracking fields.'
        yield finding(declared, "unfit-field", detail, path, 'remove "tracking_field"')
    else:
        yield PASSED
