"""What a bulk sync copies: schemas and fields chosen; not part of the object itself (api.md 18.3, quirks 58 to 61)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from applier.kinds.base import ApiObject, Canonical, KindClient, is_unset, mapping, sequence, text, to_text, without

NAMES = {  # in the spec: in the API
    "tracking_field": "tracking_field",
    "partition_key": "partition_key",
    "output_name": "user_output_name",
    "data_cutoff_timestamp": "data_cutoff_timestamp",
    "disable_data_cutoff": "disable_data_cutoff",
    "history_enabled": "history_enabled",
}
DETAILS = ("fields", "filters")  # only single reads tell them
REFRESH_POLLS = 60
REFRESH_PAUSE = 0.5  # seconds, longer each time
NOT_YET = ("cache refresh in progress", "did not provide any schemas")


def declared_schemas(schemas: object) -> dict[str, object]:
    """A list of ids, or a mapping of ids to settings; a disabled one is as good as one that is not there."""
    entries = mapping(schemas) if isinstance(schemas, Mapping) else dict.fromkeys(map(to_text, sequence(schemas)))
    found = {id: _declared(mapping(entry)) for id, entry in entries.items()}
    return {id: entry for id, entry in found.items() if mapping(entries[id]).get("enabled") is not False}


def _declared(entry: Mapping[str, object]) -> dict[str, object]:
    form = {name: entry[name] for name in NAMES if name in entry}
    if not is_unset(form.get("data_cutoff_timestamp")):
        form["data_cutoff_timestamp"] = moment(form["data_cutoff_timestamp"])
    if "fields" in entry:
        fields = [one if isinstance(one, Mapping) else {"id": one} for one in sequence(entry["fields"])]
        form["fields"] = {to_text(one.get("id")): _field(one, "obfuscate", "output_name") for one in fields}
    if "filters" in entry:
        form["filters"] = [_filter(mapping(one), "field") for one in sequence(entry["filters"])]
    return form


def live_schemas(answer: ApiObject) -> dict[str, object]:
    """The enabled schemas of a completed answer."""
    entries = [mapping(one) for one in sequence(answer.get("schemas"))]
    return {text(one.get("id")): _live(one) for one in entries if one.get("enabled") is not False}


def _live(entry: Mapping[str, object]) -> dict[str, object]:
    form = without({name: entry.get(wire) for name, wire in NAMES.items()})
    if "data_cutoff_timestamp" in form:
        form["data_cutoff_timestamp"] = moment(form["data_cutoff_timestamp"])
    if "fields" in entry:
        fields = [mapping(one) for one in sequence(entry["fields"])]
        form["fields"] = {
            text(one.get("id")): _field(one, "obfuscated", "user_output_name")
            for one in fields
            if one.get("enabled") is not False
        }
    if "filters" in entry:
        form["filters"] = [_filter(mapping(one), "field_id") for one in sequence(entry["filters"])]
    return form


def _field(field: Mapping[str, object], obfuscated: str, name: str) -> dict[str, object]:
    return without({"obfuscate": field.get(obfuscated) or None, "output_name": field.get(name)})


def _filter(condition: Mapping[str, object], field: str) -> dict[str, object]:
    return without({"field": condition.get(field), "function": condition.get("function")}) | (
        {"value": condition["value"]} if condition.get("value") is not None else {}
    )


def comparable_schemas(schemas: Mapping[str, object]) -> dict[str, object]:
    """Filters by what they look at, in any order."""
    return {id: _comparable(mapping(entry)) for id, entry in schemas.items()}


def _comparable(entry: Mapping[str, object]) -> dict[str, object]:
    form: dict[str, object] = {"enabled": True, **entry}
    if "filters" in entry:
        filters = sorted((mapping(one) for one in sequence(entry["filters"])), key=repr)
        form["filters"] = {f"{one.get('field')} {one.get('function')} {one.get('value', '')}": one for one in filters}
    return form


def moment(value: object) -> str:
    """A time as the API writes it; a day is its first moment in UTC."""
    try:
        found = datetime.fromisoformat(to_text(value))
        aware = found if found.tzinfo else found.replace(tzinfo=UTC)
        return aware.astimezone(UTC).isoformat().replace("+00:00", "Z")
    except (ValueError, OverflowError):  # no such day, or before the first one in UTC
        return to_text(value)


def api_schemas(schemas: Mapping[str, object]) -> list[object]:
    """The request form of a selection."""
    return [_api(id, mapping(entry), "obfuscate") for id, entry in schemas.items()]


def _api(id: str, entry: Mapping[str, object], obfuscated: str) -> dict[str, object]:
    body: dict[str, object] = {"id": id, "enabled": True}
    body.update({wire: entry[name] for name, wire in NAMES.items() if name in entry})
    if "fields" in entry:
        names = {"obfuscate": obfuscated, "output_name": "user_output_name"}
        body["fields"] = [
            {"id": field, "enabled": True, **{names[name]: value for name, value in mapping(said).items()}}
            for field, said in mapping(entry["fields"]).items()
        ]
    if "filters" in entry:
        filters = [mapping(one) for one in sequence(entry["filters"])]
        body["filters"] = [{("field_id" if k == "field" else k): v for k, v in one.items()} for one in filters]
    return body


def read_schemas(door: KindClient, path: str, answer: ApiObject, declared: Canonical | None) -> ApiObject:
    """The answer with its enabled schemas; fields and filters of those for which they are declared (or of all)."""
    if declared is not None and "schemas" not in declared:
        return answer
    listed = door.get(f"{path}/schemas", {"filters[enabled]": True})
    wanted = mapping((declared or {}).get("schemas"))
    found = []
    for entry in (mapping(one) for one in sequence(listed)):
        one = {name: value for name, value in entry.items() if name not in DETAILS}
        if declared is None or any(name in mapping(wanted.get(text(one.get("id")))) for name in DETAILS):
            one = {**one, **mapping(door.get(f"{path}/schemas/{one.get('id')}", None))}
        found.append(one)
    return {**answer, "schemas": found}


def write_schemas(door: KindClient, path: str, declared: Canonical, answer: ApiObject) -> bool:
    """Choose the schemas as declared: no update of the object itself does that in every version. True if it wrote."""
    if "schemas" not in declared:
        return False
    wanted, found = mapping(declared["schemas"]), live_schemas(answer)
    changed = [
        _merged(door, path, id, mapping(entry)) for id, entry in wanted.items() if _differs(entry, found.get(id))
    ]
    dropped = [{**_detail(door, path, id), "enabled": False} for id in found if id not in wanted]
    if changed or dropped:
        door.patch(f"{path}/schemas", {"schemas": [*changed, *dropped]})
    return bool(changed or dropped)


def _differs(declared: object, live: object) -> bool:
    if live is None:
        return True
    wanted, found = _comparable(mapping(declared)), _comparable(mapping(live))
    return any(
        wanted[name] != found.get(name) and not (is_unset(wanted[name]) and is_unset(found.get(name)))
        for name in wanted
    )


def _merged(door: KindClient, path: str, id: str, declared: Mapping[str, object]) -> dict[str, object]:
    """The schema as it is with what is declared over it: leaving out fields would choose them all (quirk 61)."""
    return {**_detail(door, path, id), **_api(id, declared, "obfuscated")}


def _detail(door: KindClient, path: str, id: str) -> dict[str, object]:
    now = mapping(door.get(f"{path}/schemas/{id}", None))
    fields = [
        {name: value for name, value in mapping(one).items() if name != "output_name"}
        for one in sequence(now.get("fields"))
    ]
    kept = without({wire: now.get(wire) for wire in (*NAMES.values(), "filters")})
    return {"id": id, **kept, **({"fields": fields} if fields and now.get("enabled") else {})}


def prepare_create(door: KindClient, body: Mapping[str, object]) -> None:
    """Have the source's schemas read, and wait until they are (quirk 58)."""
    path = f"/api/connections/{body.get('source_connection_id')}/schemas"
    if text(mapping(door.get(f"{path}/status", None)).get("cache_status")) == "fresh":
        return
    door.post(f"{path}/refresh", {})
    for number in range(1, REFRESH_POLLS + 1):
        if text(mapping(door.get(f"{path}/status", None)).get("cache_status")) != "refreshing":
            return
        door.wait(min(REFRESH_PAUSE * number, 5))


def is_transient_refusal(message: str) -> bool:
    """True for a refusal that is gone once the source's schemas are known."""
    return any(one in message for one in NOT_YET)
