"""`applier schema`: prints the JSON Schema of the spec, and records what live connections offer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from applier.cli import flags
from applier.cli.client import connect
from applier.cli.console import CommandError, Console, error_diagnostic, print_text, write_diagnostic
from applier.cli.option_values import Options
from applier.cli.recorded_schemas import schemas_file, summarize
from applier.cli.spec_files import read_spec
from applier.cli.type_schemas import fetch_type_schemas
from applier.system import path_text


@click.command("schema", short_help="Print the JSON Schema of the spec; record live schemas.")
@click.argument("words", nargs=-1, metavar="[CONNECTION_TYPE | PATH... [FILE.json]]")
@flags.option("--snapshot", is_flag=True, help="Record what the connections of the spec at PATH offer in FILE.")
@flags.option(
    "--connection-types",
    is_flag=True,
    help="Fetch the schemas of the given connection types, or of those used at PATH.",
)
@flags.spec
@flags.service
@flags.output
@flags.with_options
def command(options: Options, words: tuple[str, ...], snapshot: bool, connection_types: bool) -> int:
    """Print the JSON Schema (2020-12) of the spec, or of the configuration of one connection type.

    --snapshot writes what live checks read (objects, fields with types, modes; no data, secrets or ids) to a file to be
    committed, by default applier.schemas.json beside the spec. `validate` then checks against it without a network, and
    `drift` reports live schemas that differ from it.

    --connection-types fetches the schemas of the given connection types, or of those that the spec uses and applier
    does not know, to connection_types/ beside the spec, to be committed. applier uses them from then on.
    """
    if connection_types:
        return fetch_type_schemas(words, options)
    if snapshot:
        return _record(words, options)
    if len(words) > 1:
        raise click.UsageError("give one connection type, or --snapshot and paths")
    return _print(words[0] if words else None)


def _print(connection_type: str | None) -> int:
    from applier.diagnostics.suggestions import suggest
    from applier.kinds.connection.kind import CONNECTIONS
    from applier.kinds.connection.types import SHIPPED_TYPES
    from applier.spec.schema.files import folder

    if connection_type is None:
        print_text((folder() / "spec.schema.json").read_text("utf-8"), document=True, nl=False)
        return 0
    facts = SHIPPED_TYPES.find(connection_type)
    if not facts.known:
        hint = suggest(connection_type, SHIPPED_TYPES.ids())
        raise click.ClickException(f'"{connection_type}": unknown connection type' + (f"; {hint}" if hint else ""))
    if not facts.schema:
        raise click.ClickException(f'"{connection_type}": applier has no schema for this connection type')
    print_text((folder() / CONNECTIONS.name / f"{facts.id}.json").read_text("utf-8"), document=True, nl=False)
    return 0


def _record(words: Sequence[str], options: Options) -> int:
    """Record the schemas; names that are not found are reported and left out. Return the exit code."""
    from applier import pipeline
    from applier.api import ApiError
    from applier.diagnostics import has_errors
    from applier.discovery.recorded_writer import write_schemas
    from applier.report import Report

    console = Console.create(options.output)
    paths = tuple(one for one in words if not one.endswith(".json"))
    file = next((Path(one) for one in words if one.endswith(".json")), schemas_file(paths))
    spec, diagnostics = read_spec(replace(options.spec, paths=paths))
    if has_errors(diagnostics):
        return console.finish(Report("schema", diagnostics))
    try:
        with connect(options.service, console, spec, paths) as client:
            schemas, problems = pipeline.record_schemas(spec, client, options.service.parallelism)
        write_schemas(file, schemas)
    except (ApiError, CommandError) as error:
        return console.finish(Report("schema", (*diagnostics, error_diagnostic(error))))
    except OSError as error:
        return console.finish(Report("schema", (*diagnostics, write_diagnostic(file, error))))
    console.note(f"recorded {summarize(schemas)} in {path_text(file)}")
    return console.finish(Report("schema", (*diagnostics, *problems)))
