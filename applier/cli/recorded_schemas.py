"""Finds, reads and describes the file of recorded schemas beside the spec."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from applier.cli.console import CommandError
from applier.cli.spec_files import spec_folder
from applier.system import is_file

if TYPE_CHECKING:
    from applier.discovery.recorded import Schemas


def schemas_file(paths: Sequence[str]) -> Path:
    """Return the path of the file: it lies beside the spec."""
    from applier.discovery.recorded import FILE_NAME

    return spec_folder(paths) / FILE_NAME


def read_recorded(paths: Sequence[str]) -> Schemas | None:
    """Return the recorded schemas, None without a file. Raises `CommandError`."""
    from applier.discovery.recorded import NotSchemas, read_schemas

    file = schemas_file(paths)
    if not is_file(file):
        return None
    try:
        return read_schemas(file)
    except NotSchemas as error:
        hint = "record them again: applier schema --snapshot"
        raise CommandError("bad-schemas", str(error), hint, error.place) from None


def name_with_date(schemas: Schemas | None) -> str:
    """Return the name of the file with the day of the recording, empty without recorded schemas."""
    from applier.discovery.recorded import FILE_NAME

    return f"{FILE_NAME} of {schemas.taken[:10]}" if schemas else ""


def summarize(schemas: Schemas) -> str:
    """Return how much was recorded, such as `2 sources and 1 target of 2 connections`."""
    from applier.render.parts.words import count

    connections = schemas.connections.values()
    numbers = {
        "source": sum(len(one.sources) for one in connections),
        "target": sum(len(one.targets) for one in connections),
        "enrichment": sum(len(one.enrichments) for one in connections),
        "bulk source": sum(one.bulk_source is not None for one in connections),
        "bulk destination": sum(one.bulk_destination is not None for one in connections),
    }
    *first, last = [count(number, noun) for noun, number in numbers.items() if number] or ["nothing"]
    parts = f"{', '.join(first)} and {last}" if first else last
    return f"{parts} of {count(len(connections), 'connection')}"
