"""Puts files into a folder: all of them or none, and nothing that is there already unless asked to."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from applier.system import replace_file

SHOWN = 40  # characters of a name in that of its temporary file; names have a longest length


def existing_files(folder: Path, files: Mapping[str, str]) -> tuple[str, ...]:
    """The files that are there already."""
    return tuple(name for name in files if (folder / name).exists() or (folder / name).is_symlink())


def save(folder: Path, files: Mapping[str, str]) -> None:
    """Write all files beside, then move each to its place. Raises `OSError`, and then has moved none or some whole."""
    folder.mkdir(parents=True, exist_ok=True)
    beside = folder / f".applier-export-{uuid.uuid4().hex}"
    beside.mkdir()  # `mkdtemp` makes a private one, and on Windows what moves out of that stays private
    try:
        for name, content in files.items():
            for around in (beside, folder):
                (around / name).parent.mkdir(parents=True, exist_ok=True)
            (beside / name).write_bytes(content.encode("utf-8"))
        for name in files:
            replace_file(beside / name, folder / name)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def rewrite(file: Path, content: bytes) -> None:
    """Replace a file as a whole, so that nothing is lost halfway. Raises `OSError`."""
    temporary = file.with_name(f".{file.name[:SHOWN]}.{uuid.uuid4().hex}.applier")
    try:
        with temporary.open("xb") as stream:  # with the rights of a new file, which `mkstemp` would not give
            stream.write(content)
        replace_file(temporary, file)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
