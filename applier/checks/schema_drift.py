"""Compares live schemas with recorded ones, to report today what would fail in the next run."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from applier.checks.bulk_schemas import bulk_source, schema_path
from applier.checks.bulk_syncs import destination_connection
from applier.checks.context import CheckContext
from applier.checks.mappings import source_path
from applier.checks.model_fields import model_source, source_label
from applier.checks.targets import sync_target
from applier.diagnostics import Diagnostic, Place, diagnose
from applier.diagnostics.suggestions import join_words
from applier.discovery.offerings import (
    MissingTarget,
    RefusedChoice,
    Source,
    SourceField,
    Target,
    TargetField,
    Unavailable,
)
from applier.discovery.recorded import Schemas
from applier.discovery.recorded_catalog import RecordedCatalog
from applier.kinds.base import mapping
from applier.kinds.bulk_sync.kind import BULK_SYNCS
from applier.kinds.model.kind import MODELS
from applier.kinds.sync.kind import SYNCS
from applier.resolve import Declared

HINT = "update the spec if it uses what has changed, then record again: applier schema --snapshot"
Fields = Mapping[str, SourceField] | Mapping[str, TargetField]


def find_schema_drift(schemas: Schemas, live: CheckContext) -> Iterator[Diagnostic]:
    """Return a warning for each source and each target that is not as it was recorded."""
    recorded = CheckContext(live.declared, live.snapshot, RecordedCatalog(schemas))
    for declared in live.of_kind(MODELS.name):
        yield from _find_source_drift(declared, recorded, live)
    for declared in _one_sync_per_target(live):
        yield from _find_target_drift(declared, recorded, live)
    for declared in live.of_kind(BULK_SYNCS.name):
        yield from _find_bulk_source_drift(declared, recorded, live)
        yield from _find_bulk_destination_drift(declared, recorded, live)


def _find_source_drift(declared: Declared, recorded: CheckContext, live: CheckContext) -> Iterator[Diagnostic]:
    before, now = (model_source(one, declared.resource.name) for one in (recorded, live))
    if not isinstance(before, Source) or isinstance(now, Unavailable):
        return
    subject = f"{source_label(declared.canonical)}, read by {declared.resource.address},"
    place = declared.resource.locate("configuration")
    if not isinstance(now, Source):
        change = "is no longer accepted" if isinstance(now, RefusedChoice) else "no longer exists"
        yield _drift(declared, place, f"{subject} {change}")
    elif differences := list(_find_differences(before.fields, now.fields)):
        uses = _places_of_sources(declared.resource.name, before.fields.keys() - now.fields.keys(), live)
        yield _drift(declared, place, f"{subject} has changed: {'; '.join(differences)}", tuple(uses))


def _target_of(declared: Declared) -> tuple[object, object]:
    target = mapping(declared.canonical.get("target"))
    return target.get("connection"), target.get("object")


def _one_sync_per_target(context: CheckContext) -> list[Declared]:
    """Return the first sync to each target."""
    syncs = list(context.of_kind(SYNCS.name))
    return list({_target_of(one): one for one in reversed(syncs)}.values())


def _find_target_drift(declared: Declared, recorded: CheckContext, live: CheckContext) -> Iterator[Diagnostic]:
    before, now = sync_target(declared, recorded), sync_target(declared, live)
    if not isinstance(before, Target) or isinstance(now, Unavailable):
        return
    subject, place = (
        f"{before.id}, written by {declared.resource.address},",
        declared.resource.locate("target", "object"),
    )
    if isinstance(now, MissingTarget):
        yield _drift(declared, place, f"{subject} no longer exists")
        return
    fields, fields_now = before.fields or {}, now.fields or {}
    differences = [*_find_differences(fields, fields_now), *_find_lost_modes(before.modes or {}, now.modes or {})]
    if differences:
        uses = _places_of_mappings(_target_of(declared), fields.keys() - fields_now.keys(), live)
        yield _drift(declared, place, f"{subject} has changed: {'; '.join(differences)}", tuple(uses))


def _find_bulk_source_drift(declared: Declared, recorded: CheckContext, live: CheckContext) -> Iterator[Diagnostic]:
    """Return a warning for each schema that a bulk sync copies: all recorded ones if it selects none."""
    before, now = bulk_source(declared, recorded), bulk_source(declared, live)
    if isinstance(before, Unavailable) or isinstance(now, Unavailable):
        return
    selected = mapping(declared.canonical.get("schemas"))
    for id in selected or before.schemas:
        resource = declared.resource
        place = resource.locate(*schema_path(declared, id), key=True) if selected else resource.place
        subject = f"{id}, copied by {resource.address},"
        if id in before.schemas and id not in now.schemas:
            yield _drift(declared, place, f"{subject} no longer exists")
            continue
        fields, fields_now = before.schemas.get(id), now.schemas.get(id)
        if fields is not None and fields_now is not None:
            differences = list(_find_differences(fields, fields_now))
            if differences:
                yield _drift(declared, place, f"{subject} has changed: {'; '.join(differences)}")


def _find_bulk_destination_drift(
    declared: Declared, recorded: CheckContext, live: CheckContext
) -> Iterator[Diagnostic]:
    name = destination_connection(declared)
    before, now = (one.catalog.bulk.destination(name) for one in (recorded, live))
    if isinstance(before, Unavailable) or isinstance(now, Unavailable) or not now.modes:
        return
    for difference in _find_lost_modes(before.modes, now.modes):
        subject = f'The connection "{name}", written by {declared.resource.address},'
        place = declared.resource.locate("destination", "connection")
        yield _drift(declared, place, f"{subject} has changed: {difference}")


def _find_lost_modes(before: Collection[str], now: Collection[str]) -> Iterator[str]:
    lost = [mode for mode in before if mode not in now]
    if lost:
        yield f"no longer offers the mode {join_words(lost)}"


def _find_differences(before: Fields, now: Fields) -> Iterator[str]:
    removed = [name for name in before if name not in now]
    added = [name for name in now if name not in before]
    if removed:
        yield f"removed {join_words(removed)}"
    if added:
        yield f"added {join_words(added)}"
    for name in before:
        if name in now and _format_type(before[name]) != _format_type(now[name]):
            yield f"{name} changed from {_format_type(before[name])} to {_format_type(now[name])}"


def _format_type(field: SourceField | TargetField) -> str:
    return f"{field.type} ({field.native})" if field.native else field.type


def _places_of_sources(model: str, removed: Collection[str], context: CheckContext) -> Iterator[Place]:
    """Return where syncs read removed fields of a model."""
    for declared in context.of_kind(SYNCS.name):
        for name, value in mapping(declared.canonical.get("fields")).items():
            entry = mapping(value)
            if entry.get("model") == model and entry.get("field") in removed:
                yield declared.resource.locate(*source_path(declared, name))


def _places_of_mappings(
    target: tuple[object, object], removed: Collection[str], context: CheckContext
) -> Iterator[Place]:
    """Return where syncs to a target map removed fields."""
    for declared in context.of_kind(SYNCS.name):
        if _target_of(declared) == target:
            for name in mapping(declared.canonical.get("fields")):
                if name in removed:
                    yield declared.resource.locate("fields", name, key=True)


def _drift(declared: Declared, place: Place, difference: str, related: tuple[Place, ...] = ()) -> Diagnostic:
    address = declared.resource.address
    return diagnose("schema-moved", f"{difference}.", place, HINT, address=address, related=related)
