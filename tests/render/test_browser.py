"""The HTML page in a real Chromium: looked at, filtered, used by keyboard, in light and dark."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from applier.render.html import render
from tests.browser import Browser, start_browser
from tests.render.reports import FORGE, HOSTILE, full, named

pytestmark = pytest.mark.browser
SHOWN = "return [...document.querySelectorAll('.item[data-kind]:not([hidden])')].map((one) => one.dataset.{})"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with start_browser(tmp_path_factory.mktemp("browser")) as started:
        yield started


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
