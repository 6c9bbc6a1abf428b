"""Fetches the schemas of connection types into the project, for `schema --connection-types`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from applier.cli.client import connect
from applier.cli.console import CommandError, Console, error_diagnostic, write_diagnostic
from applier.cli.spec_files import read_spec, spec_folder
from applier.saving import write_file
from applier.system import exists, path_text

if TYPE_CHECKING:
    from applier.cli.option_values import Options
    from applier.diagnostics import Diagnostic
    from applier.spec.resources import Spec


def fetch_type_schemas(words: Sequence[str], options: Options) -> int:
    """Write the schemas to connection_types/ beside the spec; return the exit code.

    A word is a path if there is something at it, else a connection type. Without types, those are fetched that the spec
    uses and applier does not know.
    """
    from applier.api import ApiError
    from applier.discovery import inspection
    from applier.kinds.connection.project_types import FOLDER
    from applier.report import Report
    from applier.spec.documents.streams import is_stream

    console = Console.create(options.output)
    paths = tuple(one for one in words if exists(one) or is_stream(one))
    folder = spec_folder(paths) / FOLDER
    spec, _ = read_spec(replace(options.spec, paths=paths))  # its types can be read even if something is wrong with it
    types = [_check_type(one) for one in words if one not in paths] or _unknown_types(spec)
    problems: list[Diagnostic] = []
    try:
        with connect(options.service, console, spec) as client:
            for type_id in types:
                problems += _write_schema(folder / f"{type_id}.json", inspection.type_schema(client, type_id))
    except (ApiError, CommandError) as error:
        problems.append(error_diagnostic(error))
    if not types:
        console.note("all connection types of the spec are known")
    return console.finish(Report("schema", tuple(problems)))


def _check_type(word: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_]+", word):
        raise click.UsageError(f'"{word}" is neither a path nor a connection type')
    return word


def _unknown_types(spec: Spec) -> list[str]:
    """Return the types that the spec uses and whose schemas are not known."""
    from applier.kinds import kinds_of
    from applier.kinds.connection.kind import CONNECTIONS

    connections = kinds_of(spec)[CONNECTIONS.name]
    used = {str(one.body.get("type") or "") for one in spec.of_kind(connections.name)} - {""}
    return sorted(type_id for type_id in used if not connections.member_schemas({"type": type_id}))


def _write_schema(file: Path, schema: Mapping[str, object]) -> list[Diagnostic]:
    """Write the schema and print the path; return a diagnostic if that fails."""
    from applier.diagnostics.characters import escape_json

    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_file(file, escape_json(json.dumps(schema, indent=2, ensure_ascii=False)) + "\n")
    except OSError as error:
        return [write_diagnostic(file, error)]
    click.echo(path_text(file))
    return []
