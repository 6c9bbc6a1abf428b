"""Finds the version that `--version` prints and, where it is known, the commit that the program was built from."""

from __future__ import annotations

import json
from importlib import metadata
from pathlib import Path

from applier import __version__
from applier.cli.git import GitError, run_git

DISTRIBUTION = "polytomic-applier"
SOURCE = Path(__file__).parents[2]
SHORT_COMMIT = 7  # characters, as git shows it
GIT_TIMEOUT = 5  # seconds; the checkout may lie on a slow disk


def find_version() -> str:
    """Return "0.1.0", or "0.1.0 (commit 0e25cc1)" from a checkout or an installation from git.

    The commit ends in "-dirty" if the checkout has uncommitted changes.
    """
    commit = _commit_of_checkout() or _commit_of_installation()
    return f"{__version__} (commit {commit})" if commit else __version__


def _commit_of_checkout() -> str:
    """Return the commit of the checkout that this file lies in; empty outside of a checkout of applier."""
    if not (SOURCE / ".git").exists() or not (SOURCE / "pyproject.toml").exists():
        return ""
    command = ["describe", "--always", "--dirty", f"--abbrev={SHORT_COMMIT}", "--exclude=*"]
    try:
        _, described = run_git(command, SOURCE, timeout=GIT_TIMEOUT)
    except GitError:
        return ""
    return described.decode("utf-8", "replace").strip()


def _commit_of_installation() -> str:
    """Return the commit that pip recorded (PEP 610) when it installed from git."""
    try:
        record = json.loads(metadata.distribution(DISTRIBUTION).read_text("direct_url.json") or "{}")
    except (metadata.PackageNotFoundError, ValueError, OSError):
        return ""
    commit = record.get("vcs_info", {}).get("commit_id", "") if isinstance(record, dict) else ""
    return str(commit)[:SHORT_COMMIT]
