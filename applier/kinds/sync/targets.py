"""Targets of a sync: an object that exists, or one that is created once.

See docs/api/syncs.md#target, docs/api/behaviours.md#created-targets and docs/api/behaviours.md#pseudo-targets.
"""

from __future__ import annotations

from collections.abc import Mapping

from applier.kinds.base import mapping, text, without

NEW_TARGET = "__pt_new_"
"""The prefix of objects that stand for a new one, which `new_name` names (docs/api/behaviours.md#pseudo-targets)."""

LIVE_ONLY = ("connection_id", "search_values", "create", "new_name", "filter_logic")
"""Members of answers that a target does not declare, or declares under another key."""
CREATION_MEMBERS = ("create", "new_name", "object")


def target_from_api(target: Mapping[str, object]) -> dict[str, object]:
    """Return the target of an answer in the words of the spec, without its filter logic."""
    members = {key: value for key, value in target.items() if key not in LIVE_ONLY}
    return without({"connection": target.get("connection_id"), **members})


def reconcile_target(declared: Mapping[str, object], live: Mapping[str, object]) -> dict[str, object]:
    """Return the declared target; once it is created, with the live object, so that it is not created again."""
    live_object = text(live.get("object"))
    if not live_object or not _is_to_be_created(declared):
        return dict(declared)
    requested_name = text(mapping(declared.get("create")).get("name")) or text(declared.get("new_name"))
    kept = {key: value for key, value in declared.items() if key not in CREATION_MEMBERS}
    return {**kept, "object": live_object if _may_be_same_object(requested_name, live_object) else requested_name}


def _is_to_be_created(target: Mapping[str, object]) -> bool:
    return "create" in target or text(target.get("object")).startswith(NEW_TARGET)


def _may_be_same_object(requested_name: str, live_object: str) -> bool:
    """Return whether an object may be the requested one: a full name stays one, else the target gives its own id."""
    one, other = requested_name.casefold(), live_object.casefold()
    return "." not in requested_name or one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def target_to_api(target: Mapping[str, object], live: Mapping[str, object]) -> dict[str, object]:
    """Return the target of a request; options that are not declared are sent back as they are live."""
    body = {"connection_id": target.get("connection")}
    body.update({key: value for key, value in target.items() if key != "connection"})
    kept = mapping(live.get("configuration"))
    if kept:
        body["configuration"] = {**kept, **mapping(target.get("configuration"))}
    return body
