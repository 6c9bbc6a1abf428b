"""`applier schema`: the contract of the spec."""

from __future__ import annotations

import click


@click.command("schema", short_help="Print the JSON Schema of the spec, for editors.")
@click.argument("connection_type", required=False, metavar="[CONNECTION_TYPE]")
def command(connection_type: str | None) -> int:
    """Print the JSON Schema of the spec (2020-12), or that of the configuration of one connection type."""
    from applier.diagnostics import did_you_mean
    from applier.kinds.connection_types import connection_type as facts_of
    from applier.kinds.connection_types import known_types
    from applier.schema_files import folder

    if connection_type is None:
        click.echo((folder() / "spec.schema.json").read_text("utf-8"), nl=False)
        return 0
    facts = facts_of(connection_type)
    if facts is None or not facts.schema:
        hint = did_you_mean(connection_type, known_types())
        known = "applier has no schema for it" if facts else "there is no such connection type"
        raise click.ClickException(f'"{connection_type}": {known}' + (f"; {hint}" if hint and not facts else ""))
    click.echo((folder() / "connections" / f"{facts.id}.json").read_text("utf-8"), nl=False)
    return 0
