"""The types of values in words, and what to write in the place of a value of another type."""

from __future__ import annotations

from collections.abc import Collection

from applier.secrets import reveal_text
from applier.spec.documents.scalars import UNUSABLE_NUMBERS, plain

TYPE_WORDS = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "object": "a mapping",
    "array": "a list",
    "null": "empty",
}
QUOTE_HINT = "put it in quotes"
BOOLEAN_HINT = "write true or false, without quotes"
NUMBER_HINT = "write a number, without quotes"
FILLED_HINT = "check what is filled in for the placeholder"
VARIABLE_TYPES = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "array": "list"}
"""The types of variables by the type in JSON of their values."""


def describe_type(value: object) -> str:
    """Return the type of a value, in words."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "true or false"
    for kind, name in ((int, "integer"), (float, "number"), (str, "string"), (list, "array")):
        if isinstance(value, kind):
            return TYPE_WORDS[name]
    return TYPE_WORDS["object"]


def hint_on_type(value: object, expected: Collection[str]) -> str | None:
    """Return the hint on a value that is written in a file; `expected` are types in JSON."""
    if value is None:
        return "give it a value, or remove the key"
    if "string" in expected and isinstance(value, bool | int | float):
        return QUOTE_HINT
    if "boolean" in expected:
        return BOOLEAN_HINT
    if {"integer", "number"} & {*expected} and isinstance(value, str):
        return NUMBER_HINT
    if "array" in expected:
        return 'write a list: each item on a line of its own after "- ", or [one, two]'
    if "object" in expected:
        return 'write "key: value" lines below it'
    return None


def hint_on_filled(value: object, expected: Collection[str], is_whole: bool) -> str:
    """Return the hint on a value from a placeholder, which has quotes already. Unless `is_whole`, it is in a list."""
    if isinstance(value, str):
        reason = plain(reveal_text(value).strip()) if {"integer", "number"} & {*expected} else None
        unusable = UNUSABLE_NUMBERS.get(reason)
        return unusable.hint if unusable else FILLED_HINT
    if not is_whole:
        is_bare = "string" in expected and isinstance(value, bool | int | float)
        return f"{QUOTE_HINT} where the variable gets its value" if is_bare else FILLED_HINT
    type_name = next((VARIABLE_TYPES[name] for name in expected if name in VARIABLE_TYPES), None)
    if type_name is None or (type_name == "number" and not isinstance(value, bool | list)):
        return FILLED_HINT
    return f'a placeholder alone keeps the type of its variable; declare the variable with "type: {type_name}"'
