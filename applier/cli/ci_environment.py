"""Finds the repository that a command runs in, from the environment of GitHub Actions or GitLab CI."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from applier.render.parts.places import Repository


def find_repository() -> Repository:
    """Return the current folder below the checkout and the web address of its files; both are empty outside of CI."""
    from applier.render.parts.places import Repository

    variable = os.environ.get
    if (server := variable("GITHUB_SERVER_URL")) and (name := variable("GITHUB_REPOSITORY")):
        # In a pull request GITHUB_SHA is a temporary merge commit, whose pages disappear.
        commit = variable("APPLIER_COMMIT") or variable("GITHUB_SHA") or "HEAD"
        return Repository(_folder_below(variable("GITHUB_WORKSPACE", "")), f"{server}/{name}/blob/{commit}/")
    if address := variable("CI_PROJECT_URL"):
        commit = variable("CI_COMMIT_SHA") or "HEAD"
        return Repository(_folder_below(variable("CI_PROJECT_DIR", "")), f"{address}/-/blob/{commit}/")
    return Repository()


def _folder_below(checkout: str) -> str:
    here = Path.cwd().resolve()
    if not checkout or not here.is_relative_to(Path(checkout).resolve()):
        return ""
    folder = here.relative_to(Path(checkout).resolve()).as_posix()
    return "" if folder == "." else folder
