"""A headless Chromium that tests drive over the WebDriver protocol."""

from __future__ import annotations

import base64
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True)
class Browser:
    """One tab of a headless Chromium, driven over the WebDriver protocol."""

    http: httpx.Client
    session: str
    folder: Path

    def __call__(self, command: str, **body: Any) -> Any:
        answer = self.http.post(f"/session/{self.session}/{command}", json=body).json()["value"]
        assert not (isinstance(answer, dict) and "error" in answer), answer
        return answer

    def open(self, page: str) -> None:
        path = self.folder / "page.html"
        path.write_text(page, "utf-8")
        self("url", url=path.as_uri())

    def run(self, script: str) -> Any:
        return self("execute/sync", script=script, args=[])

    def click(self, selector: str) -> None:
        found = self("element", using="css selector", value=selector)[ELEMENT]
        self(f"element/{found}/click")

    def press(self, *keys: str) -> None:
        actions = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self("actions", actions=[{"type": "key", "id": "keys", "actions": actions}])

    def prefer(self, scheme: str) -> None:
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self("goog/cdp/execute", cmd="Emulation.setEmulatedMedia", params={"features": features})

    def picture(self, name: str) -> bytes:
        shot = base64.b64decode(self.http.get(f"/session/{self.session}/screenshot").json()["value"])
        (self.folder / name).write_bytes(shot)
        return shot

    def complaints(self) -> list[str]:
        return [one["message"] for one in self("se/log", type="browser")]


@contextmanager
def start_browser(folder: Path, *arguments: str) -> Iterator[Browser]:
    """Start Chromium with its profile and pages in a folder. Skips the test where there is none."""
    program, driver = next(filter(None, map(shutil.which, BROWSERS)), None), shutil.which("chromedriver")
    if program is None or driver is None:
        why = "no Chromium here: apt-get install chromium chromium-driver"
        assert not os.environ.get("APPLIER_REQUIRE_BROWSER"), why
        pytest.skip(why)
    process = subprocess.Popen([driver, "--port=0"], stdout=subprocess.PIPE, encoding="utf-8")
    assert process.stdout is not None
    port = next(
        found[1] for line in process.stdout if (found := re.search(r"started successfully on port (\d+)", line))
    )
    usual = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--window-size=1100,1500",
        f"--user-data-dir={folder}/p",
    ]
    options = {"binary": program, "args": [*usual, *arguments]}
    wanted = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as http:
        made = http.post("/session", json={"capabilities": {"alwaysMatch": wanted}}).json()["value"]
        assert "sessionId" in made, made
        yield Browser(http, made["sessionId"], folder)
        http.delete(f"/session/{made['sessionId']}")
    process.terminate()
    process.communicate(timeout=15)
