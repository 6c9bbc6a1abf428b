"""The words for what a drift report finds: the code, the state of a resource and what it means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from applier.plan import Action, Cause, Change


@dataclass(frozen=True, slots=True)
class DriftState:
    """The words for one state. `code` is a row of the table of codes, `note` explains `word`."""

    code: str
    word: str
    note: str


DIFFERENT = "live values differ from the spec"
DRIFT_STATES: Mapping[Action, DriftState] = MappingProxyType(
    {
        Action.CREATE: DriftState("drift-missing", "missing", "declared but not live"),
        Action.UPDATE: DriftState("drift-changed", "changed", DIFFERENT),
        Action.RENAME: DriftState("drift-changed", "renamed", DIFFERENT),
        Action.REPLACE: DriftState("drift-changed", "replace", DIFFERENT),
        Action.DELETE: DriftState("drift-to-be-removed", "pending removal", "removed in the spec, but still live"),
    }
)
"""The state of a resource by the action that `apply` would take, if its live object was edited."""

NOT_APPLIED = DriftState("drift-not-applied", "not applied", "the spec, or a secret, changed since the last apply")
"""The state of a live object that nobody edited."""

UNMANAGED = DriftState("drift-unmanaged", "unmanaged", "not declared, but inside owns")
"""The state of live objects that the spec owns and does not declare."""


def is_not_applied(one: Change) -> bool:
    """Return whether a live object differs only because the spec, or a secret of it, changed."""
    return one.cause == Cause.CONFIG and one.action not in (Action.CREATE, Action.DELETE)


def drift_state(one: Change) -> DriftState:
    """Return the state of the resource of a change."""
    return NOT_APPLIED if is_not_applied(one) else DRIFT_STATES[one.action]


def change_word(one: Change, command: str) -> str:
    """Return the word for a change: a drift names the state, a plan what would be done."""
    return drift_state(one).word if command == "drift" else one.action.value


def action_word(action: str, command: str) -> str:
    """Return the word for an action: a drift names the state, a plan what would be done."""
    return DRIFT_STATES[Action(action)].word if command == "drift" and action in list(Action) else action
