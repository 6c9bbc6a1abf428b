"""Finds the YAML files of a folder: hidden ones are not read, and links are followed inside the project.

Each folder and each file is read once, under the first name that leads to it. What is not read but could be meant to
be read is returned with the reason, since `--prune` would delete what it declares.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from applier.diagnostics import Diagnostic
from applier.spec.documents.problems import broken_link, loop_of_links, not_a_file, unreadable
from applier.system import describe_os_error, path_text, windows

SUFFIXES = (".yaml", ".yml")
VALUES = (".vars.yaml", ".vars.yml")
"""Files of a folder that hold values of variables: for `--var-file`, and not part of a spec."""
TOOLS = frozenset({".git", ".hg", ".svn", ".jj", ".applier"})
"""Hidden folders that hold no files of people."""
MOST_ENTRIES = 200_000
"""How many entries of folders that are not read are looked at; this takes less than a second."""
_JUNCTION = 0xA0000003  # a folder of Windows that leads to another one (IO_REPARSE_TAG_MOUNT_POINT)


@dataclass(frozen=True, slots=True)
class Found:
    """A file, the name to show for it, and the folder that the files which it includes may not leave."""

    path: str
    name: str
    project: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file or folder that is not read: its real path, the name to show for it, and the reason.

    A `path` of None means that nobody can know what it holds.
    """

    path: str | None
    name: str
    why: str


def is_spec_file(name: str) -> bool:
    """Return whether a file of a folder is a part of its spec, by the name of the file in any case of letters."""
    lower = name.lower()
    return lower.endswith(SUFFIXES) and not lower.endswith(VALUES) and not name.startswith(".")


def find_boundary(top: str) -> str:
    """Return the folder that links of a folder may not leave: the repository, or else the current folder around it.

    Both are real paths. Without either of them it is the folder itself.
    """
    parents = [top, *map(str, Path(top).parents)]
    repository = next((one for one in parents if os.path.lexists(os.path.join(one, ".git"))), None)  # noqa: PTH118
    if repository is not None:
        return repository
    here = os.path.realpath(os.curdir)
    return here if here in parents else top


@dataclass(slots=True)
class FolderReader:
    """Walks through one folder of the command line and collects what is there."""

    project: str
    boundary: str
    files: list[Found] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    problems: list[Diagnostic] = field(default_factory=list)
    _links: list[tuple[os.DirEntry[str], str, str, str]] = field(default_factory=list)
    _names: dict[str, str] = field(default_factory=dict)  # of the folders that are read, by real path
    _looked_at: int = 0

    @classmethod
    def read(cls, path: Path) -> FolderReader:
        """Return what is in the folder at a path."""
        top = os.path.realpath(path)
        reader = cls(top, find_boundary(top))
        reader._read(top, "" if str(path) == os.curdir else path_text(path), top)
        for link in reader._links:  # what is found on the way is added; last, so that real names count
            reader._follow(*link)
        return reader

    def _read(self, folder: str, name: str, project: str) -> None:
        """Read a folder: its files in the order of their names, then its folders."""
        if folder in self._names:
            return
        self._names[folder] = name
        folders: list[tuple[os.DirEntry[str], str]] = []
        for entry in self._entries(folder, name):
            shown = _join(name, entry.name)
            is_link = _is_link(entry)
            if is_link and self._is_broken(entry, shown):
                continue
            if entry.is_dir():
                folders.append((entry, shown))
            elif is_spec_file(entry.name):
                self._add_file(entry, shown, project)
            elif _resembles_spec(entry.name):
                self._skip(entry, shown, _why_no_spec(entry.name))
        for entry, shown in folders:
            if entry.name.startswith("."):
                self._look_into(_real_path(entry), shown, f"it is in the hidden folder {shown}")
            elif _is_link(entry):
                self._links.append((entry, shown, folder, project))
            else:
                self._read(entry.path, shown, project)

    def _entries(self, folder: str, name: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(folder) as entries:
                return sorted(entries, key=lambda one: one.name)
        except OSError as error:
            self.problems.append(unreadable(name or os.curdir, error))
            return []

    def _is_broken(self, entry: os.DirEntry[str], shown: str) -> bool:
        """Report a link that leads nowhere, if a spec could be there: in a file, or in a folder."""
        try:
            os.stat(entry.path)  # noqa: PTH116 - thousands of these
        except OSError as error:
            if is_spec_file(entry.name):
                self.problems.append(broken_link(shown, error))
            elif "." not in entry.name:
                self.skipped.append(Skipped(None, shown, f"it is a link that leads nowhere ({_target(entry.path)})"))
            return True
        return False

    def _add_file(self, entry: os.DirEntry[str], shown: str, project: str) -> None:
        if not entry.is_file():
            self.problems.append(not_a_file(shown))
            return
        self.files.append(Found(_real_path(entry), shown, project))

    def _skip(self, entry: os.DirEntry[str], shown: str, why: str) -> None:
        if entry.is_file():
            self.skipped.append(Skipped(_real_path(entry), shown, why))

    def _follow(self, entry: os.DirEntry[str], shown: str, folder: str, project: str) -> None:
        """Read the folder that a link leads to, unless it lies outside of the project."""
        target = os.path.realpath(entry.path)
        if target == folder or folder.startswith(_inside(target)):
            self.problems.append(loop_of_links(shown, self._names.get(target)))
        elif (_inside(target)).startswith(_inside(self.boundary)):
            inside = f"{target}{os.sep}".startswith(_inside(project))
            self._read(target, shown, project if inside else target)
        else:
            why = f"the link {shown} leads out of the project, to {path_text(target)}"
            self._look_into(target, shown, why)

    def _look_into(self, folder: str, shown: str, why: str) -> None:
        """Note the files of a folder that is not read, and of the folders in it, which could be meant as a spec.

        Links to folders are not followed there: tools put links to the whole machine into their hidden folders.
        """
        if shown.rpartition("/")[2] in TOOLS:
            return
        waiting = [(folder, shown)]
        while waiting:
            current, name = waiting.pop()
            try:
                with os.scandir(current) as entries:
                    found = sorted(entries, key=lambda one: one.name)
            except OSError as error:
                self.skipped.append(Skipped(None, name, f"{why}, and cannot be read: {describe_os_error(error)}"))
                continue
            self._looked_at += len(found)
            if self._looked_at > MOST_ENTRIES:
                self.skipped.append(Skipped(None, shown, f"{why}, and holds too many files to look for a spec"))
                return
            for entry in found:
                if entry.is_dir(follow_symlinks=False) and not _is_link(entry):
                    if entry.name not in TOOLS:
                        waiting.append((entry.path, _join(name, entry.name)))
                elif _resembles_spec(entry.name):
                    self._skip(entry, _join(name, entry.name), why)


def _join(folder: str, name: str) -> str:
    return f"{folder}{'' if folder.endswith('/') else '/'}{name}" if folder else name


def _inside(folder: str) -> str:
    """Return how the path of everything in a folder begins, the folder itself included if it ends like this."""
    return folder if folder.endswith(os.sep) else f"{folder}{os.sep}"


def _is_link(entry: os.DirEntry[str]) -> bool:
    """Return whether an entry leads elsewhere: a symbolic link, or a junction of Windows."""
    if entry.is_symlink():
        return True
    return windows() and getattr(entry.stat(follow_symlinks=False), "st_reparse_tag", 0) == _JUNCTION


def _real_path(entry: os.DirEntry[str]) -> str:
    """Return where an entry of a real folder is; a link is somewhere else."""
    return os.path.realpath(entry.path) if _is_link(entry) else entry.path


def _target(link: str) -> str:
    try:
        return path_text(os.readlink(link))  # noqa: PTH115
    except OSError:
        return "unknown"


def _resembles_spec(name: str) -> bool:
    """Return whether a file that is not read may be a spec all the same: a backup, a template, a hidden file."""
    lower = name.lower()
    return any(one in lower for one in SUFFIXES)


def _why_no_spec(name: str) -> str:
    if name.startswith("."):
        return "its name begins with a dot"
    if name.lower().endswith(VALUES):
        return "files called NAME.vars.yaml hold values of variables"
    return "its name does not end in .yaml or .yml"
