"""Turns a live sync into the body that a person would have written for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from applier.kinds.base import Canonical, mapping, sequence, sort_json, text, without
from applier.kinds.policy.attachment import policies_to_spec
from applier.kinds.sync.identities import identity_targets
from applier.kinds.sync.schedules import schedule_to_spec
from applier.secrets import Secret
from applier.spec.kinds import Body


def sync_to_spec(canonical: Canonical, present: Body | None) -> dict[str, object]:
    """Return a sync with mappings in their shortest form; `active` is always written.

    The model of most fields is named once. With a body that is `present` its model stays.
    """
    model = _main_model(canonical) if present is None else present.get("model")
    target = mapping(canonical.get("target"))
    fields = mapping(canonical.get("fields"))
    encrypts = any(mapping(one).get("encrypt") for one in fields.values())
    rest = {name: value for name, value in canonical.items() if name not in ("policies", "model_ids")}
    body = {
        **rest,
        "model": model,
        "target": without({**target, "configuration": without(mapping(target.get("configuration")))}),
        **_identities(canonical, model),
        "schedule": schedule_to_spec(mapping(canonical.get("schedule"))),
        "filters": [_without_model(mapping(one), model) for one in sequence(canonical.get("filters"))],
        "overrides": sort_json([_without_model(mapping(one), model) for one in sequence(canonical.get("overrides"))]),
    }
    # the service drops mappings onto them (docs/api/behaviours.md#identity-mappings)
    taken = identity_targets(canonical)
    written = mapping((present or {}).get("fields"))
    mapped = {
        name: _mapping(mapping(fields[name]), model, short=not isinstance(written.get(name), Mapping))
        for name in sorted(fields)
        if name not in taken
    }
    passphrase = {"encryption_passphrase": Secret("")} if encrypts else {}
    return {**without(body), "fields": mapped, **passphrase, **policies_to_spec(canonical)}


def _main_model(canonical: Canonical) -> object:
    """Return the model of most fields; None where leaving a model out would give one to a field that has none."""
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
    """Return a mapping; with `short`, one that has only a field is the name of the field."""
    body = _without_model(entry, model)
    return body["field"] if short and body.keys() == {"field"} else body


def _without_model(entry: Mapping[str, object], model: object) -> dict[str, object]:
    body = {name: value for name, value in entry.items() if not (name == "model" and value == model)}
    if "value_field" in body:
        body["value_field"] = _without_model(mapping(body["value_field"]), model)
    return body


def _identities(canonical: Canonical, model: object) -> dict[str, object]:
    several = mapping(canonical.get("identities"))
    if several:
        entries = [_identity(mapping(one), model) for one in sequence(several.get("mappings"))]
        ranked = several.get("strategy") == "priority"
        strategy = {} if ranked else {"strategy": several.get("strategy")}
        return {"identities": {"mappings": entries if ranked else sort_json(entries), **strategy}}
    one = mapping(canonical.get("identity"))
    return {"identity": _identity(one, model)} if one else {}


def _identity(identity: Mapping[str, object], model: object) -> dict[str, object]:
    """Return an identity without what the service computes."""
    members = {name: identity.get(name) for name in ("model", "field", "target", "function", "new_field")}
    members["new_field"] = members["new_field"] or None
    if members["function"] == "Equality":
        members["function"] = None
    return _without_model(without(members), model)
