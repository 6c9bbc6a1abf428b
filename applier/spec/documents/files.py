"""Finds the YAML files of the paths on a command line, and reads their bytes."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from applier.diagnostics import Diagnostic, Place, diagnose
from applier.system import describe_os_error, is_missing, path_text

SUFFIXES = (".yaml", ".yml")
VALUES = (".vars.yaml", ".vars.yml")
"""Files of a folder that hold values of variables: for `--var-file`, and not part of a spec."""
LARGEST_FILE = 20 * 1024 * 1024
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_PIPES: dict[tuple[int, int], bytes] = {}


@dataclass(frozen=True, slots=True)
class File:
    """A file to read, the name to show for it, and the folder that it belongs to."""

    path: Path
    name: str
    project: Path


def find(
    paths: Sequence[str | PathLike[str]], excluded: Sequence[str | PathLike[str]] = ()
) -> tuple[list[File], list[Diagnostic]]:
    """Return the YAML files of files and folders (recursive, without hidden ones), each once, in a constant order.

    Files that are `excluded` are not among them, even if a path leads to them.
    """
    others = {os.path.realpath(one) for one in excluded}
    files: dict[Path, File] = {}
    problems: list[Diagnostic] = []
    for path in map(Path, paths):
        found, problem = _find(path)
        for file in found:
            if str(file.path) not in others:
                files.setdefault(file.path, file)
        if problem:
            problems.append(problem)
    return list(files.values()), problems


def content(path: Path, name: str, given: bytes | None = None) -> tuple[bytes | None, list[Diagnostic]]:
    """Return the UTF-8 bytes of a file without byte order mark, or why they cannot be read; `given` count instead."""
    data, problems = raw_content(path, name) if given is None else (given, [])
    return None if data is None else data.removeprefix(BYTE_ORDER_MARK), problems


def raw_content(path: Path, name: str) -> tuple[bytes | None, list[Diagnostic]]:
    """Return the UTF-8 bytes of a file with its byte order mark, or why they cannot be read."""
    try:
        data = _bytes(path)
    except OSError as error:
        return None, [_missing(name, error)]
    if len(data) > LARGEST_FILE:
        return None, [_too_large(name)]
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        mark = len(data) - len(data.removeprefix(BYTE_ORDER_MARK))
        return None, [_not_utf8(name, data[mark:], error.start - mark)]
    return data, []


def _bytes(path: Path) -> bytes:
    """Return the bytes of a file. Those of a pipe are kept, as a command may read it once per environment."""
    about = path.stat()
    if stat.S_ISREG(about.st_mode):
        return _read(path)
    one = about.st_dev, about.st_ino
    if one not in _PIPES:
        _PIPES[one] = _read(path)
    return _PIPES[one]


def _read(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(LARGEST_FILE + 1)


def _find(path: Path) -> tuple[list[File], Diagnostic | None]:
    try:
        mode = path.stat().st_mode
        real = path.resolve()
    except (OSError, ValueError, RuntimeError) as error:
        return [], _missing(path_text(path), error)
    if stat.S_ISDIR(mode):
        try:
            files = [File((real / one).resolve(), path_text(path / one), real) for one in _walk(path)]
        except OSError as error:
            return [], _unreadable(path_text(path), error)
        return files, None if files else _no_files(path_text(path))
    if not stat.S_ISREG(mode):
        return [], _not_a_file(path_text(path))
    return [File(real, path_text(path), real.parent)], None


def _walk(top: Path) -> Iterator[Path]:
    def refuse(error: OSError) -> None:
        raise error

    for folder, folders, names in os.walk(top, onerror=refuse):
        folders[:] = sorted(one for one in folders if not one.startswith("."))
        for name in sorted(names):
            candidate = Path(folder, name)
            if is_spec_file(name) and not candidate.is_dir():
                yield candidate.relative_to(top)


def is_spec_file(name: str) -> bool:
    """Return whether a file of a folder is a part of its spec, by the name of the file."""
    return name.endswith(SUFFIXES) and not name.endswith(VALUES) and not name.startswith(".")


def _missing(name: str, error: Exception) -> Diagnostic:
    if isinstance(error, OSError) and not is_missing(error):
        return _unreadable(name, error)
    return diagnose(
        "file-not-found",
        f'File or folder "{_printable(name)}" not found.',
        hint="check the path; it is relative to the current folder",
    )


def _unreadable(name: str, error: OSError) -> Diagnostic:
    return diagnose(
        "file-unreadable",
        f'"{_printable(name)}" cannot be read: {describe_os_error(error)}.',
        hint="check the permissions of the file and of the folders above it",
    )


def _not_a_file(name: str) -> Diagnostic:
    return diagnose(
        "not-a-file",
        f'"{_printable(name)}" is neither a regular file nor a folder.',
        hint="give YAML files, or folders that hold them",
    )


def _no_files(name: str) -> Diagnostic:
    return diagnose(
        "no-spec-files",
        f'No YAML files in "{_printable(name)}".',
        hint="files end in .yaml or .yml, but not in .vars.yaml or .vars.yml; hidden ones are skipped",
    )


def _too_large(name: str) -> Diagnostic:
    return diagnose(
        "file-too-large",
        f"The file is larger than {LARGEST_FILE // 1024 // 1024} MB.",
        Place(name),
        "split it into several files; all files of a folder are read together",
    )


def _not_utf8(name: str, data: bytes, position: int) -> Diagnostic:
    before = data[:position]
    line_start = before.rfind(b"\n") + 1
    return diagnose(
        "not-utf8",
        "The file holds bytes that are not UTF-8 text.",
        Place(name, before.count(b"\n") + 1, len(before[line_start:].decode("utf-8", "replace")) + 1),
        "save the file in the encoding UTF-8",
    )


def _printable(name: str) -> str:
    """Return a name in which bytes that are not text are replaced, so that it can be printed."""
    return name.encode("utf-8", "replace").decode("utf-8")
