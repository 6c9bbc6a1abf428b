"""What connections offer, by the API's own enumerations, drilled level by level (api.md sections 10 and 13)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from applier.api import Client, Missing
from applier.kinds.base import mapping, sequence, text

PSEUDO = "__pt_new_"  # entries that stand for "create one", not for something that exists (quirk 25)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings, and sentences below. `data` is the service's own answer, for programs."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    data: object = None


def type_schema(client: Client, type_id: str) -> dict[str, object]:
    """The schema of a connection type as the service has it (api.md section 9), in the form of those that are shipped.

    Raises `ApiError`.
    """
    entries = sequence(client.get("/api/connection_types").get("data"))
    facts = next((mapping(one) for one in entries if mapping(one).get("id") == type_id), {})
    schema = {key: value for key, value in client.get(f"/api/connection_types/{type_id}").items() if key != "$id"}
    plain = mapping(_plain_choices(schema))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **plain,
        "x-polytomic": {"name": text(facts.get("name")) or type_id, "oauth": bool(facts.get("use_oauth"))},
    }


def _plain_choices(value: object) -> object:
    """`enum` can hold values with labels; JSON Schema wants the values."""
    if isinstance(value, list):
        return [_plain_choices(one) for one in value]
    if not isinstance(value, Mapping):
        return value
    members = {key: _plain_choices(member) for key, member in value.items()}
    if isinstance(members.get("enum"), list):
        members["enum"] = [mapping(one).get("value", one) for one in sequence(members["enum"])]
    return members


def source(client: Client, connection: str, choices: Mapping[str, str], search: str | None = None) -> Table:
    """What a model over this connection can be built from; with choices that are complete, the fields it would have.

    `search` keeps only values or fields that contain it. Raises `ApiError`.
    """
    path = f"/api/connections/{connection}/modelsync/source"
    level = mapping(client.get(path, choices).get("data"))
    items = mapping(level.get("items"))
    chosen = [mapping(items.get(name)) for name in choices]
    if choices and not any(sequence(one.get("requires_one_of")) for one in chosen):
        return _fields(client.get(f"{path}/fields", choices).get("data"), choices, search)
    found = {name: _narrowed(mapping(item), search) for name, item in items.items()}
    return _level({**level, "items": found}, "source", "choose one with NAME=VALUE")


def _narrowed(item: Mapping[str, object], search: str | None) -> Mapping[str, object]:
    """A choice with only those of its values that contain a text."""
    if search is None:
        return item
    values = [one for one in sequence(item.get("items")) if search.casefold() in str(one).casefold()]
    return {**item, "items": values or None, "has_items": bool(values)}


def _has(entry: object, search: str | None) -> bool:
    told = " ".join(text(mapping(entry).get(member)) for member in ("id", "name", "label"))
    return search is None or search.casefold() in told.casefold()


def target(client: Client, connection: str, level: str | None, search: str | None) -> Table:
    """The levels of a target, or the entries of one level. Raises `ApiError`."""
    path = f"/api/connections/{connection}/modelsync/target"
    try:
        answer = mapping(client.get(path, {"type": level, "search": search}).get("data"))
    except Missing:  # gone since 2025-09-18, where the objects have one flat list
        return objects(client, connection, search)
    return _level(answer, "target", "list one with: applier inspect target CONNECTION LEVEL", only=level)


def objects(client: Client, connection: str, search: str | None) -> Table:
    """The flat list of target objects with their modes. Raises `ApiError`."""
    entries = [mapping(one) for one in sequence(client.get(f"{_base(connection)}/targetobjects").get("data"))]
    shown = [one for one in entries if (search or "").casefold() in f"{one.get('id')} {one.get('name')}".casefold()]
    rows = tuple((text(one.get("id")), text(one.get("name")), _modes(one)) for one in shown)
    return Table("", ("OBJECT", "NAME", "MODES"), rows, (f"{len(rows)} objects",), shown)


def fields(client: Client, connection: str, object_id: str, search: str | None = None) -> Table:
    """The modes of a target object and its fields, or those that contain a text. Raises `ApiError`."""
    answer = mapping(client.get(f"{_base(connection)}/target/fields", {"target": object_id}).get("data"))
    if search is not None:
        answer = {**answer, "fields": [one for one in sequence(answer.get("fields")) if _has(one, search)]}
    rows = tuple(
        (
            text(one.get("id")),
            text(one.get("type")),
            text(one.get("source_type")),
            ", ".join(word for word in ("required", "createable", "updateable", "filterable") if one.get(word)),
            ", ".join(text(mapping(each).get("id")) for each in sequence(one.get("identity_functions"))),
        )
        for one in map(mapping, sequence(answer.get("fields")))
    )
    headings = ("FIELD", "TYPE", "NATIVE TYPE", "IS", "IDENTITY BY")
    needs = [
        text(one.get("mode")) for one in map(mapping, sequence(answer.get("modes"))) if one.get("requires_identity")
    ]
    notes = (f"modes: {_modes(answer)}", *((f"need an identity: {', '.join(needs)}",) if needs else ()))
    return Table(object_id, headings, rows, notes, answer)


def _base(connection: str) -> str:
    return f"/api/connections/{connection}/modelsync"


def _modes(answer: Mapping[str, object]) -> str:
    """The names of the modes in either spelling (quirk 51)."""
    modes = [mapping(one) for one in sequence(answer.get("modes"))]
    return ", ".join(text(one.get("mode")) or text(one.get("id")) for one in modes)


def _fields(answer: object, choices: Mapping[str, str], search: str | None) -> Table:
    entries = [mapping(one) for one in sequence(answer) if _has(one, search)]
    rows = tuple((text(one.get("name")), text(one.get("type")), text(one.get("remote_type"))) for one in entries)
    title = ", ".join(f"{name}={value}" for name, value in choices.items())
    return Table(title, ("FIELD", "TYPE", "NATIVE TYPE"), rows, (), entries)


def _level(answer: Mapping[str, object], word: str, advice: str, only: str | None = None) -> Table:
    items = mapping(answer.get("items"))
    rows: list[tuple[str, ...]] = []
    for name, item in items.items():
        values = [one for one in sequence(mapping(item).get("items")) if not str(one).startswith(PSEUDO)]
        rows += [(name, one if isinstance(one, str) else json.dumps(one)) for one in values]
        if not values and (only is None or only == name):
            rows.append((name, "(not listed here)"))
    required = [str(one) for one in sequence(answer.get("requires_one_of"))]
    notes = (f"a {word} needs one of: {', '.join(required)}",) if required else ()
    return Table("", ("LEVEL", "VALUE"), tuple(rows), (*notes, advice) if only is None else notes, answer)
