"""Connection types that a project brings along, as `connection_types/TYPE.json` beside the spec."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from applier.diagnostics import Diagnostic, Place, diagnose
from applier.kinds.connection.types import add_type
from applier.spec.schema.validator import is_schema
from applier.system import relative_text

FOLDER = "connection_types"


def load_custom_types(projects: Iterable[Path]) -> list[Diagnostic]:
    """Make the types in the folders of all projects known; the diagnostics tell which files are no schemas."""
    schemas: dict[str, Any] = {}
    problems: list[Diagnostic] = []
    for folder in sorted({project / FOLDER for project in projects}):
        for path in sorted(folder.glob("*.json")) if folder.is_dir() else ():
            schema = _read(path)
            if is_schema(schema):
                schemas[path.stem] = schema
            else:
                problems.append(_no_schema(path))
    add_type(schemas)
    return problems


def _read(path: Path) -> object:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None


def _no_schema(path: Path) -> Diagnostic:
    return diagnose(
        "connection-type-file",
        f'"{FOLDER}/{path.name}" is not the JSON Schema of a connection type.',
        Place(relative_text(path)),
        f"fetch it again: applier schema --connection-types {path.stem}",
    )
