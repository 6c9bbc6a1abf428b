"""URLs in texts: which of their parts are secrets, and the texts without these parts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import unquote, unquote_plus

from applier.secrets.names import is_secret_parameter
from applier.secrets.secret import SENSITIVE

_URL = re.compile(r"(?<![a-z0-9+.-])[a-z][a-z0-9+.-]*://[^\s\"'<>`]+", re.IGNORECASE)
_AUTHORITY_END = re.compile(r"[/?#]|$")
_QUERY = re.compile(r"[?#]|$")
_PORT = re.compile(r"[0-9]*")
_PARAMETER = re.compile(r"[?&;#]([^=&;?#]*)=([^&;#]*)")
_HOOKS = re.compile(
    r"^(?:hooks\.slack(?:-gov)?\.com/services|(?:\w+\.)?discord(?:app)?\.com/api(?:/v\d+)?/webhooks"
    r"|(?:[\w-]+\.)*(?:webhook\.office|outlook\.office|office365)\.com/webhookb?\d*|hooks\.zapier\.com/hooks/catch"
    r"|chat\.googleapis\.com/v1/spaces|api\.telegram\.org)/(?P<secret>[^?#]+)",
    re.IGNORECASE,
)
"""Addresses of hooks whose path is the secret: whoever knows it can post."""
_SEGMENT = re.compile(r"(?<=/)[\w%.~-]+")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_RUN = re.compile(r"[A-Za-z0-9]{16,}")
SHORTEST_TOKEN = 20  # characters of a part of a path that looks like a token


class SecretPart(NamedTuple):
    """A part of a URL that is a secret: its position in the text, and its value as it stands there.

    `is_user_info` is true for what stands before the `@` of a host: a user name and a password.
    """

    start: int
    end: int
    value: str
    is_user_info: bool = False


def hide_urls(text: str) -> str:
    """Return a text in which the secret parts of every URL are `(sensitive)`: user info, tokens in query and path."""
    masked, done = "", 0
    for one in _URL.finditer(text):
        for part in secret_parts(one.group()):
            masked += text[done : one.start() + part.start] + SENSITIVE
            done = one.start() + part.end
    return masked + text[done:]


def hide_urls_in(value: object) -> object:
    """Return nested data in which the secret parts of every URL are `(sensitive)`; a `Secret` stays one."""
    if type(value) is str:
        return hide_urls(value) if "://" in value else value
    if isinstance(value, Mapping):
        return {key: hide_urls_in(child) for key, child in value.items()}
    return [hide_urls_in(child) for child in value] if isinstance(value, list) else value


def hide_url(url: str) -> str:
    """Return one URL, which may have no scheme, without its secret parts."""
    if "://" in url:
        return hide_urls(url)
    return hide_urls(f"x://{url}").removeprefix("x://")


def url_secrets(text: str) -> set[str]:
    """Return the secret values of all URLs in a text, as they stand there and decoded.

    Of a user name and a password only the password counts: a user name is a word that stands elsewhere, too.
    """
    found: set[str] = set()
    for one in _URL.finditer(text):
        for part in secret_parts(one.group()):
            secret = (part.value.partition(":")[2] or part.value) if part.is_user_info else part.value
            found |= {secret, unquote(secret), unquote_plus(secret)}
    return found - {""}


def secret_parts(url: str) -> list[SecretPart]:
    """Return the secret parts of a URL with a scheme, in their order; none of them overlap."""
    start = url.find("://") + 3
    end = _user_info_end(url, start)
    parts = [SecretPart(start, end, url[start:end], is_user_info=True)] if end > start else []
    host = end + 1 if end >= start else start
    parts += [one for one in _path_parts(url, host) if one.start >= host]
    for one in _PARAMETER.finditer(url, host):
        if one.group(2) and is_secret_parameter(unquote_plus(one.group(1))):
            parts.append(SecretPart(one.start(2), one.end(2), one.group(2)))
    return parts


def _user_info_end(url: str, start: int) -> int:
    """Return the position of the `@` behind the user info, -1 without one.

    A password may hold `/`, `?` and `#` that nobody encoded: what stands where a port would be is no number then.
    """
    authority = _AUTHORITY_END.search(url, start)
    end = authority.start() if authority else len(url)
    found = url.rfind("@", start, end)
    name, colon, port = url[start:end].partition(":")
    if found < 0 and colon and not name.startswith("[") and not _PORT.fullmatch(port):
        found = url.rfind("@", end)
    return found


def _path_parts(url: str, host: int) -> Iterator[SecretPart]:
    """Return the parts of the path that are secrets: those of known hooks, and whatever looks like a token."""
    if hook := _HOOKS.search(url[host:]):
        yield SecretPart(host + hook.start("secret"), host + hook.end("secret"), hook.group("secret"))
        return
    query = _QUERY.search(url, host)
    for one in _SEGMENT.finditer(url, host, query.start() if query else len(url)):
        if looks_like_token(one.group()):
            yield SecretPart(one.start(), one.end(), one.group())


def looks_like_token(text: str) -> bool:
    """Return whether a part of a path is made like a token: long, with a run of letters and digits, and no UUID."""
    runs = _RUN.findall(text) if len(text) >= SHORTEST_TOKEN and not _UUID.fullmatch(text) else []
    return any(not one.isalpha() and not one.isdigit() for one in runs)
