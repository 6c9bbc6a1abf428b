"""The address of the service: how it is written, where it comes from, and whether a key may be sent to it."""

from __future__ import annotations

import ipaddress
import re
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from applier.api.errors import ApiError, InsecureUrl
from applier.secrets.urls import hide_url, secret_parts

USER_HINT = "remove the part before the @, and set POLYTOMIC_API_KEY"
URL_HINT = "write the scheme and the host, as in https://app.polytomic.com"
HIGHEST_PORT = 65535
LONGEST_LABEL = 63  # characters of a part of a name between dots
_QUOTES = "\"'`<>“”‘’«»\ufeff\u200b \t\r\n\f\v\xa0"  # what is copied with a URL from YAML, a shell or a page
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*)://", re.IGNORECASE)
_MISTYPED = re.compile(r"(https?)(?::/?|//+)(?=[^/:0-9])", re.IGNORECASE)
_MISSPELT = re.compile(r"([ht]+p+s*)[:;]?//+(?=[^/])", re.IGNORECASE)
_ENDPOINT = re.compile(
    r"/api(/(me|connections|connection_types|models|syncs|bulk|webhooks|permissions|events|organizations|notifications"
    r"|jobs|queries|schemas|enrichment|identity)\b.*)?$"
)
"""The end of a URL that names the API or one of its endpoints, whose paths the client adds by itself."""


class Address(NamedTuple):
    """A URL of the service as it was given, and where: an option, a variable or a place in the spec."""

    url: str
    source: str = ""


def normalize_url(text: str, source: str = "") -> str:
    """Return a URL of the service as scheme, host, port and prefix. Raises `ApiError` for one that cannot be used.

    Quotes, blanks, slashes and dots at the ends do no harm, nor does the path of the API or of one of its endpoints.
    Without a scheme it is https, or http for this machine (docs/api/transport.md).
    """
    bare = _with_scheme(text.strip(_QUOTES))
    origin = f" from {source}" if source else ""
    parts = _split(bare, f'"{hide_url(text.strip())}"{origin}', origin)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else (parts.hostname or "").rstrip(".")
    port = "" if parts.port is None else f":{parts.port}"
    path = re.sub("/{2,}", "/", parts.path).rstrip("/")
    return f"{parts.scheme}://{host}{port}{_ENDPOINT.sub('', path).rstrip('/')}"


def _with_scheme(bare: str) -> str:
    if _SCHEME.match(bare):
        return bare
    if mistyped := _MISTYPED.match(bare):
        return f"{mistyped.group(1)}://{bare[mistyped.end() :]}"
    if misspelt := _MISSPELT.match(bare):
        return f"{misspelt.group(1)}://{bare[misspelt.end() :]}"
    rest = bare.lstrip("/")
    host = _split_or_none(f"https://{rest}")
    return f"{'http' if host and is_loopback(host.hostname or '') else 'https'}://{rest}"


def _split_or_none(url: str) -> SplitResult | None:
    try:
        return urlsplit(url)
    except ValueError:
        return None


def _split(url: str, shown: str, origin: str) -> SplitResult:
    """Return the parts of a URL. Raises `ApiError` for a part that is wrong, or that a base URL cannot have."""
    if any(part.is_user_info for part in secret_parts(url)):
        message = f"The URL{origin} contains a user name or password, which would replace the API key."
        raise ApiError(message, hint=USER_HINT)
    parts = _split_or_none(url)
    if parts is None:
        raise _unusable(shown, "its IPv6 address has brackets that do not fit")
    if parts.scheme not in ("http", "https"):
        raise _unusable(shown, f'the scheme "{parts.scheme}" is neither https nor http')
    host = (parts.hostname or "").rstrip(".")
    if not host:
        raise _unusable(shown, "it has no host")
    if host in ("http", "https"):
        raise _unusable(shown, f'"{host}" is a scheme and no host')
    if is_no_name(host):
        raise _unusable(shown, "a part of the host between dots is empty or too long")
    if any(one.isspace() or not one.isprintable() for one in url):
        raise _unusable(shown, "it contains a blank")
    if parts.netloc.count(":") > 1 and "[" not in parts.netloc:
        raise _unusable(shown, "an IPv6 address needs brackets", "write it as in http://[::1]:8765")
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        raise _unusable(shown, f"the port is not a number from 1 to {HIGHEST_PORT}")
    if parts.query or parts.fragment:
        raise _unusable(shown, "it has a query or a fragment")
    return parts


def _unusable(shown: str, why: str, hint: str = URL_HINT) -> ApiError:
    return ApiError(f"The URL {shown} cannot be used: {why}.", hint=hint)


def is_no_name(host: str) -> bool:
    """Return whether no host can have this name: a part between its dots is empty or too long."""
    return any(not 0 < len(one) <= LONGEST_LABEL for one in host.rstrip(".").split("."))


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine by its own name: what is sent to it stays here.

    Other names, `x.localhost` too, are looked up, and the answer can be any address.
    """
    address = parse_ip(host.strip("[]"))
    return host.lower() == "localhost" or (address is not None and address.is_loopback)


def parse_ip(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return the IP address that a host is, without its zone and as IPv4 where IPv6 only wraps it; None for a name."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None
    return (address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None) or address


def check_encrypted(address: Address, *, insecure: bool) -> None:
    """Raise `InsecureUrl` for an address that would get the API key in clear over a network, unless it is allowed."""
    parts = urlsplit(address.url)
    host = parts.hostname or ""
    if parts.scheme != "http" or is_loopback(host) or insecure:
        return
    source = f" from {address.source}" if address.source else ""
    raise InsecureUrl(
        f"The URL {hide_url(address.url)}{source} is not encrypted: "
        "the API key and all secrets would be readable on the way.",
        hint=_encrypted_hint(host, parts),
    )


def _encrypted_hint(host: str, parts: SplitResult) -> str:
    if host in ("0.0.0.0", "::"):  # noqa: S104 - nothing listens here
        return f"use http://{'[::1]' if ':' in host else '127.0.0.1'}{f':{parts.port}' if parts.port else ''}"
    return "use https://; --insecure (or APPLIER_INSECURE=1) allows it, as for a sandbox in a network of your own"
