"""`applier.lock`: digests of the secrets that were applied, safe to commit; kept when APPLIER_LOCK_KEY is set."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from applier.cli.console import Unusable
from applier.system import path_text, replace_file, write_text

if TYPE_CHECKING:
    from applier.plan.secret_digests import SecretDigests

NAME = "applier.lock"
VARIABLE = "APPLIER_LOCK_KEY"
FORMAT_VERSION = 1
SHORTEST_KEY = 16
EMPTY = {"version": FORMAT_VERSION, "secrets": {}}


def lock_file(paths: Sequence[str]) -> Path:
    """Beside the spec: in the first folder that was given, or beside the first file."""
    first = Path(paths[0] if paths else ".")
    return (first if first.is_dir() else first.parent) / NAME


def read_lock(paths: Sequence[str]) -> SecretDigests | None:
    """What the file knows, empty without a file; None when no key is set. Raises `Unusable`."""
    from applier.plan.secret_digests import SecretDigests

    key = os.environ.get(VARIABLE, "")
    if not key:
        return None
    if len(key) < SHORTEST_KEY:
        raise Unusable("bad-lock", f"{VARIABLE} is too short.", f"take {SHORTEST_KEY} random characters or more")
    file = lock_file(paths)
    shown = path_text(file)
    try:
        document: Any = json.loads(file.read_text("utf-8")) if file.exists() else EMPTY
        if document["version"] != FORMAT_VERSION:
            raise Unusable("bad-lock", f"{shown} is of another applier.", "update applier, or remove the file")
        known = {address: {**members} for address, members in document["secrets"].items()}
        return SecretDigests(key.encode(), known)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        said = f"{shown} cannot be read ({type(error).__name__})."
        raise Unusable("bad-lock", said, "restore or remove it") from None


def write_lock(paths: Sequence[str], prints: SecretDigests) -> None:
    """One line per secret, sorted, so that changes merge well. Raises OSError."""
    file = lock_file(paths)
    document = {"version": FORMAT_VERSION, "secrets": prints.known}
    content = json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    temporary = file.with_name(f".{file.name}.new")
    write_text(temporary, content)
    replace_file(temporary, file)
