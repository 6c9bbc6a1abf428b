"""Reads the spec as it was at a git ref, for `--base`."""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from applier.cli.console import CommandError
from applier.system import describe_os_error, program

if TYPE_CHECKING:
    from applier.diagnostics import Diagnostic
    from applier.spec.resources import Spec

SpecReader = Callable[[Sequence[str], Sequence[str]], "tuple[Spec, tuple[Diagnostic, ...]]"]
"""Reads a spec from paths and files of variables."""

OTHER_BASE = "choose another --base"


def read_spec_at(reference: str, paths: Sequence[str], variable_files: Sequence[str], read: SpecReader) -> Spec:
    """Return the spec under the same paths at a git ref. Raises `CommandError`.

    Paths that do not exist at the ref declare nothing. A file of variables is read as it was at the ref, too, unless
    it lies outside of the repository.
    """
    from applier.diagnostics import has_errors
    from applier.spec import resources

    top = Path(_git(["rev-parse", "--show-toplevel"], Path(paths[0] if paths else ".")).decode().strip())
    with tempfile.TemporaryDirectory(prefix="applier-base-", ignore_cleanup_errors=True) as folder:
        _unpack(reference, top, _outermost_folders([*(paths or ["."]), *variable_files], top), folder)
        copies = [path for path in (_copy_of(one, top, folder) for one in paths or ["."]) if Path(path).exists()]
        variable_copies = [(_copy_of(one, top, folder), one) for one in variable_files]
        values = [copy if Path(copy).exists() else original for copy, original in variable_copies]
        spec, problems = read(copies, values) if copies else (resources.Spec(), ())
        if has_errors(problems):
            errors = "; ".join(one.detail for one in problems if one.severity == "error")
            raise CommandError("bad-base", f"The spec at {reference} is invalid: {errors}", OTHER_BASE)
        return spec


def _outermost_folders(paths: Sequence[str], top: Path) -> list[str]:
    """Return the folders to unpack, relative to the top of the repository and without those inside another.

    These are folders and not files, since a file may include what lies beside it. The top itself is "."; paths outside
    of the repository have none.
    """
    root = top.resolve()
    places = {one if one.is_dir() else one.parent for one in (Path(path).resolve() for path in paths)}
    inside = {one.relative_to(root) for one in places if one.is_relative_to(root)}
    return sorted(one.as_posix() for one in inside if not inside.intersection(one.parents))


def _unpack(reference: str, top: Path, folders: Sequence[str], target: str) -> None:
    """Write the folders as they are at the ref into the target. Raises `CommandError`.

    A symbolic link may lead anywhere in the repository, so with one of them the whole repository is written.
    """
    commit = f"{reference}^{{commit}}"
    whole = "." in folders
    listing = _git(["ls-tree", "-z", "--name-only", "--full-tree", commit, *([] if whole else folders)], top)
    existing = [os.fsdecode(name) for name in listing.split(b"\0") if name] if folders else []
    if not existing:
        return
    command = ["--literal-pathspecs", "archive", "--format=tar", commit]
    archive = _git([*command, *([] if whole else ["--", *existing])], top)
    try:
        with tarfile.open(fileobj=io.BytesIO(archive)) as files:
            has_links = not whole and any(one.issym() for one in files)
            if not has_links:
                files.extractall(target, filter="data")
    except (OSError, tarfile.TarError) as error:
        reason = describe_os_error(error) if isinstance(error, OSError) else str(error)
        raise CommandError("bad-base", f"Cannot unpack the files at {reference}: {reason}.", OTHER_BASE) from None
    if has_links:
        _unpack(reference, top, ["."], target)


def _copy_of(path: str, top: Path, folder: str) -> str:
    """Return where a path of the repository lies in its copy; a path outside of the repository is returned as it is."""
    real, root = Path(path).resolve(), top.resolve()
    return str(Path(folder) / real.relative_to(root)) if real.is_relative_to(root) else path


def _git(arguments: Sequence[str], near: Path) -> bytes:
    """Return what git prints, run in the folder of a path. Raises `CommandError`."""
    folder = near if near.is_dir() else near.parent
    git = program("git")
    if git is None:
        raise CommandError("no-git", "Cannot run git: no such file or directory.", "--base requires git")
    try:
        result = subprocess.run([git, *arguments], cwd=folder, capture_output=True, check=False)
    except OSError as error:
        raise CommandError("no-git", f"Cannot run git: {describe_os_error(error)}.", "--base requires git") from None
    if result.returncode:
        lines = result.stderr.decode("utf-8", "replace").strip().splitlines()
        reason = lines[-1] if lines else f"exit code {result.returncode}"
        raise CommandError("no-git", f"git failed: {reason}", "--base requires a commit of this repository")
    return result.stdout
