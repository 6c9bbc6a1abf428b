"""Checks the arguments of public functions against their declared types, before anything is done with them."""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache, wraps
from typing import Annotated, ParamSpec, TypeVar, Union, get_args, get_origin, get_type_hints

P = ParamSpec("P")
R = TypeVar("R")

LIST_OF_TEXTS = "a list of texts"
MOST_SHOWN = 60  # characters of a text in a message


@dataclass(frozen=True, slots=True)
class Choices:
    """In `Annotated`: the texts that are allowed."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bounds:
    """In `Annotated`: the least and the greatest number that are allowed."""

    least: int
    greatest: int


@dataclass(frozen=True, slots=True)
class Source:
    """In `Annotated`: how one gets a value of the type, as a sentence part after "use"."""

    hint: str


@dataclass(frozen=True, slots=True)
class Members:
    """In `Annotated`: the fields of a dataclass are checked too."""


def check_arguments(function: Callable[P, R]) -> Callable[P, R]:
    """Return the function with a check of each argument against its annotation.

    The result raises `TypeError` for another type, and `ValueError` for a value outside of `Choices` or `Bounds`; both
    name the argument and what is expected, and neither shows a value that can be secret.
    """
    signature = inspect.signature(function)

    @wraps(function)
    def check_and_call(*arguments: P.args, **options: P.kwargs) -> R:
        try:
            bound = signature.bind(*arguments, **options).arguments
        except TypeError:
            return function(*arguments, **options)  # which says what is missing or unknown
        hints = _hints_of(inspect.unwrap(function))
        for name, value in bound.items():
            kind = signature.parameters[name].kind
            values = value if kind is inspect.Parameter.VAR_POSITIONAL else (value,)
            for one in values:
                if name in hints:
                    check_value(name, one, hints[name])
        return function(*arguments, **options)

    return check_and_call


@cache
def _hints_of(function: Callable[..., object]) -> Mapping[str, object]:
    return get_type_hints(function, include_extras=True)


def check_value(name: str, value: object, hint: object) -> None:
    """Raise `TypeError` or `ValueError` if a value does not fit a type hint, which may be `Annotated`."""
    extras: tuple[object, ...] = ()
    if get_origin(hint) is Annotated:
        hint, *rest = get_args(hint)
        extras = tuple(rest)
    if not _fits(value, hint):
        raise TypeError(_describe_misfit(name, value, hint, extras))
    for extra in extras:
        if isinstance(extra, Choices) and value not in extra.values:
            choices = ", ".join(extra.values)
            raise ValueError(f"{name} cannot be {str(value)[:MOST_SHOWN]!r}: choose one of {choices}")
        if isinstance(extra, Bounds) and isinstance(value, int) and not extra.least <= value <= extra.greatest:
            raise ValueError(f"{name} must be a number from {extra.least} to {extra.greatest}")
        if isinstance(extra, Members) and is_dataclass(value):
            members = get_type_hints(type(value), include_extras=True)
            for one in fields(value):
                check_value(f"{name}.{one.name}", getattr(value, one.name), members[one.name])


def _fits(value: object, hint: object) -> bool:
    origin, inner = get_origin(hint), get_args(hint)
    if hint is object:
        return True
    if hint is None or hint is types.NoneType:
        return value is None
    if origin in (Union, types.UnionType):
        return any(_fits(value, one) for one in inner)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return isinstance(value, Mapping) and all(
            _fits(key, inner[0]) and _fits(one, inner[1]) for key, one in value.items()
        )
    if isinstance(origin, type) and issubclass(origin, Collection):
        is_list = isinstance(value, Collection) and not isinstance(value, str | bytes | bytearray | Mapping)
        return is_list and all(_fits(one, inner[0]) for one in value)  # type: ignore[attr-defined]
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(hint, type) and isinstance(value, hint)


def _describe_misfit(name: str, value: object, hint: object, extras: tuple[object, ...]) -> str:
    message = f"{name} must be {_describe(hint)}, not {_describe_value(value, hint)}"
    if isinstance(value, str) and _describe(hint) == LIST_OF_TEXTS:
        return f"{message}: write [{value[:MOST_SHOWN]!r}]"
    source = next((one.hint for one in extras if isinstance(one, Source)), "")
    return f"{message}: use {source}" if source else message


_WORDS: Mapping[object, str] = {
    str: "a text",
    int: "a whole number",
    bool: "True or False",
    types.NoneType: "None",
    object: "any value",
}


def _describe(hint: object) -> str:
    """Return a type in words."""
    origin, inner = get_origin(hint), get_args(hint)
    if hint in _WORDS:
        return _WORDS[hint]
    if origin in (Union, types.UnionType):
        return " or ".join(_describe(one) for one in inner)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return "a mapping of texts" if inner[1] is object else "a mapping of texts to texts"
    if isinstance(origin, type) and issubclass(origin, Collection):
        return LIST_OF_TEXTS if inner[0] is str else f"a list of {inner[0].__name__}"
    return _with_article(getattr(hint, "__name__", str(hint)))


def _describe_value(value: object, hint: object) -> str:
    """Return the type of a value in words; of a collection that has a wrong part, that of the part too."""
    if value is None or isinstance(value, str):
        return _WORDS[type(value)]
    words = _with_article(type(value).__name__)
    options = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
    wrong = [part for one in options for part, expected in _parts(value, one) if not _fits(part, expected)]
    return f"{words} with {_describe_value(wrong[0], None)}" if wrong else words


def _parts(value: object, hint: object) -> list[tuple[object, object]]:
    """Return the parts of a collection with the types that they have to have."""
    inner = get_args(hint)
    if isinstance(value, Mapping) and len(inner) > 1:
        return [*((one, inner[0]) for one in value), *((one, inner[1]) for one in value.values())]
    is_list = isinstance(value, list | tuple | set | frozenset) and len(inner) > 0
    return [(one, inner[0]) for one in value] if is_list else []  # type: ignore[attr-defined]


def _with_article(name: str) -> str:
    if name == "bytes":
        return name
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"
