"""Where a sync writes: an object that exists, or one to be made once (api.md 14.3, quirks 23 and 25)."""

from __future__ import annotations

from collections.abc import Mapping

from applier.kinds.base import mapping, text, without

PSEUDO = "__pt_new_"  # an object that stands for one to be made, together with `new_name`
LIVE_ONLY = ("connection_id", "search_values", "create", "new_name", "filter_logic")  # of no say, or said elsewhere
ASKED = ("create", "new_name", "object")


def live_target(target: Mapping[str, object]) -> dict[str, object]:
    """An answer's target in the words of the spec, without its filter logic."""
    members = {key: value for key, value in target.items() if key not in LIVE_ONLY}
    return without({"connection": target.get("connection_id"), **members})


def reconcile_target(declared: Mapping[str, object], live: Mapping[str, object]) -> dict[str, object]:
    """The declared target once one was made: the object that it became, so that it is never made again."""
    became = text(live.get("object"))
    if not became or not _to_be_made(declared):
        return dict(declared)
    wish = text(mapping(declared.get("create")).get("name")) or text(declared.get("new_name"))
    kept = {key: value for key, value in declared.items() if key not in ASKED}
    return {**kept, "object": became if _corresponds(wish, became) else wish}


def _to_be_made(target: Mapping[str, object]) -> bool:
    return "create" in target or text(target.get("object")).startswith(PSEUDO)


def _corresponds(wish: str, became: str) -> bool:
    """Whether an object can be what a wish became: a full name stays one, else the target gives an id of its own."""
    one, other = wish.casefold(), became.casefold()
    return "." not in wish or one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def api_target(target: Mapping[str, object], live: Mapping[str, object]) -> dict[str, object]:
    """The request form; options that are not declared go back as they are live."""
    body = {"connection_id": target.get("connection")}
    body.update({key: value for key, value in target.items() if key != "connection"})
    kept = mapping(live.get("configuration"))
    if kept:
        body["configuration"] = {**kept, **mapping(target.get("configuration"))}
    return body
