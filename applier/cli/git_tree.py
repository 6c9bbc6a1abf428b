"""Reads the files of a commit as they are stored, without the filters and attributes of the repository."""

from __future__ import annotations

import hashlib
import os
import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from applier.cli.git import MissingObjectError, run_git
from applier.system import is_folder

REGULAR, LINK, SUBMODULE = "100", "120000", "160000"
COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
LARGE_FILE_POINTER = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\n(?:[^\n]*\n)*?oid sha256:([0-9a-f]{64})\n"
)
POINTER_SIZE = 1024  # bytes; pointers of Git LFS are never larger


@dataclass(frozen=True, slots=True)
class Entry:
    """A file, link or submodule of a commit; `path` is relative to the top of the repository."""

    mode: str
    id: str
    path: str


@dataclass(frozen=True, slots=True)
class Tree:
    """The files of a commit by path; `top` is the folder of the working tree, without links, `paths` are sorted."""

    top: Path
    entries: dict[str, Entry] = field(repr=False)
    paths: list[str] = field(repr=False)

    def holds(self, path: str) -> bool:
        """Return whether there is a file or folder at a path; "." is the top."""
        if path == "." or path in self.entries:
            return True
        start = bisect_left(self.paths, f"{path}/")
        return start < len(self.paths) and self.paths[start].startswith(f"{path}/")

    def under(self, path: str) -> list[Entry]:
        """Return the file at a path, or the files below the folder at it; "." is the top."""
        if path in self.entries:
            return [self.entries[path]]
        if path == ".":
            return list(self.entries.values())
        start = bisect_left(self.paths, f"{path}/")
        end = bisect_left(self.paths, f"{path}0", start)  # the character after "/"
        return [self.entries[one] for one in self.paths[start:end]]

    def relative(self, path: Path | str) -> str | None:
        """Return a path as the commit has it, None if it lies outside of the working tree."""
        real = Path(path).resolve()
        return real.relative_to(self.top).as_posix() if real.is_relative_to(self.top) else None

    def submodule_around(self, path: str) -> str | None:
        """Return the submodule that a path lies in, None if it lies in none."""
        parents = (one.as_posix() for one in PurePosixPath(path).parents)
        return next((one for one in parents if one in self.entries and self.entries[one].mode == SUBMODULE), None)


def nearest_folder(path: Path) -> Path:
    """Return the folder that a path is, or the first one above it that exists."""
    return next(one for one in (path.absolute(), *path.absolute().parents) if is_folder(one))


def find_top(folder: Path) -> Path:
    """Return the top folder of the working tree around a folder. Raises `GitError`."""
    _, out = run_git(["rev-parse", "--show-toplevel"], folder)
    return Path(os.fsdecode(out).rstrip("\r\n"))


def find_commit(reference: str, top: Path) -> str | None:
    """Return the id of the commit that a ref names, None if it names none. Raises `GitError`."""
    words = ["rev-parse", "--verify", "--quiet", "--end-of-options", f"{reference}^{{commit}}"]
    _, out = run_git(words, top, expected=(0, 1, 128))
    found = out.decode("ascii", "replace").strip()
    return found if COMMIT.fullmatch(found) else None


def is_shallow(top: Path) -> bool:
    """Return whether the clone lacks older commits. Raises `GitError`."""
    return run_git(["rev-parse", "--is-shallow-repository"], top)[1].strip() == b"true"


def is_ancestor(commit: str, top: Path) -> bool:
    """Return whether a commit is the checked out one or older. Raises `GitError`."""
    return run_git(["merge-base", "--is-ancestor", commit, "HEAD"], top, expected=(0, 1, 128))[0] == 0


def list_tree(commit: str, top: Path) -> Tree:
    """Return the files of a commit. Raises `GitError`."""
    _, out = run_git(["ls-tree", "-r", "-z", "--full-tree", commit], top)  # -l would ask for the size of every file
    entries: dict[str, Entry] = {}
    for line in out.split(b"\0"):
        about, _, path = line.partition(b"\t")
        if path:
            mode, _, identifier = about.decode("ascii").split()
            name = os.fsdecode(path)
            entries[name] = Entry(mode, identifier, name)
    return Tree(top.resolve(), entries, sorted(entries))


def find_gone(tree: Tree, suffixes: Collection[str]) -> list[Entry]:
    """Return the files of some suffixes that the working tree does not have any more. Raises `GitError`.

    The suffixes are given in small letters. What a sparse checkout leaves out is not gone.
    """
    gone = [
        one
        for path, one in tree.entries.items()
        if PurePosixPath(path).suffix.lower() in suffixes
        and one.mode != SUBMODULE
        and not os.path.lexists(tree.top / path)
    ]
    skipped = _skipped_paths(tree.top) if gone else frozenset()
    return [one for one in gone if one.path not in skipped]


def _skipped_paths(top: Path) -> frozenset[str]:
    """Return the files that a sparse checkout leaves out of the working tree. Raises `GitError`."""
    _, out = run_git(["ls-files", "-z", "-t"], top)
    return frozenset(os.fsdecode(one[2:]) for one in out.split(b"\0") if one.startswith(b"S "))


def unpack(tree: Tree, entries: Sequence[Entry], target: Path) -> list[str]:
    """Write files and links below a folder; return the paths that cannot be written as they were.

    These are links and files that lead out of the repository, files of Git LFS whose content is not in the clone, and
    files that are too large for a spec. Links come last, so that nothing is written through one. Raises `GitError` and
    OSError.
    """
    from applier.spec.documents.files import LARGEST_FILE

    stored = [one for one in entries if one.mode.startswith(REGULAR) or one.mode == LINK]
    sizes = dict(zip((one.path for one in stored), _read_sizes(tree, stored), strict=True))
    left_out = [one.path for one in stored if sizes[one.path] > LARGEST_FILE]
    small = [one for one in stored if sizes[one.path] <= LARGEST_FILE]
    files, links = ([one for one in small if (one.mode == LINK) is is_link] for is_link in (False, True))
    for entry, data in zip([*files, *links], _read_blobs(tree, [*files, *links]), strict=True):
        place = target / entry.path
        content = data if entry.mode == LINK else _content(tree, data)
        leads_to = os.fsdecode(data) if entry.mode == LINK else ""
        if content is None or not (_stays_inside("", entry.path) and _stays_inside(entry.path, leads_to)):
            left_out.append(entry.path)
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        if entry.mode == LINK:
            place.symlink_to(leads_to)
        else:
            place.write_bytes(content)
    return left_out


def _read_sizes(tree: Tree, entries: Sequence[Entry]) -> Iterator[int]:
    """Yield the size of each entry in bytes. Raises `GitError` for one that the clone does not have."""
    wanted = "".join(f"{one.id}\n" for one in entries).encode("ascii")
    _, out = run_git(["cat-file", "--batch-check"], tree.top, given=wanted)
    for line in out.splitlines():
        yield _size(line)


def _size(about: bytes) -> int:
    """Return the size in what `cat-file` prints of an object. Raises `MissingObjectError`."""
    identifier, *words = about.split()
    if words[:1] != [b"blob"]:
        raise MissingObjectError(identifier.decode("ascii"))
    return int(words[1])


def _read_blobs(tree: Tree, entries: Iterable[Entry]) -> Iterator[bytes]:
    """Yield the stored bytes of each entry. Raises `GitError` for one that a damaged or partial clone does not have."""
    wanted = "".join(f"{one.id}\n" for one in entries).encode("ascii")
    _, out = run_git(["cat-file", "--batch"], tree.top, given=wanted)
    start = 0
    for _ in range(wanted.count(b"\n")):
        end = out.index(b"\n", start)
        size = _size(out[start:end])
        yield out[end + 1 : end + 1 + size]
        start = end + 1 + size + 1


def _content(tree: Tree, data: bytes) -> bytes | None:
    """Return what a file holds: for a pointer of Git LFS the content in the clone, None if it is not there."""
    pointer = LARGE_FILE_POINTER.match(data) if len(data) <= POINTER_SIZE else None
    if pointer is None:
        return data
    _, out = run_git(["rev-parse", "--git-common-dir"], tree.top)
    digest = pointer[1].decode("ascii")
    stored = tree.top / os.fsdecode(out).rstrip("\r\n") / "lfs" / "objects" / digest[:2] / digest[2:4] / digest
    content = stored.read_bytes() if stored.is_file() else b""
    return content if hashlib.sha256(content).hexdigest() == digest else None


def _stays_inside(path: str, leads_to: str) -> bool:
    """Return whether a relative link leads to a place in the repository."""
    depth = len(PurePosixPath(path).parent.parts)
    for part in PurePosixPath(leads_to).parts:
        depth += -1 if part == ".." else 1
        if depth < 0:
            return False
    return not PurePosixPath(leads_to).is_absolute()
