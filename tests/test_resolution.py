"""What applier gets along with: the newest dbt, Dagster and Snowflake connector of today, and both ways of PyYAML.

Asks the package registry, so it runs only when asked: `make packaging`, or in CI.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.packaging


@pytest.fixture(scope="module")
def uv() -> Path:
    """The resolver, from its lock."""
    command = [ROOT / ".ci/environment", "ci"]
    return Path(subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()) / "uv"


def resolved(uv: Path, *requirements: str) -> dict[str, str]:
    """The version of each package, as a new environment would get them together."""
    command = [uv, "pip", "compile", "--quiet", "--no-annotate", "--no-header", "--python-version", "3.11", "-"]
    done = subprocess.run(
        command, input="\n".join(requirements), cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    return dict(re.findall(r"^([\w.-]+)(?:\[[\w,]+\])?==(\S+)", done.stdout, re.MULTILINE))


@pytest.mark.parametrize("extras", ["", "[sandbox]", "[sandbox,snowflake]"])
@pytest.mark.parametrize("other", ["dbt-core", "dagster", "snowflake-connector-python"])
def test_it_lives_beside(uv: Path, other: str, extras: str) -> None:
    """Neither holds the other back: what is newest without applier is what comes with it."""
    connector = ("snowflake-connector-python",) if "snowflake" in extras else ()  # which holds others back by itself
    alone = resolved(uv, other, *connector)
    together = resolved(uv, other, f"polytomic-applier{extras} @ {ROOT.as_uri()}")
    assert together.items() >= alone.items()


@pytest.mark.parametrize("version", ["6.0.3", "6.0.4"])
def test_every_parser_gives_the_same_answers(version: str, tmp_path: Path) -> None:
    """6.0.3 has a libyaml without a limit on nesting, 6.0.4 one that has its own."""
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(tmp_path)]
    subprocess.run([*install, f"pyyaml=={version}"], check=True)
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    seen = [sys.executable, "-c", "import yaml; print(yaml.__version__)"]
    assert subprocess.run(seen, env=environment, check=True, capture_output=True, text=True).stdout.strip() == version
    tests = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/spec/test_documents.py"]
    done = subprocess.run(tests, cwd=ROOT, env=environment, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
