"""Pagination: pages of a list with opaque tokens."""

from __future__ import annotations

import base64
import binascii
from typing import TypeVar

from applier.sandbox.app.http_messages import Call
from applier.sandbox.json_values import Document
from applier.sandbox.rules.refusals import bad_request

LARGEST = 50
Item = TypeVar("Item")


def cut_page(
    found: list[Item], token: str | None, limit: str | None, largest: int = LARGEST
) -> tuple[list[Item], Document]:
    """Return the page of the token, and the `pagination` member with the token of the next page."""
    start = _offset(token) if token else 0
    size = _size(limit, largest)
    following = start + size
    more = _token(following) if following < len(found) else ""
    return found[start:following], {"pagination": {"next_page_token": more}}


def cut_undeclared_page(call: Call, found: list[Item]) -> tuple[list[Item], Document]:
    """Return a list whose pagination is not certain: whole, unless the switch asks for pages."""
    if call.context.switches["undeclared_paging"] == "whole":
        return found, {}
    return cut_page(found, call.query("page_token"), call.query("limit"))


def _size(limit: str | None, largest: int) -> int:
    try:
        wanted = int((limit or "0")[:18])
    except ValueError as error:
        raise bad_request("limit must be a number") from error
    return wanted if 0 < wanted <= largest else largest


def _token(offset: int) -> str:
    return base64.urlsafe_b64encode(f"offset:{offset}".encode()).decode()


def _offset(token: str) -> int:
    try:
        name, _, offset = base64.urlsafe_b64decode(token).decode().partition(":")
        if name == "offset":
            return int(offset)
    except (binascii.Error, ValueError):
        pass
    raise bad_request("page_token is not valid")
