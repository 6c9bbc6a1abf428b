"""Checks of where a sync writes: the object is there or can be made, and offers the mode; what it requires is given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from applier.checks.capabilities import check_capability
from applier.checks.context import CheckContext, finding
from applier.diagnostics.suggestions import join_words, suggest
from applier.discovery.model import NoTarget, Result, State, Target
from applier.kinds.base import mapping, text
from applier.resolve import Declared

PSEUDO = "__pt_new_"
CREATING = ("create", "append", "replace", "snapshot", "updateOrCreate")


def target_of_sync(form: Declared, world: CheckContext) -> Target | NoTarget | State:
    """The target as the connection describes it; one that is still to be made is known only to some services."""
    target = mapping(form.canonical.get("target"))
    connection, name = text(target.get("connection")), text(target.get("object"))
    live = world.live(form.resource.address)
    if not isinstance(_writable(form, world), State):
        return State.SILENT  # said by itself; the service would only refuse to tell
    if "create" in target or name.startswith(PSEUDO):
        became = text(mapping(live.canonical.get("target")).get("object")) if live else ""
        if became and live and mapping(live.canonical.get("target")).get("connection") == connection:
            return world.offers.target(connection, became)
        properties = {key: text(value) for key, value in mapping(target.get("create")).items()}
        return world.offers.new_target(connection, properties) if properties else State.SILENT
    described = world.offers.target(connection, name) if name else State.SILENT
    made_by_another = isinstance(described, NoTarget) and (connection, name) in _to_be_made(world)
    return State.WAITS if made_by_another else described


def _to_be_made(world: CheckContext) -> set[tuple[str, str]]:
    """The connection and the name of each target that a declared sync asks for."""
    targets = [mapping(one.canonical.get("target")) for one in world.forms.values() if one.resource.kind == "syncs"]
    wanted = [(one, text(mapping(one.get("create")).get("name")) or text(one.get("new_name"))) for one in targets]
    return {(text(one.get("connection")), name) for one, name in wanted if name}


def check_target(form: Declared, world: CheckContext, target: Target | NoTarget | State) -> Iterator[Result]:
    """The target by itself."""
    writable = _writable(form, world)
    yield writable
    if not isinstance(writable, State):
        return
    if isinstance(target, NoTarget):
        yield _missing(form, target)
        return
    yield from _creation(form, world)
    if isinstance(target, State):
        yield target
        return
    yield _mode(form, target)
    yield from _given(form, target)


def _writable(form: Declared, world: CheckContext) -> Result:
    name = text(mapping(form.canonical.get("target")).get("connection"))
    return check_capability(form, world, "destination", name, ("target", "connection"))


def _missing(form: Declared, target: NoTarget) -> Result:
    resource, written = form.resource, mapping(form.canonical.get("target"))
    name = text(written.get("object"))
    said = f'{resource.address} writes to "{name}", which the connection "{written.get("connection")}" does not have.'
    hint = suggest(name, target.offered) or f"there are: {join_words(target.offered)}"
    return finding("unknown-target", said, resource.locate("target", "object"), resource.address, hint)


def _creation(form: Declared, world: CheckContext) -> Iterator[Result]:
    """Only the first write makes the target; afterwards `create` is history."""
    wanted = {name: text(value) for name, value in mapping(mapping(form.canonical.get("target")).get("create")).items()}
    if not wanted or world.live(form.resource.address):
        return
    connection = text(mapping(form.canonical.get("target")).get("connection"))
    creation = world.offers.creation(connection, frozenset(wanted))
    if isinstance(creation, State):
        yield creation
    elif not creation.supported:
        said = f'{form.resource.address} asks for a new target, but the connection "{connection}" creates none.'
        place = form.resource.locate("target", "create", key=True)
        yield finding(
            "target-not-creatable", said, place, form.resource.address, "name an existing one as target.object"
        )
    else:
        yield from _properties(form, wanted, creation.properties)


def _properties(form: Declared, wanted: Mapping[str, str], known: Mapping[str, tuple[str, ...]]) -> Iterator[Result]:
    resource = form.resource
    for name, value in wanted.items():
        if name not in known:
            said = f'{resource.address} gives its new target a "{name}", which is not asked for.'
            hint = suggest(name, known) or f"there are: {join_words(known)}"
            place = resource.locate("target", "create", name, key=True)
            yield finding("target-property", said, place, resource.address, hint)
        elif known[name] and value not in known[name]:
            said = f'{resource.address} gives its new target the {name} "{value}", which is not offered.'
            hint = suggest(value, known[name]) or f"there are: {join_words(known[name])}"
            place = resource.locate("target", "create", name)
            yield finding("target-property", said, place, resource.address, hint)
        else:
            yield State.PASSED
    for name in known:
        if name not in wanted:
            said = f'{resource.address} does not say the "{name}" of its new target.'
            yield finding("target-property", said, resource.locate("target", "create", key=True), resource.address)


def _mode(form: Declared, target: Target) -> Result:
    resource, mode = form.resource, text(form.canonical.get("mode"))
    if target.modes is None:
        return State.SILENT
    if mode in target.modes:
        return State.PASSED
    said = f'{resource.address} has the mode "{mode}", which {target.called} does not offer.'
    hint = f"it offers: {join_words(target.modes)}"
    return finding("mode-not-offered", said, resource.locate("mode"), resource.address, hint)


def _given(form: Declared, target: Target) -> Iterator[Result]:
    """What a target wants to be given: mappings at all, and every required field where records are created."""
    resource, fields = form.resource, mapping(form.canonical.get("fields"))
    if not fields and target.flags is not None:
        free = target.has("mappings_not_required") or target.has("optional_target_mappings")
        said = f"{resource.address} maps no field, and {target.called} is not written without."
        yield (
            State.PASSED
            if free
            else finding(
                "no-mappings", said, resource.locate("fields", key=True), resource.address, "map at least one field"
            )
        )
    if target.fields is None or text(form.canonical.get("mode")) not in CREATING:
        return
    given = {*fields, *(text(one.get("target")) for one in identities_of(form))}
    for one in target.fields.values():
        if not one.required or one.createable is False:
            continue
        said = f"{resource.address} does not map {one.id}, which {target.called} requires of new records."
        hint = f"map it, or give it a constant: {one.id}: {{value: …}}"
        place = resource.locate("fields", key=True)
        missing = finding("required-target-field", said, place, resource.address, hint)
        yield State.PASSED if one.id in given else missing


def identities_of(form: Declared) -> list[Mapping[str, object]]:
    """The identities of a sync, one or several."""
    several = mapping(form.canonical.get("identities")).get("mappings")
    one = mapping(form.canonical.get("identity"))
    return [mapping(each) for each in several] if isinstance(several, list) else ([one] if one else [])
