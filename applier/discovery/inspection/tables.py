"""What is shown: a table, and the levels of an enumeration as one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from applier.api import ApiError
from applier.diagnostics.suggestions import join_words, suggest
from applier.kinds.base import mapping, sequence, text

PSEUDO = "__pt_new_"  # entries that stand for "create one", not for something that exists (quirk 25)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings, and sentences below. `data` is the service's own answer, for programs."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    data: object = None


def has(entry: object, search: str | None) -> bool:
    """Whether an entry is called by a text that is searched for."""
    told = " ".join(text(mapping(entry).get(member)) for member in ("id", "name", "label"))
    return search is None or search.casefold() in told.casefold()


def level_table(answer: Mapping[str, object], word: str, advice: str = "", only: str | None = None) -> Table:
    """What can be chosen at a level, and of what one thing has to be."""
    items = mapping(answer.get("items"))
    rows: list[tuple[str, ...]] = []
    for name, item in items.items():
        values = [one for one in sequence(mapping(item).get("items")) if not str(one).startswith(PSEUDO)]
        rows += [(name, one if isinstance(one, str) else json.dumps(one)) for one in values]
        if not values and (only is None or only == name):
            rows.append((name, "(not listed here)"))
    required = [str(one) for one in sequence(answer.get("requires_one_of"))]
    notes = (f"{word} needs one of: {', '.join(required)}",) if required else ()
    return Table("", ("LEVEL", "VALUE"), tuple(rows), (*notes, advice) if advice else notes, answer)


def count_items(number: int, noun: str) -> str:
    """`1 object`, `2 objects`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def with_offer(error: ApiError, word: str, offered: Iterable[str]) -> ApiError:
    """The error, with what there is instead of a word that leads nowhere."""
    known = list(offered)
    if known and word not in known:
        error.hint = suggest(word, known) or f"there are: {join_words(known)}"
    return error
