"""Lists, level by level, what models and enrichments can be built from."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from applier.api import Client, Missing, Refused
from applier.discovery.inspection.tables import Table, add_hint, level_table, matches_search
from applier.discovery.query import model_sync_path
from applier.kinds.base import mapping, sequence, text

ADVICE = "select one with NAME=VALUE"


def source(client: Client, connection: str, choices: Mapping[str, str], search: str | None = None) -> Table:
    """Return the choices for a model's source, or its fields once the choices are complete.

    `search` keeps only values or fields that contain it. Raises `ApiError`.
    """
    path = f"{model_sync_path(connection)}/source"

    def list_fields() -> Table:
        answer = client.get(f"{path}/fields", {**choices}).get("data")
        entries = [mapping(one) for one in sequence(answer) if matches_search(one, search)]
        rows = tuple((text(one.get("name")), text(one.get("type")), text(one.get("remote_type"))) for one in entries)
        return Table(_title(choices), ("FIELD", "TYPE", "NATIVE TYPE"), rows, (), entries)

    return _level_or_result(client, path, choices, search, list_fields)


def enrichment(client: Client, connection: str, choices: Mapping[str, str], search: str | None = None) -> Table:
    """Return the choices for an enrichment, or its inputs once the choices are complete.

    `search` keeps only values that contain it. Raises `ApiError`.
    """

    def list_inputs() -> Table:
        body = {"configuration": dict(choices)}
        answer = client.post(f"/api/enrichment/{connection}/inputfields", body, harmless_twice=True).get("data")
        rows = tuple((", ".join(map(str, sequence(one))),) for one in sequence(answer))
        return Table(_title(choices), ("INPUTS",), rows, ("map all inputs of one row",), answer)

    path = f"{model_sync_path(connection)}/enrichment-source"
    return _level_or_result(client, path, choices, search, list_inputs)


def _level_or_result(
    client: Client, path: str, choices: Mapping[str, str], search: str | None, list_result: Callable[[], Table]
) -> Table:
    """Return the next level, or the result of complete choices."""
    try:
        level = mapping(client.get(path, {**choices}).get("data"))
        if _is_complete(level, choices):
            return list_result()
    except (Missing, Refused) as error:
        raise _explain(error, client, path, choices) from None
    if search is not None:
        items = {name: _filter_values(mapping(one), search) for name, one in mapping(level.get("items")).items()}
        level = {**level, "items": {name: one for name, one in items.items() if one["items"]}}
    return level_table(level, ADVICE)


def _is_complete(level: Mapping[str, object], choices: Mapping[str, str]) -> bool:
    items = mapping(level.get("items"))
    return bool(choices) and not any(sequence(mapping(items.get(name)).get("requires_one_of")) for name in choices)


def _filter_values(choice: Mapping[str, object], search: str) -> Mapping[str, object]:
    """Return a choice with only those of its values that contain a text."""
    values = [one for one in sequence(choice.get("items")) if search.casefold() in str(one).casefold()]
    return {**choice, "items": values, "has_items": bool(values)}


def _explain(error: Refused | Missing, client: Client, path: str, choices: Mapping[str, str]) -> Exception:
    """Return the refusal, with the available choices as its hint."""
    try:
        items = mapping(mapping(client.get(path).get("data")).get("items")) if choices else {}
    except (Missing, Refused):
        return error
    for name, value in choices.items():
        if name in items:
            add_hint(error, value, [str(one) for one in sequence(mapping(items[name]).get("items"))])
        else:
            add_hint(error, name, items)
    return error


def _title(choices: Mapping[str, str]) -> str:
    return ", ".join(f"{name}={value}" for name, value in choices.items())
