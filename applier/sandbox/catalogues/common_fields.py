"""The modes and fields that several catalogues have."""

from __future__ import annotations

from typing import TypedDict, Unpack

from applier.sandbox.catalogues.types import EQUALITY, Field
from applier.sandbox.rules.syncs.sync_modes import Mode

CREATE = Mode("create", "Create", "Create records when they don’t exist; don’t update existing ones", True)
UPDATE = Mode(
    "update",
    "Update",
    "Update existing records only; don’t create new ones",
    True,
    supports_target_filters=True,
    supports_field_sync_mode=True,
)
UPDATE_OR_CREATE = Mode(
    "updateOrCreate",
    "Update or Create",
    "Update records when they exist and create them when they don’t",
    True,
    supports_field_sync_mode=True,
)
REMOVE = Mode("remove", "Remove", "Remove the records that the model has", True)
APPEND = Mode("append", "Append", "Append rows to the end", False)
REPLACE = Mode("replace", "Replace", "Replace everything that is there", False)
SNAPSHOT = Mode("snapshot", "Snapshot", "Write everything anew in every run", False)
USUAL = (CREATE, UPDATE, UPDATE_OR_CREATE)


class FieldMembers(TypedDict, total=False):
    """Further members of a field."""

    source_type: str
    required: bool
    createable: bool
    updateable: bool
    filterable: bool
    identity: tuple[str, ...]
    encryptable: bool


def key(id: str = "id", name: str = "ID") -> Field:
    """Return the identifier of a record, which the service generates."""
    return Field(id, name, source_type="id", createable=False, updateable=False, identity=EQUALITY)


def computed_field(id: str, name: str, type: str = "datetime") -> Field:
    """Return a field that only the service writes."""
    return Field(id, name, type, createable=False, updateable=False)


def email(id: str = "email", name: str = "Email", *, required: bool = False, filterable: bool = True) -> Field:
    identity = ("Equality", "DomainMatch")
    return Field(id, name, source_type="email", identity=identity, required=required, filterable=filterable)


def choice(id: str, name: str, *choices: str, **members: Unpack[FieldMembers]) -> Field:
    return Field(id, name, choices=choices, **members)


def reference(id: str, name: str, to: str, **members: Unpack[FieldMembers]) -> Field:
    return Field(id, name, reference=to, **members)


def number(id: str, name: str, **members: Unpack[FieldMembers]) -> Field:
    return Field(id, name, "number", **members)


def flag(id: str, name: str, **members: Unpack[FieldMembers]) -> Field:
    return Field(id, name, "boolean", **members)


def moment(id: str, name: str, **members: Unpack[FieldMembers]) -> Field:
    return Field(id, name, "datetime", **members)
