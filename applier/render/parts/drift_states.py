"""The words for what a drift report finds: the code, the state of a resource and what it means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from applier.plan import Action


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
"""The state of a resource by the action that `apply` would take."""

UNMANAGED = DriftState("drift-unmanaged", "unmanaged", "not declared, but inside owns")
"""The state of live objects that the spec owns and does not declare."""


def action_word(action: str, command: str) -> str:
    """Return the word for an action: a drift names the state, a plan what would be done."""
    return DRIFT_STATES[Action(action)].word if command == "drift" and action in list(Action) else action
