"""What `--version` tells: the version and, where it is known, the commit that the program was made from."""

from __future__ import annotations

import json
import subprocess
from importlib import metadata
from pathlib import Path

from applier import __version__
from applier.system import program

DISTRIBUTION = "polytomic-applier"
SOURCE = Path(__file__).parents[2]
SHORT = 7  # characters of a commit, as git shows it
PATIENCE = 5  # seconds for git, which may lie on a slow disk


def version() -> str:
    """Return "0.1.0", or "0.1.0 (commit 0e25cc1)" from a checkout or an installation from git.

    A commit of a checkout with changes in it ends in "-dirty".
    """
    commit = _checked_out() or _installed()
    return f"{__version__} (commit {commit})" if commit else __version__


def _checked_out() -> str:
    """Return the commit of the checkout that this file lies in, empty when it lies in none of applier's."""
    git = program("git")
    if git is None or not (SOURCE / ".git").exists() or not (SOURCE / "pyproject.toml").exists():
        return ""
    command = [git, "-C", str(SOURCE), "describe", "--always", "--dirty", f"--abbrev={SHORT}", "--exclude=*"]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=PATIENCE,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _installed() -> str:
    """Return the commit that pip noted (PEP 610) when it installed from git."""
    try:
        noted = json.loads(metadata.distribution(DISTRIBUTION).read_text("direct_url.json") or "{}")
    except (metadata.PackageNotFoundError, ValueError, OSError):
        return ""
    commit = noted.get("vcs_info", {}).get("commit_id", "") if isinstance(noted, dict) else ""
    return str(commit)[:SHORT]
