"""Compares a declared resource with its live object: the action, the fields that differ, what prevents an update."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from applier import diff
from applier.diagnostics import Diagnostic, diagnose
from applier.diff import FieldChange
from applier.kinds.base import Kind
from applier.kinds.secret_members import is_masked
from applier.live.snapshot import Live
from applier.plan.changes import NAME, Action
from applier.resolve import Declared


@dataclass(frozen=True, slots=True)
class Comparison:
    """A declared resource and its live object, if there is one.

    With `needs_replacement`, only a new object can be as declared.
    """

    declared: Declared
    live: Live | None
    fields: tuple[FieldChange, ...]
    needs_replacement: bool = False

    @property
    def kind(self) -> Kind:
        return self.declared.kind

    @property
    def action(self) -> Action | None:
        """What has to happen; None where both mean the same."""
        if self.live is None:
            return Action.CREATE
        if self.needs_replacement:
            return Action.REPLACE
        if self.live.live_name != self.live.declared_name:
            return Action.RENAME
        return Action.UPDATE if self.fields else None


def compare_resources(declared: Declared, live: Live | None) -> Comparison:
    """Return the comparison; a new name is the first of its fields."""
    if live is None:
        return Comparison(declared, None, diff.leaves(declared.kind, declared.canonical))
    fields = diff.changes(declared.kind, declared.canonical, live.canonical)
    if live.live_name == live.declared_name:
        return Comparison(declared, live, fields)
    return Comparison(declared, live, (FieldChange(NAME, live.live_name, live.declared_name), *fields))


def immutable_fields(comparison: Comparison) -> tuple[FieldChange, ...]:
    """Return the differences that no update can remove."""
    return tuple(one for one in comparison.fields if one.label in comparison.kind.immutable) if comparison.live else ()


def can_be_replaced(comparison: Comparison) -> bool:
    """Return whether a new object would be as declared where no update is: never of an id that the spec pins."""
    return comparison.declared.resource.id is None and bool(immutable_fields(comparison))


def update_problems(comparison: Comparison) -> Iterator[Diagnostic]:
    """Yield an error for each member that cannot be changed, and each secret that a full replacement would lose."""
    if comparison.live is None or comparison.needs_replacement:
        return
    immutable = immutable_fields(comparison)
    for one in immutable:
        yield _cannot_change(comparison, comparison.live, one)
    if immutable:  # the other settings belong to another type of object: nothing can be said about them
        return
    resource, kind = comparison.declared.resource, comparison.kind
    for path in find_masks(kind.to_api(resource.name, comparison.declared.canonical, comparison.live.answer)):
        if kind.may_mask(path):
            yield _secret_not_available(comparison, path)


def find_masks(value: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the paths at which a request body has a mask for a secret (docs/api/behaviours.md#masked-secrets)."""
    if isinstance(value, Mapping):
        for key, member in value.items():
            yield from find_masks(member, (*path, str(key)))
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from find_masks(member, (*path, str(index)))
    elif is_masked(value):
        yield path


def _cannot_change(comparison: Comparison, live: Live, field: FieldChange) -> Diagnostic:
    resource, noun = comparison.declared.resource, comparison.kind.noun
    allow = "remove its id, which a new object cannot have, and " if resource.id is not None else ""
    return diagnose(
        "cannot-change",
        f'The {field.label} of the {noun} "{resource.name}" ({live.id}) is "{field.before}" and cannot be updated to '
        f'"{field.after}".',
        resource.locate(*field.path),
        f"{allow}use --allow-replace, which moves its dependents to a new {noun}, or give the new {noun} another name",
        address=resource.address,
    )


def _secret_not_available(comparison: Comparison, path: tuple[str, ...]) -> Diagnostic:
    resource, label = comparison.declared.resource, ".".join(path)
    return diagnose(
        "secret-not-available",
        f'The live {comparison.kind.noun} "{resource.name}" has a {label} that the spec does not set. '
        "The API returns it masked, and an update without it could clear it.",
        resource.locate(*path[:-1]),
        f"set {label}, for example as ${{env:{path[-1].upper()}}}",
        address=resource.address,
    )
