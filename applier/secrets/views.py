"""Decoded views of a text: what it means in each encoding, and which bytes of it each part of the meaning comes from.

Decoding the text is complete where listing the spellings of a secret is not: there is one decoder for each encoding,
whatever an encoder leaves as it is, and two levels of nesting are two decoders in a row.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from applier.secrets.decoders import (
    BACKSLASH,
    BACKSLASH_LATER,
    BASE64,
    DOUBLED,
    ENTITY,
    FORM,
    HEX,
    LAX_ENTITY,
    PERCENT,
    SEPARATED_HEX,
    decode_base64,
    decode_entity,
    decode_escape,
    decode_hex,
    decode_percent,
    decode_separated_hex,
)

LEVELS = 2

_SPACES = b" \t\n\r\v\f\0"  # between the letters of UTF-16 are zeros
_WIDE_SPACE = rb"\xc2\xa0|\xe2\x80[\x80-\x8d\xaf]|\xe2\x81\xa0|\xe3\x80\x80|\xef\xbb\xbf"
SPACE = re.compile(rb"(?:[ \t\n\r\v\f\0]|" + _WIDE_SPACE + rb")+")
"""White space of ASCII, no-break and zero-width spaces."""
_WIDE = re.compile(_WIDE_SPACE)


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
        yield from _substitute(view, PERCENT, decode_percent)
    if b"+" in data:
        yield from _substitute(view, FORM, decode_percent)
    if b"\\" in data:
        yield from _substitute(view, BACKSLASH, decode_escape)
    if b"\\\\" in data:
        # The first backslash of several may be the last one of other text, which shifts how the rest pairs.
        yield from _substitute(view, BACKSLASH_LATER, decode_escape)
    if b"&" in data:
        yield from _substitute(view, ENTITY, decode_entity)
        yield from _substitute(view, LAX_ENTITY, decode_entity)
    for pattern in DOUBLED:
        if pattern.pattern in data:
            yield from _substitute(view, pattern, lambda found: found[0][:1])
    yield from _runs(view, BASE64, decode_base64, 4)
    yield from _runs(view, HEX, decode_hex, 2)
    yield from _substitute(view, SEPARATED_HEX, decode_separated_hex)


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
