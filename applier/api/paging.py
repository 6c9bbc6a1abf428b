"""Reads lists with pages, whose entries may move from one page to another meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from applier.api.errors import BadAnswer
from applier.api.transport import Query

MOST_PAGES_WITHOUT_NEWS = 100  # pages in a row with nothing but known entries
MOST_PASSES = 5  # in a workspace that never rests
NEVER = object()

Entry = Mapping[str, object]
Get = Callable[[str, Query | None], Entry]
"""Returns the decoded answer to a GET by path and query."""


def read_pages(get: Get, path: str, query: Query | None) -> Iterator[Entry]:
    """Yield every entry of a list once, over all pages (docs/api/pagination.md, docs/api/behaviours.md#paging).

    An update moves an entry to the first page. So after several pages, the first ones are read again, up to one that
    has neither new nor updated entries. If that took more than one page, entries may have moved again.

    Raises `BadAnswer` when the list cannot be read to its end: what is missing in it would be created again.
    """
    updates: dict[object, object] = {}
    for number_of_pass in range(MOST_PASSES):
        pages = pages_without_news = 0
        for entries in _read_once(get, path, query):
            pages += 1
            known = len(updates)
            is_updated = False
            for entry in entries:
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
                raise _endless(path)
        if pages == 1:
            return


def _read_once(get: Get, path: str, query: Query | None) -> Iterator[list[Entry]]:
    """Yield the entries of each page."""
    tokens: list[object] = []
    while True:
        answer = get(path, {**(query or {}), **({"page_token": str(tokens[-1])} if tokens else {})})
        yield _entries(path, answer)
        pagination = answer.get("pagination")
        token = pagination.get("next_page_token") if isinstance(pagination, Mapping) else None
        if not token:
            return
        if token in tokens:
            raise _endless(path)
        tokens.append(token)


def _entries(path: str, answer: Entry) -> list[Entry]:
    """Return the entries of one page; `data` may be null (docs/api/behaviours.md#paging)."""
    entries = answer.get("data", answer)
    if entries is not None and not isinstance(entries, list):
        raise BadAnswer(f"GET {path} answered with data that is not a list.")
    return [one for one in entries or () if isinstance(one, Mapping)]


def _endless(path: str) -> BadAnswer:
    return BadAnswer(f"Pagination of GET {path} does not end: its pages repeat.")
