"""Check a request body against the members an operation takes: required ones are there, given ones have their type."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from applier.sandbox.rules.refusals import Refusal, bad_request

Check = Callable[[Any], bool]


def is_text(value: Any) -> bool:
    return isinstance(value, str)


def is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def is_object(value: Any) -> bool:
    return isinstance(value, dict)


def is_list(value: Any) -> bool:
    return isinstance(value, list)


def is_anything(_: Any) -> bool:
    return True


def is_identifier(value: Any) -> bool:
    try:
        uuid.UUID(value)
    except (ValueError, TypeError, AttributeError):
        return False
    return True


def is_organization(value: Any) -> bool:
    """Whether the value names an organization; an empty text means the caller's own."""
    return value == "" or is_identifier(value)


def is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(is_text, value))


def is_identifiers(value: Any) -> bool:
    return isinstance(value, list) and all(map(is_identifier, value))


def is_objects(value: Any) -> bool:
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
    body: Mapping[str, Any],
    members: Mapping[str, Check],
    required: tuple[str, ...] = (),
    at: str = "",
    *,
    refusal: Callable[[str], Refusal] = bad_request,
) -> None:
    """Refuse the first member that is missing or has the wrong type; null counts as not given."""
    for name in required:
        if body.get(name) is None:
            raise refusal(f"{at}{name} is required")
    for name, fits in members.items():
        value = body.get(name)
        if value is not None and not fits(value):
            raise refusal(f"{at}{name} must be {NAMES[fits]}")


def check_name(body: Mapping[str, Any]) -> None:
    if not str(body.get("name") or "").strip():
        raise bad_request("name is required")


def present_members(body: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """The named members that are there and not null."""
    return {name: body[name] for name in names if body.get(name) is not None}
