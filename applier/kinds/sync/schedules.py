"""Schedules of a sync: the members that belong to each frequency.

See docs/api/schedules.md.
"""

from __future__ import annotations

from collections.abc import Mapping

from applier.kinds.base import is_unset, mapping, sequence, text, to_integer, without

MOST_DIGITS = 4
"""How long a part of a schedule is at most that is written as a number; a longer one stays the text that it is."""
CRON = ("minute", "hour", "day_of_month", "month", "day_of_week")
MEMBERS: Mapping[str, tuple[str, ...]] = {
    "manual": (),
    "continuous": (),
    "hourly": ("minute",),
    "daily": ("hour", "minute"),
    "weekly": ("day_of_week", "hour", "minute"),
    "custom": CRON,
    "builder": CRON,
    "runafter": ("run_after", "run_after_success_only"),
    "dbtcloud": ("connection", "job_id"),
}


def schedule_from_spec(schedule: Mapping[str, object]) -> dict[str, object]:
    """Return the members of the frequency; numbers become the texts that the API takes.

    See docs/api/behaviours.md#schedule-numbers.
    """
    texts = {name: text for name in CRON if (text := _number(schedule.get(name)))}
    return {**_members_of_frequency(schedule), **texts}


def _number(value: object) -> str:
    """Return a number as the API takes it, an empty text for anything else; 5.0 is five."""
    return str(to_integer(value)) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _is_whole(part: str) -> bool:
    return part.isascii() and part.isdecimal()


def _members_of_frequency(schedule: Mapping[str, object]) -> dict[str, object]:
    """Return the members of the frequency: those of another one must not stay.

    An unknown frequency keeps all members.

    See docs/api/behaviours.md#schedule-members.
    """
    members = MEMBERS.get(str(schedule.get("frequency")), tuple(schedule))
    kept = {name: value for name, value in schedule.items() if name == "frequency" or name in members}
    if "run_after" in kept:
        kept["run_after"] = without(mapping(kept["run_after"]))
    if kept.get("run_after_success_only") is False:  # returned although not sent
        del kept["run_after_success_only"]
    return without(kept)


def schedule_from_api(schedule: Mapping[str, object]) -> dict[str, object]:
    """Return the schedule of an answer in the words of the spec, with ids where names belong."""
    renamed = {"connection": schedule.get("connection_id"), **schedule}
    after = mapping(schedule.get("run_after"))
    renamed["run_after"] = {"syncs": after.get("sync_ids"), "bulk_syncs": after.get("bulk_sync_ids")}
    renamed.pop("connection_id", None)
    return _members_of_frequency(renamed)


def schedule_to_api(schedule: Mapping[str, object]) -> dict[str, object]:
    """Return the schedule of a request; `run_after` has the lists that are declared."""
    body = {name: value for name, value in schedule.items() if name not in ("connection", "run_after")}
    if not is_unset(schedule.get("connection")):
        body["connection_id"] = schedule["connection"]
    after = mapping(schedule.get("run_after"))
    if after:
        names = {"syncs": "sync_ids", "bulk_syncs": "bulk_sync_ids"}
        body["run_after"] = {names[key]: value for key, value in after.items()}
    return body


def normalize_schedule(schedule: Mapping[str, object]) -> dict[str, object]:
    """Return the form to compare: `"00"` is `"0"`, `Monday` is `monday`; `run_after` has no order."""
    form = dict(schedule)
    for name in CRON:
        if name in form:
            part = str(form[name]).lower()
            form[name] = (part.lstrip("0") or "0") if _is_whole(part) else part
    after = mapping(form.get("run_after"))
    if after:
        form["run_after"] = {key: sorted(map(str, sequence(value))) for key, value in after.items()}
    return form


def schedule_to_spec(schedule: Mapping[str, object]) -> dict[str, object]:
    """Return a schedule as a person would have written it: numbers as numbers, names sorted."""
    form = dict(schedule)
    for name in CRON:
        part = text(form.get(name))
        if _is_whole(part) and len(part) <= MOST_DIGITS:
            form[name] = int(part)
    after = mapping(form.get("run_after"))
    if after:
        form["run_after"] = {name: sorted(map(str, sequence(after[name]))) for name in sorted(after, reverse=True)}
    return form
