"""Writes files whole: no file ever holds half of its new content."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from applier.system import replace_file

BINARY = getattr(os, "O_BINARY", 0)  # on Windows, where a text file is another thing
LONGEST_STEM = 40
"""Characters of a file's name in the name of its temporary file: file systems limit the length of names."""


def existing_files(folder: Path, files: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of the files that exist in the folder already, dangling links included."""
    return tuple(name for name in files if os.path.lexists(folder / name))


def save(folder: Path, files: Mapping[str, str]) -> None:
    """Write all files into a temporary folder, then move each to its place in `folder`.

    Raises OSError. No file is moved before all are written; each moved file is complete.
    """
    folder.mkdir(parents=True, exist_ok=True)
    staging = folder / f".applier-export-{uuid.uuid4().hex}"
    # `mkdtemp` makes a private folder, and on Windows the files that move out of it stay private.
    staging.mkdir()
    try:
        for name, content in files.items():
            for parent in (staging, folder):
                (parent / name).parent.mkdir(parents=True, exist_ok=True)
            (staging / name).write_bytes(content.encode("utf-8"))
        for name in files:
            replace_file(staging / name, folder / name)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def rewrite(file: Path, content: bytes) -> None:
    """Replace the content of a file in one step, or create the file. Raises OSError; the old content is kept then."""
    temporary = file.with_name(f".{file.name[:LONGEST_STEM]}.{uuid.uuid4().hex}.applier")
    try:
        # The rights of a new file; with those of an old one, which may hold secrets, as soon as it takes its place.
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | BINARY, 0o600 if file.exists() else 0o666)
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        replace_file(temporary, file)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
