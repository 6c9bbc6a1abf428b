"""Qualified names such as `company.customers` or `"My Schema"."Table"`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from applier.sandbox.databases.systems import System
from applier.sandbox.databases.types import DatabaseError

_PART = re.compile(r'\s*(?:"((?:[^"]|"")*)"|`((?:[^`]|``)*)`|\[((?:[^\]]|\]\])*)\]|([^.]+?))\s*(?:\.|$)')


@dataclass(frozen=True)
class Name:
    """A table or view with its schema, in the spelling of the database."""

    schema: str
    table: str

    def __str__(self) -> str:
        return f"{self.schema}.{self.table}"


def parts_of(text: str) -> list[str]:
    """Return the parts of a dotted name without quotes, of whatever system they are."""
    parts: list[str] = []
    place = 0
    while place < len(text):
        found = _PART.match(text, place)
        if found is None:
            raise DatabaseError(f"not a name: {text}")
        quoted = [found[1] and found[1].replace('""', '"'), found[2] and found[2].replace("``", "`"), found[3]]
        parts.append(next((part for part in quoted if part), None) or found[4] or "")
        place = found.end()
    if not parts or not all(parts):
        raise DatabaseError(f"not a name: {text!r}")
    return parts


def name_of(system: System, text: str, database: str) -> Name:
    """Return the table that `text` means in `database`: unqualified names are in the default schema."""
    parts = parts_of(text)
    return name_from_parts(system, parts, database)


def name_from_parts(system: System, parts: list[str], database: str) -> Name:
    default = database if system.server_wide else system.default_schema
    if len(parts) == 1:
        if not default:
            raise DatabaseError("Error 1046 (3D000): No database selected" if system.family == "mysql"
                                else f"{parts[0]} must be qualified with its dataset")  # fmt: skip
        return Name(default, parts[0])
    if len(parts) > 3:
        raise DatabaseError(f"too many parts in the name {'.'.join(parts)}")
    return Name(parts[-2], parts[-1])
