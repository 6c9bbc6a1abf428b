"""`applier inspect`: lists what connections offer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from applier.cli import flags
from applier.cli.client import connect
from applier.cli.console import CommandError, Console, error_diagnostic
from applier.cli.option_values import Options
from applier.cli.usage import Group

if TYPE_CHECKING:
    from applier.api import Client
    from applier.discovery.inspection import Table


def _search(what: str) -> flags.Decorator:
    return flags.option("--search", metavar="TEXT", help=f"Only {what} that contain this.")


@click.group("inspect", cls=Group, short_help="List what a connection offers to models, syncs and bulk syncs.")
def command() -> None:
    """List what live connections offer, level by level, as a table or JSON: `source` and `enrichment` for models,
    `target` and `fields` for syncs, `schemas` and `destination` for bulk syncs. CONNECTION is a name."""


@command.command("source", short_help="List the sources of models, and their fields.")
@click.argument("connection")
@click.argument("choices", nargs=-1, metavar="[NAME=VALUE]...")
@_search("values and fields")
@flags.service
@flags.output
@flags.with_options
def source(options: Options, connection: str, choices: tuple[str, ...], search: str | None) -> int:
    """List the sources that CONNECTION offers to models. A complete choice, such as table=company.customers, lists its
    fields."""
    from applier.discovery import inspection

    chosen = dict(_parse_choice(one) for one in choices)
    return _inspect(options, connection, lambda client, id_: inspection.source(client, id_, chosen, search))


@command.command("target", short_help="List the objects that syncs can write to.")
@click.argument("connection")
@click.argument("level", required=False, metavar="[LEVEL]")
@_search("names")
@flags.service
@flags.output
@flags.with_options
def target(options: Options, connection: str, level: str | None, search: str | None) -> int:
    """List the objects that syncs can write to. With LEVEL, such as schema or table, list its entries."""
    from applier.discovery import inspection

    return _inspect(options, connection, lambda client, id_: inspection.target(client, id_, level, search))


@command.command("fields", short_help="List the modes and fields of a target object.")
@click.argument("connection")
@click.argument("object_id", metavar="OBJECT")
@_search("fields")
@flags.service
@flags.output
@flags.with_options
def fields(options: Options, connection: str, object_id: str, search: str | None) -> int:
    """List the modes of a target OBJECT, and its fields with their types and capabilities."""
    from applier.discovery import inspection

    return _inspect(options, connection, lambda client, id_: inspection.fields(client, id_, object_id, search))


@command.command("schemas", short_help="List the schemas that bulk syncs can copy, and their fields.")
@click.argument("connection")
@click.argument("schema", required=False, metavar="[SCHEMA]")
@_search("schemas and fields")
@flags.service
@flags.output
@flags.with_options
def schemas(options: Options, connection: str, schema: str | None, search: str | None) -> int:
    """List the schemas that bulk syncs can copy from CONNECTION. With SCHEMA, list its fields."""
    from applier.discovery import inspection

    return _inspect(options, connection, lambda client, id_: inspection.schemas(client, id_, schema, search))


@command.command("destination", short_help="List the settings and modes of bulk syncs.")
@click.argument("connection")
@flags.service
@flags.output
@flags.with_options
def destination(options: Options, connection: str) -> int:
    """List the settings and modes of bulk syncs that write to CONNECTION."""
    from applier.discovery import inspection

    return _inspect(options, connection, inspection.destination)


@command.command("enrichment", short_help="List the inputs of enrichments.")
@click.argument("connection")
@click.argument("choices", nargs=-1, metavar="[NAME=VALUE]...")
@_search("values")
@flags.service
@flags.output
@flags.with_options
def enrichment(options: Options, connection: str, choices: tuple[str, ...], search: str | None) -> int:
    """List the enrichments that CONNECTION offers to models. A complete choice lists the inputs that it takes."""
    from applier.discovery import inspection

    chosen = dict(_parse_choice(one) for one in choices)
    return _inspect(options, connection, lambda client, id_: inspection.enrichment(client, id_, chosen, search))


def _parse_choice(choice: str) -> tuple[str, str]:
    name, equals, value = choice.partition("=")
    if not equals or not name:
        raise click.UsageError(f'"{choice}" is not a choice: write NAME=VALUE, such as table=company.customers')
    return name, value


def _inspect(options: Options, connection: str, read: Callable[[Client, str], Table]) -> int:
    """Find the connection, read from it by its id and print the table; return the exit code."""
    from applier.api import ApiError
    from applier.kinds.connection.kind import CONNECTIONS
    from applier.report import Report
    from applier.resolve import find_live

    console = Console.create(options.output)
    try:
        with connect(options.service, console) as client:
            live, problems = find_live(client, CONNECTIONS.name, connection)
            if live is None:
                return console.finish(Report("inspect", problems))
            return console.finish(Report("inspect", table=read(client, live.id)))
    except (ApiError, CommandError) as error:
        return console.finish(Report("inspect", (error_diagnostic(error),)))
