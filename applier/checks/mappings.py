"""Checks of each mapped field: the target has it, lets it be written like that, and takes its values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from applier.checks.context import ModelFields, finding
from applier.checks.type_compatibility import misfit
from applier.diagnostics import Place
from applier.diagnostics.suggestions import join_words, suggest
from applier.discovery.model import Result, SourceField, State, Target, TargetField
from applier.kinds.base import mapping, text
from applier.resolve import Declared
from applier.resources import Path

Fields = Mapping[str, ModelFields | State]


def check_mappings(form: Declared, target: Target | State, models: Fields) -> Iterator[Result]:
    """Everything about the fields of a sync but whether their sources exist."""
    for name, entry in mapping(form.canonical.get("fields")).items():
        yield from check_mapping(form, name, mapping(entry), target, models)


def check_mapping(
    form: Declared, name: str, entry: Mapping[str, object], target: Target | State, models: Fields
) -> Iterator[Result]:
    """One mapping."""
    if isinstance(target, State):
        yield target
        return
    if entry.get("new") and target.flags is not None:
        yield _creates(form, target, ("fields", name, "new"))
    if entry.get("sync_mode"):
        yield _own_mode(form, name, target)
    known = (target.fields or {}).get(name)
    if known is not None:
        yield _written(form, known, target)
        yield _typed(form, known, entry, models)
        yield _allowed(form, known, entry)
    elif target.fields is not None and not entry.get("new"):
        yield unknown_target_field(form, name, target, ("fields", name), key=True)
    if entry.get("encrypt"):
        yield _encrypted(form, name, target, known)


def unknown_target_field(form: Declared, name: str, target: Target, path: Path, *, key: bool = False) -> Result:
    """The finding for a field that the target does not have."""
    resource, known = form.resource, target.fields or {}
    said = f'{resource.address} names "{name}", but {target.called} has no such field.'
    hint = suggest(name, known) or f"it has: {join_words(known)}"
    if not suggest(name, known) and target.has("supports_field_creation"):
        hint += '; "new: true" has it created'
    return finding("unknown-target-field", said, resource.locate(*path, key=key), resource.address, hint)


def _creates(form: Declared, target: Target, path: Path) -> Result:
    if target.has("supports_field_creation") is not False:
        return State.PASSED
    said = f"{form.resource.address} asks for a new field, but {target.called} creates none."
    hint = f"it has: {join_words(target.fields or {})}"
    return finding("field-creation", said, form.resource.locate(*path), form.resource.address, hint)


def _own_mode(form: Declared, name: str, target: Target) -> Result:
    mode = (target.modes or {}).get(text(form.canonical.get("mode")))
    if mode is None or mode.field_modes is None:
        return State.SILENT
    if mode.field_modes:
        return State.PASSED
    said = f'{form.resource.address} gives {name} a mode of its own, which the mode "{mode.name}" does not have.'
    place = form.resource.locate("fields", name, "sync_mode")
    return finding("field-mode", said, place, form.resource.address, 'remove "sync_mode"')


def _written(form: Declared, known: TargetField, target: Target) -> Result:
    """Tables of modes: api.md 16; what is neither createable nor updateable is the target's own matter."""
    mode = text(form.canonical.get("mode"))
    if mode == "remove":
        return State.PASSED
    if mode == "update":
        allowed, word = known.updateable, "updated"
    elif mode == "updateOrCreate":
        allowed, word = _either(known), "written"
    else:
        allowed, word = known.createable, "set on new records"
    if allowed is None:
        return State.SILENT
    if allowed:
        return State.PASSED
    said = f"{form.resource.address} maps {known.id}, which cannot be {word} in {target.called}."
    place = form.resource.locate("fields", known.id, key=True)
    return finding("not-writable", said, place, form.resource.address, "remove it from the fields, or change the mode")


def _either(known: TargetField) -> bool | None:
    if known.createable is None or known.updateable is None:
        return known.createable or known.updateable
    return known.createable or known.updateable


def _typed(form: Declared, known: TargetField, entry: Mapping[str, object], models: Fields) -> Result:
    fields = models.get(text(entry.get("model")))
    if "value" in entry or "field" not in entry or fields is None:
        return State.PASSED
    if isinstance(fields, State):
        return fields
    return check_type(form, fields.exposed.get(text(entry["field"])), known, source_place(form, known.id))


def check_type(form: Declared, source: SourceField | None, known: TargetField, place: Place) -> Result:
    """Whether values of a source field fit a target field."""
    if source is None or not source.type or not known.type:
        return State.SILENT
    broken = misfit(source, known)
    if broken is None:
        return State.PASSED
    code, reason = broken
    one, other = (_told(each.type, each.native) for each in (source, known))
    said = f'{form.resource.address} writes "{source.name}" ({one}) into {known.id} ({other}): {reason}.'
    return finding(code, said, place, form.resource.address)


def _told(word: str, native: str) -> str:
    return f"{word}, {native}" if native and native.casefold() != word else word


def source_place(form: Declared, name: str) -> Place:
    """Where the source of a mapping is written: in its short form it is the value itself."""
    written = mapping(form.resource.body.get("fields")).get(name)
    return form.resource.locate("fields", name, *(("field",) if isinstance(written, Mapping) else ()))


def _allowed(form: Declared, known: TargetField, entry: Mapping[str, object]) -> Result:
    value = entry.get("value")
    if known.takes(value):
        return State.PASSED
    said = f'{form.resource.address} sets {known.id} to "{value}", which is none of its choices.'
    hint = suggest(str(value), known.values) or f"it takes: {join_words(known.values)}"
    place = form.resource.locate("fields", known.id, "value")
    return finding("value-not-taken", said, place, form.resource.address, hint)


def _encrypted(form: Declared, name: str, target: Target, known: TargetField | None) -> Result:
    """Told for the whole target by a flag, and for a field where the service says it of fields (quirk 34)."""
    flag = target.has("supports_field_encryption")
    single = known.encryptable if known else None
    if flag is None and single is None:
        return State.SILENT
    if flag is not False and single is not False and not (flag and single is None and _some_encryptable(target)):
        return State.PASSED
    said = f"{form.resource.address} encrypts {name}, but {target.called} does not take it encrypted."
    able = [one.id for one in (target.fields or {}).values() if one.encryptable]
    hint = f"it takes encrypted: {join_words(able)}" if able else 'remove "encrypt"'
    return finding("encryption", said, form.resource.locate("fields", name, "encrypt"), form.resource.address, hint)


def _some_encryptable(target: Target) -> bool:
    """True where the service marks the fields that can be encrypted and leaves the mark out at the others."""
    return any(one.encryptable for one in (target.fields or {}).values())
