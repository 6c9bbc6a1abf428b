"""The encodings in which others write secrets, each made by an encoder that is not applier's."""

from __future__ import annotations

import base64
import html
import json
import textwrap
from collections.abc import Callable, Mapping
from urllib.parse import quote, quote_plus

Encoder = Callable[[str], str]


def _go_json(text: str) -> str:
    written = json.dumps(text, ensure_ascii=False)[1:-1]
    return written.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _url_safe(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode()


ENCODERS: Mapping[str, Encoder] = {
    "raw": lambda text: text,
    "URL": lambda text: quote(text, safe=""),
    "URL path": quote,
    "form": quote_plus,
    "URL, every byte, lower": lambda text: "".join(f"%{byte:02x}" for byte in text.encode()),
    "URL, every byte, upper": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()),
    "JSON": lambda text: json.dumps(text)[1:-1],
    "JSON, UTF-8": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "JSON with slashes": lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
    "Go JSON": _go_json,
    "SQL": lambda text: text.replace("'", "''"),
    "SQL name": lambda text: text.replace('"', '""'),
    "MySQL name": lambda text: text.replace("`", "``"),
    "MySQL": lambda text: text.replace("\\", "\\\\").replace("'", "\\'").replace('"', '\\"').replace("\n", "\\n"),
    "Python": lambda text: repr(text)[1:-1],
    "Python, ASCII": lambda text: ascii(text)[1:-1],
    "Python bytes": lambda text: repr(text.encode())[2:-1],
    "octal": lambda text: "".join(f"\\{byte:03o}" for byte in text.encode()),
    "HTML": html.escape,
    "HTML, decimal": lambda text: "".join(f"&#{ord(one)};" for one in text),
    "HTML, hexadecimal": lambda text: "".join(f"&#x{ord(one):X};" for one in text),
    "HTML, bytes above ASCII": lambda text: text.encode("ascii", "xmlcharrefreplace").decode(),
    "base64": _base64,
    "base64, no padding": lambda text: _base64(text).rstrip("="),
    "base64, URL": _url_safe,
    "base64, URL, no padding": lambda text: _url_safe(text).rstrip("="),
    "base64 of more, by 1": lambda text: _base64(f"k{text}.."),
    "base64 of more, by 2": lambda text: _url_safe(f"k:{text}."),
    "base64 of more, by 3": lambda text: _base64(f"k: {text}..."),
    "base64 in lines": lambda text: "\n".join(textwrap.wrap(_base64(text), 20)),
    "hexadecimal": lambda text: text.encode().hex(),
    "hexadecimal, upper": lambda text: text.encode().hex().upper(),
}
"""How each encoder writes a text inside its quotes, by name."""
