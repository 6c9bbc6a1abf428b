"""Checks of one bulk sync: what it copies, how it writes and when it runs (docs/api/bulk-syncs.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from applier.checks.bulk_schemas import bulk_source, check_schemas, source_connection
from applier.checks.capabilities import DESTINATION, SOURCE, check_capability
from applier.checks.context import CheckContext
from applier.checks.results import PASSED, CheckResult, check_offered, finding
from applier.checks.schedules import check_schedule
from applier.diagnostics import Diagnostic
from applier.diagnostics.suggestions import closest_word, suggest
from applier.discovery.offerings import BulkDestination, Unavailable
from applier.kinds.base import mapping, sequence, text
from applier.resolve import Declared
from applier.spec.resources import Path


def check_bulk_sync(declared: Declared, context: CheckContext) -> Iterator[CheckResult]:
    """Check everything about one declared bulk sync."""
    capability = check_capability(declared, context, SOURCE, source_connection(declared), ("source", "connection"))
    yield capability
    if not isinstance(capability, Diagnostic):
        source = bulk_source(declared, context)
        yield from check_schemas(declared, source)
        if not isinstance(source, Unavailable):
            yield from _check_settings(declared, context, "source", source.settings)
    connection = destination_connection(declared)
    capability = check_capability(declared, context, DESTINATION, connection, ("destination", "connection"))
    yield capability
    if not isinstance(capability, Diagnostic):
        destination = context.catalog.bulk.destination(connection)
        if isinstance(destination, Unavailable):
            yield destination
        else:
            yield from _check_destination(declared, context, destination)
    yield check_schedule(declared, context, mapping(declared.canonical.get("schedule")), ("schedule",))
    for number, schedule in enumerate(_additional_schedules(declared)):
        yield check_schedule(declared, context, schedule, ("additional_schedules", number))


def destination_connection(declared: Declared) -> str:
    """Return the connection to which a bulk sync copies."""
    return text(mapping(declared.canonical.get("destination")).get("connection"))


def _additional_schedules(declared: Declared) -> list[Mapping[str, object]]:
    return [mapping(one) for one in sequence(declared.canonical.get("additional_schedules"))]


def _check_destination(
    declared: Declared, context: CheckContext, destination: BulkDestination
) -> Iterator[CheckResult]:
    yield from _check_settings(declared, context, "destination", destination.settings)
    mode = text(declared.canonical.get("mode"))
    if mode and destination.modes:
        yield _check_mode(declared, "mode-not-offered", "mode", mode, destination.modes, ("mode",))
    for number, schedule in enumerate(_additional_schedules(declared)):
        resync = text(schedule.get("resync_mode"))
        if resync and destination.resync_modes:
            path = ("additional_schedules", number, "resync_mode")
            yield _check_mode(declared, "resync-not-offered", "resync mode", resync, destination.resync_modes, path)
    if destination.history is not None:
        yield from _check_history(declared, supported=destination.history)


def _check_mode(declared: Declared, code: str, noun: str, mode: str, offered: Sequence[str], path: Path) -> CheckResult:
    detail = (
        f'{declared.resource.address} has the {noun} "{mode}", '
        f'which the connection "{destination_connection(declared)}" does not offer.'
    )
    return check_offered(declared, code, mode, offered, detail, path)


def _check_history(declared: Declared, *, supported: bool) -> Iterator[CheckResult]:
    """Check the schemas with history: some destinations keep it, and only in the mode replicate."""
    mode = text(declared.canonical.get("mode"))
    for id, entry in mapping(declared.canonical.get("schemas")).items():
        if not mapping(entry).get("history_enabled"):
            continue
        if not supported:
            reason = f'the connection "{destination_connection(declared)}" does not keep history'
            hint = 'remove "history_enabled"'
        elif mode not in ("", "replicate"):
            reason = f'the mode "{mode}" does not keep history'
            hint = 'remove "history_enabled", or use the mode "replicate"'
        else:
            yield PASSED
            continue
        detail = f'{declared.resource.address} enables history for the schema "{id}", but {reason}.'
        yield finding(declared, "history-not-offered", detail, ("schemas", id, "history_enabled"), hint)


def _check_settings(
    declared: Declared, context: CheckContext, end: str, known: Mapping[str, bool]
) -> Iterator[CheckResult]:
    """Check the configuration of one end.

    An update keeps the live settings, so that they count as given (docs/api/behaviours.md#bulk-defaults).
    """
    resource, live = declared.resource, context.live(declared.resource.address)
    end_of_spec = mapping(declared.canonical.get(end))
    given, connection = mapping(end_of_spec.get("configuration")), end_of_spec.get("connection")
    kept = mapping(mapping(live.canonical.get(end)).get("configuration")) if live else {}
    missing = [name for name in known if name not in given and name not in kept]
    for name in given:
        similar = closest_word(name, missing) if known and name not in known else None
        if similar is not None:
            detail = (
                f'{resource.address} sets "{name}" of its {end}, but the connection "{connection}" has no such setting.'
            )
            hint = suggest(name, [similar])
            yield finding(declared, "unknown-bulk-setting", detail, (end, "configuration", name), hint, key=True)
    for name, required in known.items():
        if required and name in missing:
            detail = (
                f'{resource.address} does not set "{name}" of its {end}, which the connection "{connection}" requires.'
            )
            hint = f"add it to {end}.configuration"
            is_key = "configuration" in mapping(resource.body.get(end))
            yield finding(declared, "missing-bulk-setting", detail, (end, "configuration"), hint, key=is_key)
        elif name in given:
            yield PASSED
