"""The schemas and fields that a bulk sync copies, which have endpoints of their own.

See docs/api/bulk-syncs.md#schemas.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote

from applier.kinds.base import ApiObject, Canonical, is_unset, mapping, sequence, text, to_text, without
from applier.kinds.endpoints import KindClient

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


def schemas_from_spec(schemas: object) -> dict[str, object]:
    """Return the settings of schemas by id, of a list of ids or of a mapping; disabled ones count as absent."""
    entries = mapping(schemas) if isinstance(schemas, Mapping) else dict.fromkeys(map(to_text, sequence(schemas)))
    found = {id: _schema_from_spec(mapping(entry)) for id, entry in entries.items()}
    return {id: entry for id, entry in found.items() if mapping(entries[id]).get("enabled") is not False}


def _schema_from_spec(entry: Mapping[str, object]) -> dict[str, object]:
    form = {name: entry[name] for name in NAMES if name in entry}
    if not is_unset(form.get("data_cutoff_timestamp")):
        form["data_cutoff_timestamp"] = moment(form["data_cutoff_timestamp"])
    if "fields" in entry:
        fields = [one if isinstance(one, Mapping) else {"id": one} for one in sequence(entry["fields"])]
        form["fields"] = {to_text(one.get("id")): _field(one, "obfuscate", "output_name") for one in fields}
    if "filters" in entry:
        form["filters"] = [_filter(mapping(one), "field") for one in sequence(entry["filters"])]
    return form


def schemas_from_api(answer: ApiObject) -> dict[str, object]:
    """Return the enabled schemas of an answer by id."""
    entries = [mapping(one) for one in sequence(answer.get("schemas"))]
    return {text(one.get("id")): _schema_from_api(one) for one in entries if one.get("enabled") is not False}


def _schema_from_api(entry: Mapping[str, object]) -> dict[str, object]:
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


def normalize_schemas(schemas: Mapping[str, object]) -> dict[str, object]:
    """Return the form to compare: filters by what they test, in any order."""
    return {id: _normalize_schema(mapping(entry)) for id, entry in schemas.items()}


def _normalize_schema(entry: Mapping[str, object]) -> dict[str, object]:
    form: dict[str, object] = {"enabled": True, **entry}
    if "filters" in entry:
        filters = sorted((mapping(one) for one in sequence(entry["filters"])), key=repr)
        form["filters"] = {f"{one.get('field')} {one.get('function')} {one.get('value', '')}": one for one in filters}
    return form


def moment(value: object) -> str:
    """Return a time as the API writes it; a day is its first moment in UTC."""
    try:
        found = datetime.fromisoformat(to_text(value))
        aware = found if found.tzinfo else found.replace(tzinfo=UTC)
        return aware.astimezone(UTC).isoformat().replace("+00:00", "Z")
    except (ValueError, OverflowError):  # no such day, or before the first one in UTC
        return to_text(value)


def schemas_to_api(schemas: Mapping[str, object]) -> list[object]:
    """Return the schemas of a request."""
    return [_schema_to_api(id, mapping(entry), "obfuscate") for id, entry in schemas.items()]


def _schema_to_api(id: str, entry: Mapping[str, object], obfuscated: str) -> dict[str, object]:
    body: dict[str, object] = {"id": id, "enabled": True}
    body.update({wire: entry[name] for name, wire in NAMES.items() if name in entry})
    if "fields" in entry:
        names = {"obfuscate": obfuscated, "output_name": "user_output_name"}
        body["fields"] = [
            {"id": field, "enabled": True, **{names[name]: value for name, value in mapping(members).items()}}
            for field, members in mapping(entry["fields"]).items()
        ]
    if "filters" in entry:
        filters = [mapping(one) for one in sequence(entry["filters"])]
        body["filters"] = [{("field_id" if k == "field" else k): v for k, v in one.items()} for one in filters]
    return body


def read_schemas(client: KindClient, path: str, answer: ApiObject, declared: Canonical | None) -> ApiObject:
    """Return an answer with its enabled schemas, and with fields and filters where they are declared (None: all)."""
    if declared is not None and "schemas" not in declared:
        return answer
    listed = client.get(f"{path}/schemas", {"filters[enabled]": True})
    wanted = mapping((declared or {}).get("schemas"))
    found = []
    for entry in (mapping(one) for one in sequence(listed)):
        one = {name: value for name, value in entry.items() if name not in DETAILS}
        if declared is None or any(name in mapping(wanted.get(text(one.get("id")))) for name in DETAILS):
            one = {**one, **mapping(client.get(_path_of(path, text(one.get("id"))), None))}
        found.append(one)
    return {**answer, "schemas": found}


def _path_of(path: str, schema: str) -> str:
    """Return the path of a schema below that of its bulk sync; its id is a name of the source, in any characters."""
    return f"{path}/schemas/{quote(schema, safe='')}"


def write_schemas(client: KindClient, path: str, declared: Canonical, answer: ApiObject) -> bool:
    """Write the declared schemas, and return whether it wrote. Some versions do not write them with the object."""
    if "schemas" not in declared:
        return False
    wanted, found = mapping(declared["schemas"]), schemas_from_api(answer)
    changed = [
        _merge_schema(client, path, id, mapping(entry))
        for id, entry in wanted.items()
        if _differs(entry, found.get(id))
    ]
    dropped = [{**_fetch_schema(client, path, id), "enabled": False} for id in found if id not in wanted]
    if changed or dropped:
        client.patch(f"{path}/schemas", {"schemas": [*changed, *dropped]})
    return bool(changed or dropped)


def _differs(declared: object, live: object) -> bool:
    if live is None:
        return True
    wanted, found = _normalize_schema(mapping(declared)), _normalize_schema(mapping(live))
    return any(
        wanted[name] != found.get(name) and not (is_unset(wanted[name]) and is_unset(found.get(name)))
        for name in wanted
    )


def _merge_schema(client: KindClient, path: str, id: str, declared: Mapping[str, object]) -> dict[str, object]:
    """Return the live schema with what is declared over it: leaving out fields would choose all.

    See docs/api/behaviours.md#omitted-schema-fields.
    """
    return {**_fetch_schema(client, path, id), **_schema_to_api(id, declared, "obfuscated")}


def _fetch_schema(client: KindClient, path: str, id: str) -> dict[str, object]:
    now = mapping(client.get(_path_of(path, id), None))
    fields = [
        {name: value for name, value in mapping(one).items() if name != "output_name"}
        for one in sequence(now.get("fields"))
    ]
    kept = without({wire: now.get(wire) for wire in (*NAMES.values(), "filters")})
    return {"id": id, **kept, **({"fields": fields} if fields and now.get("enabled") else {})}


def prepare_create(client: KindClient, body: Mapping[str, object]) -> None:
    """Have the service read the schemas of the source, and wait until it has.

    See docs/api/behaviours.md#schema-cache.
    """
    path = f"/api/connections/{body.get('source_connection_id')}/schemas"
    if text(mapping(client.get(f"{path}/status", None)).get("cache_status")) == "fresh":
        return
    client.post(f"{path}/refresh", {})
    for number in range(1, REFRESH_POLLS + 1):
        if text(mapping(client.get(f"{path}/status", None)).get("cache_status")) != "refreshing":
            return
        client.wait(min(REFRESH_PAUSE * number, 5))


def is_transient_refusal(message: str) -> bool:
    """Return whether a refusal ends once the schemas of the source are known."""
    return any(one in message for one in NOT_YET)
