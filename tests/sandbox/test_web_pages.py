"""A page of another origin, in a real Chromium, reads and changes nothing in a sandbox that needs no key."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.browser import Browser, start_browser
from tests.sandbox.conftest import MYSQL, V1, create
from tests.workspace import Workspace

pytestmark = pytest.mark.browser

REBOUND = "rebound.example"
ATTACK = """
const [sandbox, done] = [arguments[0], arguments[arguments.length - 1]];
const body = JSON.stringify({});
const form = document.createElement("form");
const frame = document.createElement("iframe");
frame.name = form.target = "frame";
form.method = "post";
form.enctype = "text/plain";
form.action = sandbox + "/_sandbox/reset";
document.body.append(form, frame);
const tell = (request) => request.then(
    async (answer) => answer.type === "opaque" ? "opaque" : `${answer.status} ${(await answer.text()).slice(0, 18)}`,
    (error) => error.name,
);
const send = (path, options) => tell(fetch(sandbox + path, options));
const load = (tag) => new Promise((resolve) => {
    const made = document.createElement(tag);
    made.onload = () => resolve("loaded");
    made.onerror = () => resolve("error");
    made.src = sandbox + "/_sandbox/requests?reveal=1";
    document.body.append(made);
});
const submitted = new Promise((resolve) => { frame.onload = () => resolve("submitted"); });
form.submit();
Promise.all([
    send("/_sandbox/requests?reveal=1"),
    send("/_sandbox/requests?reveal=1", {mode: "no-cors"}),
    send("/_sandbox/reset", {method: "POST", mode: "no-cors", body}),
    send("/_sandbox/reset", {method: "POST", mode: "no-cors", body: new Blob([body])}),
    send("/_sandbox/reset", {method: "POST", headers: {"Content-Type": "application/json"}, body}),
    send("/_sandbox/faults", {method: "DELETE"}),
    load("script"),
    load("img"),
    submitted,
]).then(done);
"""


class Page(BaseHTTPRequestHandler):
    """An empty page."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>page</title><body></body>")

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@dataclass(frozen=True)
class Scene:
    """A browser, the port of a page that it can open, and a client of the sandbox."""

    browser: Browser
    port: int
    api: httpx.Client

    @property
    def sandbox(self) -> str:
        return str(self.api.base_url).rstrip("/")

    def attack(self, page: str) -> list[str]:
        """Open a page, let it try everything, and return what it learned of each attempt."""
        self.browser("url", url=page)
        answers: list[str] = self.browser("execute/async", script=ATTACK, args=[self.sandbox])
        return answers

    def state(self) -> Any:
        requests = [(one["method"], one["path"]) for one in self.api.get("/_sandbox/requests").json()["data"]]
        faults = [one["id"] for one in self.api.get("/_sandbox/faults").json()["data"]]
        return requests, faults


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder: Path = tmp_path_factory.mktemp("web")
    page = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=page.serve_forever, daemon=True).start()
    process = Workspace(folder).start("sandbox", "serve", "--port", "0", "--no-key")
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    try:
        with (
            httpx.Client(base_url=url, headers={"X-Polytomic-Version": V1}) as api,
            start_browser(folder, f"--host-resolver-rules=MAP {REBOUND} 127.0.0.1") as browser,
        ):
            create(api, "/api/connections", MYSQL)
            api.post("/_sandbox/faults", json={"kind": "status", "status": 500, "path": "/api/never"})
            yield Scene(browser, page.server_port, api)
    finally:
        process.terminate()
        process.communicate(timeout=15)
        page.shutdown()
        page.server_close()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"], ids=["cross-site", "same-site"])
def test_a_page_of_another_origin_reads_and_changes_nothing(scene: Scene, host: str) -> None:
    before = scene.state()
    assert before[1], "there is a fault that could be deleted"
    answers = scene.attack(f"http://{host}:{scene.port}/")
    assert answers == [
        "TypeError",
        "opaque",
        "opaque",
        "opaque",
        "TypeError",
        "TypeError",
        "error",
        "error",
        "submitted",
    ]
    assert scene.state() == before


def test_a_name_that_is_rebound_to_this_computer_reads_and_changes_nothing(scene: Scene) -> None:
    """To the browser the sandbox is then a part of the page's own origin."""
    before = scene.state()
    page = f"http://{REBOUND}:{httpx.URL(scene.sandbox).port}"
    scene.browser("url", url=f"{page}/api/me")
    script = ATTACK.replace("arguments[0]", "location.origin")
    answers = scene.browser("execute/async", script=script, args=[])
    assert answers == [
        *['403 {"key":"forbidden"'] * 6,
        "error",
        "error",
        "submitted",
    ]
    assert scene.state() == before
