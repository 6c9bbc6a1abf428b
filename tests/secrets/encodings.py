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


def _javascript_escape(text: str) -> str:
    units = text.encode("utf-16-be")
    codes = [int.from_bytes(units[at : at + 2]) for at in range(0, len(units), 2)]
    return "".join(
        chr(one) if one < 128 and chr(one).isalnum() else f"%{one:02X}" if one < 256 else f"%u{one:04X}"
        for one in codes
    )


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
    "hexadecimal with colons": lambda text: text.encode().hex(":"),
    "hexadecimal with blanks": lambda text: text.encode().hex(" ").upper(),
    "hexadecimal of C": lambda text: ", ".join(f"0x{byte:02x}" for byte in text.encode()),
    "JavaScript escape": _javascript_escape,
    "JavaScript, braces": lambda text: "".join(
        one if one.isascii() and (one.isalnum() or one == "=") else f"\\u{{{ord(one):x}}}" for one in text
    ),
    "HTML without semicolons": lambda text: html.escape(text, quote=False).replace(";", ""),
    "hexadecimal, upper": lambda text: text.encode().hex().upper(),
}
"""How each encoder writes a text inside its quotes, by name."""

FOLDERS: Mapping[str, Encoder] = {
    "no-break spaces": lambda text: text.replace(" ", "\xa0").replace("\n", "\xa0\xa0"),
    "zero-width spaces": "\u200b".join,
    "byte order marks": "\ufeff".join,
    "ideographic spaces": lambda text: text.replace(" ", "\u3000"),
    "UTF-16 in base64": lambda text: base64.b64encode(text.encode("utf-16-le")).decode(),
    "UTF-16 in hexadecimal": lambda text: text.encode("utf-16-le").hex(),
}
"""How others separate letters and words; such a text is written by encoders, but not made of what they write."""
