"""Checks of one sync: its sources, its target, and everything that maps the ones to the other."""

from __future__ import annotations

from collections.abc import Iterator

from applier.checks.conditions import check_conditions
from applier.checks.context import CheckContext
from applier.checks.identities import check_identities
from applier.checks.mappings import check_mappings, source_path
from applier.checks.model_fields import FieldsByModel, model_fields
from applier.checks.results import CheckResult
from applier.checks.schedules import check_schedule
from applier.checks.source_fields import check_model_field
from applier.checks.targets import check_target, sync_target
from applier.discovery.offerings import MissingTarget, Unavailable
from applier.kinds.base import mapping, text
from applier.kinds.model.kind import MODELS
from applier.resolve import Declared


def check_sync(declared: Declared, context: CheckContext) -> Iterator[CheckResult]:
    """Check everything about one declared sync."""
    used = [use.name for use in declared.mentions if use.kind == MODELS.name]
    models = {name: model_fields(context, name) for name in used}
    target = sync_target(declared, context)
    yield from check_target(declared, context, target)
    yield from _check_sources(declared, models)
    described = Unavailable.UNKNOWN if isinstance(target, MissingTarget) else target
    yield from check_mappings(declared, described, models)
    yield from check_identities(declared, described, models)
    yield from check_conditions(declared, described, models)
    yield check_schedule(declared, context, mapping(declared.canonical.get("schedule")), ("schedule",))


def _check_sources(declared: Declared, models: FieldsByModel) -> Iterator[CheckResult]:
    """Check that the source of each mapped field exists."""
    for name, value in mapping(declared.canonical.get("fields")).items():
        entry = mapping(value)
        if "field" in entry:
            model = text(entry.get("model"))
            fields = models.get(model, Unavailable.UNKNOWN)
            yield check_model_field(declared, text(entry["field"]), source_path(declared, name), model, fields)
