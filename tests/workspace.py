"""A folder with a spec, the command line that is called in it as a user calls it, and the sandbox that it talks to."""

from __future__ import annotations

import io
import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import httpx
import pytest

from applier.cli import run
from applier.sandbox.inprocess import transport
from tests import golden
from tests.system import MINIMAL, OWN_GROUP, minimal_environment

KEY = "sandbox-key-0123456789"
VERSION = "2024-02-08"
ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "mysql-to-snowflake"
COLLECTIONS = ("syncs", "models", "connections")


@dataclass(frozen=True)
class Result:
    """What one call of the command line left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class Sandbox:
    """A sandbox, served or in this process: its requests, its objects and tables, and what it should do wrong."""

    url: str
    data: Path
    http: httpx.Client

    @classmethod
    @contextmanager
    def serve(cls, data: Path, *arguments: str) -> Iterator[Sandbox]:
        """Serve a data folder over HTTP in a process of its own."""
        command = ["sandbox", "serve", "--port", "0", "--data", str(data), "--api-key", KEY, *arguments]
        process = subprocess.Popen(
            [sys.executable, "-m", "applier", *command], stdout=subprocess.PIPE, encoding="utf-8"
        )
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        try:
            with httpx.Client(base_url=url, headers=_headers(), timeout=30) as client:
                yield cls(url, data, client)
        finally:
            process.terminate()
            process.communicate(timeout=30)

    @classmethod
    @contextmanager
    def open(cls, data: Path, version: str = VERSION) -> Iterator[Sandbox]:
        """Open a data folder in this process."""
        door = transport(data)
        try:
            with httpx.Client(transport=door, base_url="http://sandbox", headers=_headers(version)) as client:
                yield cls("http://sandbox", data, client)
        finally:
            door.close()

    def get(self, path: str) -> Any:
        return self.http.get(path).raise_for_status().json()["data"]

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        return self.http.post(path, json=body).raise_for_status().json().get("data")

    def put(self, path: str, body: Mapping[str, Any]) -> Any:
        return self.http.put(path, json=body).raise_for_status().json()["data"]

    def named(self, kind: str, name: str) -> dict[str, Any]:
        """Return the live object of that name."""
        matches = [one for one in self.get(f"/api/{kind}") if one["name"] == name]
        assert len(matches) == 1
        return dict(self.get(f"/api/{kind}/{matches[0]['id']}"))

    def names(self) -> dict[str, list[str]]:
        """Return the names of all live objects by kind."""
        return {kind: sorted(one["name"] for one in self.get(f"/api/{kind}")) for kind in COLLECTIONS}

    def fault(self, **description: Any) -> None:
        self.post("/_sandbox/faults", description)

    def clear(self, what: str) -> None:
        self.http.delete(f"/_sandbox/{what}").raise_for_status()

    def switch(self, **values: str) -> None:
        self.put("/_sandbox/switches", values)

    def reset(self) -> None:
        """Empty the workspace; the tables stay."""
        self.clear("switches")
        self.post("/_sandbox/reset", {"databases": False})

    def writes(self) -> list[tuple[str, str, Any]]:
        """Return method, path and body of every request but GET, oldest first."""
        requests = self.get("/_sandbox/requests?reveal=true")
        return [(one["method"], one["path"], one["body"]) for one in requests if one["method"] != "GET"]

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Return the rows of a table of the Snowflake database."""
        with closing(sqlite3.connect(self.data / "databases/snowflake/database.sqlite")) as database:
            database.row_factory = sqlite3.Row
            return [dict(row) for row in database.execute(f'SELECT * FROM "{table}"')]


def _headers(version: str = VERSION) -> dict[str, str]:
    return {"Authorization": f"Bearer {KEY}", "X-Polytomic-Version": version}


@dataclass(frozen=True)
class Workspace:
    """A folder in which the command line is called, with an environment and nothing else.

    `sandbox` is the one that the environment names, where a test looks into it.
    """

    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    sandbox: Sandbox | None = None

    @classmethod
    def on(cls, sandbox: Sandbox, folder: Path, **environment: str) -> Self:
        """Return a workspace on a served sandbox."""
        key = {"POLYTOMIC_API_KEY": KEY, "POLYTOMIC_DEPLOYMENT_URL": sandbox.url}
        return cls(folder, {**key, **environment}, sandbox)

    @classmethod
    def local(cls, folder: Path, data: str = "data", **environment: str) -> Self:
        """Return a workspace whose commands open the sandbox in a data folder inside the process."""
        return cls(folder, {"APPLIER_SANDBOX": "1", "APPLIER_SANDBOX_DATA": data, **environment})

    def __call__(self, *arguments: str, **environment: str) -> Result:
        """Call a command inside this process."""
        out, err = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(self.folder)
            for name in {*os.environ} - MINIMAL:
                patch.delenv(name)
            for name, value in {"COLUMNS": "80", **self.environment, **environment}.items():
                patch.setenv(name, value)
            with redirect_stdout(out), redirect_stderr(err):
                code = run(arguments)
        return Result(code, out.getvalue(), err.getvalue())

    def start(self, *arguments: str, **settings: Any) -> subprocess.Popen[str]:
        """Start a command as a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "applier", *arguments],
            **{
                "cwd": self.folder,
                "env": {**minimal_environment(), "PYTHONPATH": str(ROOT), "TERM": "xterm", **self.environment},
                "stdin": subprocess.DEVNULL,
                "stdout": subprocess.PIPE,
                "stderr": subprocess.PIPE,
                "encoding": "utf-8",
                **OWN_GROUP,
                **settings,
            },
        )

    def write(self, name: str, content: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8", newline="\n")
        return path

    def read(self, name: str) -> str:
        return (self.folder / name).read_text("utf-8")

    def is_up_to_date(self, *arguments: str) -> bool:
        """Return whether a plan finds nothing to do."""
        return self("plan", *arguments, "--detailed-exitcode", "-q").code == 0


def sums(out: str) -> list[str]:
    """Return the lines of an output that summarize a plan or an apply."""
    pattern = r"Plan|Nothing to do|Cannot be applied|Applied|Partly applied|Not applied|Interrupted"
    return [line for line in out.splitlines() if re.match(pattern, line)]


class Transcript:
    """What a user sees in one sitting, compared with a golden file."""

    def __init__(self, file: Path, workspace: Workspace) -> None:
        self._path = file
        self._workspace = workspace
        self._lines: list[str] = []

    def file(self, name: str, content: str) -> None:
        """Write a file and show it."""
        self._workspace.write(name, content)
        self._lines.append(f"$ cat {name}\n{content}")

    def say(self, sentence: str) -> None:
        self._lines.append(f"# {sentence}\n")

    def run(self, *arguments: str, **environment: str) -> Result:
        """Call a command and record the whole of stdout, stderr and the exit code."""
        result = self._workspace(*arguments, **environment)
        settings = "".join(f"{name}={value} " for name, value in environment.items())
        words = " ".join(f"'{one}'" if re.search(r"[ *]", one) else one for one in arguments)
        streams = [f"-- {name} --\n{text}" for name, text in (("stdout", result.out), ("stderr", result.err)) if text]
        self._lines.append(f"$ {settings}applier {words}\n{''.join(streams)}-- exit {result.code} --\n")
        return result

    def compare(self) -> None:
        """Assert that the whole sitting is as before."""
        golden.compare(self._path, golden.normalize("\n".join(self._lines)))


@contextmanager
def transcripts(folder: Path, workspace: Workspace) -> Iterator[Callable[[str], Transcript]]:
    """Yield a function that starts a transcript by name; at the end each is compared with its file in the folder."""
    all_transcripts: list[Transcript] = []

    def start(name: str) -> Transcript:
        all_transcripts.append(Transcript(folder / f"{name}.txt", workspace))
        return all_transcripts[-1]

    yield start
    for one in all_transcripts:
        one.compare()
