"""A stand-in for GitHub's API, and a runner that executes the steps of a composite action as they are written."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import yaml

ROOT = Path(__file__).parents[2]
ACTION = ROOT / ".github/actions/applier"
BOT = "github-actions[bot]"


Answer = Callable[[str, str, dict[str, Any]], tuple[int, Any]]


@contextmanager
def served(answer: Answer) -> Iterator[str]:
    """The address of a server of this machine that answers so, to those who have the token."""

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else {}
            token = self.headers["Authorization"] or f"Bearer {self.headers['PRIVATE-TOKEN']}"
            status, told = answer(self.command, self.path, body) if token == "Bearer the-token" else (401, {})
            content = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = do_PUT = _answer  # noqa: N815 - http.server's names

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@dataclass
class StandIn:
    """One repository: comments by issue number, issues, pull requests by commit; and every call that was made."""

    url: str = ""
    comments: list[dict[str, Any]] = field(default_factory=list)
    issues: list[dict[str, Any]] = field(default_factory=list)
    pulls: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    refused: tuple[str, ...] = ()
    silent: int = 0

    def answer(self, method: str, target: str, body: dict[str, Any]) -> tuple[int, Any]:
        parts = urlsplit(target)
        path = parts.path.removeprefix("/repos/acme/data/")
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.calls.append((method, path))
        if method in self.refused:
            return 403, {"message": "Resource not accessible by integration"}
        if self.silent:
            self.silent -= 1
            return 502, {"message": "Server Error"}
        if method == "GET":
            return 200, self._page(self._listed(path, query), query)
        if len(body.get("body", "")) > 65_536:
            return 422, {"message": "body is too long (maximum is 65536 characters)"}
        if found := re.fullmatch(r"issues/(\d+)/comments", path):
            return 201, self.comment(int(found[1]), body["body"])
        if found := re.fullmatch(r"issues/comments/(\d+)", path):
            return 200, self._changed(next(one for one in self.comments if one["id"] == int(found[1])), body)
        if path == "issues":
            labels = [{"name": one} for one in body["labels"]]
            made = {**body, "labels": labels, "number": 100 + len(self.issues), "state": "open", "user": {"login": BOT}}
            self.issues.append(made)
            return 201, made
        number = int(path.removeprefix("issues/"))
        return 200, self._changed(next(one for one in self.issues if one["number"] == number), body)

    def comment(self, number: int, body: str, author: str = BOT) -> dict[str, Any]:
        made = {"id": 1000 + len(self.comments), "number": number, "body": body, "user": {"login": author}}
        self.comments.append(made)
        return made

    def _changed(self, one: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
        one.update(body)
        return one

    def _listed(self, path: str, query: Mapping[str, str]) -> list[dict[str, Any]]:
        if path == "issues":
            return [
                one
                for one in self.issues
                if one["state"] == query["state"] and query["labels"] in [label["name"] for label in one["labels"]]
            ]
        if path.startswith("commits/"):
            return self.pulls.get(path.split("/")[1], [])
        return [one for one in self.comments if one["number"] == int(path.split("/")[1])]

    def _page(self, found: list[dict[str, Any]], query: Mapping[str, str]) -> list[dict[str, Any]]:
        size, page = int(query["per_page"]), int(query["page"])
        return found[size * (page - 1) : size * page]


@dataclass
class GitLab:
    """GitLab's API: notes of merge request 3, and issues."""

    notes: list[dict[str, Any]] = field(default_factory=list)
    issues: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, method: str, target: str, body: dict[str, Any]) -> tuple[int, Any]:
        path = urlsplit(target).path
        if path == "/user":
            return 200, {"id": 1}
        found = re.fullmatch(r"/projects/9/(?:merge_requests/3/(notes)|(issues))(?:/(\d+))?", path)
        assert found, path
        held: list[dict[str, Any]] = getattr(self, found[1] or found[2])
        if method == "GET":
            return 200, [one for one in held if one.get("state") != "closed"]
        if method == "POST":
            held.append({**body, "id": len(held), "iid": len(held), "author": {"id": 1}})
            return 201, held[-1]
        one = held[int(found[3])]
        one.update({"state": "closed"} if body.get("state_event") == "close" else body)
        return 200, one


@dataclass(frozen=True)
class Done:
    """What one use of the action left behind."""

    code: int
    log: str
    outputs: Mapping[str, str]
    summary: str


@dataclass(frozen=True)
class Actions:
    """A runner; `checkout` is the working folder, `temp` its RUNNER_TEMP with an applier that is installed already."""

    checkout: Path
    temp: Path
    settings: Mapping[str, str]

    @classmethod
    def prepared(cls, folder: Path, forge: StandIn, secrets: Mapping[str, str]) -> Actions:
        checkout, temp = folder / "checkout", folder / "temp"
        programs = temp / "applier/bin"
        for one in (checkout, programs):
            one.mkdir(parents=True)
        python = f'#!/bin/sh\nexec env PYTHONPATH="{ROOT}" "{sys.executable}" -m applier "$@"\n'
        (programs / "applier").write_text(python, "utf-8")
        (programs / "applier").chmod(0o755)
        (temp / "applier/ready").write_text(sys.executable, "utf-8")
        settings = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "CI": "true",
            "RUNNER_TEMP": str(temp),
            "GITHUB_ACTION_PATH": str(ACTION),
            "GITHUB_API_URL": forge.url,
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_REPOSITORY": "acme/data",
            "GITHUB_RUN_ID": "7",
            "GITHUB_SHA": "merge1",
            "GITHUB_WORKSPACE": str(checkout),
        }
        return cls(checkout, temp, {**settings, **secrets})

    def write(self, name: str, content: str) -> None:
        path = self.checkout / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8", newline="\n")

    def use(self, command: str, *, request: Mapping[str, Any] | None = None, **inputs: str) -> Done:
        """Every step of the action, with its inputs, as the runner does it; `request` is the pull request if any."""
        action = yaml.safe_load((ACTION / "action.yml").read_text("utf-8"))
        given = {name: str(one.get("default", "")) for name, one in action["inputs"].items()}
        given |= {
            "token": "the-token",
            "command": command,
            **{key.replace("_", "-"): one for key, one in inputs.items()},
        }
        files = {name: self.temp / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_EVENT_PATH")}
        for path in files.values():
            path.write_text("", "utf-8")
        files["GITHUB_EVENT_PATH"].write_text(json.dumps({"pull_request": request} if request else {}), "utf-8")
        log, code = "", 0
        for step in action["runs"]["steps"]:
            said = {name: filled(value, given) for name, value in step["env"].items()}
            environment = {**self.settings, **{name: str(path) for name, path in files.items()}, **said}
            done = subprocess.run(
                ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
                cwd=self.checkout,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                check=False,
            )
            log, code = log + done.stdout, done.returncode
            if code:
                break
        outputs = dict(line.split("=", 1) for line in files["GITHUB_OUTPUT"].read_text("utf-8").splitlines())
        return Done(code, log, outputs, files["GITHUB_STEP_SUMMARY"].read_text("utf-8"))


def filled(value: str, inputs: Mapping[str, str]) -> str:
    """A value of the action with its expressions evaluated."""
    return re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda found: inputs[found[1]], value)
