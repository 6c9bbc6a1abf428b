"""The decoders of single encodings: what each finds in bytes, and what that means."""

from __future__ import annotations

import binascii
import re
from html.entities import html5

PERCENT = re.compile(rb"(?:%[89A-Fa-f][0-9A-Fa-f])+|%[0-7][0-9A-Fa-f]|(?:%u[0-9A-Fa-f]{4})+")
FORM = re.compile(PERCENT.pattern + rb"|\+")
_ESCAPE = (
    rb"((?:\\x[89A-Fa-f][0-9A-Fa-f])+)|\\(?:u([0-9A-Fa-f]{4})(?:\\u([dD][c-fC-F][0-9A-Fa-f]{2}))?|U([0-9A-Fa-f]{8})|u\{([0-9A-Fa-f]{1,6})\}|x([0-9A-Fa-f]{2})"
    rb"|([0-3][0-7]{2})|(.))"
)
BACKSLASH = re.compile(_ESCAPE, re.DOTALL)
BACKSLASH_LATER = re.compile(rb"(?<!\\)\\(?=\\)|" + _ESCAPE, re.DOTALL)
ENTITY = re.compile(rb"&(?:#([0-9]{1,7})|#[xX]([0-9A-Fa-f]{1,6})|([A-Za-z][A-Za-z0-9]{1,31}));")
LAX_ENTITY = re.compile(ENTITY.pattern + rb"?")
DOUBLED = tuple(re.compile(quote * 2) for quote in (b"'", b'"', b"`"))
BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{6,}(?:\r?\n[A-Za-z0-9+/_-]+)*")
HEX = re.compile(rb"[0-9A-Fa-f]{8,}")
SEPARATED_HEX = re.compile(rb"(?:0[xX])?[0-9A-Fa-f]{2}(?:[ \t\n:,;-]{1,2}(?:0[xX])?[0-9A-Fa-f]{2}){3,}(?![0-9A-Fa-f])")
_HEX_PAIR = re.compile(rb"(?:0[xX])?([0-9A-Fa-f]{2})")
_CONTROLS = {
    b"n": b"\n",
    b"r": b"\r",
    b"t": b"\t",
    b"b": b"\b",
    b"f": b"\f",
    b"a": b"\a",
    b"v": b"\v",
    b"0": b"\0",
    b"Z": b"\x1a",
    b"e": b"\x1b",
}
_LONGEST_BARE = max(len(one) for one in html5 if not one.endswith(";"))
_FILLING = (b"////", b"///////", b"//////", b"/////")
"""What follows a run of base64 by its length modulo 4: ends it, and means bytes that are in no UTF-8 text."""

_URL_SAFE = bytes.maketrans(b"-_", b"+/")


def decode_percent(found: re.Match[bytes]) -> bytes:
    """Return what percent signs of URLs and forms mean, `%uXXXX` of JavaScript too."""
    if found[0] == b"+":
        return b" "
    if found[0].startswith(b"%u"):
        units = bytes.fromhex(found[0].replace(b"%u", b"").decode())
        return units.decode("utf-16-be", "surrogatepass").encode("utf-8", "surrogatepass")
    return _bytes_or_characters(bytes.fromhex(found[0].replace(b"%", b"").decode()))


def decode_separated_hex(found: re.Match[bytes]) -> bytes:
    """Return what pairs of hexadecimal digits with something between them mean, such as `0x41, 0x42`."""
    return bytes.fromhex(b"".join(_HEX_PAIR.findall(found[0])).decode())


def _bytes_or_characters(data: bytes) -> bytes:
    """Return bytes that an encoder wrote as numbers: UTF-8, or else characters of Latin-1."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1").encode()
    return data


def decode_escape(found: re.Match[bytes]) -> bytes:
    """Return what a backslash means in JSON, Go, JavaScript, Python and MySQL."""
    run, unit, low, wide, braced, byte, octal, other = found.groups()
    if run:
        return _bytes_or_characters(bytes.fromhex(run.replace(b"\\x", b"").decode()))
    if unit:
        high = int(unit, 16)
        if low and 0xD800 <= high < 0xDC00:
            return _utf8(0x10000 + ((high - 0xD800) << 10) + (int(low, 16) - 0xDC00))
        return _utf8(high) + (_utf8(int(low, 16)) if low else b"")
    if wide or braced:
        return _utf8(int(wide or braced, 16))
    if byte or octal:
        return bytes((int(byte, 16) if byte else int(octal, 8),))
    if other is None:
        return found[0]
    return _CONTROLS.get(other) or (found[0] if other.isalnum() else other)


def decode_entity(found: re.Match[bytes]) -> bytes:
    """Return what an entity of HTML means."""
    decimal, hexadecimal, name = found.groups()
    if name:
        word = name.decode()
        if found[0].endswith(b";") and (meaning := html5.get(f"{word};")):
            return meaning.encode()
        # Without a semicolon, some names end where the longest known one does.
        ends = (length for length in range(min(len(word), _LONGEST_BARE), 1, -1) if word[:length] in html5)
        length = next(ends, 0)
        return html5[word[:length]].encode() + found[0][length + 1 :] if length else found[0]
    return _utf8(int(decimal) if decimal else int(hexadecimal, 16))


def _utf8(number: int) -> bytes:
    return chr(number).encode("utf-8", "surrogatepass") if number < 0x110000 else b"?"


def decode_base64(runs: list[bytes]) -> tuple[bytes, tuple[int, int]]:
    """Return what runs of base64 mean, in either alphabet and without padding; 3 bytes come from 4 characters."""
    filled = b"".join([run + _FILLING[len(run) & 3] for run in runs])
    return binascii.a2b_base64(filled.translate(_URL_SAFE)), (4, 3)


def decode_hex(runs: list[bytes]) -> tuple[bytes, tuple[int, int]]:
    """Return what runs of hexadecimal digits mean; 1 byte comes from 2 characters."""
    return bytes.fromhex("ff".join((run[: len(run) & -2]).decode() for run in runs) + "ff"), (2, 1)
