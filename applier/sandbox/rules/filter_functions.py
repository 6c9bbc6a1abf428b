"""The filter functions: which exist, which a field of a type takes, and which take a value."""

from __future__ import annotations

from collections.abc import Sequence

from applier.sandbox.json_values import Document

FUNCTIONS = (
    *("Equality", "Inequality", "IsNull", "IsNotNull", "True", "False", "OnOrAfter", "OnOrBefore", "GreaterThan"),
    *("GreaterThanEqual", "LessThan", "LessThanEqual", "StringContains", "StringStartsWith", "StringEndsWith"),
    *("StringDoesNotContain", "StringDoesNotStartWith", "StringDoesNotEndWith", "StringOneOf", "StringNotOneOf"),
    *("Between", "ArrayContains", "ArrayDoesNotContain", "InTheLast", "RelativeOnOrBefore", "RelativeOnOrAfter"),
    *("StringLike", "StringNotLike", "StringMatchesTrimmed"),
)
WITHOUT_VALUE = ("IsNull", "IsNotNull", "True", "False")
MULTIPLE = ("StringOneOf", "StringNotOneOf")
ANY = ("Equality", "Inequality", "IsNull", "IsNotNull")
BY_TYPE = {
    "string": (*ANY, "StringContains", "StringStartsWith", "StringEndsWith", *MULTIPLE),
    "number": (*ANY, "GreaterThan", "GreaterThanEqual", "LessThan", "LessThanEqual", "Between"),
    "boolean": ("True", "False", "IsNull", "IsNotNull"),
    "datetime": ("OnOrAfter", "OnOrBefore", "IsNull", "IsNotNull", "InTheLast"),
    "array": ("ArrayContains", "ArrayDoesNotContain", "IsNull", "IsNotNull"),
}


def functions_for(type: str, choices: Sequence[str] = ()) -> list[Document]:
    """Return the functions that filter a field of this type."""
    return [
        {
            "id": name,
            "label": name,
            "multi_value": name in MULTIPLE,
            "requires_value": name not in WITHOUT_VALUE,
            "values": [{"value": value, "label": value} for value in choices],
        }
        for name in BY_TYPE.get(type, ANY)
    ]
