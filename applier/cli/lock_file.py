"""Reads and writes `applier.lock`: digests of the applied secrets, safe to commit; kept if APPLIER_LOCK_KEY is set."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from applier.cli.console import CommandError, write_error
from applier.cli.spec_files import spec_folder
from applier.saving import write_file
from applier.system import path_text

if TYPE_CHECKING:
    from applier.plan.secret_digests import SecretDigests

NAME = "applier.lock"
VARIABLE = "APPLIER_LOCK_KEY"
FORMAT_VERSION = 1
SHORTEST_KEY = 16


def read_lock(paths: Sequence[str]) -> SecretDigests | None:
    """Return the digests in the file, none without a file; None if no key is set. Raises `CommandError`."""
    from applier.plan.secret_digests import SecretDigests
    from applier.spec.variables.placeholders import is_utf8

    key = os.environ.get(VARIABLE, "")
    if not key:
        return None
    if len(key) < SHORTEST_KEY:
        raise CommandError("bad-lock", f"{VARIABLE} is too short.", f"use {SHORTEST_KEY} random characters or more")
    if not is_utf8(key):
        raise CommandError("bad-lock", f"{VARIABLE} is not UTF-8 text.", "use letters and digits, such as base64 text")
    return SecretDigests(key.encode(), _read_digests(_lock_file(paths)))


def _read_digests(file: Path) -> dict[str, dict[str, str]]:
    """Return the digests by address and member. Raises `CommandError` for a damaged file."""
    from applier.spec.resources import canonical_name

    try:
        if not file.exists():
            return {}
        document = json.loads(file.read_text("utf-8"))
        if document["version"] != FORMAT_VERSION:
            message = f"{path_text(file)} was written by another version of applier."
            raise CommandError("bad-lock", message, "update applier, or delete the file")
        return {canonical_name(address): {**members} for address, members in document["secrets"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        message = f"Cannot read {path_text(file)} ({type(error).__name__})."
        raise CommandError("bad-lock", message, "restore or delete the file") from None


def write_lock(paths: Sequence[str], digests: SecretDigests) -> None:
    """Write one line per secret, sorted, so that git can merge changes. Raises `CommandError`."""
    from applier.diagnostics.characters import escape_json

    file = _lock_file(paths)
    document = {"version": FORMAT_VERSION, "secrets": digests.known}
    content = escape_json(json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False)) + "\n"
    try:
        write_file(file, content)
    except OSError as error:
        raise write_error(file, error) from None


def _lock_file(paths: Sequence[str]) -> Path:
    return spec_folder(paths) / NAME
