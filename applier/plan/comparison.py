"""A declared resource beside what is live under its name: what differs, and what speaks against writing it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from applier import diff
from applier.diagnostics import Diagnostic, diagnose
from applier.diff import FieldChange
from applier.kinds import KINDS
from applier.kinds.base import is_masked
from applier.live.snapshot import Live
from applier.plan.changes import Action
from applier.resolve import Declared


@dataclass(frozen=True, slots=True)
class Comparison:
    """No `action` where both mean the same. `replaced` is set when only a new object can be as declared."""

    form: Declared
    live: Live | None
    fields: tuple[FieldChange, ...]
    replaced: bool = False

    @property
    def action(self) -> Action | None:
        if self.live is None:
            return Action.CREATE
        if self.replaced:
            return Action.REPLACE
        if self.live.called != self.live.meant:
            return Action.RENAME
        return Action.UPDATE if self.fields else None


def compare_resources(form: Declared, live: Live | None) -> Comparison:
    """Compare; a new name comes first among the fields."""
    kind = KINDS[form.resource.kind]
    if live is None:
        return Comparison(form, None, diff.leaves(kind, form.canonical))
    fields = diff.changes(kind, form.canonical, live.canonical)
    name = (FieldChange(("name",), live.called, live.meant),) if live.called != live.meant else ()
    return Comparison(form, live, (*name, *fields))


def fixed_fields(pair: Comparison) -> tuple[FieldChange, ...]:
    """The differences that no update can settle."""
    return (
        tuple(one for one in pair.fields if one.label in KINDS[pair.form.resource.kind].immutable) if pair.live else ()
    )


def problems(pair: Comparison) -> Iterator[Diagnostic]:
    """Members that cannot be changed, and secrets that a full replacement would lose."""
    if pair.live is None or pair.replaced:
        return
    resource, kind = pair.form.resource, KINDS[pair.form.resource.kind]
    fixed = fixed_fields(pair)
    for one in fixed:
        yield diagnose(
            "cannot-change",
            f'The live {kind.noun} "{resource.name}" ({pair.live.id}) has {one.label} "{one.before}", '
            f'declared is "{one.after}".',
            resource.locate(*one.path),
            "replace it with --allow-replace, which moves its users over, or give the new one another name",
            address=resource.address,
        )
    if fixed:  # its settings are those of something else, nothing can be said about them
        return
    for path in masks(kind.to_api(resource.name, pair.form.canonical, pair.live.answer)):
        if kind.may_mask(path):
            yield _lost_secret(pair, path)


def masks(value: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Where a request body holds what the service shows in place of a secret (quirks 1 to 3)."""
    if isinstance(value, Mapping):
        for key, member in value.items():
            yield from masks(member, (*path, str(key)))
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from masks(member, (*path, str(index)))
    elif is_masked(value):
        yield path


def _lost_secret(pair: Comparison, path: tuple[str, ...]) -> Diagnostic:
    resource, label = pair.form.resource, ".".join(path)
    return diagnose(
        "secret-not-available",
        f'The live {KINDS[resource.kind].noun} "{resource.name}" has a {label} that the spec does not give; '
        "the service shows it only masked, and an update without it could clear it.",
        resource.locate(*path[:-1]),
        f"declare {label}, for instance as ${{env:{path[-1].upper()}}}",
        address=resource.address,
    )
