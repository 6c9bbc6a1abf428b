"""Schedules of a bulk sync: one for everything and any number of additional ones.

Version 2025-09-18 has a default schedule and additional ones; the older one has a single schedule, of which several can
be put under the frequency `multi`, each for a choice of schemas.

See docs/api/bulk-syncs.md#schedules and docs/api/behaviours.md#bulk-schedules.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from applier.kinds.base import ApiObject, Canonical, is_unset, mapping, sequence, text, without
from applier.kinds.sync.schedules import normalize_schedule, schedule_from_api, schedule_from_spec, schedule_to_api

CHOICE = ("selective_mode", "schemas", "resync_mode")  # what an additional schedule is for
COMMON = {"selective_mode": "none", "resync_mode": "normal"}  # equal to an absent member


def schedules_from_spec(body: Mapping[str, object]) -> Canonical:
    """Return `schedule` and `additional_schedules` of a spec."""
    return {
        "schedule": _schedule_from_spec(mapping(body.get("schedule"))),
        "additional_schedules": [
            _schedule_from_spec(mapping(one)) for one in sequence(body.get("additional_schedules"))
        ],
    }


def _schedule_from_spec(schedule: Mapping[str, object]) -> dict[str, object]:
    return {**schedule_from_spec(schedule), **_choice(schedule)}


def _choice(schedule: Mapping[str, object]) -> dict[str, object]:
    choice = without({name: schedule.get(name) for name in CHOICE})
    return {name: value for name, value in choice.items() if value != COMMON.get(name)}


def schedules_from_api(answer: ApiObject) -> Canonical:
    """Return the same of an answer; what was filled in for other frequencies does not count.

    See docs/api/behaviours.md#bulk-defaults.
    """
    return {
        "schedule": _schedule_from_api(mapping(answer.get("default_schedule"))),
        "additional_schedules": [
            _schedule_from_api(mapping(one)) for one in sequence(answer.get("additional_schedules"))
        ],
    }


def _schedule_from_api(schedule: Mapping[str, object]) -> dict[str, object]:
    return {**schedule_from_api(schedule), **_choice(schedule)}


def normalize_schedules(canonical: Canonical) -> Canonical:
    """Return the form to compare: additional schedules by what they are for, in any order."""
    additional = sorted(map(_normalize_schedule, sequence(canonical.get("additional_schedules"))), key=_sort_key)
    keyed: dict[str, object] = {}
    for one in additional:
        key = _key(one)
        keyed[f"{key} #{sum(key == other.split(' #')[0] for other in keyed) + 1}" if key in keyed else key] = one
    return {"schedule": _normalize_schedule(canonical.get("schedule")), "additional_schedules": keyed}


def _normalize_schedule(schedule: object) -> dict[str, object]:
    form = normalize_schedule(mapping(schedule))
    return {**form, "schemas": sorted(map(str, sequence(form["schemas"])))} if "schemas" in form else form


def _sort_key(schedule: Mapping[str, object]) -> str:
    return json.dumps(schedule, sort_keys=True)


def _key(schedule: Mapping[str, object]) -> str:
    parts = [text(schedule.get("selective_mode")), ", ".join(map(str, sequence(schedule.get("schemas"))))]
    return " of ".join(one for one in parts if one) or "everything"


def schedules_to_api(canonical: Canonical, live: ApiObject | None) -> dict[str, object]:
    """Return the members of a request; schedules that are live keep their ids."""
    default = schedule_to_api(mapping(canonical.get("schedule")))
    known = mapping((live or {}).get("default_schedule"))
    ids = without({"id": known.get("id")})
    others = [mapping(one) for one in sequence((live or {}).get("additional_schedules"))]
    additional = _with_ids([mapping(one) for one in sequence(canonical.get("additional_schedules"))], others)
    members = {"additional_schedules": additional} if additional or live is not None else {}
    return {"default_schedule": {**ids, **default}, **members}


def _with_ids(schedules: Sequence[Mapping[str, object]], live: Sequence[Mapping[str, object]]) -> list[object]:
    left = {_key(_normalize_schedule(_schedule_from_api(one))): one.get("id") for one in reversed(live)}
    ids = [left.pop(_key(_normalize_schedule(one)), None) for one in schedules]
    return [{**schedule_to_api(one), **without({"id": id})} for one, id in zip(schedules, ids, strict=True)]


def decode(answer: ApiObject) -> ApiObject:
    """Return an answer of 2024-02-08 with the members of the newer version; the first of `multi` is the default."""
    schedule = mapping(answer.get("schedule"))
    if "default_schedule" in answer or schedule.get("frequency") != "multi":
        return {"default_schedule": schedule, **answer}
    items = [mapping(one) for one in sequence(mapping(schedule.get("multi")).get("schedules"))]
    several = [{**mapping(one.get("schedule")), "selective_mode": one.get("item")} for one in items]
    return {**answer, "default_schedule": several[0] if several else {}, "additional_schedules": several[1:]}


def encode(body: dict[str, object]) -> dict[str, object]:
    """Return a body for version 2024-02-08: one schedule, or several under `multi`."""
    encoded = dict(body)
    default = _without_id(mapping(encoded.pop("default_schedule")))
    additional = [_without_id(mapping(one)) for one in sequence(encoded.pop("additional_schedules", None))]
    if not additional and is_unset(default.get("selective_mode")):
        return {**encoded, "schedule": default}
    items = [
        {"item": one.get("selective_mode", "none"), "schedule": {k: v for k, v in one.items() if k not in CHOICE}}
        for one in (default, *additional)
    ]
    return {**encoded, "schedule": {"frequency": "multi", "multi": {"schedules": items}}}


def _without_id(schedule: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in schedule.items() if name != "id"}
