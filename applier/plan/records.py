"""Reads JSON objects as the dataclasses that they were written from, and refuses values of other types."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import TypeVar, get_args, get_origin, get_type_hints

Built = TypeVar("Built")
WORDS: Mapping[object, str] = {str: "a text", bool: "true or false", int: "an integer", NoneType: "null"}


class WrongRecord(Exception):
    """A value is of another type than the one that was written; `str()` says where it is and what was expected."""


def from_record(make: type[Built], record: object, path: str = "") -> Built:
    """Return the dataclass of a JSON object that is at a path of a document, without members that it does not know.

    JSON has lists for tuples. Raises `WrongRecord`.
    """
    members = members_of(record, path)
    maker: Callable[..., object] = make
    types = _types(maker)
    for one in _fields(make):
        if one.default is MISSING and one.default_factory is MISSING and one.name not in members:
            raise WrongRecord(f"{_at(path, one.name)} is missing")
    return make(**{name: _convert(types[name], members[name], _at(path, name)) for name in types if name in members})


def from_records(make: type[Built], records: object, path: str) -> tuple[Built, ...]:
    """Return the dataclasses of a list of JSON objects. Raises `WrongRecord`."""
    return tuple(from_record(make, one, f"{path}[{index}]") for index, one in enumerate(items_of(records, path)))


def members_of(value: object, path: str) -> Mapping[str, object]:
    """Return a JSON object. Raises `WrongRecord` for another value."""
    if not isinstance(value, Mapping):
        raise WrongRecord(f"{path or 'the whole'} is not an object")
    return value


def member_of(value: object, name: str) -> object:
    """Return a member of the whole document. Raises `WrongRecord` without one."""
    members = members_of(value, "")
    if name not in members:
        raise WrongRecord(f"{name} is missing")
    return members[name]


def items_of(value: object, path: str) -> list[object]:
    """Return a JSON list. Raises `WrongRecord` for another value."""
    if not isinstance(value, list):
        raise WrongRecord(f"{path} is not a list")
    return value


@cache
def _types(make: Callable[..., object]) -> Mapping[str, object]:
    return get_type_hints(make)


def _fields(make: type) -> tuple[Field[object], ...]:
    return fields(make) if is_dataclass(make) else ()


def _at(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _convert(kind: object, value: object, path: str) -> object:
    """Return a value as the type that a field is declared with."""
    if kind is object:
        return value
    if get_origin(kind) is UnionType:
        return None if value is None else _convert(get_args(kind)[0], value, path)
    if get_origin(kind) is tuple:
        return tuple(_convert_all(get_args(kind)[0], items_of(value, path), path))
    if isinstance(kind, type) and is_dataclass(kind):
        return from_record(kind, value, path)
    if isinstance(kind, type) and issubclass(kind, Enum):
        if value not in [one.value for one in kind]:
            raise WrongRecord(f"{path} is none of {', '.join(str(one.value) for one in kind)}")
        return kind(value)
    if get_origin(kind) is not None:  # a mapping
        inside = get_args(kind)[1]
        return {name: _convert(inside, one, _at(path, name)) for name, one in members_of(value, path).items()}
    if type(value) is not kind:
        raise WrongRecord(f"{path} is not {WORDS[kind]}")
    return value


def _convert_all(kind: object, values: Iterable[object], path: str) -> Iterable[object]:
    return (_convert(kind, one, f"{path}[{index}]") for index, one in enumerate(values))
