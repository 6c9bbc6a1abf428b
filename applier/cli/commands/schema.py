"""`applier schema`: the contract of the spec, and what live connections offer, recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from applier.cli import options
from applier.cli.client import connected
from applier.cli.console import Console, Unusable, problem_of, read_spec, unwritten
from applier.cli.recorded_schemas import recorded, schemas_file
from applier.cli.type_schemas import fetched
from applier.system import path_text


@click.command("schema", short_help="Print the JSON Schema of the spec, for editors; record live schemas.")
@click.argument("words", nargs=-1, metavar="[CONNECTION_TYPE | PATH... [FILE.json]]")
@options.option("--snapshot", is_flag=True, help="Record what the connections of the spec under PATH offer in FILE.")
@options.option(
    "--connection-types",
    is_flag=True,
    help="Fetch the schemas of connection types: of those given, or used under PATH.",
)
@options.spec
@options.service
@options.output
def command(words: tuple[str, ...], snapshot: bool, connection_types: bool, **given: Any) -> int:
    """Print the JSON Schema of the spec (2020-12), or that of the configuration of one connection type.

    With --snapshot write what checks read (objects, fields with types, modes; no data, no secrets, no ids) to a file
    to be committed, by default applier.schemas.json beside the spec: `validate` checks against it without a network,
    `drift` tells when live schemas move away from it.

    With --connection-types fetch the schemas of the given connection types, or of those that the spec uses and
    applier does not know, into connection_types/ beside the spec, to be committed: they are used from then on.
    """
    if connection_types:
        return fetched(words, given)
    if snapshot:
        return _recorded(words, given)
    if len(words) > 1:
        raise click.UsageError("give one connection type, or --snapshot and paths")
    return _printed(words[0] if words else None)


def _printed(connection_type: str | None) -> int:
    from applier.diagnostics.suggestions import suggest
    from applier.kinds.connection.types import SHIPPED_TYPES
    from applier.schema_files import folder

    if connection_type is None:
        click.echo((folder() / "spec.schema.json").read_text("utf-8"), nl=False)
        return 0
    facts = SHIPPED_TYPES.find(connection_type)
    if not facts.schema:
        hint = suggest(connection_type, SHIPPED_TYPES.ids())
        known = "applier has no schema for it" if facts.known else "there is no such connection type"
        raise click.ClickException(f'"{connection_type}": {known}' + (f"; {hint}" if hint and not facts.known else ""))
    click.echo((folder() / "connections" / f"{facts.id}.json").read_text("utf-8"), nl=False)
    return 0


def _recorded(words: Sequence[str], given: Mapping[str, Any]) -> int:
    """Record the schemas; names that lead nowhere are told and left out."""
    from applier import reality
    from applier.api import ApiError
    from applier.diagnostics import has_errors
    from applier.discovery.recorded_writer import write_schemas
    from applier.report import Report

    console = Console.of(given)
    paths = [one for one in words if not one.endswith(".json")]
    file = next((Path(one) for one in words if one.endswith(".json")), schemas_file(paths))
    spec, diagnostics = read_spec(paths, given)
    if has_errors(diagnostics):
        return console.finish(Report("schema", diagnostics))
    try:
        with connected(given, console, spec, paths) as client:
            schemas, problems = reality.record_schemas(spec, client, given["parallelism"])
        write_schemas(file, schemas)
    except (ApiError, Unusable) as error:
        return console.finish(Report("schema", (*diagnostics, problem_of(error))))
    except OSError as error:
        return console.finish(Report("schema", (*diagnostics, unwritten(file, error))))
    console.note(f"recorded {recorded(schemas)} in {path_text(file)}")
    return console.finish(Report("schema", (*diagnostics, *problems)))
