"""Finds the commit that a git ref names, and says how to get one that the clone does not have."""

from __future__ import annotations

import os
import re
from pathlib import Path

from applier.cli.console import CommandError
from applier.cli.git import run_git
from applier.cli.git_tree import COMMIT, find_commit, is_shallow
from applier.system import quote_argument

NEEDS_GIT = "--base requires git and a commit of the repository that holds the spec"
UNSHALLOW = "fetch it first: git fetch --unshallow, or fetch-depth: 0 in CI"
NO_COMMIT = re.compile(r"0{40}|0{64}")
ABBREVIATED = re.compile(r"[0-9a-f]{7,}")
NAME = re.compile(r"(?![-./@])(?!.*(?:\.\.|//|@\{|\.lock$|[./]$))[^\s~^:?*\[\\\x00-\x20\x7f]+")
"""The names that a branch or tag can have; others, such as `HEAD~1`, say a way from one."""

REMOTE_PREFIXES = ("refs/remotes/", "remotes/")


def require_commit(reference: str, top: Path) -> str:
    """Return the id of the commit that a ref names. Raises `CommandError` with the way to get it, and `GitError`."""
    if NO_COMMIT.fullmatch(reference):
        message = f'There is no commit before this one: "{reference}" is what CI calls the base of a new branch.'
        raise CommandError("no-git", message, "choose the target branch, as in --base origin/main")
    commit = find_commit(reference, top)
    if commit is not None:
        return commit
    shallow = is_shallow(top)
    where = "this shallow clone" if shallow else "this repository"
    raise CommandError("no-git", f'"{reference}" is not a commit of {where}.', _how_to_get(reference, top, shallow))


def _how_to_get(reference: str, top: Path, shallow: bool) -> str:
    """Return the hint for a ref that the clone does not have: the commands in it work as they are."""
    remotes = os.fsdecode(run_git(["remote"], top)[1]).split()
    otherwise = UNSHALLOW if shallow else NEEDS_GIT
    if not remotes or not NAME.fullmatch(reference) or reference in ("HEAD", "FETCH_HEAD"):
        return otherwise
    depth = "--depth 1 " if shallow else ""  # in a clone that has everything it would cut the history off
    short = next((reference.removeprefix(one) for one in REMOTE_PREFIXES if reference.startswith(one)), reference)
    remote = max((one for one in remotes if short.startswith(f"{one}/")), key=len, default=None)
    if remote is not None:
        name = short.removeprefix(f"{remote}/")
        return f"fetch it first: git fetch {depth}{remote} {quote_argument(f'{name}:refs/remotes/{remote}/{name}')}"
    if ABBREVIATED.fullmatch(reference) and not COMMIT.fullmatch(reference):
        return otherwise  # a remote knows whole ids only
    remote = "origin" if "origin" in remotes else remotes[0]
    then = "" if COMMIT.fullmatch(reference) else ", then use --base FETCH_HEAD"
    return f"fetch it first: git fetch {depth}{remote} {quote_argument(reference)}{then}"
