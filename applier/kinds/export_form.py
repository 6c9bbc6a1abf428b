"""What a person would have written for a canonical form: the inverse of `desired`, in its shortest words.

What is the default is left out, what has no order is sorted, and a secret is an empty `Secret`, for which the caller
puts a placeholder.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping

from applier.kinds.base import (
    ApiObject,
    Canonical,
    SystemAttached,
    is_blank,
    is_masked,
    is_unset,
    mapping,
    sequence,
    text,
    without,
)
from applier.kinds.connection.types import connection_type, defaults, is_sensitive, read_only
from applier.kinds.sync.identities import identity_targets
from applier.kinds.sync.schedules import CRON
from applier.secrets import Secret

Spelled = dict[str, object]
Beside = Mapping[str, object] | None
WITHOUT_A_PERSON = ("clientcredentials", "jwt", "api")  # ways to connect that take no browser (quirk 11)
LISTS = ("fields", "tracking_columns", "labels")


def policies_of(canonical: Canonical) -> Spelled:
    """Those that somebody asked for."""
    asked = sorted(str(one) for one in sequence(canonical.get("policies")) if not isinstance(one, SystemAttached))
    return {"policies": asked} if asked else {}


def export_connection(canonical: Canonical, _: ApiObject, __: Beside = None) -> Spelled:
    """The settings that are not the type's defaults; one that a person has to authorize is only named."""
    type_id = text(canonical.get("type"))
    facts, default = connection_type(type_id), defaults(type_id)
    settings = mapping(canonical.get("configuration"))
    if facts and facts.oauth and settings.get("connect_mode") not in WITHOUT_A_PERSON:
        return {"type": type_id, "managed": False}
    required = facts.required if facts else ()
    configuration = {
        name: _hidden(type_id, (name,), value)
        for name, value in settings.items()
        if (name,) not in read_only(type_id) and (name in required or not _said_by_default(value, default.get(name)))
    }
    ranks = {name: rank for rank, name in enumerate(facts.properties if facts else ())}
    ordered = sorted(configuration, key=lambda name: (ranks.get(name, len(ranks)), name))
    return {"type": type_id, "configuration": {name: configuration[name] for name in ordered}, **policies_of(canonical)}


def _said_by_default(value: object, default: object) -> bool:
    return (value == default and isinstance(value, bool) is isinstance(default, bool)) or (
        is_blank(value) and is_blank(default)
    )


def _hidden(type_id: str, path: tuple[str | int, ...], value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _hidden(type_id, (*path, key), member) for key, member in value.items()}
    if isinstance(value, list):
        return [_hidden(type_id, (*path, index), member) for index, member in enumerate(value)]
    secret = not isinstance(value, bool) and not is_blank(value) and is_sensitive(type_id, path)
    return Secret("") if secret or is_masked(value) else value


def export_model(canonical: Canonical, _: ApiObject, __: Beside = None) -> Spelled:
    """Settings that say something, lists that are not empty."""
    configuration = without(mapping(canonical.get("configuration")), is_blank)
    configuration.pop("tracking_columns", None)  # the service's own copy (quirk 14)
    lists = {name: sorted(map(str, sequence(canonical.get(name)))) for name in LISTS}
    added = mapping(canonical.get("additional_fields"))
    body = {
        "connection": canonical.get("connection"),
        "identifier": canonical.get("identifier"),
        **lists,
        "additional_fields": [_added(name, mapping(added[name])) for name in sorted(added)],
        "relations": _sorted(sequence(canonical.get("relations"))),
        "enricher": _enricher(mapping(canonical.get("enricher"))),
    }
    return {**without(body), "configuration": configuration, **policies_of(canonical)}


def _added(name: str, entry: Mapping[str, object]) -> Spelled:
    members = {key: value for key, value in entry.items() if not (key == "label" and value == name)}
    return {"name": name, **without(members, lambda value: is_unset(value) or not isinstance(value, str))}


def _enricher(enricher: Mapping[str, object]) -> Spelled:
    settings = without(mapping(enricher.get("configuration")), is_blank)
    mappings = mapping(enricher.get("mappings"))
    return without(
        {**enricher, "configuration": settings, "mappings": {key: mappings[key] for key in sorted(mappings)}}
    )


def export_sync(canonical: Canonical, _: ApiObject, beside: Beside = None) -> Spelled:
    """The model that most is read from is named once; mappings in the shortest form; `active` always said."""
    model = _main_model(canonical) if beside is None else beside.get("model")
    target = mapping(canonical.get("target"))
    fields = mapping(canonical.get("fields"))
    encrypts = any(mapping(one).get("encrypt") for one in fields.values())
    rest = {name: value for name, value in canonical.items() if name not in ("policies", "model_ids")}
    body = {
        **rest,
        "model": model,
        "target": without({**target, "configuration": without(mapping(target.get("configuration")))}),
        **_identities(canonical, model),
        "schedule": export_schedule(mapping(canonical.get("schedule"))),
        "filters": [_beside_model(mapping(one), model) for one in sequence(canonical.get("filters"))],
        "overrides": _sorted([_beside_model(mapping(one), model) for one in sequence(canonical.get("overrides"))]),
    }
    taken = identity_targets(canonical)  # the service drops mappings onto them (quirk 28)
    written = mapping((beside or {}).get("fields"))
    mapped = {
        name: _mapping(mapping(fields[name]), model, short=not isinstance(written.get(name), Mapping))
        for name in sorted(fields)
        if name not in taken
    }
    passphrase = {"encryption_passphrase": Secret("")} if encrypts else {}
    return {**without(body), "fields": mapped, **passphrase, **policies_of(canonical)}


def _main_model(canonical: Canonical) -> object:
    """None where leaving a model out would give one to what has none."""
    taken, mapped = identity_targets(canonical), mapping(canonical.get("fields"))
    fields = [mapping(mapped[name]) for name in mapped if name not in taken]
    conditions = [mapping(one) for one in (*sequence(canonical.get("filters")), *sequence(canonical.get("overrides")))]
    values = [mapping(one["value_field"]) for one in conditions if "value_field" in one]
    several = [mapping(one) for one in sequence(mapping(canonical.get("identities")).get("mappings"))]
    sources = [one for one in (mapping(canonical.get("identity")), *several) if one]
    sources += [one for one in fields if "field" in one]
    sources += [one for one in conditions if one.get("field_type") != "Target"] + values
    models = Counter(text(one.get("model")) for one in sources)
    if not models or "" in models:
        return None
    return min(models, key=lambda name: (-models[name], name))


def _mapping(entry: Mapping[str, object], model: object, *, short: bool) -> object:
    """Return a mapping; with `short` one that has only a field is the name of the field."""
    body = _beside_model(entry, model)
    return body["field"] if short and body.keys() == {"field"} else body


def _beside_model(entry: Mapping[str, object], model: object) -> Spelled:
    body = {name: value for name, value in entry.items() if not (name == "model" and value == model)}
    if "value_field" in body:
        body["value_field"] = _beside_model(mapping(body["value_field"]), model)
    return body


def _identities(canonical: Canonical, model: object) -> Spelled:
    several = mapping(canonical.get("identities"))
    if several:
        entries = [_identity(mapping(one), model) for one in sequence(several.get("mappings"))]
        ranked = several.get("strategy") == "priority"
        strategy = {} if ranked else {"strategy": several.get("strategy")}
        return {"identities": {"mappings": entries if ranked else _sorted(entries), **strategy}}
    one = mapping(canonical.get("identity"))
    return {"identity": _identity(one, model)} if one else {}


def _identity(identity: Mapping[str, object], model: object) -> Spelled:
    """Without what the service computes."""
    said = {name: identity.get(name) for name in ("model", "field", "target", "function", "new_field")}
    said["new_field"] = said["new_field"] or None
    if said["function"] == "Equality":
        said["function"] = None
    return _beside_model(without(said), model)


def export_schedule(schedule: Mapping[str, object]) -> Spelled:
    """Numbers as numbers, names sorted."""
    form = dict(schedule)
    for name in CRON:
        part = text(form.get(name))
        if part.isascii() and part.isdecimal():
            form[name] = int(part)
    after = mapping(form.get("run_after"))
    if after:
        form["run_after"] = {name: sorted(map(str, sequence(after[name]))) for name in sorted(after, reverse=True)}
    return form


def _sorted(entries: Iterable[object]) -> list[object]:
    return sorted(entries, key=lambda one: json.dumps(one, sort_keys=True, default=str))
