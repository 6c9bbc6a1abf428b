"""The types of JSON documents, and functions that return a member as the type that it is known to have.

Each function takes a value and, optionally, the path to a member inside it: `as_text(sync, "target", "connection_id")`.
A member that is missing raises KeyError; one of another type raises TypeError.
"""

from __future__ import annotations

from collections.abc import Mapping

JsonObject = Mapping[str, object]
"""A JSON object that is only read."""
Document = dict[str, object]
"""A JSON object that belongs to its holder: what is stored, and what an answer is made of."""


def as_text(value: object, *path: str) -> str:
    """Return a string."""
    found = _member(value, path)
    if isinstance(found, str):
        return found
    raise _type_error(found, "a string")


def as_optional_text(value: object, *path: str) -> str | None:
    """Return a string or None."""
    found = _member(value, path)
    return None if found is None else as_text(found)


def as_integer(value: object, *path: str) -> int:
    """Return a whole number."""
    found = _member(value, path)
    if isinstance(found, int):
        return found
    raise _type_error(found, "an integer")


def whole_number(text: str | None, most_digits: int) -> int | None:
    """Return the number that a text of ASCII digits is, such as one of a query; None for any other text."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= most_digits else None


def as_number(value: object, *path: str) -> float:
    """Return a number."""
    found = _member(value, path)
    if isinstance(found, (int, float)):
        return found
    raise _type_error(found, "a number")


def as_document(value: object, *path: str) -> Document:
    """Return an object that may be changed."""
    found = _member(value, path)
    if isinstance(found, dict):
        return found
    raise _type_error(found, "an object")


def as_list(value: object, *path: str) -> list[object]:
    """Return a list."""
    found = _member(value, path)
    if isinstance(found, list):
        return found
    raise _type_error(found, "a list")


def as_documents(value: object, *path: str) -> list[Document]:
    """Return a list of objects."""
    return [as_document(member) for member in as_list(value, *path)]


def as_texts(value: object, *path: str) -> list[str]:
    """Return a list of strings."""
    return [as_text(member) for member in as_list(value, *path)]


def as_mapping(value: object, *path: str) -> JsonObject:
    """Return an object that is only read."""
    found = _member(value, path)
    if isinstance(found, Mapping):
        return found
    raise _type_error(found, "an object")


def _member(value: object, path: tuple[str, ...]) -> object:
    for name in path:
        value = as_mapping(value)[name]
    return value


def _type_error(value: object, expected: str) -> TypeError:
    return TypeError(f"expected {expected}, not {type(value).__name__}")
