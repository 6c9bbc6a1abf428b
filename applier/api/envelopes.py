"""Looks into the envelope of answers: the object or the entries in `data`, each with an `id` that can be used."""

from __future__ import annotations

from collections.abc import Mapping

from applier.api.errors import BadAnswer

LONGEST_ID = 255  # characters; ids of the service have 36
_SHOWN = 40  # characters of an id that cannot be used
_NOT_IN_A_PATH = frozenset("/\\?#% ")

Entry = Mapping[str, object]


def object_in(request: str, answer: Entry) -> Entry:
    """Return the object in the answer to a request. Raises `BadAnswer` without one, or without an id."""
    data = answer.get("data")
    if not isinstance(data, Mapping) or data.get("id") in (None, ""):
        raise BadAnswer(f"{request} answered without the object.")
    check_id(request, data)
    return data


def entries_in(request: str, answer: Entry) -> list[Entry]:
    """Return the objects of one page of a list; `data` may be null (docs/api/behaviours.md#paging).

    Raises `BadAnswer` for anything that is no object with an id: what is missing in a list would be created again.
    """
    entries = answer.get("data", answer)
    if entries is None:
        return []
    if not isinstance(entries, list):
        raise BadAnswer(f"{request} answered with data that is not a list.")
    found: list[Entry] = []
    for one in entries:
        if not isinstance(one, Mapping):
            raise BadAnswer(f"{request} answered with a list in which an entry is no object.")
        check_id(request, one)
        found.append(one)
    return found


def check_id(request: str, data: Entry) -> None:
    """Raise `BadAnswer` for an object without an id that can stand in the path of a request."""
    identifier = data.get("id")
    if identifier is None:
        raise BadAnswer(f"{request} answered with an object without an id.")
    if not isinstance(identifier, str):
        raise BadAnswer(f"{request} answered with an id that is not a text.")
    if not _is_usable(identifier):
        shown = "".join(one if one.isascii() and one.isprintable() else "?" for one in identifier[:_SHOWN])
        more = "…" if len(identifier) > _SHOWN else ""
        raise BadAnswer(f'{request} answered with an id that cannot be one: "{shown}{more}".')


def _is_usable(identifier: str) -> bool:
    return (
        0 < len(identifier) <= LONGEST_ID
        and identifier.isascii()
        and identifier.isprintable()
        and _NOT_IN_A_PATH.isdisjoint(identifier)
        and identifier.strip(".") != ""
    )
