"""What a variable is declared to be, and whether a value fits the declaration."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from applier.secrets import Secret, reveal_text
from applier.spec.body import items, text
from applier.spec.documents.scalars import UNUSABLE_NUMBERS, UnusableNumber, parse_json, plain, same_number
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
_NUMBERS_HINT = 'write numbers: [1, 2]; with --var and in the environment "1,2" is enough'


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

    @property
    def holds_numbers(self) -> bool:
        """True for a list whose default or allowed values are numbers, and nothing else."""
        known = [*items({"default": self.default}, "default"), *(self.allowed or ())]
        return self.type == "list" and bool(known) and all(type_of(one) == "number" for one in known)

    @property
    def may_be_empty(self) -> bool:
        """True when the default says that an empty value is meant."""
        return self.has_default and self.default in ("", [])

    def is_empty(self, value: object) -> bool:
        """Return whether a value is none: null or an empty text. Blanks are a value only of a text."""
        if not isinstance(value, str):
            return value is None
        bare = reveal_text(value)
        return not (bare if self.type == "string" else bare.strip(" \t\r\n," if self.type == "list" else None))


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


def to_type(one: Variable, value: object) -> object:
    """Return a text from outside in the type of a variable; the value itself if it does not fit, or is no text."""
    if not isinstance(value, str):
        return value
    if one.type == "list":
        return _list(one, value)
    return convert(value, _JSON_TYPES.get(one.type, frozenset({"string"})))


def _list(one: Variable, value: str) -> object:
    bare = reveal_text(value).strip()
    if bare.startswith("["):
        try:
            parts = parse_json(bare)
        except (ValueError, RecursionError):
            return value
    else:
        parts = [part.strip() for part in bare.split(",") if part.strip()]
        if one.holds_numbers:
            parts = [convert(part, _JSON_TYPES["number"]) for part in parts]
            if not all(type_of(part) == "number" for part in parts):
                return value
    if not isinstance(parts, list):
        return value
    return [Secret(part) if isinstance(value, Secret) and isinstance(part, str) else part for part in parts]


def find_misfit(one: Variable, value: object, from_text: bool) -> Misfit | None:
    """Return why a value cannot be that of the variable, None if it can; `from_text` tells that it is not of YAML."""
    if type_of(value) != one.type or isinstance(value, Mapping) or value is None:
        reason = _unusable_number(one, value) if from_text and isinstance(value, str) else None
        if reason is not None:
            why = UNUSABLE_NUMBERS[reason]
            return Misfit(why.code, "must be a number that can be sent as it is", why.hint)
        hint = _NUMBERS_HINT if one.holds_numbers else _HINTS[one.type]
        return Misfit("variable-type", f"must be {WORDS[one.type]}", hint)
    parts = value if isinstance(value, list) else [value]
    if one.sensitive and not all(isinstance(part, str) for part in parts):
        return Misfit("variable-type", "must be a list of texts, as only texts can be kept secret", QUOTE_HINT)
    if one.allowed is not None and not all(_is_among(part, one.allowed) for part in parts):
        hint = "allowed values: " + ", ".join(json.dumps(each, ensure_ascii=False) for each in one.allowed)
        return Misfit("variable-not-allowed", "has a list of allowed values", hint)
    return None


def _unusable_number(one: Variable, value: str) -> object:
    """Return which number of a text cannot be sent as it is written, None if that is not what is wrong."""
    bare = reveal_text(value).strip()
    if one.type == "list" and bare.startswith("["):
        try:
            parse_json(bare)
        except UnusableNumber as error:
            return error.reason
        except (ValueError, RecursionError):
            return None
    parts = bare.split(",") if one.holds_numbers else [bare] if one.type == "number" else []
    return next((reason for part in parts if (reason := plain(part.strip())) in UNUSABLE_NUMBERS), None)


def _is_among(value: object, allowed: tuple[object, ...]) -> bool:
    return any(_is_same(value, one) for one in allowed)


def _is_same(value: object, other: object) -> bool:
    if type_of(value) == type_of(other) == "number":
        return isinstance(value, int | float) and isinstance(other, int | float) and same_number(value, other)
    return value == other and isinstance(value, bool) == isinstance(other, bool)
