"""Finds the version that `--version` prints and, where it is known, the commit that the program was built from."""

from __future__ import annotations

import json
import subprocess
from importlib import metadata
from pathlib import Path

from applier import __version__
from applier.system import program

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
    git = program("git")
    if git is None or not (SOURCE / ".git").exists() or not (SOURCE / "pyproject.toml").exists():
        return ""
    command = [git, "-C", str(SOURCE), "describe", "--always", "--dirty", f"--abbrev={SHORT_COMMIT}", "--exclude=*"]
    try:
        result = subprocess.run(
            command,
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=GIT_TIMEOUT,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return result.stdout.strip() if result.returncode == 0 else ""


def _commit_of_installation() -> str:
    """Return the commit that pip recorded (PEP 610) when it installed from git."""
    try:
        record = json.loads(metadata.distribution(DISTRIBUTION).read_text("direct_url.json") or "{}")
    except (metadata.PackageNotFoundError, ValueError, OSError):
        return ""
    commit = record.get("vcs_info", {}).get("commit_id", "") if isinstance(record, dict) else ""
    return str(commit)[:SHORT_COMMIT]
