"""Opens the client of a command: for the service over the network, or for the sandbox inside this process."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from applier.cli import local_sandbox
from applier.cli.console import CommandError, Console

if TYPE_CHECKING:
    from applier.api import Client
    from applier.cli.option_values import ServiceOptions
    from applier.spec.resources import Spec

SANDBOX_URL = "http://sandbox"
KEY_VARIABLE = "POLYTOMIC_API_KEY"


@contextmanager
def connect(
    options: ServiceOptions, console: Console, spec: Spec | None = None, paths: Sequence[str] | None = None
) -> Iterator[Client]:
    """Open a client for the service that the options name; with `paths`, first prepare the sandbox for the spec there.

    Raises `CommandError` without an API key, or when the sandbox cannot be used.
    """
    from applier.api import Client, Settings
    from applier.api.retry import RetryPolicy

    key = _api_key(spec)
    if not key and not options.sandbox:
        raise _missing_key(spec)
    settings = Settings(
        url=SANDBOX_URL if options.sandbox else _service_url(options, spec),
        key=key,
        version=options.api_version,
        retry=RetryPolicy(budget=options.timeout),
        secrets=frozenset({key} - {""}) | (spec.secrets if spec else frozenset()),
    )
    transport = local_sandbox.open_transport(options.sandbox_data) if options.sandbox else None
    try:
        with Client(settings, transport, _log_request if console.verbose else None) as client:
            if transport is not None and spec is not None and paths is not None:
                local_sandbox.prepare(options.sandbox_data, console, spec, paths, client)
            yield client
    finally:
        if transport is not None:
            transport.close()


def _service_url(options: ServiceOptions, spec: Spec | None) -> str:
    """Return the URL of the API: by option, by the environment of the spec, by POLYTOMIC_DEPLOYMENT_URL, or usual."""
    from applier.api.client import DEFAULT_URL

    of_spec = spec.environment.url if spec else None
    return options.url or of_spec or os.environ.get("POLYTOMIC_DEPLOYMENT_URL") or DEFAULT_URL


def _api_key(spec: Spec | None) -> str:
    """Return the API key, empty without one. The environment of the spec may name another variable to read it from."""
    variable = (spec.environment.key_variable if spec else None) or KEY_VARIABLE
    return os.environ.get(variable, "").strip()


def _missing_key(spec: Spec | None) -> CommandError:
    environment = spec.environment if spec else None
    if environment and environment.key_variable:
        variable = environment.key_variable
        message = f"The API key is not set: the environment {environment.name} reads it from {variable}."
        return CommandError("no-api-key", message, f"set {variable} to an API key of the workspace")
    hint = f"set {KEY_VARIABLE} to an API key of the workspace, or use --sandbox to try without an account"
    return CommandError("no-api-key", "The API key is not set.", hint)


def _log_request(method: str, path: str, status: int | None, seconds: float) -> None:
    click.echo(f"{method} {path} {status or 'no answer'} {seconds * 1000:.0f} ms", err=True)
