"""What a variable is declared to be, and whether a value is that."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from applier.secrets import Secret
from applier.spec.body import items, text
from applier.spec.variables.interpolation import convert

Misfit = tuple[str, str, str, str | None]
"""Why a value is refused: code, summary, what the variable must be, hint."""

WORDS = {"string": "a text", "number": "a number", "boolean": "true or false", "list": "a list"}
_WANTED = {"number": frozenset({"number"}), "boolean": frozenset({"boolean"})}
_HINTS = {
    "string": "put it in quotes",
    "number": "write a number, without quotes",
    "boolean": "write true or false, without quotes",
    "list": 'write a list: [one, two]; with --var and in the environment "one,two" is enough',
}


@dataclass(frozen=True, slots=True)
class Variable:
    """One declared variable; `written_out` tells the long form from a bare default."""

    name: str
    type: str
    default: Any = field(default=None, repr=False)
    has_default: bool = False
    sensitive: bool = False
    allowed: tuple[object, ...] | None = None
    written_out: bool = False


def variable(name: str, declaration: object) -> Variable:
    """From either form; a declaration that the schema refuses is taken for as much as it says."""
    if not isinstance(declaration, dict):
        return Variable(name, type_of(declaration), declaration, declaration is not None)
    allowed = tuple(items(declaration, "allowed")) if isinstance(declaration.get("allowed"), list) else None
    default = declaration.get("default")
    sensitive = declaration.get("sensitive") is True
    kind = text(declaration, "type") or _inferred(default, allowed, sensitive)
    return Variable(
        name,
        kind if kind in WORDS else "string",
        default,
        default is not None,
        sensitive,
        allowed,
        written_out=True,
    )


def _inferred(default: object, allowed: tuple[object, ...] | None, sensitive: bool) -> str:
    """The type that is not said: only texts, alone or in a list, can be kept secret."""
    kind = type_of(default if default is not None else next(iter(allowed or ()), ""))
    return "string" if sensitive and kind != "list" else kind


def type_of(value: object) -> str:
    """The type of a literal; text for what is none."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return "list" if isinstance(value, list) else "string"


def to_type(kind: str, value: Any) -> object:
    """A text from outside in the type that is wanted; itself if that cannot be, or if it is no text."""
    if not isinstance(value, str):
        return value
    if kind == "list":
        return _list(value)
    return convert(value, _WANTED.get(kind, frozenset({"string"})))


def _list(value: str) -> object:
    plain = value[:].strip()
    if plain.startswith("["):
        try:
            parts = json.loads(plain)
        except (ValueError, RecursionError):
            return value
    else:
        parts = [part.strip() for part in plain.split(",") if part.strip()]
    return [Secret(part) if isinstance(value, Secret) and isinstance(part, str) else part for part in parts]


def misfit(one: Variable, value: object) -> Misfit | None:
    """Why a value cannot be that of the variable, None if it can."""
    if type_of(value) != one.type or isinstance(value, Mapping) or value is None:
        return "variable-type", "Wrong type of a variable", f"must be {WORDS[one.type]}", _HINTS[one.type]
    parts = value if isinstance(value, list) else [value]
    if one.allowed is not None and not all(_among(part, one.allowed) for part in parts):
        hint = "allowed are " + ", ".join(json.dumps(each, ensure_ascii=False) for each in one.allowed)
        return "variable-not-allowed", "Value of a variable not allowed", "has a list of allowed values", hint
    return None


def _among(value: object, allowed: tuple[object, ...]) -> bool:
    return any(value == one and isinstance(value, bool) == isinstance(one, bool) for one in allowed)
