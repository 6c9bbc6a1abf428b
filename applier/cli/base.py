"""The spec as it was at a git ref, for `--base`."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from applier.cli.session import Unusable

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
    archive = _git(["archive", "--format=tar", f"{reference}^{{commit}}"], top)
    with tempfile.TemporaryDirectory(prefix="applier-base-") as folder:
        with tarfile.open(fileobj=io.BytesIO(archive)) as files:
            files.extractall(folder, filter="data")
        known = [path for path in (_there(one, top, folder) for one in paths or ["."]) if Path(path).exists()]
        copies = [(_there(one, top, folder), one) for one in variable_files]
        values = [old if Path(old).exists() else new for old, new in copies]
        spec, problems = read(known, values) if known else (Empty(), ())
        if has_errors(problems):
            errors = "; ".join(one.detail for one in problems if one.severity == "error")
            raise Unusable("bad-base", f"The spec at {reference} is not valid: {errors}", "choose another --base")
        return spec


def _there(path: str, top: Path, folder: str) -> str:
    """Where a path of the repository lies in a copy of it; one that lies outside stays what it is."""
    real, root = Path(path).resolve(), top.resolve()
    return str(Path(folder) / real.relative_to(root)) if real.is_relative_to(root) else path


def _git(arguments: Sequence[str], near: Path) -> bytes:
    folder = near if near.is_dir() else near.parent
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, check=False)
    except OSError as error:
        raise Unusable("no-git", f"git cannot be run: {error.strerror}.", "--base needs git") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise Unusable("no-git", f"git says: {said[-1] if said else 'no'}", "--base needs a ref of this repository")
    return done.stdout
