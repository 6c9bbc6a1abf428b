"""Reads the spec as it was at a git ref, for `--base`."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from applier.cli.console import CommandError
from applier.cli.git import GitError
from applier.cli.git_renames import Renames, find_renames, old_folder
from applier.cli.git_tree import LINK, Tree, find_commit, find_top, is_ancestor, is_shallow, list_tree, unpack
from applier.system import describe_os_error, path_text

if TYPE_CHECKING:
    from applier.diagnostics import Diagnostic
    from applier.plan.drift_causes import Base
    from applier.spec.resources import Spec

SpecReader = Callable[[Sequence[str], Sequence[str]], "tuple[Spec, tuple[Diagnostic, ...]]"]
"""Reads a spec from paths and files of variables."""

OTHER_BASE = "choose another --base"
NEEDS_GIT = "--base requires git and a commit of the repository that holds the spec"


@dataclass(frozen=True, slots=True)
class BaseRequest:
    """The ref to read, the paths and files of variables of the command, and the spec that they hold now."""

    reference: str
    paths: tuple[str, ...]
    variable_files: tuple[str, ...]
    now: Spec


def read_base(request: BaseRequest, read: SpecReader) -> Base:
    """Return the spec that the same paths held at a git ref, with a warning if the ref is no part of the history.

    Files and folders that were renamed since are read under their old names. Paths that do not exist at the ref declare
    nothing. A file of variables is read as it was at the ref, too, unless it lies outside of the repository or is not
    in it. Raises `CommandError`.
    """
    try:
        return _read_base(request, read)
    except GitError as error:
        raise CommandError("no-git", str(error), NEEDS_GIT) from None
    except OSError as error:
        reason = describe_os_error(error)
        raise CommandError(
            "bad-base", f"Cannot unpack the files at {request.reference}: {reason}.", OTHER_BASE
        ) from None


def _read_base(request: BaseRequest, read: SpecReader) -> Base:
    from applier.plan.drift_causes import Base
    from applier.spec.resources import Spec

    paths = request.paths or (".",)
    top = _find_one_top(paths)
    commit = _find_commit(request.reference, top)
    tree = list_tree(commit, top)
    with tempfile.TemporaryDirectory(prefix="applier-base-", ignore_cleanup_errors=True) as scratch:
        folder = Path(scratch) / "base"
        folder.mkdir()
        places = _locate(request, tree, Path(scratch))
        left_out = _unpack(tree, [*places.paths, *places.variable_files.values()], folder)
        copies = [str(folder / one) for one in places.paths]
        values = [
            str(folder / places.variable_files[one]) if one in places.variable_files else one
            for one in request.variable_files
        ]
        spec, problems = read(copies, values) if copies else (Spec(), ())
        _refuse_invalid(request.reference, problems, folder, left_out)
    warnings = tuple(_judge_history(request.reference, commit, top))
    return Base(request.reference, spec, places.absent, _lacks_environment(request.now, spec), warnings)


def _find_one_top(paths: Sequence[str]) -> Path:
    """Return the top of the repository that holds all paths. Raises `CommandError` and `GitError`."""
    tops = {path: find_top(Path(path).resolve()) for path in paths}
    first = next(iter(tops.values()))
    for path, top in tops.items():
        if top != first:
            message = f'"{path_text(path)}" lies in another git repository than "{path_text(paths[0])}".'
            raise CommandError("bad-base", message, "--base reads one repository; a submodule is another one")
    return first


def _find_commit(reference: str, top: Path) -> str:
    commit = find_commit(reference, top)
    if commit is not None:
        return commit
    shallow = is_shallow(top)
    where = "this shallow clone" if shallow else "this repository"
    hint = "fetch it first: git fetch --unshallow, or fetch-depth: 0 in CI" if shallow else NEEDS_GIT
    raise CommandError("no-git", f'"{reference}" is not a commit of {where}.', hint)


@dataclass(frozen=True, slots=True)
class _Places:
    """Where the inputs of a command lie in the commit, and its spec files that are not in it."""

    paths: list[str]
    variable_files: Mapping[str, str]
    absent: frozenset[str]


def _locate(request: BaseRequest, tree: Tree, scratch: Path) -> _Places:
    """Return where the inputs lie in the commit, under their names of that time."""
    spec_files = {one: tree.relative(one) for one in request.now.files}
    values = {one: tree.relative(one) for one in request.variable_files if Path(one).is_file()}
    new = {one for one in (*spec_files.values(), *values.values()) if one is not None and not tree.under(one)}
    renames = find_renames(tree, sorted(new), scratch) if new else {}
    paths = (one for one in (*spec_files.values(), *values.values()) if one is not None)
    old_names = {one: renames.get(one, one) for one in paths}
    given = [one for one in map(tree.relative, request.paths or (".",)) if one is not None]
    folders = [old for old in (_old_path(one, renames, tree) for one in given) if old is not None]
    moved_in = [renames[one] for one in spec_files.values() if one is not None and one in renames]
    return _Places(
        list(dict.fromkeys([*folders, *(one for one in moved_in if not _is_inside(one, folders))])),
        {one: old_names[path] for one, path in values.items() if path is not None and tree.under(old_names[path])},
        frozenset(one for one, path in spec_files.items() if path is None or not tree.under(old_names[path])),
    )


def _old_path(path: str, renames: Renames, tree: Tree) -> str | None:
    """Return what a path of the command line was called in the commit, None if it was not there."""
    return path if tree.under(path) else renames.get(path) or old_folder(path, renames, tree)


def _is_inside(path: str, folders: Collection[str]) -> bool:
    return any(one in (".", path) or path.startswith(f"{one}/") for one in folders)


def _unpack(tree: Tree, paths: Sequence[str], folder: Path) -> list[str]:
    """Write the folders of the paths, since a file may include what lies beside it; return what is left out.

    A symbolic link may lead anywhere in the repository, so with one of them the whole repository is written.
    """
    parents = {one if one not in tree.entries else one.rpartition("/")[0] or "." for one in paths}
    wanted = {one.path: one for parent in parents for one in tree.under(parent)}
    if any(one.mode == LINK for one in wanted.values()):
        wanted = tree.entries
    return unpack(tree, list(wanted.values()), folder)


def _refuse_invalid(reference: str, problems: Sequence[Diagnostic], folder: Path, left_out: Sequence[str]) -> None:
    """Raise `CommandError` if the spec of that time is invalid: nothing can be judged by it."""
    from applier.diagnostics import Severity

    errors = [_describe(one, folder) for one in problems if one.severity is Severity.ERROR]
    if not errors:
        return
    reasons = "; ".join(errors)
    if left_out:
        names = ", ".join(left_out)
        reasons += f"; not read: {names} (links out of the repository, large files, or Git LFS files not fetched)"
    raise CommandError("bad-base", f"The spec at {reference} is invalid: {reasons}", OTHER_BASE)


def _describe(problem: Diagnostic, folder: Path) -> str:
    """Return where a problem is and what it is, with paths from the top of the repository."""
    text = f"{problem.place}: {problem.detail}" if problem.place else problem.detail
    return text.replace(f"{path_text(folder)}/", "").replace(f"{path_text(folder.resolve())}/", "")


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
