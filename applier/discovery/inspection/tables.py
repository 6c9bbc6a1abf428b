"""The table that an inspection returns, and what all inspections share."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from applier.api import ApiError
from applier.discovery.hints import suggest_or_list
from applier.kinds.base import mapping, sequence, text
from applier.kinds.sync.targets import NEW_TARGET
from applier.secrets import OURS, VALUE


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings, with notes below. `data` is the answer of the service, for programs."""

    title: str
    headings: tuple[str, ...] = field(metadata=OURS)
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    data: object = field(default=None, metadata=VALUE)


def matches_search(entry: object, search: str | None) -> bool:
    """Return True for an entry whose id, name or label contains a text; without a text for every entry."""
    words = " ".join(text(mapping(entry).get(member)) for member in ("id", "name", "label"))
    return search is None or search.casefold() in words.casefold()


def id_columns(heading: str, entries: Sequence[Mapping[str, object]]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return the headings and cells of ids, and of names where any name differs from its id."""
    if any(one.get("name") not in (None, one.get("id")) for one in entries):
        return (heading, "NAME"), [(text(one.get("id")), text(one.get("name"))) for one in entries]
    return (heading,), [(text(one.get("id")),) for one in entries]


def level_table(answer: Mapping[str, object], advice: str = "", only: str | None = None) -> Table:
    """Return the choices of a level; with `only` a choice without listed values is left out unless it is that one."""
    rows: list[tuple[str, ...]] = []
    for name, choice in mapping(answer.get("items")).items():
        values = [one for one in sequence(mapping(choice).get("items")) if not str(one).startswith(NEW_TARGET)]
        rows += [(name, one if isinstance(one, str) else json.dumps(one)) for one in values]
        if not values and (only is None or only == name):
            rows.append((name, "(not listed)"))
    required = [str(one) for one in sequence(answer.get("requires_one_of"))]
    notes = [f"exactly one is required: {', '.join(required)}"] if required else []
    return Table("", ("LEVEL", "VALUE"), tuple(rows), (*notes, *([advice] if advice else [])), answer)


def count_items(number: int, noun: str) -> str:
    """Return `1 object`, `2 objects`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def add_hint(error: ApiError, word: str, known: Iterable[str]) -> ApiError:
    """Return the error, with the known words as its hint if a word is none of them."""
    words = list(known)
    if words and word not in words:
        error.hint = suggest_or_list(word, words)
    return error
