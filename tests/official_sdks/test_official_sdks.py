"""The official SDKs use every method that they have against a served sandbox, and parse every answer.

1.18 (2024-02-08) is a development dependency; 25.9 (2025-09-18) lies in a folder of its own under `.envs/`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from applier.sandbox import seed
from tests.sandbox.conftest import KEY, TABLES

pytestmark = pytest.mark.extended

ROOT = Path(__file__).parents[2]
NEWER = "polytomic==25.9.10"
PARTNER = "partner-key-0123456789"
SERVE = """
import sys
from pathlib import Path
from applier.sandbox.serve import Address, serve
data, key, partner = sys.argv[1:]
serve(Address(), Path(data), key, partner_key=partner, on_start=lambda host, port: print(port, flush=True))
"""
RAISED = {
    "400": "BadRequestError",
    "401": "UnauthorizedError",
    "403": "ForbiddenError",
    "404": "NotFoundError",
    "409": "ConflictError",
    "422": "UnprocessableEntityError",
    "429": "ApiError",
    "500": "InternalServerError",
}


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A served sandbox with the guide's tables."""
    tables, data = tmp_path_factory.mktemp("tables"), tmp_path_factory.mktemp("data")
    for name, content in TABLES.items():
        (tables / name).parent.mkdir(parents=True, exist_ok=True)
        (tables / name).write_text(content, "utf-8")
    seed(tables, data)
    command = [sys.executable, "-c", SERVE, str(data), KEY, PARTNER]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        process.terminate()


@pytest.fixture(scope="session")
def newer_sdk(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The folder of the newer SDK, made once and kept. What it needs, the older one needs, too, and is there."""
    folder = ROOT / ".envs" / NEWER.replace("==", "-alone-")
    if not folder.exists():
        made = tmp_path_factory.mktemp("sdk")
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        done = subprocess.run(
            [*command, "--target", str(made), NEWER],
            check=False,
            capture_output=True,
            encoding="utf-8",
            stdin=subprocess.DEVNULL,
        )
        if done.returncode:
            reason = f"{NEWER} cannot be installed: {done.stderr.strip()[-300:]}"
            if os.environ.get("CI"):
                pytest.fail(reason)
            pytest.skip(reason)
        if not os.access(ROOT, os.W_OK):
            return str(made)
        copy = folder.with_name(f"{folder.name}.{os.getpid()}")
        shutil.copytree(made, copy)
        try:
            copy.rename(folder)
        except OSError:  # another worker was faster
            shutil.rmtree(copy)
    return str(folder)


def used(url: str, kind: str, **settings: str) -> dict[str, Any]:
    script = Path(__file__).with_name("exercise.py")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | settings
    command = [sys.executable, "-W", "ignore", str(script), url, KEY, PARTNER, kind]
    done = subprocess.run(command, check=False, capture_output=True, encoding="utf-8", timeout=120, env=environment)
    assert done.returncode == 0, done.stderr[-4000:]
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_sdk_1_18(url: str, kind: str) -> None:
    told = used(url, kind)
    assert (told["api"], told["left"]) == ("2024-02-08", [])
    assert told["raised"] == RAISED
    assert told["undeclared"] == []


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_sdk_25_9(newer_sdk: str, url: str, kind: str) -> None:
    told = used(url, kind, PYTHONPATH=newer_sdk)
    assert (told["api"], told["left"]) == ("2025-09-18", [])
    assert told["raised"] == RAISED
    assert told["undeclared"] == []
