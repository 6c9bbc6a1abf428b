"""What a variable is declared to be, and whether a value fits the declaration."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from applier.nesting import is_too_deep
from applier.secrets import Secret, reveal_text
from applier.spec.body import items, text
from applier.spec.documents.scalars import UNUSABLE_NUMBERS, UnusableNumber, parse_json, plain, same_number
from applier.spec.schema.type_words import BOOLEAN_HINT, NUMBER_HINT, QUOTE_HINT, TYPE_WORDS
from applier.spec.variables.interpolation import convert

WORDS = {**{name: TYPE_WORDS[name] for name in ("string", "number", "boolean")}, "list": TYPE_WORDS["array"]}
_SENSITIVE_TYPES = ("string", "list")
_JSON_TYPES = {"number": frozenset({"number"}), "boolean": frozenset({"boolean"})}
_HINTS = {
    "string": QUOTE_HINT,
    "number": NUMBER_HINT,
    "boolean": BOOLEAN_HINT,
    "list": 'write a list: [one, two]; with --var and in the environment "one,two" is enough',
}
_HINTS_ON_TEXTS = {"number": "write a number", "boolean": "write true or false"}
"""Hints on what an option or the environment gives, where no quotes are written."""
_NUMBERS_HINT = 'write numbers: [1, 2]; with --var and in the environment "1,2" is enough'


@dataclass(frozen=True, slots=True)
class Variable:
    """One declared variable; `is_mapping` is True for the long form, False for a bare default.

    `is_refused` tells that the schema refuses its type, which says nothing on its values.
    """

    name: str
    type: str
    default: object = field(default=None, repr=False)
    has_default: bool = False
    sensitive: bool = False
    allowed: tuple[object, ...] | None = None
    is_mapping: bool = False
    is_refused: bool = False

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
    is_known = type_name in (_SENSITIVE_TYPES if sensitive else WORDS)
    return Variable(
        name,
        type_name if is_known else "string",
        default,
        default is not None,
        sensitive,
        allowed,
        is_mapping=True,
        is_refused=not is_known,
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
    parts: object = _split_at_commas(bare)
    if bare.startswith("["):
        try:
            parts = parse_json(bare)
        except (ValueError, RecursionError):
            return value
        if is_too_deep(parts):
            return value
    elif one.holds_numbers:
        parts = [convert(part, _JSON_TYPES["number"]) for part in _split_at_commas(bare)]
        if not all(type_of(part) == "number" for part in parts):
            return value
    return hide_texts(parts) if isinstance(value, Secret) else parts


def hide_texts(value: object) -> object:
    """Return a value with every text in it as a secret."""
    if isinstance(value, dict):
        return {key: hide_texts(one) for key, one in value.items()}
    if isinstance(value, list):
        return [hide_texts(one) for one in value]
    return Secret(value) if isinstance(value, str) else value


def split_text(one: Variable, value: str) -> str | list[object]:
    """Return a text from outside that fits a variable as `to_type` does, but with every number as it is written."""
    bare = reveal_text(value).strip()
    if one.type != "list":
        return bare
    if not bare.startswith("["):
        return [*_split_at_commas(bare)]
    texts: list[object] = json.loads(bare, parse_int=str, parse_float=str)
    return texts


def _split_at_commas(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def find_misfit(one: Variable, value: object, from_text: bool) -> Misfit | None:
    """Return why a value cannot be that of the variable, None if it can; `from_text` tells that it is not of YAML."""
    if type_of(value) != one.type or isinstance(value, Mapping) or value is None:
        reason = _unusable_number(one, value) if from_text and isinstance(value, str) else None
        if reason is not None:
            why = UNUSABLE_NUMBERS[reason]
            return Misfit(why.code, "must be a number that can be sent as it is", why.hint)
        hint = _NUMBERS_HINT if one.holds_numbers else _HINTS[one.type]
        hint = _HINTS_ON_TEXTS.get(one.type, hint) if from_text else hint
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
