"""Fetches the schemas of connection types into the project, for `schema --connection-types`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from applier.cli.client import connected
from applier.cli.console import Console, Unusable, problem_of, read_spec, unwritten
from applier.system import path_text, write_text

if TYPE_CHECKING:
    from applier.diagnostics import Diagnostic
    from applier.resources import Spec


def fetched(words: Sequence[str], given: Mapping[str, Any]) -> int:
    """Fetch and write; a word is a path if something is there, else a connection type."""
    from applier.api import ApiError
    from applier.discovery import inspection
    from applier.kinds.connection.project_types import FOLDER
    from applier.report import Report

    console = Console.of(given)
    paths = [one for one in words if Path(one).exists()]
    folder = _beside(paths) / FOLDER
    spec, _ = read_spec(paths, given)  # whatever is wrong with it, its types can be told
    wanted = [_type(one) for one in words if one not in paths] or _unknown(spec)
    problems: list[Diagnostic] = []
    try:
        with connected(given, console, spec) as client:
            for type_id in wanted:
                problems += _write(folder / f"{type_id}.json", inspection.type_schema(client, type_id))
    except (ApiError, Unusable) as error:
        problems.append(problem_of(error))
    if not wanted:
        console.note("every connection type of the spec is known")
    return console.finish(Report("schema", tuple(problems)))


def _type(word: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_]+", word):
        raise click.UsageError(f'"{word}" is neither a path nor a connection type')
    return word


def _beside(paths: Sequence[str]) -> Path:
    first = Path(paths[0]) if paths else Path()
    return first if first.is_dir() else first.parent


def _unknown(spec: Spec) -> list[str]:
    """The types that the spec uses and no schema is known of."""
    from applier.kinds import kinds_of

    connections = kinds_of(spec)["connections"]
    used = {str(one.body.get("type") or "") for one in spec.of_kind(connections.name)} - {""}
    return sorted(type_id for type_id in used if not connections.member_schemas({"type": type_id}))


def _write(file: Path, schema: Mapping[str, object]) -> list[Diagnostic]:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_text(file, json.dumps(schema, indent=2, ensure_ascii=False) + "\n")
    except OSError as error:
        return [unwritten(file, error)]
    click.echo(path_text(file))
    return []
