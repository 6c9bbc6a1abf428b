"""Check a request body against the members that an operation takes: which are required, and the type of each."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping

from applier.sandbox.json_values import Document, JsonObject
from applier.sandbox.rules.refusals import Refusal, bad_request

Check = Callable[[object], bool]


def is_text(value: object) -> bool:
    return isinstance(value, str)


def is_flag(value: object) -> bool:
    return isinstance(value, bool)


def is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def is_object(value: object) -> bool:
    return isinstance(value, dict)


def is_list(value: object) -> bool:
    return isinstance(value, list)


def is_anything(_: object) -> bool:
    return True


def is_identifier(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        uuid.UUID(value)
    except ValueError:
        return False
    return True


def is_organization(value: object) -> bool:
    """Return whether the value names an organization; an empty text means that of the caller."""
    return value == "" or is_identifier(value)


def is_texts(value: object) -> bool:
    return isinstance(value, list) and all(map(is_text, value))


def is_identifiers(value: object) -> bool:
    return isinstance(value, list) and all(map(is_identifier, value))


def is_objects(value: object) -> bool:
    return isinstance(value, list) and all(map(is_object, value))


NAMES: Mapping[Check, str] = {
    is_text: "a string",
    is_flag: "a boolean",
    is_number: "an integer",
    is_object: "an object",
    is_list: "a list",
    is_identifier: "a UUID",
    is_organization: "a UUID",
    is_texts: "a list of strings",
    is_identifiers: "a list of UUIDs",
    is_objects: "a list of objects",
}


def check(
    body: JsonObject,
    members: Mapping[str, Check],
    required: tuple[str, ...] = (),
    at: str = "",
    *,
    refusal: Callable[[str], Refusal] = bad_request,
) -> None:
    """Refuse the first member that is missing or has the wrong type; null counts as missing."""
    for name in required:
        if body.get(name) is None:
            raise refusal(f"{at}{name} is required")
    for name, fits in members.items():
        value = body.get(name)
        if value is not None and not fits(value):
            raise refusal(f"{at}{name} must be {NAMES[fits]}")


def check_name(body: JsonObject) -> None:
    if not str(body.get("name") or "").strip():
        raise bad_request("name is required")


def present_members(body: JsonObject, *names: str) -> Document:
    """Return the named members that are there and not null."""
    return {name: body[name] for name in names if body.get(name) is not None}
