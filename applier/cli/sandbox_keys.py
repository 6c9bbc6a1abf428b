"""The options for the keys of a served sandbox: given ones, a generated one, or none."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from functools import wraps

import click

from applier.cli import flags


@dataclass(frozen=True)
class Keys:
    """The keys that a served sandbox accepts; without any it needs none."""

    api_key: str | None = field(repr=False)
    partner_key: str | None = field(repr=False)
    generated: bool


def _choose_keys(api_key: str | None, partner_key: str | None, no_key: bool) -> Keys:
    """Return the given keys, or a new one unless none is wanted. Raises `click.UsageError`."""
    if no_key and (api_key or partner_key):
        raise click.UsageError("--no-key excludes --api-key and --partner-key.")
    if no_key or api_key or partner_key:
        return Keys(api_key, partner_key, generated=False)
    return Keys(f"sandbox-{secrets.token_hex(16)}", None, generated=True)


def with_keys(command: flags.Command) -> flags.Command:
    """Add the options of keys to a command, which gets them as one `Keys`."""

    @wraps(command)
    def call(*, api_key: str | None, partner_key: str | None, no_key: bool, **others: object) -> int:
        return command(keys=_choose_keys(api_key, partner_key, no_key), **others)

    return flags.combine(
        flags.option("--api-key", metavar="KEY", help="API key to accept (default: a generated one)."),
        flags.option("--partner-key", metavar="KEY", help="Key for organizations and users, as bearer or basic."),
        flags.option("--no-key", is_flag=True, help="Accept requests without a key, from this computer only."),
    )(call)
