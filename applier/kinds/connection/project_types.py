"""Reads the connection types that a project brings along, as `connection_types/TYPE.json` beside the spec."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from applier.diagnostics import Diagnostic, Place, diagnose
from applier.kinds.connection.types import SHIPPED_TYPES, ConnectionTypes
from applier.spec.documents.json_text import NotJson, decode_json
from applier.spec.schema.files import Schema
from applier.spec.schema.validator import is_schema
from applier.system import describe_os_error, is_file, is_folder, quote_argument, relative_text

FOLDER = "connection_types"


def read_project_types(projects: Iterable[Path]) -> tuple[ConnectionTypes, list[Diagnostic]]:
    """Return the connection types that the projects know, and an error for each file that is not a schema."""
    schemas: dict[str, Schema] = {}
    problems: list[Diagnostic] = []
    for folder in sorted({project / FOLDER for project in projects}):
        for path in sorted(folder.glob("*.json")) if is_folder(folder) else ():
            place = Place(relative_text(path))
            if not is_file(path):  # a named pipe would wait for somebody who writes
                problems.append(_not_a_schema(path, "it is not a file", place))
                continue
            try:
                schema = decode_json(path.read_bytes())
            except OSError as error:
                problems.append(_not_a_schema(path, describe_os_error(error), place))
            except NotJson as error:
                problems.append(_not_a_schema(path, str(error), replace(error.place(path), file=relative_text(path))))
            else:
                if isinstance(schema, dict) and is_schema(schema):
                    schemas[path.stem] = schema
                else:
                    problems.append(_not_a_schema(path, "", place))
    return (ConnectionTypes(schemas) if schemas else SHIPPED_TYPES), problems


def _not_a_schema(path: Path, reason: str, place: Place) -> Diagnostic:
    return diagnose(
        "connection-type-file",
        f'"{FOLDER}/{path.name}" is not the JSON Schema of a connection type{f": {reason}" if reason else ""}.',
        place,
        f"fetch it again: applier schema --connection-types {quote_argument(path.stem)}",
    )
