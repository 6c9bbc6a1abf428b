"""Reads lists with pages, whose entries may move from one page to another meanwhile."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from applier.api.bodies import MIB
from applier.api.envelopes import Entry, entries_in
from applier.api.errors import BadAnswer, TooLarge
from applier.api.transport import Query

MOST_PAGES_WITHOUT_NEWS = 100  # pages in a row with nothing but known entries
MOST_SMALL_PAGES = 500  # pages beyond those that the entries would fill with `SMALLEST_PAGE` on each
SMALLEST_PAGE = 10  # entries on average in a long list; the service has 50 and more (docs/api/pagination.md)
MOST_ENTRIES = 200_000  # objects of one kind in a workspace
LARGEST_LIST = 256 * MIB  # bytes of all its pages
LONGEST_TOKEN = 4096  # characters
MOST_PASSES = 5  # in a workspace that never rests
NEVER = object()


class Decoded(NamedTuple):
    """A decoded answer, and its size in bytes."""

    body: Entry
    size: int


Get = Callable[[str, Query | None], Decoded]
"""Returns the answer to a GET by path and query."""


class Page(NamedTuple):
    """The entries of a page, its size in bytes, and the token of the next one, empty for the last."""

    entries: list[Entry]
    size: int
    next_token: str = ""


def read_pages(get: Get, path: str, query: Query | None, seconds: float = math.inf) -> Iterator[Entry]:
    """Yield every entry of a list once, over all pages (docs/api/pagination.md, docs/api/behaviours.md#paging).

    An update moves an entry to the first page. So after several pages, the first ones are read again, up to one that
    has neither new nor updated entries. If that took more than one page, entries may have moved again.

    Raises `BadAnswer` when the list cannot be read to its end, also within so many seconds: what is missing in it would
    be created again.
    """
    updates: dict[object, object] = {}
    deadline = time.monotonic() + seconds
    for number_of_pass in range(MOST_PASSES):
        pages = pages_without_news = size = 0
        for page in _read_once(get, path, query):
            pages += 1
            size += page.size
            known = len(updates)
            is_updated = False
            for entry in page.entries:
                identifier, updated = entry.get("id"), entry.get("updated_at")
                is_new = identifier not in updates
                is_updated |= updates.get(identifier, NEVER) != updated
                updates[identifier] = updated
                if is_new:
                    yield entry
            if number_of_pass and not is_updated:
                break
            pages_without_news = 0 if len(updates) > known else pages_without_news + 1
            if pages_without_news > MOST_PAGES_WITHOUT_NEWS:
                raise _repeats(path)
            if size > LARGEST_LIST:
                raise TooLarge(f"GET {path}", LARGEST_LIST // MIB, "MiB over all pages")
            if len(updates) > MOST_ENTRIES:
                raise TooLarge(f"GET {path}", MOST_ENTRIES, "entries over all pages")
            if pages > MOST_SMALL_PAGES + len(updates) // SMALLEST_PAGE:
                raise _endless(path, f"{pages} pages have {len(updates)} entries")
            if time.monotonic() > deadline:
                raise _endless(path, f"it has {len(updates)} entries after {seconds:.0f} s; --timeout allows more")
        if pages == 1:
            return


def _read_once(get: Get, path: str, query: Query | None) -> Iterator[Page]:
    """Yield each page."""
    tokens: set[str] = set()
    token = ""
    while True:
        page = _decode_page(path, get(path, {**(query or {}), **({"page_token": token} if token else {})}))
        yield page
        token = page.next_token
        if not token:
            return
        if token in tokens:
            raise _repeats(path)
        tokens.add(token)


def _decode_page(path: str, decoded: Decoded) -> Page:
    """Return the page of an answer. Raises `BadAnswer` for entries or a token that cannot be used."""
    answer, size = decoded
    entries = entries_in(f"GET {path}", answer)
    pagination = answer.get("pagination")
    if pagination is None:
        return Page(entries, size)
    if not isinstance(pagination, Mapping):
        raise BadAnswer(f"GET {path} answered with a pagination that is not an object.")
    token = pagination.get("next_page_token")
    if token is None or token == "":
        return Page(entries, size)
    if not isinstance(token, str | int) or isinstance(token, bool) or len(str(token)) > LONGEST_TOKEN:
        raise BadAnswer(f"GET {path} answered with a next_page_token that cannot be sent.")
    return Page(entries, size, str(token))


def _repeats(path: str) -> BadAnswer:
    return _endless(path, "its pages repeat")


def _endless(path: str, why: str) -> BadAnswer:
    return BadAnswer(f"Pagination of GET {path} does not end: {why}.")
