"""The file of recorded schemas beside the spec."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from applier.cli.console import Unusable

if TYPE_CHECKING:
    from applier.discovery.recorded import Schemas


def schemas_file(paths: Sequence[str]) -> Path:
    """Where it lies: in the folder of the first path."""
    from applier.discovery.recorded import FILE_NAME

    first = Path(paths[0]) if paths else Path()
    return (first if first.is_dir() else first.parent) / FILE_NAME


def read_recorded(paths: Sequence[str]) -> Schemas | None:
    """What is in it, None when there is none. Raises `Unusable`."""
    from applier.discovery.recorded import NotSchemas, read_schemas

    file = schemas_file(paths)
    if not file.is_file():
        return None
    try:
        return read_schemas(file)
    except NotSchemas as error:
        raise Unusable("bad-schemas", str(error), "write it again: applier schema --snapshot") from None


def told_schemas(schemas: Schemas | None) -> str:
    """The file and its date."""
    from applier.discovery.recorded import FILE_NAME

    return f"{FILE_NAME} of {schemas.taken[:10]}" if schemas else ""


def recorded(schemas: Schemas) -> str:
    """How much is in it: `2 sources and 1 target of 2 connections`."""
    from applier.render.parts.words import count

    known = schemas.connections.values()
    numbers = {
        "source": sum(len(one.sources) for one in known),
        "target": sum(len(one.targets) for one in known),
        "enrichment": sum(len(one.enrichments) for one in known),
        "bulk source": sum(one.bulk_source is not None for one in known),
        "bulk destination": sum(one.bulk_destination is not None for one in known),
    }
    *first, last = [count(number, noun) for noun, number in numbers.items() if number] or ["nothing"]
    told = f"{', '.join(first)} and {last}" if first else last
    return f"{told} of {count(len(known), 'connection')}"
