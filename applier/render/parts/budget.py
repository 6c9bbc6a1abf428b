"""Sections of a text within a number of bytes: what matters most first, each item in full or in short."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from applier.render.parts.words import count

ROOM = 160  # bytes that each section keeps for telling what it left out


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to tell, in full and in short."""

    full: str
    short: str


@dataclass(frozen=True, slots=True)
class Section:
    """Items under a head. `rank` says who gets room first (0 before 1), and `share` how much of what is left then.

    `must` keeps every item whatever it costs.
    """

    noun: str
    items: tuple[Item, ...]
    rank: int
    head: str = ""
    tail: str = ""
    between: str = "\n"
    share: float = 1.0
    must: bool = False


def fitted(first: str, sections: Sequence[Section], budget: int) -> str:
    """The sections that hold something, in their order, after a first block."""
    left = budget - _size(first) - ROOM * len(sections)
    told: dict[int, str] = {}
    for number, section in sorted(enumerate(sections), key=lambda pair: pair[1].rank):
        if section.items:
            told[number] = _told(section, int(max(left, 0) * section.share))
            left -= _size(told[number]) + 2
    return "\n\n".join([first, *(told[number] for number in sorted(told) if told[number])])


def _told(section: Section, room: int) -> str:
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
    left_out = len(section.items) - len(chosen)
    more = f"_{count(left_out, f'more {section.noun}' if chosen else section.noun)} left out for length._"
    parts = [section.head, section.between.join(chosen.values()), section.tail] if chosen else []
    return "\n\n".join(part for part in (*parts, more if left_out else "") if part)


def _size(words: str) -> int:
    return len(words.encode())
