"""Runs git so that no value becomes an option, and neither the environment nor a repository chooses what is run."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from applier.system import describe_os_error, program

NOTHING: Mapping[str, str] = MappingProxyType({})
SETTINGS = ("core.fsmonitor=false", f"core.hooksPath={os.devnull}", "safe.bareRepository=explicit")
"""No program of a repository is started, and a bare repository among the files of another one is not entered."""

FOREIGN_VARIABLES = frozenset(
    {
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_COMMON_DIR",
        "GIT_DIFF_OPTS",
        "GIT_DIR",
        "GIT_EXTERNAL_DIFF",
        "GIT_GLOB_PATHSPECS",
        "GIT_GRAFT_FILE",
        "GIT_ICASE_PATHSPECS",
        "GIT_IMPLICIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_LITERAL_PATHSPECS",
        "GIT_NAMESPACE",
        "GIT_NOGLOB_PATHSPECS",
        "GIT_OBJECT_DIRECTORY",
        "GIT_PREFIX",
        "GIT_REPLACE_REF_BASE",
        "GIT_SHALLOW_FILE",
        "GIT_WORK_TREE",
    }
)
"""Variables that name another repository than the one around a folder, such as those that a hook of git has."""


OFFLINE = {"GIT_ALLOW_PROTOCOL": "none", "GIT_NO_LAZY_FETCH": "1"}
"""No object is fetched: that would run the programs that the repository names for it.

`GIT_NO_LAZY_FETCH` is new in git 2.45 and in updates of older versions; the others obey the list of protocols.
"""

SAFE_DIRECTORY = re.compile(r"^\s*(git config --global --add safe\.directory .+)$", re.MULTILINE)
MISSING_OBJECT = re.compile(r"could not fetch ([0-9a-f]+) from promisor remote")


class GitError(Exception):
    """git cannot be run, or failed; `str()` has the reason, `hint` says what to do, if git is known to help."""

    def __init__(self, reason: str, hint: str = "") -> None:
        super().__init__(reason)
        self.hint = hint


class MissingObjectError(GitError):
    """The clone does not have an object; `is_partial` tells that it was made to have only some."""

    def __init__(self, identifier: str, *, is_partial: bool = False) -> None:
        super().__init__(f"git failed: the object {identifier} is missing.")
        self.is_partial = is_partial


def run_git(
    arguments: Sequence[str],
    folder: Path,
    *,
    given: bytes = b"",
    expected: Collection[int] = (0,),
    timeout: float | None = None,
    variables: Mapping[str, str] = NOTHING,
) -> tuple[int, bytes]:
    """Return the exit code of git and what it prints, run in a folder with `given` as its input.

    `arguments` are words of this program. Values of users stand behind `--end-of-options` or `--`. `timeout` is in
    seconds. `variables` are added to the environment. Raises `GitError`.
    """
    git = program("git")
    if git is None:
        raise GitError("Cannot run git: no such file or directory.", hint="install git, and put it on the PATH")
    settings = [word for one in SETTINGS for word in ("-c", one)]
    try:
        result = subprocess.run(
            [git, *settings, *arguments],
            cwd=folder,
            env={**_environment(), **variables},
            input=given,
            capture_output=True,
            check=False,
            timeout=timeout,
        )
    except subprocess.TimeoutExpired:
        raise GitError(f"git did not answer within {timeout:g} seconds.") from None
    except OSError as error:
        raise GitError(f"Cannot run git: {describe_os_error(error)}.") from None
    if result.returncode not in expected:
        raise _failure(result.stderr.decode("utf-8", "replace").strip(), result.returncode)
    return result.returncode, result.stdout


def _failure(text: str, code: int) -> GitError:
    """Return the error for what git printed on stderr."""
    missing = MISSING_OBJECT.search(text)
    if missing:
        return MissingObjectError(missing[1], is_partial=True)
    lines = text.splitlines()
    named = [one for one in lines if one.startswith(("fatal: ", "error: "))]
    reason = (named or lines or [f"exit code {code}"])[-1]
    exception = SAFE_DIRECTORY.search(text)
    hint = f"if you trust its owner, run: {exception[1]}" if exception else ""
    return GitError(f"git failed: {reason}", hint)


def _environment() -> Mapping[str, str]:
    kept = {name: value for name, value in os.environ.items() if name.upper() not in FOREIGN_VARIABLES}
    return {**kept, **OFFLINE, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
