"""The proxy for the service: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY as curl, requests and Go read them."""

from __future__ import annotations

import importlib.util
import ipaddress
import re
import urllib.request
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx

from applier import system
from applier.api.addresses import HIGHEST_PORT, is_loopback, is_no_name, parse_ip
from applier.api.errors import BadSetting
from applier.secrets import SENSITIVE
from applier.secrets.urls import hide_url

SCHEMES = ("http", "https", "socks5", "socks5h")
DEFAULT_PORTS = {"http": 80, "https": 443}
SYSTEM_SETTINGS = "the system's proxy"
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://")
_MISSPELT = re.compile(r"(https?|socks5h?)(:(?![0-9])/?|/{1,2})(?=[^/])", re.IGNORECASE)
_PORT = re.compile(r"(?P<host>\[[^\]]*\]|[^:]*):(?P<port>[0-9]+)")
_NAME = re.compile(r"\*?\.?[^\s/:@\[\]*?#]+")

IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network


class ChosenProxy(NamedTuple):
    """A proxy, the variable that names it, and its URL without a password."""

    proxy: httpx.Proxy
    variable: str
    shown: str


class Exemption(NamedTuple):
    """One entry of NO_PROXY: a network, or a name with all names below it; `port` None stands for every port.

    The name is empty for `*`, which is every host. `below` is true for `*.name`, which is not the name itself.
    """

    name: str = ""
    network: IPNetwork | None = None
    port: int | None = None
    below: bool = False

    def covers(self, host: str, port: int) -> bool:
        """Return whether a host, a name in lower case or an address without brackets, is reached without a proxy."""
        if self.port not in (None, port):
            return False
        address = parse_ip(host)
        if self.network is not None or (self.name and address is not None):
            return self.network is not None and address is not None and address in self.network
        return not self.name or host.endswith(f".{self.name}") or (host == self.name and not self.below)


def find_proxy(url: str, variables: Mapping[str, str]) -> ChosenProxy | None:
    """Return the proxy for a URL, None for a direct connection, as to this machine always.

    Raises `BadSetting` for one that cannot be used; a variable that does not concern the URL is not looked at.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or DEFAULT_PORTS[parts.scheme]
    if is_loopback(host):
        return None
    variable, value = _setting(parts.scheme, variables)
    if not value:
        return _system_proxy(parts.scheme, host, variables)
    entries = map(parse_exemption, no_proxy_entries(variables))
    if any(one.covers(_ascii(host), port) for one in entries if one is not None):
        return None
    return _proxy(variable, value)


def no_proxy_entries(variables: Mapping[str, str]) -> list[str]:
    """Return the entries of NO_PROXY; commas and blanks separate them."""
    return re.split(r"[,\s]+", variables.get("no_proxy", variables.get("NO_PROXY", "")).strip(", \t\r\n"))


def unknown_exemptions(variables: Mapping[str, str]) -> list[str]:
    """Return the entries of NO_PROXY that name no host; they have no effect, as in curl and Go."""
    return [one for one in no_proxy_entries(variables) if one and parse_exemption(one) is None]


def parse_exemption(entry: str) -> Exemption | None:
    """Return an entry of NO_PROXY: `*`, a name, an address, a network, each with a port if it ends in one.

    None for one that is none of these. A dot before a name changes nothing, as in curl.
    """
    text = entry.lower()
    if text == "*":
        return Exemption()
    if scheme := _SCHEME.match(text):
        text = text[scheme.end() :].rstrip("/")
    if network := _network(text):
        return Exemption(network=network)
    port = None
    if with_port := _PORT.fullmatch(text):
        text, port = with_port.group("host"), int(with_port.group("port"))
        if network := _network(text):
            return Exemption(network=network, port=port)
    if not _NAME.fullmatch(text):
        return None
    name = _ascii(text.removeprefix("*").strip("."))
    return Exemption(name, port=port, below=text.startswith("*.")) if name else None


def _setting(scheme: str, variables: Mapping[str, str]) -> tuple[str, str]:
    """Return the variable of the proxy and its value, two empty texts without one.

    As in Python's own library, the small letters come first, even empty. A web server passes the header `Proxy` of a
    request as HTTP_PROXY, and sets REQUEST_METHOD: then it is not read.
    """
    for small in (f"{scheme}_proxy", "all_proxy"):
        capital = small.upper()
        spellings = (small,) if capital == "HTTP_PROXY" and "REQUEST_METHOD" in variables else (small, capital)
        name = next((one for one in spellings if one in variables), "")
        if value := variables.get(name, "").strip():
            return name, value
    return "", ""


def _system_proxy(scheme: str, host: str, variables: Mapping[str, str]) -> ChosenProxy | None:
    """Return the proxy that Windows or macOS has for all programs, unless variables speak of proxies."""
    if system.SYSTEM not in ("win32", "darwin") or any(one.lower().endswith("_proxy") for one in variables):
        return None
    proxies = urllib.request.getproxies()
    value = proxies.get(scheme) or proxies.get("all")
    return _proxy(SYSTEM_SETTINGS, value) if value and not urllib.request.proxy_bypass(host) else None


def _proxy(variable: str, value: str) -> ChosenProxy:
    """Return the proxy of a setting; without a scheme it is used over HTTP. Raises `BadSetting`."""
    shown = hide_url(value)
    url = value if "://" in value else f"http://{value}"
    scheme = url.partition("://")[0].lower()
    hint = f"write it as in http://proxy.example:3128, or unset {variable}"
    if "://" not in value and (misspelt := _MISSPELT.match(value)):
        right = f"{misspelt.group(1).lower()}://"
        shown = f"{misspelt.group()}{SENSITIVE}@{value.rpartition('@')[2]}" if "@" in value else shown
        raise BadSetting(variable, shown, f'its scheme is written "{misspelt.group()}" and not "{right}"', hint)
    if has_bare_user_info(url):
        shown = f"{scheme}://{SENSITIVE}@{url.rpartition('@')[2]}"
        how = f"write /, ? and # of the user name and password as %2F, %3F and %23, or unset {variable}"
        raise BadSetting(variable, shown, "it has a /, ? or # before an @", how)
    if scheme not in SCHEMES:
        raise BadSetting(variable, shown, f'the scheme "{scheme}" is none of {", ".join(SCHEMES)}', hint)
    if scheme.startswith("socks"):
        _require_socks(variable, shown)
    try:
        proxy = httpx.Proxy(url)
    except (httpx.InvalidURL, ValueError, UnicodeError):
        raise BadSetting(variable, shown, "it is not a URL", hint) from None
    if not proxy.url.host:
        raise BadSetting(variable, shown, "it has no host", hint)
    if is_no_name(proxy.url.host) or not 0 < (proxy.url.port or HIGHEST_PORT) <= HIGHEST_PORT:
        raise BadSetting(variable, shown, "its host or port is impossible", hint)
    return ChosenProxy(proxy, variable, shown)


def has_bare_user_info(url: str) -> bool:
    """Return whether a URL has a character before an `@` that ends the host, as a password that is not encoded may.

    The URL of a proxy has neither path nor query, so that no `@` stands there.
    """
    before, at, _ = url.partition("://")[2].rpartition("@")
    return bool(at) and not {"/", "?", "#"}.isdisjoint(before)


def _require_socks(variable: str, shown: str) -> None:
    if importlib.util.find_spec("socksio") is None:
        hint = "run pip install 'httpx[socks]', or use an http:// proxy"
        raise BadSetting(variable, shown, "SOCKS needs the Python package socksio", hint)


def _network(text: str) -> IPNetwork | None:
    """Return an address or a network, with or without brackets."""
    bare = re.sub(r"^\[([^\[\]]*)\](?=$|/)", r"\1", text).partition("%")[0]
    try:
        return ipaddress.ip_network(bare, strict=False)
    except ValueError:
        return None


def _ascii(name: str) -> str:
    """Return a name of a host as it is looked up: in small ASCII letters and without the dot at its end."""
    bare = name.lower().rstrip(".")
    try:
        return bare if bare.isascii() else httpx.URL(f"http://{bare}").raw_host.decode("ascii")
    except httpx.InvalidURL:
        return bare
