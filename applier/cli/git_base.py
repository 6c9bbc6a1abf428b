"""Reads the spec as it was at a git ref, for `--base`."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from applier.cli.console import CommandError
from applier.cli.git import GitError, MissingObjectError
from applier.cli.git_copies import Copies
from applier.cli.git_places import BaseRequest, find_one_top, locate
from applier.cli.git_refs import NEEDS_GIT, require_commit
from applier.cli.git_spec import OTHER_BASE, read_files
from applier.cli.git_tree import Tree, is_ancestor, is_shallow, list_tree
from applier.system import describe_os_error, quote_argument

if TYPE_CHECKING:
    from applier.diagnostics import Diagnostic
    from applier.plan.drift_causes import Base
    from applier.spec.resources import Spec

SpecReader = Callable[[Sequence[str], Sequence[str]], "tuple[Spec, tuple[Diagnostic, ...]]"]
"""Reads a spec from paths and files of variables."""

OUTSIDE = ("not a git repository", "must be run in a work tree", "bare repository")
"""What git says of a folder that is in no working tree."""

CHECK_GIT = "look with git fsck and git status in that folder"


def read_base(request: BaseRequest, read: SpecReader) -> Base:
    """Return the spec that the same paths held at a git ref, with a warning if the ref is no part of the history.

    Files and folders that were renamed since are read under their old names. Paths that do not exist at the ref declare
    nothing. A file of variables is read as it was at the ref, too, unless it lies outside of the repository or is not
    in it. What only files declare that are gone since, counts as well. Raises `CommandError`.
    """
    try:
        return _read_base(request, read)
    except MissingObjectError as error:
        raise _missing_object(error, request.reference) from None
    except GitError as error:
        is_outside = any(one in str(error) for one in OUTSIDE)
        hint = error.hint or (NEEDS_GIT if is_outside else CHECK_GIT)
        raise CommandError("no-git", str(error), hint) from None
    except OSError as error:
        reason = describe_os_error(error)
        raise CommandError(
            "bad-base", f"Cannot unpack the files at {request.reference}: {reason}.", OTHER_BASE
        ) from None


def _missing_object(error: MissingObjectError, reference: str) -> CommandError:
    if not error.is_partial:
        return CommandError("no-git", str(error), "the clone is damaged: look with git fsck, or clone again")
    message = f"This partial clone does not have all files of {reference}, and --base fetches none."
    return CommandError("no-git", message, f"fetch them first: git diff --shortstat {quote_argument(reference)}")


def _read_base(request: BaseRequest, read: SpecReader) -> Base:
    from applier.plan.drift_causes import Base

    paths = request.paths or (".",)
    top = find_one_top(paths)
    commit = require_commit(request.reference, top)
    tree = list_tree(commit, top)
    with tempfile.TemporaryDirectory(prefix="applier-base-", ignore_cleanup_errors=True) as scratch:
        folder = Path(scratch) / "base"
        folder.mkdir()
        (folder / ".git").mkdir()  # the top of a repository, which links may not leave: see `find_boundary`
        places = locate(request, tree, Path(scratch))
        copies = Copies(tree, folder)
        copies.add([*places.folders, *places.moved_in.values(), *places.variable_files.values()])
        values = [
            copies.path(places.variable_files[one]) if one in places.variable_files else one
            for one in request.variable_files
        ]
        spec, unread = read_files(request, places, copies, lambda paths: read(paths, values))
    absent = {
        **{one: _why_absent(one, tree, request.reference) for one in places.absent},
        **{
            now: f"{now} was {old} at {request.reference}, which cannot be read there: {unread[old].rstrip('.')}"
            for now, old in places.moved_in.items()
            if old in unread
        },
    }
    warnings = tuple(_judge_history(request.reference, commit, top))
    return Base(request.reference, spec, absent, _lacks_environment(request.now, spec), warnings)


def _why_absent(file: str, tree: Tree, reference: str) -> str:
    path = tree.relative(file)
    submodule = tree.submodule_around(path) if path is not None else None
    if submodule is not None:
        return f"{file} lies in the submodule {submodule}, whose files are not in {reference}"
    return f"{file} is not in {reference}, nor is a file that it could have been renamed from"


def _lacks_environment(now: Spec, then: Spec) -> str:
    """Return the chosen environment if the spec of that time did not have it, empty otherwise."""
    name = now.environment.name or ""
    return name if name in now.environments and name not in then.environments else ""


def _judge_history(reference: str, commit: str, top: Path) -> Iterator[Diagnostic]:
    """Yield a warning if the base is no part of the history of what is checked out.

    In a shallow clone, which lacks a part of the history, there is nothing to judge by.
    """
    from applier.diagnostics import diagnose

    if is_ancestor(commit, top) or is_shallow(top):
        return
    yield diagnose(
        "base-not-merged",
        f"{reference} is not an ancestor of HEAD. Changes of it that HEAD does not have count as edits of the spec "
        "that undo them.",
        hint=f"to keep these changes, merge {reference} first; to roll back to HEAD, go on",
    )
