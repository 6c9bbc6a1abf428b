"""Checks of a sync's target: it exists or can be created, offers the mode, and gets the fields that it requires."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from applier.checks.capabilities import DESTINATION, check_capability
from applier.checks.context import CheckContext
from applier.checks.results import PASSED, CheckResult, check_offered, finding
from applier.diagnostics import Diagnostic
from applier.discovery.hints import suggest_or_list
from applier.discovery.offerings import MissingTarget, Target, TargetField, Unavailable
from applier.kinds.base import mapping, text
from applier.kinds.sync.identities import sync_identities
from applier.kinds.sync.kind import SYNCS
from applier.kinds.sync.targets import NEW_TARGET
from applier.resolve import Declared

CREATING_MODES = ("create", "append", "replace", "snapshot", "updateOrCreate")


def sync_target(declared: Declared, context: CheckContext) -> Target | MissingTarget | Unavailable:
    """Return the target of a sync as its connection describes it; only some services describe one to be created."""
    target, live = mapping(declared.canonical.get("target")), context.live(declared.resource.address)
    connection, name = text(target.get("connection")), text(target.get("object"))
    if isinstance(_check_writable(declared, context), Diagnostic):
        return Unavailable.UNKNOWN  # that finding is enough
    targets = context.catalog.targets
    if "create" in target or name.startswith(NEW_TARGET):
        live_target = mapping(live.canonical.get("target")) if live else {}
        if text(live_target.get("object")) and live_target.get("connection") == connection:
            return targets.find(connection, text(live_target.get("object")))
        properties = _creation_properties(declared)
        return targets.describe_new(connection, properties) if properties else Unavailable.UNKNOWN
    described = targets.find(connection, name) if name else Unavailable.UNKNOWN
    if isinstance(described, MissingTarget) and (connection, name) in _targets_to_create(context):
        return Unavailable.DEFERRED
    return described


def _creation_properties(declared: Declared) -> dict[str, str]:
    """Return the properties of the new target that a sync requests."""
    create = mapping(mapping(declared.canonical.get("target")).get("create"))
    return {name: text(value) for name, value in create.items()}


def _targets_to_create(context: CheckContext) -> set[tuple[str, str]]:
    """Return the connection and the name of each target that a declared sync creates."""
    targets = [mapping(one.canonical.get("target")) for one in context.of_kind(SYNCS.name)]
    names = [(one, text(mapping(one.get("create")).get("name")) or text(one.get("new_name"))) for one in targets]
    return {(text(one.get("connection")), name) for one, name in names if name}


def check_target(
    declared: Declared, context: CheckContext, target: Target | MissingTarget | Unavailable
) -> Iterator[CheckResult]:
    """Check the target by itself."""
    capability = _check_writable(declared, context)
    yield capability
    if isinstance(capability, Diagnostic):
        return
    if isinstance(target, MissingTarget):
        yield _missing_target(declared, target)
        return
    yield from _check_creation(declared, context)
    if isinstance(target, Unavailable):
        yield target
        return
    yield _check_mode(declared, target)
    yield from _check_mapped(declared, target)
    yield from _check_mandatory_fields(declared, target)


def _check_writable(declared: Declared, context: CheckContext) -> CheckResult:
    connection = text(mapping(declared.canonical.get("target")).get("connection"))
    return check_capability(declared, context, DESTINATION, connection, ("target", "connection"))


def _missing_target(declared: Declared, target: MissingTarget) -> Diagnostic:
    members = mapping(declared.canonical.get("target"))
    name, connection = text(members.get("object")), members.get("connection")
    detail = (
        f'{declared.resource.address} writes to the object "{name}", '
        f'but the connection "{connection}" has no such object.'
    )
    hint = suggest_or_list(name, target.offered)
    return finding(declared, "unknown-target", detail, ("target", "object"), hint)


def _check_creation(declared: Declared, context: CheckContext) -> Iterator[CheckResult]:
    """Check the request for a new target; it has no effect any more once the sync is live."""
    properties = _creation_properties(declared)
    if not properties or context.live(declared.resource.address):
        return
    connection = text(mapping(declared.canonical.get("target")).get("connection"))
    creation = context.catalog.targets.creation(connection, frozenset(properties))
    if isinstance(creation, Unavailable):
        yield creation
    elif creation.supported:
        yield from _check_properties(declared, properties, creation.properties)
    else:
        detail = (
            f"{declared.resource.address} creates a new target, "
            f'but the connection "{connection}" does not create targets.'
        )
        hint = "set target.object to an existing object"
        yield finding(declared, "target-not-creatable", detail, ("target", "create"), hint, key=True)


def _check_properties(
    declared: Declared, properties: Mapping[str, str], known: Mapping[str, tuple[str, ...]]
) -> Iterator[CheckResult]:
    address, path, code = declared.resource.address, ("target", "create"), "target-property"
    for name, value in properties.items():
        if name not in known:
            detail = f'{address} sets the property "{name}" of its new target, which has no such property.'
            yield finding(declared, code, detail, (*path, name), suggest_or_list(name, known), key=True)
        elif known[name] and value not in known[name]:
            detail = f'{address} sets the property "{name}" of its new target to "{value}", which is not offered.'
            yield finding(declared, code, detail, (*path, name), suggest_or_list(value, known[name]))
        else:
            yield PASSED
    for name in known:
        if name not in properties:
            detail = f'{address} does not set the property "{name}" of its new target, which is required.'
            yield finding(declared, code, detail, path, f'add "{name}" to target.create', key=True)


def _check_mode(declared: Declared, target: Target) -> CheckResult:
    mode = text(declared.canonical.get("mode"))
    if target.modes is None:
        return Unavailable.UNKNOWN
    detail = f'{declared.resource.address} has the mode "{mode}", which {target.label} does not offer.'
    return check_offered(declared, "mode-not-offered", mode, target.modes, detail, ("mode",))


def _check_mapped(declared: Declared, target: Target) -> Iterator[CheckResult]:
    """Check a sync without mapped fields."""
    if mapping(declared.canonical.get("fields")) or target.flags is None:
        return
    if target.needs_no_mappings():
        yield PASSED
    else:
        detail = f"{declared.resource.address} maps no fields, but {target.label} requires at least one."
        yield finding(declared, "no-mappings", detail, ("fields",), "map at least one field", key=True)


def _check_mandatory_fields(declared: Declared, target: Target) -> Iterator[CheckResult]:
    given = {
        *mapping(declared.canonical.get("fields")),
        *(text(one.get("target")) for one in sync_identities(declared.canonical)),
    }
    for field in mandatory_fields(target, text(declared.canonical.get("mode"))):
        if field.id in given:
            yield PASSED
            continue
        detail = (
            f'{declared.resource.address} does not map the field "{field.id}", '
            f"which {target.label} requires for new records."
        )
        hint = f"map it, or set a constant: {field.id}: {{value: …}}"
        yield finding(declared, "required-target-field", detail, ("fields",), hint, key=True)


def mandatory_fields(target: Target, mode: str) -> list[TargetField]:
    """Return the fields that need a value in a mode: the required ones that can be set, where records are created."""
    if mode not in CREATING_MODES:
        return []
    return [one for one in (target.fields or {}).values() if one.required and one.createable is not False]
