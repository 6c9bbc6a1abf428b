"""Checks of one bulk sync: what it copies, how it is kept, and when (api.md section 18)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from applier.checks.bulk_schemas import check_schemas, names_fields
from applier.checks.capabilities import check_capability
from applier.checks.context import CheckContext, finding
from applier.checks.schedules import check_schedule
from applier.diagnostics.suggestions import closest_word, join_words, suggest
from applier.discovery.bulk_model import BulkDestination
from applier.discovery.model import Result, State
from applier.kinds.base import mapping, sequence, text
from applier.resolve import Declared


def check_bulk_sync(form: Declared, world: CheckContext) -> Iterator[Result]:
    """Everything about one declared bulk sync."""
    name = _connection(form, "source")
    able = check_capability(form, world, "source", name, ("source", "connection"))
    yield able
    if isinstance(able, State):
        source = world.offers.bulk.source(name, fields=names_fields(world, name))
        yield from check_schemas(form, source)
        yield from _settings(form, world, "source", {} if isinstance(source, State) else source.settings)
    name = _connection(form, "destination")
    able = check_capability(form, world, "destination", name, ("destination", "connection"))
    yield able
    if isinstance(able, State):
        destination = world.offers.bulk.destination(name)
        yield from (destination,) if isinstance(destination, State) else _kept(form, world, destination)
    yield check_schedule(form, world, mapping(form.canonical.get("schedule")), ("schedule",))
    for number, schedule in enumerate(map(mapping, sequence(form.canonical.get("additional_schedules")))):
        yield check_schedule(form, world, schedule, ("additional_schedules", number))


def _connection(form: Declared, end: str) -> str:
    return text(mapping(form.canonical.get(end)).get("connection"))


def _kept(form: Declared, world: CheckContext, destination: BulkDestination) -> Iterator[Result]:
    """What the destination has to offer."""
    yield from _settings(form, world, "destination", destination.settings)
    mode = text(form.canonical.get("mode"))
    if mode and destination.modes:
        yield _offered(form, "mode-not-offered", f'has the mode "{mode}"', mode, destination.modes, ("mode",))
    for number, schedule in enumerate(map(mapping, sequence(form.canonical.get("additional_schedules")))):
        resync = text(schedule.get("resync_mode"))
        if resync and destination.resync_modes:
            said, path = f'copies anew by "{resync}"', ("additional_schedules", number, "resync_mode")
            yield _offered(form, "resync-not-offered", said, resync, destination.resync_modes, path)
    if destination.history is not None:
        yield from _history(form, destination.history)


def _offered(
    form: Declared, code: str, said: str, word: str, offered: tuple[str, ...], path: tuple[str | int, ...]
) -> Result:
    if word in offered:
        return State.PASSED
    resource = form.resource
    said = f'{resource.address} {said}, which the connection "{_connection(form, "destination")}" does not offer.'
    return finding(code, said, resource.locate(*path), resource.address, f"it offers: {join_words(offered)}")


def _history(form: Declared, supported: bool) -> Iterator[Result]:
    """Earlier versions of records are kept by some destinations, and only of copies that are kept equal."""
    resource, mode = form.resource, text(form.canonical.get("mode"))
    for id, entry in mapping(form.canonical.get("schemas")).items():
        if not mapping(entry).get("history_enabled"):
            continue
        place = resource.locate("schemas", id, "history_enabled")
        if not supported:
            said = f'the connection "{_connection(form, "destination")}" does not keep'
        elif mode not in ("", "replicate"):
            said = f'the mode "{mode}" does not keep'
        else:
            yield State.PASSED
            continue
        said = f"{resource.address} asks for the history of {id}, which {said}."
        yield finding("history-not-offered", said, place, resource.address)


def _settings(form: Declared, world: CheckContext, end: str, known: Mapping[str, bool]) -> Iterator[Result]:
    """The configuration of one end. What is live already is kept (quirk 59) and counts as given."""
    resource, live = form.resource, world.live(form.resource.address)
    written = mapping(mapping(form.canonical.get(end)).get("configuration"))
    kept = mapping(mapping(live.canonical.get(end)).get("configuration")) if live else {}
    missing = [name for name in known if name not in written and name not in kept]
    for name in written:
        near = closest_word(name, missing) if known and name not in known else None
        if near is not None:
            said = f'{resource.address} gives its {end} the setting "{name}", which "{_connection(form, end)}" does '
            place = resource.locate(end, "configuration", name, key=True)
            hint = suggest(name, [near])
            yield finding("unknown-bulk-setting", f"{said}not know.", place, resource.address, hint)
    for name, required in known.items():
        if required and name in missing:
            said = f'{resource.address} does not say "{name}" of its {end}, which "{_connection(form, end)}" requires.'
            place = resource.locate(end, "configuration", key="configuration" in mapping(resource.body.get(end)))
            yield finding("missing-bulk-setting", said, place, resource.address, f"add it to {end}.configuration")
        elif name in written:
            yield State.PASSED
