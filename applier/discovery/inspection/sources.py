"""What models can be built from, level by level, and what an enrichment takes."""

from __future__ import annotations

from collections.abc import Mapping

from applier.api import Client, Missing, Refused
from applier.discovery.inspection.tables import Table, has, level_table, with_offer
from applier.kinds.base import mapping, sequence, text


def source(client: Client, connection: str, choices: Mapping[str, str], search: str | None = None) -> Table:
    """What a model over this connection can be built from; with choices that are complete, the fields it would have.

    `search` keeps only values or fields that contain it. Raises `ApiError`.
    """
    path = f"/api/connections/{connection}/modelsync/source"
    try:
        level = mapping(client.get(path, choices).get("data"))
        if _complete(level, choices):
            return _fields(client.get(f"{path}/fields", choices).get("data"), choices, search)
    except (Missing, Refused) as error:
        raise _explained(error, client, path, choices) from None
    return _level(level, "a source", search)


def enrichment(client: Client, connection: str, choices: Mapping[str, str], search: str | None = None) -> Table:
    """What an enrichment can be built from; with choices that are complete, the inputs that it takes.

    Raises `ApiError`.
    """
    path = f"/api/connections/{connection}/modelsync/enrichment-source"
    try:
        level = mapping(client.get(path, choices).get("data"))
        if not _complete(level, choices):
            return _level(level, "an enrichment", search)
        body = {"configuration": dict(choices)}
        answer = client.post(f"/api/enrichment/{connection}/inputfields", body, harmless_twice=True).get("data")
    except (Missing, Refused) as error:
        raise _explained(error, client, path, choices) from None
    rows = tuple((", ".join(map(str, sequence(one))),) for one in sequence(answer))
    return Table(_title(choices), ("INPUTS",), rows, ("one row has to be given whole",), answer)


def _complete(level: Mapping[str, object], choices: Mapping[str, str]) -> bool:
    items = mapping(level.get("items"))
    return bool(choices) and not any(sequence(mapping(items.get(name)).get("requires_one_of")) for name in choices)


def _level(level: Mapping[str, object], word: str, search: str | None) -> Table:
    items = mapping(level.get("items"))
    if search is not None:
        narrowed = {name: _narrowed(mapping(item), search) for name, item in items.items()}
        items = {name: item for name, item in narrowed.items() if item["items"]}
    return level_table({**level, "items": items}, word, "choose one with NAME=VALUE")


def _narrowed(item: Mapping[str, object], search: str) -> Mapping[str, object]:
    """A choice with only those of its values that contain a text."""
    values = [one for one in sequence(item.get("items")) if search.casefold() in str(one).casefold()]
    return {**item, "items": values, "has_items": bool(values)}


def _explained(error: Refused | Missing, client: Client, path: str, choices: Mapping[str, str]) -> Exception:
    """The refusal, with what could have been chosen."""
    try:
        items = mapping(mapping(client.get(path).get("data")).get("items")) if choices else {}
    except (Missing, Refused):
        return error
    for name, value in choices.items():
        offered = (
            list(items) if name not in items else [str(one) for one in sequence(mapping(items[name]).get("items"))]
        )
        with_offer(error, value if name in items else name, offered)
    return error


def _title(choices: Mapping[str, str]) -> str:
    return ", ".join(f"{name}={value}" for name, value in choices.items())


def _fields(answer: object, choices: Mapping[str, str], search: str | None) -> Table:
    entries = [mapping(one) for one in sequence(answer) if has(one, search)]
    rows = tuple((text(one.get("name")), text(one.get("type")), text(one.get("remote_type"))) for one in entries)
    return Table(_title(choices), ("FIELD", "TYPE", "NATIVE TYPE"), rows, (), entries)
