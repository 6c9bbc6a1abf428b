"""`applier --version` tells the version and, where it can be known, the commit."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import applier
from tests.system import minimal_environment, needs_git
from tests.workspace import ROOT

pytestmark = needs_git


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """What a checkout holds of applier, under no version control."""
    folder = tmp_path / "source"
    shutil.copytree(ROOT / "applier", folder / "applier", ignore=shutil.ignore_patterns("__pycache__", "sandbox"))
    (folder / "pyproject.toml").write_text("", "utf-8")
    return folder


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.invalid", "-c", "commit.gpgsign=false")
    command = ["git", "-C", str(folder), *identity, *arguments]
    return subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout.strip()


def told(source: Path, **settings: str) -> str:
    """What is printed, run as a module from there with nothing else of this environment's applier."""
    command = [
        sys.executable,
        "-P",
        "-c",
        "import runpy; runpy.run_module('applier', run_name='__main__')",
        "--version",
    ]
    environment = {
        **minimal_environment(),
        "PATH": "",
        "PYTHONPATH": str(source),
        "PYTHONDONTWRITEBYTECODE": "1",
        **settings,
    }
    done = subprocess.run(
        command, cwd=source.parent, env=environment, capture_output=True, encoding="utf-8", check=True
    )
    assert done.stderr == ""
    return done.stdout


def programs() -> dict[str, str]:
    return {"PATH": str(Path(shutil.which("git") or "").parent)}


def test_a_checkout_reports_its_commit(source: Path) -> None:
    git(source, "init", "-q")
    git(source, "add", ".")
    git(source, "commit", "-qm", "first")
    git(source, "tag", "v9")
    commit = git(source, "rev-parse", "--short=7", "HEAD")
    assert told(source, **programs()) == f"applier {applier.__version__} (commit {commit})\n"
    other = source.parent / "other"
    git(source.parent, "init", "-q", "other")
    git(other, "commit", "-q", "--allow-empty", "-m", "of another repository")
    hook = {"GIT_DIR": str(other / ".git"), "GIT_WORK_TREE": str(other)}  # as a hook of git has them
    assert told(source, **programs(), **hook) == f"applier {applier.__version__} (commit {commit})\n"
    (source / "pyproject.toml").write_text("# edited\n", "utf-8")
    assert told(source, **programs()) == f"applier {applier.__version__} (commit {commit}-dirty)\n"


def test_a_checkout_without_a_commit_or_without_git(source: Path) -> None:
    git(source, "init", "-q")
    assert told(source, **programs()) == f"applier {applier.__version__}\n"
    assert told(source) == f"applier {applier.__version__}\n"


def test_the_repository_around_an_installation_is_somebody_elses(source: Path) -> None:
    (source / "pyproject.toml").unlink()
    git(source.parent, "init", "-q")
    git(source.parent, "add", ".")
    git(source.parent, "commit", "-qm", "theirs")
    assert told(source, **programs()) == f"applier {applier.__version__}\n"


@pytest.mark.parametrize(
    ("noted", "commit"),
    [
        (
            {"url": "https://example.invalid/x", "vcs_info": {"vcs": "git", "commit_id": "0123456789abcdef" * 2}},
            "0123456",
        ),
        ({"url": "file:///x", "dir_info": {"editable": True}}, None),
        ([], None),
    ],
)
def test_an_installation_from_git_reports_its_commit(source: Path, noted: object, commit: str | None) -> None:
    metadata = source / "polytomic_applier-0.0.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: polytomic-applier\nVersion: 0.0.0\n", "utf-8")
    (metadata / "direct_url.json").write_text(json.dumps(noted), "utf-8")
    expected = f" (commit {commit})" if commit else ""
    assert told(source) == f"applier {applier.__version__}{expected}\n"
