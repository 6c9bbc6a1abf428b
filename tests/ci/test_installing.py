"""The action and the image install what was tested: their own commands, run here, on the locked versions with hashes.

Asks the package registry, so it runs only when asked: `make packaging`, or in CI.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml

import applier
from tests.ci.support import ACTION, ROOT
from tests.locks import plain, versions
from tests.system import minimal_environment

pytestmark = pytest.mark.packaging


def shell(script: str, folder: Path, **settings: str) -> str:
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script],
        cwd=folder,
        env={
            **minimal_environment(),
            "PIP_ROOT_USER_ACTION": "ignore",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            **settings,
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout.strip()


def installed(python: Path) -> dict[str, str]:
    """What is installed beside pip, by name."""
    listed = subprocess.run(
        [python, "-m", "pip", "list", "--format=freeze", "--exclude=pip", "--exclude=setuptools"],
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    pairs = (line.split("==") for line in listed.stdout.splitlines())
    return {plain(name): version for name, version in pairs}


def test_the_action_installs_the_locked_versions(tmp_path: Path) -> None:
    install, _ = yaml.safe_load((ACTION / "action.yml").read_text("utf-8"))["runs"]["steps"]
    settings = {"RUNNER_TEMP": str(tmp_path), "GITHUB_ACTION_PATH": str(ACTION), "SOURCE": "", "RUNNER_OS": "Linux"}
    shell(install["run"], tmp_path, **settings)
    python = Path((tmp_path / "applier/ready").read_text("utf-8").strip())
    found = installed(python)
    assert found.pop("polytomic-applier") == applier.__version__
    assert found.items() <= versions("runtime").items()
    assert shell(install["run"], tmp_path, **settings) == ""  # the second use in a job installs nothing


def test_the_image_is_built_from_the_locked_versions(tmp_path: Path) -> None:
    text = (ROOT / "examples/ci/Containerfile").read_text("utf-8").replace("\\\n", "")
    build = text.split("\nFROM ")[1]
    script = []
    for line in build.splitlines():
        word, _, rest = line.partition(" ")
        if word == "COPY":
            *sources, target = rest.split()
            script.append(f"mkdir -p {target} && " + " && ".join(f"cp -r {image_path(one, target)}" for one in sources))
        elif word == "RUN":
            script.append(rest)
    shell("\n".join(script).replace("/source", f"{tmp_path}/source").replace("/opt/", f"{tmp_path}/opt/"), ROOT)
    found = installed(tmp_path / "opt/applier/bin/python")
    assert found.pop("polytomic-applier") == applier.__version__
    assert found.items() <= versions("sandbox").items()
    assert {"starlette", "sqlalchemy"} <= found.keys()
    example = ROOT / "examples/mysql-to-snowflake"
    told = shell(f"{tmp_path}/opt/applier/bin/applier plan {example} --sandbox -q --sandbox-data data", tmp_path)
    assert told.splitlines()[-2:-1] == ["Plan: 4 to create (2 connections, 1 model, 1 sync)."]


def image_path(source: str, target: str) -> str:
    """What `cp -r` takes: a folder's content goes into the target, as COPY does it."""
    return f"{source}/. {target}" if (ROOT / source).is_dir() else f"{source} {target}"
