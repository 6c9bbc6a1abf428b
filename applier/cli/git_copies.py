"""Copies files of a commit below a folder, each once."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from applier.cli.git_tree import LINK, Tree, unpack
from applier.system import path_text


@dataclass(slots=True)
class Copies:
    """The files of a commit that are below a folder; `left_out` are those that could not be written as they were."""

    tree: Tree
    folder: Path
    left_out: list[str] = field(default_factory=list)
    _done: set[str] = field(default_factory=set)

    def path(self, path: str) -> str:
        """Return where a file or folder of the commit is copied to."""
        return path_text(self.folder / path)

    def add(self, paths: Iterable[str]) -> None:
        """Write the folders of the paths, since a file may include what lies beside it. Raises `GitError` and OSError.

        A symbolic link may lead anywhere in the repository, so with one of them the whole repository is written.
        """
        parents = dict.fromkeys(one if one not in self.tree.entries else parent_of(one) for one in paths)
        wanted = {one.path: one for parent in parents for one in self.tree.under(parent)}
        if any(one.mode == LINK for one in wanted.values()):
            wanted = self.tree.entries
        new = [one for path, one in wanted.items() if path not in self._done]
        self._done.update(one.path for one in new)
        if new:
            self.left_out += unpack(self.tree, new, self.folder)

    def mentions(self, path: str, names: Collection[str]) -> bool:
        """Return whether a file contains one of the names: others need not be parsed."""
        file = self.folder / path
        text = file.read_text("utf-8", "replace") if file.is_file() else ""
        return any(one in text for one in names)

    def in_commit(self, text: str) -> str:
        """Return a text with the paths that the commit has in place of those of the copies."""
        for folder in dict.fromkeys((path_text(self.folder), path_text(self.folder.resolve()))):
            text = text.replace(f"{folder}/", "")
        return text


def parent_of(path: str) -> str:
    """Return the folder of a path of a commit; "." is the top."""
    return path.rpartition("/")[0] or "."


def is_inside(path: str, folders: Collection[str]) -> bool:
    """Return whether a path of a commit is one of the folders, or lies in one."""
    return path in folders or any(one.as_posix() in folders for one in PurePosixPath(path).parents)
