"""Checks of one sync: its sources, its target, and what goes from the one to the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from applier.checks.conditions import check_conditions
from applier.checks.context import CheckContext, model_fields
from applier.checks.identities import check_identities
from applier.checks.mappings import Fields, check_mappings, source_place
from applier.checks.models import check_field
from applier.checks.schedules import check_schedule
from applier.checks.targets import check_target, target_of_sync
from applier.discovery.model import NoTarget, Result, State
from applier.kinds.base import mapping, text
from applier.resolve import Declared


def check_sync(form: Declared, world: CheckContext) -> Iterator[Result]:
    """Everything about one declared sync."""
    models: Fields = {use.name: model_fields(world, use.name) for use in form.mentions if use.kind == "models"}
    target = target_of_sync(form, world)
    yield from check_target(form, world, target)
    yield from _sources(form, models)
    described = State.SILENT if isinstance(target, NoTarget) else target
    yield from check_mappings(form, described, models)
    yield from check_identities(form, described, models)
    yield from check_conditions(form, described, models)
    yield check_schedule(form, world, mapping(form.canonical.get("schedule")), ("schedule",))


def _sources(form: Declared, models: Fields) -> Iterator[Result]:
    for name, value in mapping(form.canonical.get("fields")).items():
        entry = mapping(value)
        if "field" not in entry:
            continue
        model = text(entry.get("model"))
        result = check_field(form, text(entry["field"]), ("fields", name), model, models.get(model, State.SILENT))
        yield result if isinstance(result, State) else replace(result, place=source_place(form, name))
