"""Opens the client of a command: for the service over the network, or for the sandbox inside this process."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import click

from applier.cli import local_sandbox
from applier.cli.console import CommandError, Console

if TYPE_CHECKING:
    from applier.api import Client
    from applier.api.addresses import Address
    from applier.cli.option_values import ServiceOptions
    from applier.spec.resources import EnvironmentChoice, Spec


@contextmanager
def connect(
    options: ServiceOptions, console: Console, spec: Spec | None = None, paths: Sequence[str] | None = None
) -> Iterator[Client]:
    """Open a client for the service that the options name; with `paths`, first prepare the sandbox for the spec there.

    Raises `CommandError` without an API key, or when the sandbox cannot be used.
    """
    from applier.api import Client, Settings
    from applier.api.addresses import Address
    from applier.api.environment import SANDBOX_URL, api_key, service_url
    from applier.api.retry import RetryPolicy
    from applier.secrets import NOTHING_CLEAR
    from applier.spec.resources import EnvironmentChoice

    environment = spec.environment if spec else EnvironmentChoice()
    key = api_key(environment.key_variable, os.environ)
    if not key and not options.sandbox:
        raise _missing_key(environment)
    of_spec = Address(environment.url or "", environment.url_source)
    url = _url_option(options.url)
    address = Address(SANDBOX_URL) if options.sandbox else service_url(url, of_spec, os.environ)
    settings = Settings(
        url=address.url,
        key=key,
        version=options.api_version,
        retry=RetryPolicy(budget=options.timeout),
        secrets=frozenset({key} - {""}) | (spec.secrets if spec else frozenset()),
        source=address.source,
        insecure=options.insecure,
        in_clear=spec.in_clear if spec else NOTHING_CLEAR,
    )
    console.guard.learn(settings.secrets, settings.in_clear)
    transport = local_sandbox.open_transport(options.sandbox_data) if options.sandbox else None
    try:
        with Client(settings, transport, partial(_log_request, console) if console.verbose else None) as client:
            if transport is not None and spec is not None and paths is not None:
                local_sandbox.prepare(options.sandbox_data, console, spec, paths, client)
            yield client
    finally:
        if transport is not None:
            transport.close()


def _url_option(url: str | None) -> Address | None:
    """Return the URL of the option with its source: the option itself, or its variable."""
    from applier.api.addresses import Address

    if url is None:
        return None
    return Address(url, "APPLIER_URL" if os.environ.get("APPLIER_URL") == url else "--url")


def _missing_key(environment: EnvironmentChoice) -> CommandError:
    from applier.api.environment import missing_key

    problem = missing_key(environment.name, environment.key_variable, "use --sandbox to try without an account")
    return CommandError(problem.code, problem.detail, problem.hint or "")


def _log_request(console: Console, method: str, path: str, status: int | None, seconds: float) -> None:
    click.echo(f"{method} {console.guard.hide(path)} {status or 'no answer'} {seconds * 1000:.0f} ms", err=True)
