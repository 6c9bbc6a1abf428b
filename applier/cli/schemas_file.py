"""The file of recorded schemas beside the spec."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from applier.cli.session import Unusable

if TYPE_CHECKING:
    from applier.checks.recorded import Schemas


def schemas_file(paths: Sequence[str]) -> Path:
    """Where it lies: in the folder of the first path."""
    from applier.checks.recorded import FILE_NAME

    first = Path(paths[0]) if paths else Path()
    return (first if first.is_dir() else first.parent) / FILE_NAME


def read_recorded(paths: Sequence[str]) -> Schemas | None:
    """What is in it, None when there is none. Raises `Unusable`."""
    from applier.checks.recorded import NotSchemas, read_schemas

    file = schemas_file(paths)
    if not file.is_file():
        return None
    try:
        return read_schemas(file)
    except NotSchemas as error:
        raise Unusable("bad-schemas", str(error), "write it again: applier schema --snapshot") from None


def told_schemas(schemas: Schemas | None) -> str:
    """The file and its date."""
    from applier.checks.recorded import FILE_NAME

    return f"{FILE_NAME} of {schemas.taken[:10]}" if schemas else ""
