"""Checks of how a sync recognises records: given where it must be, on fields and by functions that support it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from applier.checks.context import ModelFields, finding
from applier.checks.mappings import Fields, check_type, unknown_target_field
from applier.checks.models import check_field
from applier.checks.targets import identities_of
from applier.diagnostics.suggestions import join_words
from applier.discovery.model import Result, State, Target, TargetField
from applier.kinds.base import text
from applier.resolve import Declared
from applier.resources import Path


def check_identities(form: Declared, target: Target | State, models: Fields) -> Iterator[Result]:
    """Every identity of a sync, and whether it has one."""
    identities = identities_of(form)
    if isinstance(target, Target):
        yield _given(form, target, identities)
        yield from _several(form, target, identities)
    for number, entry in enumerate(identities):
        path = _path(form, number)
        model = text(entry.get("model"))
        fields = models.get(model, State.SILENT)
        yield check_field(form, text(entry.get("field")), (*path, "field"), model, fields)
        if isinstance(target, State):
            yield target
        elif target.fields is not None:
            yield from _on(form, entry, path, target, fields)


def _path(form: Declared, number: int) -> Path:
    """One mapping alone can be written as `identity` or as a list of one."""
    return ("identity",) if "identities" not in form.resource.body else ("identities", "mappings", number)


def _given(form: Declared, target: Target, identities: list[Mapping[str, object]]) -> Result:
    resource = form.resource
    mode = (target.modes or {}).get(text(form.canonical.get("mode")))
    if mode is None or mode.requires_identity is None:
        return State.SILENT
    if identities or not mode.requires_identity:
        return State.PASSED
    able = [one.id for one in (target.fields or {}).values() if one.identity]
    said = f'{resource.address} has no identity, which {target.called} needs in the mode "{mode.name}".'
    hint = f"add an identity; records are recognised by: {join_words(able)}" if able else "add an identity"
    return finding("identity-missing", said, resource.locate("mode"), resource.address, hint)


def _several(form: Declared, target: Target, identities: list[Mapping[str, object]]) -> Iterator[Result]:
    if len(identities) < 2:
        return
    resource, place = form.resource, form.resource.locate("identities", key=True)
    if target.has("supports_multiple_identities") is False:
        said = f"{resource.address} has {len(identities)} identities, but {target.called} takes only one."
        yield finding("several-identities", said, place, resource.address, 'keep one of them as "identity"')
    for name, times in Counter(text(one.get("target")) for one in identities).items():
        if times > 1:
            said = f"{resource.address} has several identities onto {name}."
            yield finding("several-identities", said, place, resource.address, "keep one of them")


def _on(
    form: Declared, entry: Mapping[str, object], path: Path, target: Target, fields: ModelFields | State
) -> Iterator[Result]:
    """One identity on its target field."""
    name = text(entry.get("target"))
    known = (target.fields or {}).get(name)
    if entry.get("new_field"):
        creates = target.has("supports_identity_field_creation") or target.has("supports_field_creation")
        said = f"{form.resource.address} asks for a new field, but {target.called} creates none."
        place = form.resource.locate(*path, "new_field")
        missing = finding("field-creation", said, place, form.resource.address)
        yield State.PASSED if creates or known or target.flags is None else missing
    if known is None:
        if not entry.get("new_field"):
            yield unknown_target_field(form, name, target, (*path, "target"))
        return
    yield _supported(form, known, path, target)
    if known.identity is not False:
        yield _function(form, known, text(entry.get("function")), path)
    if not isinstance(fields, State):
        source = fields.exposed.get(text(entry.get("field")))
        yield check_type(form, source, known, form.resource.locate(*path, "field"))


def _supported(form: Declared, known: TargetField, path: Path, target: Target) -> Result:
    if known.identity is None:
        return State.SILENT
    if known.identity:
        return State.PASSED
    able = [one.id for one in (target.fields or {}).values() if one.identity]
    said = f"{form.resource.address} recognises records by {known.id}, which {target.called} does not allow."
    hint = f"it allows: {join_words(able)}"
    return finding("identity-not-supported", said, form.resource.locate(*path, "target"), form.resource.address, hint)


def _function(form: Declared, known: TargetField, function: str, path: Path) -> Result:
    if not known.identity_functions:
        return State.SILENT
    if function in known.identity_functions:
        return State.PASSED
    said = f'{form.resource.address} compares {known.id} by "{function}", which it does not offer.'
    hint = f"it offers: {join_words(known.identity_functions)}"
    return finding("identity-function", said, form.resource.locate(*path, "function"), form.resource.address, hint)
