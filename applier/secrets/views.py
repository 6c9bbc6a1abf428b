"""Decoded views of a text: what it means in each encoding, and which bytes of it each part of the meaning comes from.

Decoding the text is complete where listing the spellings of a secret is not: there is one decoder for each encoding,
whatever an encoder leaves as it is, and two levels of nesting are two decoders in a row.
"""

from __future__ import annotations

import binascii
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from html.entities import html5

LEVELS = 2

_PERCENT = re.compile(rb"(?:%[89A-Fa-f][0-9A-Fa-f])+|%[0-7][0-9A-Fa-f]|(?:%u[0-9A-Fa-f]{4})+")
_FORM = re.compile(_PERCENT.pattern + rb"|\+")
_ESCAPE = (
    rb"((?:\\x[89A-Fa-f][0-9A-Fa-f])+)|\\(?:u([0-9A-Fa-f]{4})(?:\\u([dD][c-fC-F][0-9A-Fa-f]{2}))?|U([0-9A-Fa-f]{8})|u\{([0-9A-Fa-f]{1,6})\}|x([0-9A-Fa-f]{2})"
    rb"|([0-3][0-7]{2})|(.))"
)
_BACKSLASH = re.compile(_ESCAPE, re.DOTALL)
_BACKSLASH_LATER = re.compile(rb"(?<!\\)\\(?=\\)|" + _ESCAPE, re.DOTALL)
_ENTITY = re.compile(rb"&(?:#([0-9]{1,7})|#[xX]([0-9A-Fa-f]{1,6})|([A-Za-z][A-Za-z0-9]{1,31}));")
_LAX_ENTITY = re.compile(_ENTITY.pattern + rb"?")
_DOUBLED = tuple(re.compile(quote * 2) for quote in (b"'", b'"', b"`"))
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{6,}(?:\r?\n[A-Za-z0-9+/_-]+)*")
_HEX = re.compile(rb"[0-9A-Fa-f]{8,}")
_SEPARATED_HEX = re.compile(rb"(?:0[xX])?[0-9A-Fa-f]{2}(?:[ \t\n:,;-]{1,2}(?:0[xX])?[0-9A-Fa-f]{2}){3,}(?![0-9A-Fa-f])")
_HEX_PAIR = re.compile(rb"(?:0[xX])?([0-9A-Fa-f]{2})")
_SPACES = b" \t\n\r\v\f\0"  # between the letters of UTF-16 are zeros
_WIDE_SPACE = rb"\xc2\xa0|\xe2\x80[\x80-\x8d\xaf]|\xe2\x81\xa0|\xe3\x80\x80|\xef\xbb\xbf"
SPACE = re.compile(rb"(?:[ \t\n\r\v\f\0]|" + _WIDE_SPACE + rb")+")
"""White space of ASCII, no-break and zero-width spaces."""
_WIDE = re.compile(_WIDE_SPACE)
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


@dataclass(slots=True)
class Map:
    """Where decoded bytes come from: parts, each with its offset in the decoded data.

    A part is (start, end, numerator, denominator): the byte at the distance `d` from the offset comes from the bytes
    `start + d * numerator / denominator` of the parent, or, with the numerator 0, from all of `start` to `end`.
    """

    offsets: list[int] = field(default_factory=list)
    parts: list[tuple[int, int, int, int]] = field(default_factory=list)
    length: int = 0

    def add(self, length: int, start: int, end: int, numerator: int = 0, denominator: int = 1) -> None:
        """Add a part of decoded bytes."""
        if length:
            self.offsets.append(self.length)
            self.parts.append((start, end, numerator, denominator))
            self.length += length

    def find(self, index: int) -> tuple[int, int]:
        """Return the span of the parent that one decoded byte comes from."""
        part = bisect_right(self.offsets, index) - 1
        start, end, numerator, denominator = self.parts[part]
        if numerator == 0:
            return start, end
        distance = index - self.offsets[part]
        return start + distance * numerator // denominator, start - (-(distance + 1) * numerator // denominator)


@dataclass(slots=True)
class View:
    """Bytes that were decoded from those of the parent, which is None for the text itself.

    The map is made only where something is found: most texts hold no secret.
    """

    data: bytes
    parent: View | None = None
    make_map: Callable[[], Map] = Map
    map: Map | None = None

    def source(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the text that a span of the data comes from."""
        if self.parent is None:
            return start, end
        if self.map is None:
            self.map = self.make_map()
        return self.parent.source(self.map.find(start)[0], self.map.find(end - 1)[1])


def decoded_views(text: View) -> Iterator[View]:
    """Yield the text and everything that it can mean after up to two decoders, each view also without white space."""
    level = [text]
    for depth in range(LEVELS + 1):
        following: list[View] = []
        for view in level:
            yield view
            if squeezed := _without_space(view):
                yield squeezed
            if depth < LEVELS:
                following += _decode(view)
        level = following


def squeeze(data: bytes) -> bytes:
    """Return the bytes without white space, as views without it have them."""
    bare = data.translate(None, _SPACES)
    return bare if bare.isascii() else _WIDE.sub(b"", bare)


def _without_space(view: View) -> View | None:
    data = squeeze(view.data)
    if len(data) == len(view.data):
        return None
    return View(data, view, partial(_map_substitution, view.data, SPACE, lambda _: b""))


def _decode(view: View) -> Iterator[View]:
    data = view.data
    if b"%" in data:
        yield from _substitute(view, _PERCENT, _percent)
    if b"+" in data:
        yield from _substitute(view, _FORM, _percent)
    if b"\\" in data:
        yield from _substitute(view, _BACKSLASH, _escape)
    if b"\\\\" in data:
        # The first backslash of several may be the last one of other text, which shifts how the rest pairs.
        yield from _substitute(view, _BACKSLASH_LATER, _escape)
    if b"&" in data:
        yield from _substitute(view, _ENTITY, _entity)
        yield from _substitute(view, _LAX_ENTITY, _entity)
    for pattern in _DOUBLED:
        if pattern.pattern in data:
            yield from _substitute(view, pattern, lambda found: found[0][:1])
    yield from _runs(view, _BASE64, _base64, 4)
    yield from _runs(view, _HEX, _hex, 2)
    yield from _substitute(view, _SEPARATED_HEX, _separated_hex)


Decoder = Callable[[re.Match[bytes]], bytes]
RunDecoder = Callable[[list[bytes]], tuple[bytes, tuple[int, int]]]
"""Return what runs mean, with bytes between them that no text has, and how many characters give how many bytes."""


def _substitute(view: View, pattern: re.Pattern[bytes], decode: Decoder) -> Iterator[View]:
    """Yield the view with every match decoded, if that changes anything."""
    data = pattern.sub(decode, view.data)
    if data != view.data:
        yield View(data, view, partial(_map_substitution, view.data, pattern, decode))


def _map_substitution(data: bytes, pattern: re.Pattern[bytes], decode: Decoder) -> Map:
    made, position = Map(), 0
    for found in pattern.finditer(data):
        start, end = found.span()
        made.add(start - position, position, start, 1)
        made.add(len(decode(found)), start, end)
        position = end
    made.add(len(data) - position, position, len(data), 1)
    return made


def _percent(found: re.Match[bytes]) -> bytes:
    if found[0] == b"+":
        return b" "
    if found[0].startswith(b"%u"):
        units = bytes.fromhex(found[0].replace(b"%u", b"").decode())
        return units.decode("utf-16-be", "surrogatepass").encode("utf-8", "surrogatepass")
    return _bytes_or_characters(bytes.fromhex(found[0].replace(b"%", b"").decode()))


def _separated_hex(found: re.Match[bytes]) -> bytes:
    return bytes.fromhex(b"".join(_HEX_PAIR.findall(found[0])).decode())


def _bytes_or_characters(data: bytes) -> bytes:
    """Return bytes that an encoder wrote as numbers: UTF-8, or else characters of Latin-1."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1").encode()
    return data


def _escape(found: re.Match[bytes]) -> bytes:
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


def _entity(found: re.Match[bytes]) -> bytes:
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


def _runs(view: View, pattern: re.Pattern[bytes], decode: RunDecoder, alignments: int) -> Iterator[View]:
    """Yield a view for each alignment: the decoded runs of one alphabet, without what stands between them."""
    runs = [run.translate(None, b"\r\n") for run in pattern.findall(view.data)]
    for alignment in range(alignments if runs else 0):
        data, _ = decode([run[alignment:] for run in runs])
        yield View(data, view, partial(_map_runs, view.data, pattern, decode, alignment))


def _map_runs(data: bytes, pattern: re.Pattern[bytes], decode: RunDecoder, alignment: int) -> Map:
    made = Map()
    for found in pattern.finditer(data):
        run, start = found[0], found.start()
        positions = [start + index for index, byte in enumerate(run) if byte not in b"\r\n"][alignment:]
        piece, (numerator, denominator) = decode([bytes(data[index] for index in positions)])
        usable = len(positions) * denominator // numerator
        if len(positions) == len(run) - alignment:
            made.add(usable, start + alignment, found.end(), numerator, denominator)
        else:  # over several lines: each byte on its own
            for index in range(usable):
                first, last = index * numerator // denominator, -(-(index + 1) * numerator // denominator)
                made.add(1, positions[first], positions[last - 1] + 1)
        made.add(len(piece) - usable, found.end(), found.end())
    return made


def _base64(runs: list[bytes]) -> tuple[bytes, tuple[int, int]]:
    """Return what runs of base64 mean, in either alphabet and without padding; 3 bytes come from 4 characters."""
    filled = b"".join([run + _FILLING[len(run) & 3] for run in runs])
    return binascii.a2b_base64(filled.translate(_URL_SAFE)), (4, 3)


def _hex(runs: list[bytes]) -> tuple[bytes, tuple[int, int]]:
    return bytes.fromhex("ff".join((run[: len(run) & -2]).decode() for run in runs) + "ff"), (2, 1)
