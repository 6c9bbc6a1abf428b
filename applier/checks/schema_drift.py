"""How what is live has moved away from the recorded schemas: what breaks tomorrow's run is said today."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from applier.checks.bulk_schemas import names_fields, schema_path
from applier.checks.context import CheckContext, origin, source_of
from applier.checks.mappings import source_place
from applier.checks.targets import target_of_sync
from applier.diagnostics import Diagnostic, Place, Severity
from applier.diagnostics.suggestions import join_words
from applier.discovery.model import NoSource, NoTarget, Source, SourceField, State, Target, TargetField
from applier.discovery.recorded import RecordedCatalog, Schemas
from applier.kinds.base import mapping, text
from applier.resolve import Declared

CODE, SUMMARY = "schema-moved", "a live schema is no longer as it was recorded"
HINT = "correct the spec if it is concerned, then record again: applier schema --snapshot"
Fields = Mapping[str, SourceField] | Mapping[str, TargetField]


def find_schema_drift(schemas: Schemas, now: CheckContext) -> Iterator[Diagnostic]:
    """A warning for each source and each target that is no longer as it was."""
    then = CheckContext(now.forms, now.snapshot, RecordedCatalog(schemas))
    seen = set[tuple[str, str]]()
    for form in now.forms.values():
        if form.resource.managed and form.resource.kind == "models":
            yield from _source(form, source_of(then, form.resource.name), source_of(now, form.resource.name), now)
        elif form.resource.managed and form.resource.kind == "syncs":
            target = mapping(form.canonical.get("target"))
            key = (text(target.get("connection")), text(target.get("object")))
            if key not in seen:
                seen.add(key)
                yield from _target(form, target_of_sync(form, then), target_of_sync(form, now), now)
        elif form.resource.managed and form.resource.kind == "bulk_syncs":
            yield from _copied(form, then, now)
            yield from _kept(form, then, now)


def _source(
    form: Declared, before: Source | NoSource | State, now: Source | NoSource | State, world: CheckContext
) -> Iterator[Diagnostic]:
    if not isinstance(before, Source) or isinstance(now, State):
        return
    place = form.resource.locate("configuration")
    if isinstance(now, NoSource):
        yield _moved(form, place, f"{origin(form.canonical)}, which {form.resource.address} reads, is gone")
        return
    said = list(_differences(before.fields, now.fields))
    if said:
        gone = before.fields.keys() - now.fields.keys()
        what = f"{origin(form.canonical)}, which {form.resource.address} reads: {'; '.join(said)}"
        yield _moved(form, place, what, tuple(_used(form.resource.name, gone, world)))


def _target(form: Declared, before: object, now: object, world: CheckContext) -> Iterator[Diagnostic]:
    if not isinstance(before, Target) or isinstance(now, State):
        return
    place = form.resource.locate("target", "object")
    if isinstance(now, NoTarget):
        yield _moved(form, place, f"{before.called}, to which {form.resource.address} writes, is gone")
    elif isinstance(now, Target):
        said = list(_differences(before.fields or {}, now.fields or {}))
        lost = [name for name in before.modes or {} if name not in (now.modes or {})]
        said += [f"no longer offered: the mode {join_words(lost)}"] if lost else []
        if said:
            gone = (before.fields or {}).keys() - (now.fields or {}).keys()
            what = f"{before.called}, to which {form.resource.address} writes: {'; '.join(said)}"
            yield _moved(form, place, what, tuple(_written(form, gone, world)))


def _copied(form: Declared, then: CheckContext, world: CheckContext) -> Iterator[Diagnostic]:
    """What a bulk sync copies: all that there was, if it does not choose."""
    name = text(mapping(form.canonical.get("source")).get("connection"))
    before, now = (one.offers.bulk.source(name, fields=names_fields(world, name)) for one in (then, world))
    if isinstance(before, State) or isinstance(now, State):
        return
    chosen = mapping(form.canonical.get("schemas"))
    for id in chosen or before.schemas:
        place = form.resource.locate(*schema_path(form, id), key=True) if chosen else form.resource.place
        if id in before.schemas and id not in now.schemas:
            yield _moved(form, place, f"{id}, which {form.resource.address} copies, is gone")
            continue
        was, is_now = before.schemas.get(id), now.schemas.get(id)
        said = list(_differences(was, is_now)) if was is not None and is_now is not None else []
        if said:
            yield _moved(form, place, f"{id}, which {form.resource.address} copies: {'; '.join(said)}")


def _kept(form: Declared, then: CheckContext, world: CheckContext) -> Iterator[Diagnostic]:
    """How its destination can be kept."""
    name = text(mapping(form.canonical.get("destination")).get("connection"))
    before, now = (one.offers.bulk.destination(name) for one in (then, world))
    if isinstance(before, State) or isinstance(now, State):
        return
    lost = [mode for mode in before.modes if now.modes and mode not in now.modes]
    if lost:
        what = f'"{name}", to which {form.resource.address} copies: no longer offered: the mode {join_words(lost)}'
        yield _moved(form, form.resource.locate("destination", "connection"), what)


def _differences(before: Fields, now: Fields) -> Iterator[str]:
    gone = [name for name in before if name not in now]
    new = [name for name in now if name not in before]
    if gone:
        yield f"gone: {join_words(gone)}"
    if new:
        yield f"new: {join_words(new)}"
    for name in before:
        if name in now and _type(before[name]) != _type(now[name]):
            yield f"{name} was {_type(before[name])}, is {_type(now[name])}"


def _type(one: SourceField | TargetField) -> str:
    return f"{one.type} ({one.native})" if one.native else one.type


def _used(model: str, gone: frozenset[str] | set[str], world: CheckContext) -> Iterator[Place]:
    """Where syncs use what is gone."""
    for form in world.forms.values():
        if form.resource.kind == "syncs":
            for name, value in mapping(form.canonical.get("fields")).items():
                entry = mapping(value)
                if entry.get("model") == model and entry.get("field") in gone:
                    yield source_place(form, name)


def _written(first: Declared, gone: frozenset[str] | set[str], world: CheckContext) -> Iterator[Place]:
    """Where syncs to the same target write what is gone."""
    target = mapping(first.canonical.get("target"))
    for form in world.forms.values():
        own = mapping(form.canonical.get("target"))
        if form.resource.kind == "syncs" and all(own.get(one) == target.get(one) for one in ("connection", "object")):
            for name in mapping(form.canonical.get("fields")):
                if name in gone:
                    yield form.resource.locate("fields", name, key=True)


def _moved(form: Declared, place: Place, what: str, related: tuple[Place, ...] = ()) -> Diagnostic:
    return Diagnostic(CODE, SUMMARY, f"{what}.", place, HINT, Severity.WARNING, form.resource.address, related)
