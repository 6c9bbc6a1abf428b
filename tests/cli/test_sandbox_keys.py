"""`applier sandbox serve` and its keys: a generated one unless another, or none, is chosen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.workspace import EXAMPLE, Result, Workspace

LINE = re.compile(r"export POLYTOMIC_DEPLOYMENT_URL=(http://\S+) POLYTOMIC_API_KEY=(sandbox-[0-9a-f]{32})\n")


@contextmanager
def serve(applier: Workspace, *arguments: str, **environment: str) -> Iterator[tuple[str, list[str]]]:
    """Serve until the block ends; yield the URL, and a list that then has what was printed to stderr."""
    told: list[str] = []
    process = Workspace(applier.folder, environment).start("sandbox", "serve", "--port", "0", *arguments)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip(), told
    finally:
        process.terminate()
        out, err = process.communicate(timeout=15)
        told.append(err)
        assert out == "", "stdout has the URL and nothing else"


def status(url: str, key: str | None = None, path: str = "/api/me") -> int:
    return httpx.get(url + path, headers={"Authorization": f"Bearer {key}"} if key else {}).status_code


def test_the_printed_line_makes_other_commands_use_the_sandbox(tmp_path: Path) -> None:
    applier = Workspace(tmp_path)
    process = applier.start("sandbox", "serve", "--port", "0")
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        url = process.stdout.readline().strip()
        line = process.stderr.readline()
        found = LINE.fullmatch(line)
        assert found, line
        assert found[1] == url
        assert (status(url), status(url, "wrong"), status(url, found[2])) == (401, 401, 200)
        settings = dict(pair.split("=", 1) for pair in line.split()[1:])
        planned = Workspace(tmp_path, settings)("plan", str(EXAMPLE), "--detailed-exitcode", "-q")
        assert (planned.code, planned.err) == (2, "")
    finally:
        process.terminate()
        assert process.communicate(timeout=15) == ("", ""), "the key is printed once"


def test_each_start_has_a_key_of_its_own(tmp_path: Path) -> None:
    keys = []
    for _ in range(2):
        with serve(Workspace(tmp_path)) as (_, told):
            pass
        found = LINE.fullmatch(told[0])
        assert found
        keys.append(found[2])
    assert keys[0] != keys[1]


@pytest.mark.parametrize("given", [("--api-key", "mine"), ()])
def test_a_given_key_is_used_and_not_printed(tmp_path: Path, given: tuple[str, ...]) -> None:
    environment = {} if given else {"APPLIER_API_KEY": "mine"}
    with serve(Workspace(tmp_path), *given, **environment) as (url, told):
        assert (status(url), status(url, "mine")) == (401, 200)
    assert told == [""]


def test_a_partner_key_alone_is_enough(tmp_path: Path) -> None:
    with serve(Workspace(tmp_path), "--partner-key", "partner") as (url, told):
        assert status(url, None, "/api/organizations") == 401
        assert status(url, "partner", "/api/organizations") == 200
    assert told == [""]


def test_no_key_is_a_choice(tmp_path: Path) -> None:
    with serve(Workspace(tmp_path), "--no-key") as (url, told):
        assert (status(url), status(url, "any")) == (200, 200)
    assert told == [""]


def test_no_key_excludes_keys(tmp_path: Path) -> None:
    for given in (("--api-key", "a"), ("--partner-key", "b")):
        assert Workspace(tmp_path)("sandbox", "serve", "--no-key", *given) == Result(
            1,
            "",
            "Usage: applier sandbox serve [OPTIONS]\nTry 'applier sandbox serve --help' for help.\n\n"
            "Error: --no-key excludes --api-key and --partner-key.\n",
        )


def test_a_sandbox_for_the_network_has_a_key_and_is_called_by_any_address(tmp_path: Path) -> None:
    with serve(Workspace(tmp_path), "--host", "0.0.0.0", "--allow-host", "sandbox") as (url, told):
        assert url.startswith("http://127.0.0.1:"), "0.0.0.0 is no address to call"
        assert status(url) == 401
        answers = [httpx.get(f"{url}/api/me", headers={"Host": host}) for host in ("192.168.1.2:1", "sandbox", "x.y")]
        assert [one.status_code for one in answers] == [401, 401, 403]
    assert LINE.fullmatch(told[0])
