"""`applier sandbox`: serves the local API, and manages its data."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import click

from applier.cli import flags, local_sandbox
from applier.cli.client import connect
from applier.cli.console import CommandError, Console, confirm
from applier.cli.option_values import ServiceOptions
from applier.cli.process import restore_signals
from applier.cli.sandbox_keys import Keys, with_keys
from applier.cli.usage import Group
from applier.system import path_text

data = flags.option(
    "--data",
    "data",
    also=("APPLIER_SANDBOX_DATA",),
    metavar="DIR",
    default=flags.DEFAULTS.sandbox_data,
    help=f"Folder of the sandbox's state (default: {flags.DEFAULTS.sandbox_data}).",
)


@click.group("sandbox", cls=Group, short_help="Serve, seed, authorize and reset the local Polytomic API.")
def command() -> None:
    """A local, persistent stand-in for the Polytomic API; `--sandbox` of other commands uses the same state."""


@contextmanager
def _errors_of_usage() -> Iterator[None]:
    """Print a reason why the sandbox cannot be used as an error of the command line."""
    from applier.api import ApiError

    try:
        local_sandbox.require_sandbox()
        yield
    except CommandError as error:
        raise click.ClickException(f"{error}\n  hint: {error.hint}") from None
    except (ApiError, ValueError, OSError) as error:
        raise click.ClickException(str(error)) from None


@command.command("serve", short_help="Serve the API over HTTP.")
@flags.option("--host", default="127.0.0.1", metavar="HOST", help="Address to listen on (default: 127.0.0.1).")
@flags.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8765,
    metavar="PORT",
    help="Port to listen on; 0 picks a free one (default: 8765).",
)
@with_keys
@flags.option(
    "--allow-host",
    "allow_hosts",
    multiple=True,
    metavar="NAME",
    help="Host name under which the sandbox is called, besides localhost and --host. Can be repeated.",
)
@flags.option(
    "--databases",
    type=click.Choice(["embedded", "live"]),
    default="embedded",
    help="Databases behind connections: files in the data folder, or the configured hosts (default: embedded).",
)
@flags.option("--switch", "switches", multiple=True, metavar="NAME=VALUE", help="Set a switch (see `switches`).")
@data
def serve(
    host: str,
    port: int,
    keys: Keys,
    allow_hosts: tuple[str, ...],
    databases: str,
    switches: tuple[str, ...],
    data: str,
) -> int:
    """Serve the API until interrupted. Prints the URL to stdout once it listens.

    Without --api-key, --partner-key and --no-key it generates an API key for this start, and prints to stderr the line
    that sets URL and key for other commands. Requests of web pages of other origins are refused, with and without a
    key.

    With embedded databases every host exists, except those that end in .invalid: use these to test a system that is
    down.
    """
    with _errors_of_usage():
        from applier.sandbox.serve import Address, CannotListen
        from applier.sandbox.serve import serve as serve_api
        from applier.sandbox.session import StoreError

        restore_signals()
        try:
            serve_api(
                Address(host, port, allow_hosts),
                Path(data),
                keys.api_key,
                partner_key=keys.partner_key,
                switches=dict(_parse_switch(one) for one in switches),
                databases=databases,
                on_start=partial(_print_url, keys),
            )
        except CannotListen as error:
            raise click.ClickException(f"{error}\n  hint: {error.hint}") from None
        except StoreError as error:
            raise click.ClickException(str(error)) from None
    return 0


def _parse_switch(choice: str) -> tuple[str, str]:
    name, _, value = choice.partition("=")
    return name, value


def _print_url(keys: Keys, host: str, port: int) -> None:
    """Print the URL, and how other commands are told it and the key that was generated."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 -- nobody can call these
    url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    if keys.generated:
        click.echo(f"export POLYTOMIC_DEPLOYMENT_URL={url} POLYTOMIC_API_KEY={keys.api_key}", err=True)
    click.echo(url)


@command.command("seed", short_help="Load tables from CSV files.")
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@flags.option("--only-missing", is_flag=True, help="Skip tables that exist.")
@data
def seed(folder: Path, only_missing: bool, data: str) -> int:
    """Load DIR/TYPE/DATABASE/TABLE.csv (or …/DATABASE/SCHEMA/TABLE.csv) into the embedded databases."""
    with _errors_of_usage():
        tables = local_sandbox.load_seed(folder, Path(data), only_missing=only_missing)
    for one in tables:
        click.echo(f"{one.type}/{one.database}: {one.table}, {one.rows} rows")
    click.echo(f"{len(tables)} tables loaded")
    return 0


@command.command("reset", short_help="Delete all data of the sandbox.")
@flags.yes
@data
def reset(yes: bool, data: str) -> int:
    """Delete the objects, executions and tables of the sandbox."""
    name = path_text(data)
    with _errors_of_usage():
        from applier import sandbox
        from applier.sandbox.session import StoreError

        hint = f"pass --yes to delete all of {name}: objects, executions and tables"
        if not yes and not confirm(f"Delete everything in {name}?", otherwise=hint):
            return 1
        try:
            sandbox.reset(Path(data))
        except StoreError as error:
            raise click.ClickException(str(error)) from None
    click.echo(f"{name} is empty")
    return 0


@command.command("switches", short_help="List the behaviours that can be switched.")
def switches() -> int:
    """List the behaviours of the service that are not documented: name, values (the default first) and meaning."""
    with _errors_of_usage():
        from applier.sandbox.switches import SWITCHES

    for one in SWITCHES:
        values = [one.default, *(value for value in one.values if value != one.default)]
        click.echo(f"{one.name}  {'|'.join(values)}\n    {one.description}")
    return 0


@command.command("authorize", short_help="Complete the authorization of OAuth connections.")
@click.argument("names", nargs=-1, metavar="[CONNECTION]...")
@data
def authorize(names: tuple[str, ...], data: str) -> int:
    """Authorize the connections that wait for it, by name; without a name all of them.

    With a served sandbox, the URL that `apply` prints does the same in a browser.
    """
    from applier.kinds.connection.kind import CONNECTIONS

    service = ServiceOptions(sandbox=True, sandbox_data=data, timeout=30.0)
    with _errors_of_usage(), connect(service, Console(quiet=True)) as client:
        waiting = [one for one in client.pages(CONNECTIONS.path) if one.get("saved") is False]
        unknown = [name for name in names if name not in {one.get("name") for one in waiting}]
        if unknown:
            raise click.ClickException(f'no connection "{unknown[0]}" waits to be authorized')
        for one in waiting:
            if not names or one.get("name") in names:
                client.post(f"/_sandbox/authorize/{one['id']}")
                click.echo(f"{one['name']}  authorized")
    return 0
