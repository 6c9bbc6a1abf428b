"""Fits sections of a text into a number of bytes: the most important first, each item in full or in short."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from applier.render.parts.words import count

RESERVE = 160  # bytes that each section keeps for the line on what it omits


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a section, in full and in short."""

    full: str
    short: str


@dataclass(frozen=True, slots=True)
class Section:
    """Items under a head. `rank` says which section gets room first (0 before 1), `share` how much of what is left.

    With `must`, every item is kept whatever its size.
    """

    noun: str
    items: tuple[Item, ...]
    rank: int
    head: str = ""
    tail: str = ""
    between: str = "\n"
    share: float = 1.0
    must: bool = False


def fit_sections(first: str, sections: Sequence[Section], budget: int) -> str:
    """Return a first block and the sections that have items, in their order, in at most `budget` bytes."""
    left = budget - _size(first) - RESERVE * len(sections)
    blocks: dict[int, str] = {}
    for number, section in sorted(enumerate(sections), key=lambda pair: pair[1].rank):
        if section.items:
            blocks[number] = _fit_section(section, int(max(left, 0) * section.share))
            left -= _size(blocks[number]) + 2
    return "\n\n".join([first, *(blocks[number] for number in sorted(blocks) if blocks[number])])


def _fit_section(section: Section, room: int) -> str:
    room -= _size(section.head) + _size(section.tail) + 4
    chosen: dict[int, str] = {}
    for number, item in enumerate(section.items):
        size = _size(item.short) + len(section.between)
        if section.must or size <= room:
            chosen[number] = item.short
            room -= size
    for number, short in chosen.items():
        size = _size(section.items[number].full) - _size(short)
        if size <= room:
            chosen[number] = section.items[number].full
            room -= size
    omitted = len(section.items) - len(chosen)
    more = f"_{count(omitted, f'more {section.noun}' if chosen else section.noun)} omitted (length limit)._"
    parts = [section.head, section.between.join(chosen.values()), section.tail] if chosen else []
    return "\n\n".join(part for part in (*parts, more if omitted else "") if part)


def _size(text: str) -> int:
    return len(text.encode())
