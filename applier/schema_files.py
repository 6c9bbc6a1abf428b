"""Finds the JSON Schema files: `schemas/` of the repository, or `applier/_schemas/` of an installed wheel."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@cache
def folder() -> Path:
    """The folder that holds `spec.schema.json` and `connections/`. Raises FileNotFoundError if there is none."""
    for candidate in (HERE / "_schemas", HERE.parent / "schemas"):
        if (candidate / "spec.schema.json").is_file():
            return candidate
    raise FileNotFoundError("the schema files of applier are missing; install it again")


@cache
def read_schema(name: str) -> dict[str, Any] | None:
    """One schema by its name without ending (`spec.schema`, `connections/mysql`), or None when there is no such file.

    The answer is shared: do not change it.
    """
    path = folder() / f"{name}.json"
    if not path.is_file():
        return None
    schema: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return schema
