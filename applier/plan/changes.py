"""The nouns of a plan: changes in order, what stays unchanged, and the reasons not to apply it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum

from applier.diagnostics import Diagnostic, Place
from applier.diff import FieldChange
from applier.secrets import OURS
from applier.spec.resources import address_of

NAME = ("name",)
"""The path of the name, the first field of a rename."""


class Action(StrEnum):
    """What happens to a resource."""

    CREATE = "create"
    UPDATE = "update"
    RENAME = "rename"  # an update in which the name changes too
    REPLACE = "replace"
    DELETE = "delete"


class Cause(StrEnum):
    """Where a difference comes from, judged by a base at which spec and workspace agreed."""

    CONFIG = "config"  # the spec changed, or the value of one of its secrets; of secrets it is known without a base
    DRIFT = "drift"  # the workspace changed
    BOTH = "both"
    UNKNOWN = "unknown"  # the base does not describe the object


@dataclass(frozen=True, slots=True)
class Change:
    """One resource that will be written.

    `waits_for` has the addresses of changes that must be done first. In a reference cycle, a resource is created
    without the members that mention the `deferred` addresses, which come later; the last of those `completes` it, by an
    update. `updated_at` and `updated_by` describe the last write to the live object, as far as the service tells.
    `seen` is a digest of the live object at the time of the plan. `why` is the reason for the delete of something
    undeclared or, in a drift, for a missing resource. `cause` is the origin of the difference, `history` has recent
    events about the object, and `blocked` is what a person has to finish before it can be written.
    """

    address: str
    kind: str = field(metadata=OURS)
    name: str
    action: Action
    id: str | None = None
    fields: tuple[FieldChange, ...] = ()
    place: Place | None = None
    waits_for: tuple[str, ...] = ()
    deferred: tuple[str, ...] = ()
    completes: tuple[str, ...] = ()
    updated_at: str = ""
    updated_by: str = ""
    seen: str = field(default="", metadata=OURS)
    why: str = ""
    cause: str = field(default="", metadata=OURS)
    history: tuple[str, ...] = ()
    blocked: str = ""

    @property
    def is_step(self) -> bool:
        """True for a rename that prepares or ends another change of the same resource."""
        return self.action is Action.RENAME and self.address != address_of(self.kind, self.name)

    @property
    def name_before(self) -> str | None:
        """The name that the object has right before a rename; None when the change does not rename it."""
        names = (str(one.before) for one in self.fields if one.path == NAME and self.action is Action.RENAME)
        return next(names, None)


@dataclass(frozen=True, slots=True)
class Unmanaged:
    """A live object inside `owns` that the spec does not declare."""

    address: str
    id: str
    updated_at: str = ""
    updated_by: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that will be done, in order, and what stays as it is.

    `refusals` are the safety limits that the plan violates: it is applied only with `--force`, or never (`protected`).
    `unknown_secrets` counts the secrets that cannot be compared with live ones. `likely_renames` has, for addresses
    that are not live, the name under which they seem to be.
    """

    changes: tuple[Change, ...] = ()
    unchanged: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    unmanaged: tuple[Unmanaged, ...] = ()
    refusals: tuple[Diagnostic, ...] = ()
    unknown_secrets: int = 0
    likely_renames: Mapping[str, str] = field(default_factory=dict)

    def count(self, action: Action) -> int:
        """Return the number of changes with this action."""
        return sum(one.action is action for one in self.changes)

    def without_steps(self) -> Plan:
        """Return the plan without steps to interim names, for reports of what differs instead of what will be done."""
        befores = {one.id: one.fields[0].before for one in self.changes if one.is_step}
        steps = {one.address for one in self.changes if one.is_step}
        return replace(
            self, changes=tuple(_without_steps(one, steps, befores) for one in self.changes if not one.is_step)
        )

    def with_likely_renames(self) -> Plan:
        """Return the plan with the likely rename as the reason why a resource is missing, for reports of what differs.

        A plan to apply does not have it: whether it still holds does not depend on what an object looks like.
        """
        renames = {address: f'likely renamed to "{name}"' for address, name in self.likely_renames.items()}
        changes = tuple(
            replace(one, why=renames.get(one.address, one.why)) if one.action is Action.CREATE else one
            for one in self.changes
        )
        return replace(self, changes=changes)

    @property
    def fingerprint(self) -> str:
        """16 hexadecimal digits, the same for the same changes to the same live objects, wherever the files lie."""
        return digest([planned_effect(one) for one in self.changes])


def _without_steps(change: Change, steps: Collection[str], befores: Mapping[str | None, object]) -> Change:
    """Return the change as it is without the steps; `befores` has the names that the objects have before them."""
    fields = tuple(
        replace(one, before=befores[change.id]) if one.path == NAME and change.id in befores else one
        for one in change.fields
    )
    return replace(change, fields=fields, waits_for=tuple(one for one in change.waits_for if one not in steps))


def planned_effect(change: Change) -> dict[str, object]:
    """Return what a change does and to what, without its place, cause and history."""
    fields = [{**asdict(one), "cause": ""} for one in change.fields]
    return {**asdict(change), "fields": fields, "place": None, "cause": "", "history": ()}


def digest(value: object) -> str:
    """Return 16 hexadecimal digits that change whenever the value does."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()[:16]
