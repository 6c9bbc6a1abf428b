"""What is built can be used: the wheel in empty environments, without the sandbox extra and with it.

Builds and installs from the package registry, so it runs only when asked: `make packaging`, or in CI.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import applier
from tests.system import WINDOWS

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples/mysql-to-snowflake"
KEY = "wheel-test-key"

pytestmark = pytest.mark.packaging


class Environment:
    """A virtual environment with nothing but the wheel and what it asks for, used from a folder of its own."""

    def __init__(self, folder: Path, requirement: str) -> None:
        self.programs, self.folder = folder / "venv" / ("Scripts" if WINDOWS else "bin"), folder / "work"
        venv.create(folder / "venv", with_pip=True)
        self.folder.mkdir()
        shutil.copytree(EXAMPLE, self.folder / "project")
        subprocess.run([self.programs / "pip", "install", "-q", requirement], check=True)

    def settings(self, **more: str) -> dict[str, str]:
        """The environment variables of a person who has set nothing."""
        own = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("APPLIER_", "POLYTOMIC_", "PYTHON"))
        }
        return own | more

    def applier(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.programs / "applier", *arguments],
            cwd=self.folder,
            env=self.settings(**settings),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the source distribution as a registry would get it."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "-m", "build", "--outdir", folder, ROOT], check=True, capture_output=True)
    assert (folder / f"polytomic_applier-{applier.__version__}.tar.gz").is_file()
    return folder / f"polytomic_applier-{applier.__version__}-py3-none-any.whl"


@pytest.fixture(scope="module")
def bare(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    return Environment(tmp_path_factory.mktemp("bare"), str(wheel))


@pytest.fixture(scope="module")
def full(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    return Environment(tmp_path_factory.mktemp("full"), f"{wheel}[sandbox]")


@pytest.fixture(scope="module")
def served(full: Environment) -> Iterator[str]:
    """The address of a sandbox that the full environment serves, with the example's tables in it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    seeded = full.applier("sandbox", "seed", "project/seed", "--data", "served")
    assert seeded.returncode == 0, seeded.stderr
    command = [full.programs / "applier", "sandbox", "serve", "--port", str(port), "--data", "served", "--api-key", KEY]
    with subprocess.Popen(command, cwd=full.folder, env=full.settings(), stdin=subprocess.DEVNULL) as server:
        try:
            url = f"http://127.0.0.1:{port}"
            wait_for(url)
            yield url
        finally:
            server.terminate()


def wait_for(url: str) -> None:
    for _ in range(200):
        try:
            urllib.request.urlopen(f"{url}/api/me").close()
        except urllib.error.HTTPError:
            return  # it answers, if only that it wants a key
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"nothing answers at {url}")


def test_the_wheel_carries_the_schemas_and_nothing_of_the_repository(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "applier/_schemas/spec.schema.json" in names
    assert "applier/_schemas/connections/mysql.json" in names
    assert "applier/py.typed" in names
    assert {name.split("/")[0] for name in names} == {"applier", f"polytomic_applier-{applier.__version__}.dist-info"}


def test_it_tells_its_version(bare: Environment) -> None:
    assert applier.__version__ in bare.applier("--version").stdout


def test_it_validates_without_the_sandbox_extra(bare: Environment) -> None:
    result = bare.applier("validate", "project")
    assert result.returncode == 0, result.stderr


def test_asked_for_the_sandbox_it_says_what_to_install(bare: Environment) -> None:
    result = bare.applier("plan", "project", "--sandbox")
    assert result.returncode == 1
    assert "pip install 'polytomic-applier[sandbox]'" in result.stderr
    assert "Traceback" not in result.stderr


def test_it_plans_and_applies_to_a_served_sandbox(bare: Environment, served: str) -> None:
    key = {"POLYTOMIC_API_KEY": KEY}
    before = bare.applier("plan", "project", "--url", served, "-o", "json", **key)
    assert before.returncode == 0, before.stderr
    assert {change["action"] for change in json.loads(before.stdout)["changes"]} == {"create"}
    applied = bare.applier("apply", "project", "--url", served, "--yes", "--run", **key)
    assert applied.returncode == 0, applied.stderr
    after = bare.applier("plan", "project", "--url", served, "--detailed-exitcode", **key)
    assert after.returncode == 0, after.stdout + after.stderr


def test_with_the_extra_the_sandbox_needs_no_server(full: Environment) -> None:
    applied = full.applier("apply", "project", "--sandbox", "--yes", "--run")
    assert applied.returncode == 0, applied.stderr
    assert "CUSTOMERS.CONTACTS" in applied.stdout
