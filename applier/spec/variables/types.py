"""What a variable is declared to be, and whether a value fits the declaration."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from applier.secrets import Secret, reveal_text
from applier.spec.body import items, text
from applier.spec.schema.messages import BOOLEAN_HINT, NUMBER_HINT, QUOTE_HINT, TYPE_WORDS
from applier.spec.variables.interpolation import convert

WORDS = {**{name: TYPE_WORDS[name] for name in ("string", "number", "boolean")}, "list": TYPE_WORDS["array"]}
_JSON_TYPES = {"number": frozenset({"number"}), "boolean": frozenset({"boolean"})}
_HINTS = {
    "string": QUOTE_HINT,
    "number": NUMBER_HINT,
    "boolean": BOOLEAN_HINT,
    "list": 'write a list: [one, two]; with --var and in the environment "one,two" is enough',
}


@dataclass(frozen=True, slots=True)
class Variable:
    """One declared variable; `is_mapping` is True for the long form, False for a bare default."""

    name: str
    type: str
    default: object = field(default=None, repr=False)
    has_default: bool = False
    sensitive: bool = False
    allowed: tuple[object, ...] | None = None
    is_mapping: bool = False


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why a value does not fit a variable: the code of its diagnostic, what the variable must be, and a hint."""

    code: str
    expected: str
    hint: str


def parse_variable(name: str, declaration: object) -> Variable:
    """Return a variable from either form; of a declaration that the schema refuses, what can be understood."""
    if not isinstance(declaration, dict):
        return Variable(name, type_of(declaration), declaration, declaration is not None)
    allowed = tuple(items(declaration, "allowed")) if isinstance(declaration.get("allowed"), list) else None
    default = declaration.get("default")
    sensitive = declaration.get("sensitive") is True
    type_name = text(declaration, "type") or _infer_type(default, allowed, sensitive)
    return Variable(
        name,
        type_name if type_name in WORDS else "string",
        default,
        default is not None,
        sensitive,
        allowed,
        is_mapping=True,
    )


def _infer_type(default: object, allowed: tuple[object, ...] | None, sensitive: bool) -> str:
    """Return the type that is not declared. Only texts, alone or in a list, can be kept secret."""
    type_name = type_of(default if default is not None else next(iter(allowed or ()), ""))
    return "string" if sensitive and type_name != "list" else type_name


def type_of(value: object) -> str:
    """Return the type of a literal; `string` for what is none."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return "list" if isinstance(value, list) else "string"


def to_type(type_name: str, value: object) -> object:
    """Return a text from outside in a type; the value itself if it does not fit, or is no text."""
    if not isinstance(value, str):
        return value
    if type_name == "list":
        return _list(value)
    return convert(value, _JSON_TYPES.get(type_name, frozenset({"string"})))


def _list(value: str) -> object:
    bare = reveal_text(value).strip()
    if bare.startswith("["):
        try:
            parts: list[object] = json.loads(bare)
        except (ValueError, RecursionError):
            return value
    else:
        parts = [part.strip() for part in bare.split(",") if part.strip()]
    return [Secret(part) if isinstance(value, Secret) and isinstance(part, str) else part for part in parts]


def find_misfit(one: Variable, value: object) -> Misfit | None:
    """Return why a value cannot be that of the variable, None if it can."""
    if type_of(value) != one.type or isinstance(value, Mapping) or value is None:
        return Misfit("variable-type", f"must be {WORDS[one.type]}", _HINTS[one.type])
    parts = value if isinstance(value, list) else [value]
    if one.allowed is not None and not all(_is_among(part, one.allowed) for part in parts):
        hint = "allowed values: " + ", ".join(json.dumps(each, ensure_ascii=False) for each in one.allowed)
        return Misfit("variable-not-allowed", "has a list of allowed values", hint)
    return None


def _is_among(value: object, allowed: tuple[object, ...]) -> bool:
    return any(value == one and isinstance(value, bool) == isinstance(one, bool) for one in allowed)
