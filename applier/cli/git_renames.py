"""Finds what files were called at a commit, by the rename detection of git."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection, Mapping
from pathlib import Path, PurePosixPath

from applier.cli.git import run_git
from applier.cli.git_tree import Tree, find_gone, unpack

Renames = Mapping[str, str]
"""The path of a file at the commit by its path now."""

DIFF = ("diff", "--no-index", "--no-ext-diff", "--no-textconv", "--find-renames", "-l0", "--name-status", "-z")
DIFFERENT = 1  # the exit code of git when two folders differ


def find_renames(tree: Tree, new: Collection[str], scratch: Path) -> Renames:
    """Return what files that the commit does not have were called there, whether they are staged, committed or not.

    Only a file that is gone can have been renamed; all suffixes of spec files are one. Both sides are copied to
    `scratch`, so that git compares files, and neither its index nor the state of the working tree counts. Raises
    `GitError` and OSError.
    """
    from applier.spec.documents.folders import SUFFIXES

    suffixes = {PurePosixPath(one).suffix.lower() for one in new}
    gone = find_gone(tree, suffixes.union(SUFFIXES) if suffixes.intersection(SUFFIXES) else suffixes)
    if not gone:
        return {}
    before, after = scratch / "before", scratch / "after"
    before.mkdir()
    unpack(tree, gone, before)
    for path in new:
        (after / path).parent.mkdir(parents=True, exist_ok=True)
        (after / path).write_bytes((tree.top / path).read_bytes())
    nowhere = {"GIT_DIR": str(scratch / "nowhere")}  # the scratch folder may lie in one that has filters
    words_of_git = [*DIFF, "--", before.name, after.name]
    _, out = run_git(words_of_git, scratch, expected=(0, DIFFERENT), variables=nowhere)
    words = iter(os.fsdecode(out).split("\0"))
    renames: dict[str, str] = {}
    for status in words:
        if status[:1] == "R":
            old, now = next(words), next(words)
            renames[now.removeprefix(f"{after.name}/")] = old.removeprefix(f"{before.name}/")
        elif status:
            next(words)
    return renames


def old_folder(folder: str, renames: Renames, tree: Tree) -> str | None:
    """Return what a folder was called that the commit does not have: where most of its files come from.

    A file counts if its path below the folder is still the same.
    """
    votes: Counter[str] = Counter()
    for now, old in renames.items():
        if now.startswith(f"{folder}/") and old.endswith(below := now.removeprefix(folder)):
            votes[old.removesuffix(below)] += 1
    best = max(votes, key=lambda one: (votes[one], one), default=None)
    return best if best and tree.holds(best) else None
