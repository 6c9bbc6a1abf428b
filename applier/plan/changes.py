"""The nouns of a plan."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from enum import StrEnum

from applier.diagnostics import Diagnostic, Place
from applier.diff import FieldChange


class Action(StrEnum):
    """What happens to a resource."""

    CREATE = "create"
    UPDATE = "update"
    RENAME = "rename"  # an update in which the name changes too
    REPLACE = "replace"
    DELETE = "delete"


class Cause(StrEnum):
    """What made a difference, judged by a base that both sides once agreed on."""

    CONFIG = "config"  # the file changed
    DRIFT = "drift"  # the service changed
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Change:
    """One resource that will be written. `waits_for` holds addresses of changes that have to be done before.

    `updated_at` and `updated_by` tell the last write to what is live now, as far as the service says; `seen` is a
    digest of what was live when the plan was made; `why` says why something undeclared is deleted,
    `cause` where the difference comes from, `history` who did what to it lately, as the events list tells,
    `blocked` what a person has to finish before it can be written. What is made in a circle has addresses `later`:
    members that mention these are written once they are made, by the one that `completes` it.
    """

    address: str
    kind: str
    name: str
    action: Action
    id: str | None = None
    fields: tuple[FieldChange, ...] = ()
    place: Place | None = None
    waits_for: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    completes: tuple[str, ...] = ()
    updated_at: str = ""
    updated_by: str = ""
    seen: str = ""
    why: str = ""
    cause: str = ""
    history: tuple[str, ...] = ()
    blocked: str = ""


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

    `refusals` are reasons for which it is not carried out without `--force`, or at all (`protected`). `unknown_secrets`
    counts those of which nobody can say whether they are as declared.
    """

    changes: tuple[Change, ...] = ()
    unchanged: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    unmanaged: tuple[Unmanaged, ...] = ()
    refusals: tuple[Diagnostic, ...] = ()
    unknown_secrets: int = 0

    def count(self, action: Action) -> int:
        """How many changes are of that sort."""
        return sum(one.action is action for one in self.changes)

    @property
    def fingerprint(self) -> str:
        """The same for the same changes to the same live objects, wherever the files lie: 16 hexadecimal digits."""
        return digest([essence(one) for one in self.changes])


def essence(change: Change) -> dict[str, object]:
    """What a change does and to what, without where it is declared and how it came about."""
    fields = [{**asdict(one), "cause": ""} for one in change.fields]
    return {**asdict(change), "fields": fields, "place": None, "cause": "", "history": ()}


def digest(value: object) -> str:
    """16 hexadecimal digits that change whenever the value does."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()[:16]
