"""The spec as it was at a git ref, for `--base`."""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from applier.cli.console import Unusable
from applier.system import describe_os_error, program

if TYPE_CHECKING:
    from applier.diagnostics import Diagnostic
    from applier.resources import Spec

Read = Callable[[Sequence[str], Sequence[str]], "tuple[Spec, tuple[Diagnostic, ...]]"]
"""Reads a spec from paths and files of variables."""


def spec_at(reference: str, paths: Sequence[str], variable_files: Sequence[str], read: Read) -> Spec:
    """Read the same paths from a git ref. Raises `Unusable` when git, the ref or the spec there cannot be had.

    Paths that the ref does not have declare nothing there. A file of variables is read as it was there, too, unless it
    is none of the repository's.
    """
    from applier.diagnostics import has_errors
    from applier.resources import Spec as Empty

    top = Path(_git(["rev-parse", "--show-toplevel"], Path(paths[0] if paths else ".")).decode().strip())
    with tempfile.TemporaryDirectory(prefix="applier-base-", ignore_cleanup_errors=True) as folder:
        _unpack(reference, top, _folders([*(paths or ["."]), *variable_files], top), folder)
        known = [path for path in (_there(one, top, folder) for one in paths or ["."]) if Path(path).exists()]
        copies = [(_there(one, top, folder), one) for one in variable_files]
        values = [old if Path(old).exists() else new for old, new in copies]
        spec, problems = read(known, values) if known else (Empty(), ())
        if has_errors(problems):
            errors = "; ".join(one.detail for one in problems if one.severity == "error")
            raise Unusable("bad-base", f"The spec at {reference} is not valid: {errors}", "choose another --base")
        return spec


def _folders(paths: Sequence[str], top: Path) -> list[str]:
    """The outermost folders of the repository, from its top on, that the paths and what they include lie in.

    A file may include what lies beside it. The top itself is "."; paths outside of the repository have none.
    """
    root = top.resolve()
    places = {one if one.is_dir() else one.parent for one in (Path(path).resolve() for path in paths)}
    inside = {one.relative_to(root) for one in places if one.is_relative_to(root)}
    return sorted(one.as_posix() for one in inside if not inside.intersection(one.parents))


def _unpack(reference: str, top: Path, wanted: Sequence[str], folder: str) -> None:
    """Write what a ref has of the folders into a folder. Raises `Unusable`.

    A link in them may lead anywhere in the repository, so with one all of it is written.
    """
    commit = f"{reference}^{{commit}}"
    whole = "." in wanted
    listed = _git(["ls-tree", "-z", "--name-only", "--full-tree", commit, *([] if whole else wanted)], top)
    there = [os.fsdecode(name) for name in listed.split(b"\0") if name] if wanted else []
    if not there:
        return
    command = ["--literal-pathspecs", "archive", "--format=tar", commit]
    archive = _git([*command, *([] if whole else ["--", *there])], top)
    try:
        with tarfile.open(fileobj=io.BytesIO(archive)) as files:
            linked = not whole and any(one.issym() for one in files)
            if not linked:
                files.extractall(folder, filter="data")
    except (OSError, tarfile.TarError) as error:
        said = describe_os_error(error) if isinstance(error, OSError) else str(error)
        raise Unusable(
            "bad-base", f"The files at {reference} cannot be unpacked: {said}.", "choose another --base"
        ) from None
    if linked:
        _unpack(reference, top, ["."], folder)


def _there(path: str, top: Path, folder: str) -> str:
    """Where a path of the repository lies in a copy of it; one that lies outside stays what it is."""
    real, root = Path(path).resolve(), top.resolve()
    return str(Path(folder) / real.relative_to(root)) if real.is_relative_to(root) else path


def _git(arguments: Sequence[str], near: Path) -> bytes:
    folder = near if near.is_dir() else near.parent
    git = program("git")
    if git is None:
        raise Unusable("no-git", "git cannot be run: no such file or directory.", "--base needs git")
    try:
        done = subprocess.run([git, *arguments], cwd=folder, capture_output=True, check=False)
    except OSError as error:
        raise Unusable("no-git", f"git cannot be run: {describe_os_error(error)}.", "--base needs git") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise Unusable("no-git", f"git says: {said[-1] if said else 'no'}", "--base needs a ref of this repository")
    return done.stdout
