"""The service that a command calls: over the network, or the sandbox in this process."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from applier.cli import local_sandbox
from applier.cli.console import Console, Unusable

if TYPE_CHECKING:
    from applier.api import Client
    from applier.resources import Spec

DEFAULT_URL = "https://app.polytomic.com"


def service_url(given: Mapping[str, Any], spec: Spec | None = None) -> str:
    """Where the API is: by option, by the environment of the spec, by the environment of the process, as always."""
    named = given["url"] or (spec.environment.url if spec else None) or os.environ.get("POLYTOMIC_DEPLOYMENT_URL")
    return named or DEFAULT_URL


def api_key(spec: Spec | None = None) -> str:
    """The key for the service, empty without one. One that the environment of the spec names has to be there."""
    variable = (spec.environment.key_variable if spec else None) or "POLYTOMIC_API_KEY"
    return os.environ.get(variable, "").strip()


@contextmanager
def connected(
    given: Mapping[str, Any], console: Console, spec: Spec | None = None, paths: Sequence[str] | None = None
) -> Iterator[Client]:
    """A client for the service that the options name; with `paths`, a sandbox is prepared for the spec under them.

    Raises `Unusable` when none can be had.
    """
    from applier.api import Client, Settings
    from applier.api.retry import RetryPolicy

    key = api_key(spec)
    if not key and not given["sandbox"]:
        raise _without_key(spec)
    settings = Settings(
        url="http://sandbox" if given["sandbox"] else service_url(given, spec),
        key=key,
        version=given["api_version"],
        retry=RetryPolicy(budget=given["timeout"]),
        secrets=frozenset({key} - {""}) | (spec.secrets if spec else frozenset()),
    )
    transport = local_sandbox.transport(given) if given["sandbox"] else None
    try:
        with Client(settings, transport, _tell_request if console.verbose else None) as client:
            if transport is not None and spec is not None and paths is not None:
                local_sandbox.prepare(given, console, spec, paths, client)
            yield client
    finally:
        if transport is not None:
            transport.close()


def _without_key(spec: Spec | None) -> Unusable:
    chosen = spec.environment if spec else None
    if chosen and chosen.key_variable:
        said = f"There is no API key: the environment {chosen.name} takes it from {chosen.key_variable}."
        return Unusable("no-api-key", said, f"set {chosen.key_variable} to a key of the workspace")
    return Unusable(
        "no-api-key",
        "There is no API key.",
        "set POLYTOMIC_API_KEY to a key of the workspace, or try without an account: --sandbox",
    )


def _tell_request(method: str, path: str, status: int | None, seconds: float) -> None:
    click.echo(f"{method} {path} {status or 'no answer'} {seconds * 1000:.0f} ms", err=True)
