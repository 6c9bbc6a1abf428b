"""The description of a sync target, a table or an object of a service: its modes, flags and fields."""

from __future__ import annotations

from dataclasses import dataclass, field

from applier.sandbox import databases
from applier.sandbox.catalogues import Creation, Field, Object, Property, catalogue_of
from applier.sandbox.json_values import Document, JsonObject, as_text
from applier.sandbox.rules.connections.record_stores import find_object, has_records, is_database, open_for_request
from applier.sandbox.rules.context import Context
from applier.sandbox.rules.filter_functions import functions_for
from applier.sandbox.rules.refusals import bad_request
from applier.sandbox.rules.syncs.sync_modes import Mode, modes_of

TABLE_FLAGS: JsonObject = {"supports_field_creation": True}
TABLE_NAME = (Property("name", "Name"),)


@dataclass(frozen=True)
class TargetDescription:
    """One target. `fields` is None where they are not known: then every field is accepted."""

    id: str
    name: str
    modes: tuple[Mode, ...]
    flags: JsonObject = field(default_factory=dict)
    fields: tuple[Document, ...] | None = None
    is_table: bool = False

    def field(self, id: str) -> Document | None:
        return next((known for known in self.fields or () if known["id"] == id), None)


def describe_target(context: Context, connection: JsonObject, target: str) -> TargetDescription | None:
    """Return the description of an existing target; None when there is no target of this name."""
    catalogue = catalogue_of(as_text(connection, "type"))
    if catalogue is not None:
        known = find_object(context, connection, target)
        return _describe_object(context, connection, known) if known and known.is_target else None
    modes = modes_of(as_text(connection, "type"))
    if not is_database(connection):
        return TargetDescription(target, target, modes, TABLE_FLAGS)
    with open_for_request(context, connection) as database:
        if target not in database.tables():
            return None
        columns = database.columns({"table": target})
    return TargetDescription(target, target, modes, TABLE_FLAGS, tuple(map(_column, columns)), is_table=True)


def describe_new_target(connection: JsonObject, properties: JsonObject) -> TargetDescription:
    """Return the description of the target that these properties create; refuse wrong properties."""
    check_properties(connection, properties)
    creation = creation_of(connection)
    if creation is None:
        name = str(properties["name"])
        return TargetDescription(name, name, modes_of(as_text(connection, "type")), TABLE_FLAGS)
    made = creation.make("", properties)
    fields = tuple(map(_field, made.fields)) if made.fields else None
    return TargetDescription("", made.name, made.modes, made.flags, fields)


def creation_of(connection: JsonObject) -> Creation | None:
    catalogue = catalogue_of(as_text(connection, "type"))
    return catalogue.creation if catalogue else None


def properties_of(connection: JsonObject) -> tuple[Property, ...]:
    """Return the properties that creating a target takes; none where no target can be created."""
    creation = creation_of(connection)
    if creation is not None:
        return creation.properties
    return TABLE_NAME if is_database(connection) or not has_records(connection) else ()


def check_properties(connection: JsonObject, properties: JsonObject) -> None:
    known = properties_of(connection)
    if not known:
        raise bad_request("target: the connection cannot create targets")
    for name in properties:
        if name not in {wanted.id for wanted in known}:
            raise bad_request(f"target: create: there is no property {name}")
    for wanted in known:
        value = properties.get(wanted.id)
        if not isinstance(value, str) or not value:
            raise bad_request(f"target: create: {wanted.id} is required")
        allowed = [choice for choice, _ in wanted.choices]
        if allowed and value not in allowed:
            raise bad_request(f"target: create: {wanted.id} must be one of {', '.join(allowed)}")


def _describe_object(context: Context, connection: JsonObject, known: Object) -> TargetDescription:
    """Return the description of an object with its own fields and those that syncs have added."""
    declared = {member.id for member in known.fields}
    with open_for_request(context, connection) as store:
        added = [column for column in store.columns({"table": known.id}) if column.name not in declared]
    fields = (*map(_field, known.fields), *map(_column, added))
    return TargetDescription(known.id, known.name, known.modes, known.flags, fields)


def _field(known: Field) -> Document:
    functions = functions_for(known.type, known.choices) if known.filterable else []
    return {
        "id": known.id,
        "name": known.label,
        "description": known.description,
        "required": known.required,
        "filterable": known.filterable,
        "createable": known.createable,
        "updateable": known.updateable,
        "association": bool(known.reference),
        "supports_identity": bool(known.identity),
        "identity_functions": [{"id": name, "label": name} for name in known.identity] or None,
        "source_type": known.native,
        "type": known.type,
        **({"encryptable": True} if known.encryptable else {}),
        "filter_functions": functions,
        "values": [{"value": value, "label": value} for value in known.choices],
        "multiple_associations": False,
    }


def _column(column: databases.Column) -> Document:
    return {
        "id": column.name,
        "name": column.name,
        "description": "",
        "required": not (column.nullable or column.filled),
        "filterable": False,
        "createable": True,
        "updateable": True,
        "association": False,
        "supports_identity": True,
        "identity_functions": [{"id": "Equality", "label": "Equality"}],
        "source_type": column.native,
        "type": column.type,
        "filter_functions": [],
        "values": [],
        "multiple_associations": False,
    }
