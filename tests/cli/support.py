"""A command line that is called like a user calls it, and a workspace served over HTTP that it talks to."""

from __future__ import annotations

import io
import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from applier.cli import run
from tests.system import KEPT, OWN_GROUP, as_on_linux, kept

KEY = "sandbox-key-0123456789"
ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "mysql-to-snowflake"
GOLDEN = Path(__file__).parent / "golden"
UPDATE_GOLDEN = bool(os.environ.get("UPDATE_GOLDEN"))
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
class CommandLine:
    """Calls applier inside this process, in a folder, with an environment and nothing else."""

    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, *arguments: str, **environment: str) -> Result:
        out, err = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(self.folder)
            for name in {*os.environ} - KEPT:
                patch.delenv(name)
            for name, value in {"COLUMNS": "80", **self.environment, **environment}.items():
                patch.setenv(name, value)
            with redirect_stdout(out), redirect_stderr(err):
                code = run(arguments)
        return Result(code, out.getvalue(), err.getvalue())

    def start(self, *arguments: str, **settings: Any) -> subprocess.Popen[str]:
        """The same as a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "applier", *arguments],
            **{
                "cwd": self.folder,
                "env": {**kept(), "PYTHONPATH": str(ROOT), "TERM": "xterm", **self.environment},
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


@dataclass(frozen=True)
class Sandbox:
    """A served sandbox: what it was asked, what it holds, what it should do wrong."""

    url: str
    data: Path
    http: httpx.Client

    def get(self, path: str) -> Any:
        return self.http.get(path).raise_for_status().json()["data"]

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        return self.http.post(path, json=body).raise_for_status().json().get("data")

    def put(self, path: str, body: Mapping[str, Any]) -> Any:
        return self.http.put(path, json=body).raise_for_status().json()["data"]

    def named(self, kind: str, name: str) -> dict[str, Any]:
        """The live object of that name."""
        found = [one for one in self.get(f"/api/{kind}") if one["name"] == name]
        assert len(found) == 1
        return dict(self.get(f"/api/{kind}/{found[0]['id']}"))

    def names(self) -> dict[str, list[str]]:
        """The names of all that is live, by kind."""
        return {kind: sorted(one["name"] for one in self.get(f"/api/{kind}")) for kind in COLLECTIONS}

    def fault(self, **description: Any) -> None:
        self.post("/_sandbox/faults", description)

    def clear(self, what: str) -> None:
        self.http.delete(f"/_sandbox/{what}").raise_for_status()

    def switch(self, **values: str) -> None:
        self.put("/_sandbox/switches", values)

    def writes(self) -> list[tuple[str, str, Any]]:
        """Method, path and body of every request that was more than a look, oldest first."""
        requests = self.get("/_sandbox/requests?reveal=true")
        return [(one["method"], one["path"], one["body"]) for one in requests if one["method"] != "GET"]

    def rows(self, table: str) -> list[dict[str, Any]]:
        """What a table of the Snowflake database holds."""
        with closing(sqlite3.connect(self.data / "databases/snowflake/database.sqlite")) as database:
            database.row_factory = sqlite3.Row
            return [dict(row) for row in database.execute(f'SELECT * FROM "{table}"')]


def sums(out: str) -> list[str]:
    """The sentences of an output that sum up what is to be done and what was done."""
    return [line for line in out.splitlines() if re.match(r"Plan|Nothing to do|Applied|Not applied|Interrupted", line)]


IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
OTHERS = (
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)"), "<time>"),
    (re.compile(r"http://127\.0\.0\.1:\d+"), "<url>"),
    (re.compile(r'"fingerprint": "[0-9a-f]{16}"'), '"fingerprint": "<fingerprint>"'),
    (re.compile(r"\b\d+ ms\b"), "<n> ms"),
)


def normalised(text: str) -> str:
    """Without what differs between runs and between systems: ids numbered as they appear, times, the server's port."""
    numbers: dict[str, str] = {}
    text = IDS.sub(lambda found: numbers.setdefault(found.group(), f"<id {len(numbers) + 1}>"), text)
    for pattern, word in OTHERS:
        text = pattern.sub(word, text)
    return as_on_linux(text)


class Transcript:
    """What a user sees in one sitting, kept as a golden file; `UPDATE_GOLDEN=1` writes it anew."""

    def __init__(self, name: str, applier: CommandLine) -> None:
        self._path = GOLDEN / f"{name}.txt"
        self._applier = applier
        self._lines: list[str] = []

    def file(self, name: str, content: str) -> None:
        """Write a file and show it."""
        self._applier.write(name, content)
        self._lines.append(f"$ cat {name}\n{content}")

    def say(self, sentence: str) -> None:
        self._lines.append(f"# {sentence}\n")

    def run(self, *arguments: str, **environment: str) -> Result:
        """Call and note the whole of stdout, stderr and the exit code."""
        result = self._applier(*arguments, **environment)
        settings = "".join(f"{name}={value} " for name, value in environment.items())
        words = " ".join(f"'{one}'" if re.search(r"[ *]", one) else one for one in arguments)
        streams = [f"-- {name} --\n{text}" for name, text in (("stdout", result.out), ("stderr", result.err)) if text]
        self._lines.append(f"$ {settings}applier {words}\n{''.join(streams)}-- exit {result.code} --\n")
        return result

    def compare(self) -> None:
        """The whole sitting is as it was."""
        seen = normalised("\n".join(self._lines))
        if UPDATE_GOLDEN:
            self._path.write_text(seen, "utf-8", newline="\n")
        assert seen == (self._path.read_text("utf-8") if self._path.is_file() else "")
