"""A list that always has something new is given up: by its entries, its pages, its time and its tokens."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from applier.api import BadAnswer
from applier.api.paging import MOST_ENTRIES, MOST_SMALL_PAGES, SMALLEST_PAGE, Decoded, read_pages
from applier.api.responses import decode_body
from tests.resilience.projects import EXAMPLE_SPEC
from tests.resilience.proxy import Answer, Ask, proxy
from tests.resilience.test_malformed_answers import MODELS, SPEC, URL
from tests.workspace import Sandbox, Workspace


def read_endless(size: Callable[[int], int], number_of_bytes: int = 1000, **limits: Any) -> tuple[str, int]:
    """Return why a list with new entries on every page is given up, and after how many pages."""
    numbers, pages = itertools.count(), itertools.count(1)
    asked = 0

    def get(_: str, query: Mapping[str, Any] | None) -> Decoded:
        nonlocal asked
        asked = next(pages)
        assert query == ({"page_token": str(asked - 1)} if asked > 1 else {})
        entries = [{"id": str(next(numbers)), "updated_at": "x"} for _ in range(size(asked))]
        return Decoded({"data": entries, "pagination": {"next_page_token": str(asked)}}, number_of_bytes)

    with pytest.raises(BadAnswer) as caught:
        list(read_pages(get, MODELS, None, **limits))
    return str(caught.value), asked


def test_a_list_of_full_pages_ends_with_its_entries() -> None:
    said = f"GET {MODELS} answered with more than {MOST_ENTRIES} entries over all pages, the limit of an answer."
    assert read_endless(lambda _: 1000) == (said, MOST_ENTRIES // 1000 + 1)


@pytest.mark.parametrize("size", [1, 2, SMALLEST_PAGE - 1])
def test_a_list_of_small_pages_ends_with_its_pages(size: int) -> None:
    """So many pages with so few entries are no list; a last page, or some in between, may be small."""
    said, pages = read_endless(lambda _: size)
    assert said == f"Pagination of GET {MODELS} does not end: {pages} pages have {pages * size} entries."
    assert MOST_SMALL_PAGES < pages <= MOST_SMALL_PAGES * SMALLEST_PAGE + 1


def test_a_list_of_shrinking_pages_ends() -> None:
    """Full pages first, then one entry on each."""
    said, pages = read_endless(lambda page: 100 if page <= 10 else 1)
    assert said == f"Pagination of GET {MODELS} does not end: {pages} pages have {pages + 990} entries."
    assert pages < 2 * MOST_SMALL_PAGES


def test_a_list_of_large_pages_ends_with_its_bytes() -> None:
    """Each page is within the limit of an answer; all of them together would fill the memory."""
    said = f"GET {MODELS} answered with more than 256 MiB over all pages, the limit of an answer."
    assert read_endless(lambda _: 50, 60 * 1024 * 1024) == (said, 5)


def test_a_list_ends_in_time() -> None:
    said, pages = read_endless(lambda _: 50, seconds=-1)
    why = "it has 50 entries after -1 s; --timeout allows more"
    assert (said, pages) == (f"Pagination of GET {MODELS} does not end: {why}.", 1)


def test_a_long_list_is_read() -> None:
    """Some pages may be small or empty, as when entries are left out that the key may not see."""
    sizes = [50] * 400 + [0, 3, 0, 1] * 20 + [7]
    pages = [[{"id": f"{page}-{number}"} for number in range(size)] for page, size in enumerate(sizes)]

    def get(_: str, query: Mapping[str, Any] | None) -> Decoded:
        page = int((query or {}).get("page_token", 0))
        more = {"next_page_token": page + 1} if page + 1 < len(pages) else None
        return Decoded({"data": pages[page], "pagination": more}, 1000)

    assert [one["id"] for one in read_pages(get, MODELS, None)] == [one["id"] for page in pages for one in page]


def news(method: str, path: str, ask: Ask) -> Answer:
    """Every page of models has one that no other has."""
    if (method, path.partition("?")[0]) != ("GET", MODELS):
        return ask()
    number = int(path.rpartition("=")[2]) + 1 if "page_token" in path else 1
    body = {"data": [{"id": f"model-{number}"}], "pagination": {"next_page_token": str(number)}}
    return Answer(body=json.dumps(body).encode(), headers={"Content-Type": "application/json"})


def test_a_list_that_always_has_news_is_one_sentence(applier: Workspace, sandbox: Sandbox) -> None:
    applier.write(SPEC, EXAMPLE_SPEC)
    with proxy(sandbox.url, news) as url:
        refused = applier("plan", SPEC, "--url", url)
    why = "556 pages have 556 entries"
    said = f"error: Pagination of GET {MODELS} does not end: {why}. [service]\n  hint: {URL}\n"
    assert (refused.code, refused.out, refused.err) == (1, "", said)


ODD_ENTRIES: list[tuple[str, str]] = [
    ("5", "a list in which an entry is no object"),
    ("null", "a list in which an entry is no object"),
    ("{}", "an object without an id"),
    ('{"id": null}', "an object without an id"),
    ('{"id": 5}', "an id that is not a text"),
    ('{"id": true}', "an id that is not a text"),
    ('{"id": {"a": 1}}', "an id that is not a text"),
    ('{"id": ["a"]}', "an id that is not a text"),
    ('{"id": ""}', 'an id that cannot be one: ""'),
    ('{"id": "../../me"}', 'an id that cannot be one: "../../me"'),
    ('{"id": ".."}', 'an id that cannot be one: ".."'),
    ('{"id": "a?b"}', 'an id that cannot be one: "a?b"'),
    ('{"id": "\\u001b[31m"}', 'an id that cannot be one: "?[31m"'),
    ('{"id": "%s"}' % ("x" * 300), f'an id that cannot be one: "{"x" * 40}…"'),
]


@pytest.mark.parametrize(("entry", "said"), ODD_ENTRIES)
def test_an_entry_that_cannot_be_one_is_an_error(entry: str, said: str) -> None:
    """It is not left out: what a list does not show would be created again."""
    with pytest.raises(BadAnswer) as caught:
        read_one_page(f'[{{"id": "a"}}, {entry}]')
    assert str(caught.value) == f"GET {MODELS} answered with {said}."


def read_one_page(entries: str, pagination: str = "null") -> list[Mapping[str, object]]:
    written = f'{{"data": {entries}, "pagination": {pagination}}}'
    answer = decode_body("GET", MODELS, written.encode())
    return list(read_pages(lambda *_: Decoded(answer, len(written)), MODELS, None))


@pytest.mark.parametrize("entry", ['{"id": {"a": 1}}', '{"id": 5}', '{"id": "../../me"}'])
def test_an_entry_that_cannot_be_one_stops_an_apply(applier: Workspace, sandbox: Sandbox, entry: str) -> None:
    applier.write(SPEC, EXAMPLE_SPEC)
    said = dict(ODD_ENTRIES)[entry]

    def odd(method: str, path: str, ask: Ask) -> Answer:
        return Answer(body=b'{"data": [%s]}' % entry.encode()) if (method, path) == ("GET", MODELS) else ask()

    with proxy(sandbox.url, odd) as url:
        refused = applier("apply", SPEC, "--yes", "--url", url)
    expected = f"error: GET {MODELS} answered with {said}. [service]\n  hint: {URL}\n"
    assert (refused.code, refused.out, refused.err) == (1, "", expected)
    assert sandbox.writes() == []


@pytest.mark.parametrize("token", ["{}", "[1]", "true", "false", "1.5", '"%s"' % ("x" * 5000)])
def test_a_token_that_cannot_be_sent_is_an_error(token: str) -> None:
    with pytest.raises(BadAnswer) as caught:
        read_one_page("[]", f'{{"next_page_token": {token}}}')
    assert str(caught.value) == f"GET {MODELS} answered with a next_page_token that cannot be sent."


@pytest.mark.parametrize("pagination", ["[]", "5", '"x"', "true"])
def test_a_pagination_of_another_form_is_an_error(pagination: str) -> None:
    with pytest.raises(BadAnswer) as caught:
        read_one_page("[]", pagination)
    assert str(caught.value) == f"GET {MODELS} answered with a pagination that is not an object."


@pytest.mark.parametrize("pagination", ["null", "{}", '{"next_page_token": null}', '{"next_page_token": ""}'])
def test_a_last_page_is_the_last(pagination: str) -> None:
    assert read_one_page('[{"id": "a"}]', pagination) == [{"id": "a"}]
