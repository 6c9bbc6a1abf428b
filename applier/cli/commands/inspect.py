"""`applier inspect`: what connections offer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import click

from applier.cli import options
from applier.cli.client import connected
from applier.cli.console import Console, Unusable, problem_of
from applier.cli.usage import Group

if TYPE_CHECKING:
    from applier.api import Client
    from applier.discovery.inspection import Table


@click.group("inspect", cls=Group, short_help="List what a connection offers to models, syncs and bulk syncs.")
def command() -> None:
    """List what live connections offer, level by level, as a table or JSON: `source` and `enrichment` for models,
    `target` and `fields` for syncs, `schemas` and `destination` for bulk syncs. CONNECTION is a name."""


@command.command("source", short_help="What models can be built from, and their fields.")
@click.argument("connection")
@click.argument("choices", nargs=-1, metavar="[NAME=VALUE]...")
@options.option("--search", metavar="TEXT", help="Only values and fields that contain this.")
@options.service
@options.output
def source(connection: str, choices: tuple[str, ...], search: str | None, **given: Any) -> int:
    """List what a model over CONNECTION can be built from; a complete choice such as table=company.customers lists
    its fields."""
    from applier.discovery import inspection

    chosen = dict(_pair(one) for one in choices)
    return _inspected(connection, given, lambda client, found: inspection.source(client, found, chosen, search))


@command.command("target", short_help="Where syncs can write to.")
@click.argument("connection")
@click.argument("level", required=False, metavar="[LEVEL]")
@options.option("--search", metavar="TEXT", help="Only names that contain this.")
@options.service
@options.output
def target(connection: str, level: str | None, search: str | None, **given: Any) -> int:
    """List the objects that syncs can write to, or with LEVEL (such as schema, table) the entries of a level."""
    from applier.discovery import inspection

    return _inspected(connection, given, lambda client, found: inspection.target(client, found, level, search))


@command.command("fields", short_help="The modes and fields of a target object.")
@click.argument("connection")
@click.argument("object_id", metavar="OBJECT")
@options.option("--search", metavar="TEXT", help="Only fields that contain this.")
@options.service
@options.output
def fields(connection: str, object_id: str, search: str | None, **given: Any) -> int:
    """List the modes that a target OBJECT offers, and its fields with types and what can be done with them."""
    from applier.discovery import inspection

    return _inspected(connection, given, lambda client, found: inspection.fields(client, found, object_id, search))


@command.command("schemas", short_help="What bulk syncs can copy, and its fields.")
@click.argument("connection")
@click.argument("schema", required=False, metavar="[SCHEMA]")
@options.option("--search", metavar="TEXT", help="Only schemas and fields that contain this.")
@options.service
@options.output
def schemas(connection: str, schema: str | None, search: str | None, **given: Any) -> int:
    """List the schemas that bulk syncs can copy from CONNECTION, or with SCHEMA its fields."""
    from applier.discovery import inspection

    return _inspected(connection, given, lambda client, found: inspection.schemas(client, found, schema, search))


@command.command("destination", short_help="How bulk syncs can write.")
@click.argument("connection")
@options.service
@options.output
def destination(connection: str, **given: Any) -> int:
    """List the settings and modes of bulk syncs that write to CONNECTION."""
    from applier.discovery import inspection

    return _inspected(connection, given, inspection.destination)


@command.command("enrichment", short_help="What enrichments take.")
@click.argument("connection")
@click.argument("choices", nargs=-1, metavar="[NAME=VALUE]...")
@options.option("--search", metavar="TEXT", help="Only values that contain this.")
@options.service
@options.output
def enrichment(connection: str, choices: tuple[str, ...], search: str | None, **given: Any) -> int:
    """List what CONNECTION can enrich the records of a model with; a complete choice lists the inputs that it takes."""
    from applier.discovery import inspection

    chosen = dict(_pair(one) for one in choices)
    return _inspected(connection, given, lambda client, found: inspection.enrichment(client, found, chosen, search))


def _pair(choice: str) -> tuple[str, str]:
    name, equals, value = choice.partition("=")
    if not equals or not name:
        raise click.UsageError(f'"{choice}" is not a choice: write NAME=VALUE, such as table=company.customers')
    return name, value


def _inspected(connection: str, given: Mapping[str, Any], look: Callable[[Client, str], Table]) -> int:
    from applier import pipeline
    from applier.api import ApiError
    from applier.report import Report

    console = Console.of(given)
    try:
        with connected(given, console) as client:
            found, problems = pipeline.one_live(client, "connections", connection)
            if found is None:
                return console.finish(Report("inspect", problems))
            return console.finish(Report("inspect", table=look(client, found.id)))
    except (ApiError, Unusable) as error:
        return console.finish(Report("inspect", (problem_of(error),)))
