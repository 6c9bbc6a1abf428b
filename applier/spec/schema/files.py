"""Reads the JSON Schema files: in `schemas/` of the repository, or in `applier/_schemas/` of an installed wheel."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from applier.system import is_file

Schema = Mapping[str, object]
"""A JSON Schema."""

PACKAGE = Path(__file__).parents[2]


@cache
def folder() -> Path:
    """Return the folder that holds `spec.schema.json` and `connections/`. Raises FileNotFoundError."""
    for candidate in (PACKAGE / "_schemas", PACKAGE.parent / "schemas"):
        if (candidate / "spec.schema.json").is_file():
            return candidate
    raise FileNotFoundError("the schema files of applier are missing; install it again")


@cache
def read_schema(name: str) -> Schema | None:
    """Return the schema of a name without ending (`spec.schema`, `connections/mysql`), None without such a file.

    The schema is shared by all callers and must not be changed.
    """
    path = folder() / f"{name}.json"
    if not is_file(path):
        return None
    schema: dict[str, object] = json.loads(path.read_text("utf-8"))
    return schema
