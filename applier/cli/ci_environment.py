"""Where the command runs in a repository, as GitHub Actions and GitLab CI tell it in the environment."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from applier.render.parts.places import Repository


def repository() -> Repository:
    """The folder below the checkout and the address of its files; empty outside of CI."""
    from applier.render.parts.places import Repository

    said = os.environ.get
    if (server := said("GITHUB_SERVER_URL")) and (name := said("GITHUB_REPOSITORY")):
        # In a pull request GITHUB_SHA is a merge that nobody can look at for long.
        commit = said("APPLIER_COMMIT") or said("GITHUB_SHA") or "HEAD"
        return Repository(_below(said("GITHUB_WORKSPACE", "")), f"{server}/{name}/blob/{commit}/")
    if address := said("CI_PROJECT_URL"):
        return Repository(_below(said("CI_PROJECT_DIR", "")), f"{address}/-/blob/{said('CI_COMMIT_SHA') or 'HEAD'}/")
    return Repository()


def _below(top: str) -> str:
    here = Path.cwd().resolve()
    if not top or not here.is_relative_to(Path(top).resolve()):
        return ""
    folder = here.relative_to(Path(top).resolve()).as_posix()
    return "" if folder == "." else folder
