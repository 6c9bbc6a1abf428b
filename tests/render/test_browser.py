"""The HTML page in a real Chromium: looked at, filtered, used by keyboard, in light and dark."""

from __future__ import annotations

import base64
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from applier.render.html import render
from tests.render.reports import FORGE, HOSTILE, full, named

pytestmark = pytest.mark.browser
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SHOWN = "return [...document.querySelectorAll('.item[data-kind]:not([hidden])')].map((one) => one.dataset.{})"


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


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    program, driver = next(filter(None, map(shutil.which, BROWSERS)), None), shutil.which("chromedriver")
    if program is None or driver is None:
        why = "no Chromium here: apt-get install chromium chromium-driver"
        assert not os.environ.get("APPLIER_REQUIRE_BROWSER"), why
        pytest.skip(why)
    folder = tmp_path_factory.mktemp("browser")
    process = subprocess.Popen([driver, "--port=0"], stdout=subprocess.PIPE, encoding="utf-8")
    assert process.stdout is not None
    port = next(
        found[1] for line in process.stdout if (found := re.search(r"started successfully on port (\d+)", line))
    )
    arguments = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--window-size=1100,1500",
        f"--user-data-dir={folder}/p",
    ]
    options = {"binary": program, "args": arguments}
    wanted = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as http:
        made = http.post("/session", json={"capabilities": {"alwaysMatch": wanted}}).json()["value"]
        assert "sessionId" in made, made
        yield Browser(http, made["sessionId"], folder)
        http.delete(f"/session/{made['sessionId']}")
    process.terminate()
    process.communicate(timeout=15)


def shown(browser: Browser, what: str = "action") -> list[str]:
    found: list[str] = browser.run(SHOWN.format(what))
    return found


def test_filters_hide_and_show(browser: Browser) -> None:
    browser.open(render(full("drift"), FORGE))
    assert shown(browser) == ["create", "update", "update", "update", "rename", "delete", "unmanaged"]
    browser.click("button[data-value=update]")
    assert shown(browser) == ["create", "rename", "delete", "unmanaged"]
    browser.click("button[data-value=syncs]")
    assert shown(browser) == ["create"]
    assert browser.run("return document.getElementById('status').textContent") == "1 of 7 shown"
    browser.click("button[data-value=update]")
    assert shown(browser, "kind") == ["models", "connections", "models"]
    assert browser.complaints() == []


def test_the_keyboard_does_it_all(browser: Browser) -> None:
    browser.open(render(full(), FORGE))
    browser.press("/", *"warehouse")
    assert shown(browser, "kind") == ["syncs"]
    browser.press("\ue00c")  # Escape
    assert len(shown(browser)) == 7
    browser.run("document.querySelector('button[data-value=create]').focus()")
    browser.press(" ")
    assert "create" not in shown(browser)
    browser.press("\ue004")  # Tab
    assert browser.run("return document.activeElement.dataset.value") == "connections"
    assert browser.run("return getComputedStyle(document.activeElement).outlineStyle") == "solid"
    browser.run("document.querySelector('.item[data-action=update] summary').focus()")
    browser.press("\ue007")  # Enter
    assert browser.run("return document.querySelector('.item[data-action=update] details').open") is False


def test_it_is_light_or_dark_as_the_reader_likes(browser: Browser) -> None:
    paper = "return getComputedStyle(document.body).backgroundColor"
    pictures = {}
    for scheme, colour in (("dark", "rgb(13, 17, 23)"), ("light", "rgb(246, 248, 250)")):
        browser.prefer(scheme)
        browser.open(render(full(), FORGE))
        assert browser.run(paper) == colour
        pictures[scheme] = browser.picture(f"{scheme}.png")
    assert all(len(one) > 20_000 for one in pictures.values())
    assert pictures["light"] != pictures["dark"]
    browser.click("#theme")
    assert browser.run(paper) == "rgb(13, 17, 23)"


def test_it_is_drawn_inside_the_page(browser: Browser) -> None:
    browser.open(render(full(), FORGE))
    assert browser.run("return document.querySelectorAll('.graph svg g').length") == 9
    wide = "return document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert browser.run(wide)
    assert browser.run("return performance.getEntriesByType('resource').length") == 0


def test_hostile_names_are_never_markup(browser: Browser) -> None:
    browser.open(render(named(*HOSTILE), FORGE))
    assert browser.run("return document.querySelectorAll('script').length") == 1
    assert browser.run("return document.querySelectorAll('img, iframe, object, embed').length") == 0
    text = browser.run("return document.body.textContent")
    assert all(f"models/{name} delete" in text for name in HOSTILE if name.isprintable())
    assert browser.complaints() == []
