"""Finds where the inputs of a command lie in a commit: under the names that they had then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from applier.cli.console import CommandError
from applier.cli.git_copies import is_inside
from applier.cli.git_renames import Renames, find_renames, old_folder
from applier.cli.git_tree import Tree, find_top, nearest_folder
from applier.system import is_file, path_text

if TYPE_CHECKING:
    from applier.spec.resources import Spec


@dataclass(frozen=True, slots=True)
class BaseRequest:
    """The ref to read, the paths and files of variables of the command, and the spec that they hold now."""

    reference: str
    paths: tuple[str, ...]
    variable_files: tuple[str, ...]
    now: Spec


def find_one_top(paths: Sequence[str]) -> Path:
    """Return the top of the repository that holds all paths. Raises `CommandError` and `GitError`."""
    folders = {one: nearest_folder(Path(one).resolve()) for one in paths}
    tops = {folder: find_top(folder) for folder in dict.fromkeys(folders.values())}
    first = tops[folders[paths[0]]]
    for path, folder in folders.items():
        if tops[folder] != first:
            message = f'"{path_text(path)}" lies in another git repository than "{path_text(paths[0])}".'
            raise CommandError("bad-base", message, "--base reads one repository; a submodule is another one")
    return first


@dataclass(frozen=True, slots=True)
class Places:
    """Where the inputs of a command lie in the commit.

    `moved_in` are the files, by their name now, that came from outside of the folders; `absent` are those that the
    commit does not have.
    """

    folders: list[str]
    moved_in: Mapping[str, str]
    variable_files: Mapping[str, str]
    absent: tuple[str, ...]


def locate(request: BaseRequest, tree: Tree, scratch: Path) -> Places:
    """Return where the inputs lie in the commit, under their names of that time."""
    spec_files = {one: tree.relative(one) for one in request.now.files}
    values = {one: tree.relative(one) for one in request.variable_files if is_file(one)}
    paths = [one for one in (*spec_files.values(), *values.values()) if one is not None]
    new = {one for one in paths if not tree.holds(one) and tree.submodule_around(one) is None}
    renames = find_renames(tree, sorted(new), scratch) if new else {}
    old_names = {one: renames.get(one, one) for one in paths}
    given = [one for one in map(tree.relative, request.paths or (".",)) if one is not None]
    old_paths = [old for old in (_old_path(one, renames, tree) for one in given) if old is not None]
    folders = dict.fromkeys(old_paths)
    moved_in = {
        name: renames[path]
        for name, path in spec_files.items()
        if path is not None and path in renames and not is_inside(renames[path], folders)
    }
    return Places(
        list(folders),
        moved_in,
        {one: old_names[path] for one, path in values.items() if path is not None and tree.holds(old_names[path])},
        tuple(one for one, path in spec_files.items() if path is None or not tree.holds(old_names[path])),
    )


def _old_path(path: str, renames: Renames, tree: Tree) -> str | None:
    """Return what a path of the command line was called in the commit, None if it was not there."""
    return path if tree.holds(path) else renames.get(path) or old_folder(path, renames, tree)
