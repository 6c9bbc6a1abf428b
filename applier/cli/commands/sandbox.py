"""`applier sandbox`: the local API server and its data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from applier.cli import local_sandbox, options
from applier.cli.client import connected
from applier.cli.console import Console, Unusable
from applier.cli.process import left_alone
from applier.cli.usage import Group
from applier.system import path_text

data = options.option(
    "--data",
    "data",
    also=("APPLIER_SANDBOX_DATA",),
    metavar="DIR",
    default=".applier/sandbox",
    help="Where the sandbox keeps its state [.applier/sandbox].",
)


@click.group("sandbox", cls=Group, short_help="The local Polytomic API: serve, seed, authorize, reset.")
def command() -> None:
    """A local, persistent stand-in for the Polytomic API; `--sandbox` of other commands uses the same state."""


def _usable(error: Unusable) -> click.ClickException:
    return click.ClickException(f"{error}\n  hint: {error.hint}")


@command.command("serve", short_help="Serve the API over HTTP.")
@options.option("--host", default="127.0.0.1", metavar="HOST", help="Address to listen on [127.0.0.1].")
@options.option("--port", type=click.IntRange(0, 65535), default=8765, metavar="PORT", help="0: a free one [8765].")
@options.option("--api-key", metavar="KEY", help="The key that clients have to send; without one every key is good.")
@options.option("--partner-key", metavar="KEY", help="A key for organizations and users, bearer or basic.")
@options.option(
    "--databases",
    type=click.Choice(["embedded", "live"]),
    default="embedded",
    help="Databases behind connections: files in the data folder, or the configured hosts.",
)
@options.option("--switch", "switches", multiple=True, metavar="NAME=VALUE", help="Set a switch (see switches).")
@data
def serve(host: str, port: int, data: str, switches: tuple[str, ...], **given: Any) -> int:
    """Serve the API until interrupted. Prints the URL on stdout once it listens.

    With embedded databases every host is there but those that end in .invalid: they rehearse a system that is down.
    """
    try:
        local_sandbox.package()
    except Unusable as error:
        raise _usable(error) from None
    from applier.sandbox.serve import CannotListen
    from applier.sandbox.serve import serve as serve_api

    left_alone()
    try:
        serve_api(
            host,
            port,
            Path(data),
            given["api_key"],
            partner_key=given["partner_key"],
            switches=dict(_switch(one) for one in switches),
            databases=given["databases"],
            on_start=lambda host, port: click.echo(f"http://{f'[{host}]' if ':' in host else host}:{port}"),
        )
    except CannotListen as error:
        raise click.ClickException(f"{error}\n  hint: {error.hint}") from None
    except (ValueError, OSError, local_sandbox.failure()) as error:
        raise click.ClickException(str(error)) from None
    return 0


def _switch(choice: str) -> tuple[str, str]:
    name, _, value = choice.partition("=")
    return name, value


@command.command("seed", short_help="Load tables from CSV files.")
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@options.option("--only-missing", is_flag=True, help="Leave tables that exist alone.")
@data
def seed(folder: Path, only_missing: bool, data: str) -> int:
    """Load DIR/TYPE/DATABASE/TABLE.csv (or …/DATABASE/SCHEMA/TABLE.csv) into the embedded databases."""
    try:
        loaded = local_sandbox.seeded(local_sandbox.package(), folder, Path(data), only_missing=only_missing)
    except Unusable as error:
        raise _usable(error) from None
    for one in loaded:
        click.echo(f"{one.type}/{one.database}: {one.table}, {one.rows} rows")
    click.echo(f"{len(loaded)} tables loaded")
    return 0


@command.command("reset", short_help="Forget everything.")
@options.yes
@data
def reset(yes: bool, data: str) -> int:
    """Empty the sandbox: objects, executions, tables."""
    from applier.cli.console import confirmed

    shown = path_text(data)
    try:
        sandbox = local_sandbox.package()
        otherwise = f"pass --yes if all of {shown} may go: objects, executions and tables"
        if not yes and not confirmed(f"Forget everything in {shown}?", otherwise=otherwise):
            return 1
        sandbox.reset(Path(data))
    except Unusable as error:
        raise _usable(error) from None
    except (OSError, local_sandbox.failure()) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{shown} is empty")
    return 0


@command.command("switches", short_help="List the behaviours that can be switched.")
def switches(**_: Any) -> int:
    """List every behaviour of the service that no source confirms: name, values (the default first), meaning."""
    try:
        local_sandbox.package()
    except Unusable as error:
        raise _usable(error) from None
    from applier.sandbox.switches import SWITCHES

    for one in SWITCHES:
        values = [one.default, *(value for value in one.values if value != one.default)]
        click.echo(f"{one.name}  {'|'.join(values)}\n    {one.description}")
    return 0


@command.command("authorize", short_help="Finish OAuth connections, as a person would.")
@click.argument("names", nargs=-1, metavar="[CONNECTION]...")
@data
def authorize(names: tuple[str, ...], data: str) -> int:
    """Authorize connections that wait for a person, by name; all of them without a name.

    With a served sandbox a person can open the URL that `apply` prints instead.
    """
    from applier.api import ApiError

    given = {"sandbox": True, "sandbox_data": data, "api_version": "2024-02-08", "timeout": 30.0, "url": None}
    try:
        with connected(given, Console("text", colour=False, quiet=True, verbose=False)) as client:
            waiting = [one for one in client.pages("/api/connections") if one.get("saved") is False]
            unknown = [name for name in names if name not in {one.get("name") for one in waiting}]
            if unknown:
                raise click.ClickException(f'no connection "{unknown[0]}" waits to be authorized')
            for one in waiting:
                if not names or one.get("name") in names:
                    client.post(f"/_sandbox/authorize/{one['id']}")
                    click.echo(f"{one['name']}  authorized")
    except Unusable as error:
        raise _usable(error) from None
    except ApiError as error:
        raise click.ClickException(str(error)) from None
    return 0
