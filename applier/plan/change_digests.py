"""Keyed digests of the changes of a plan: two plans are compared by them, since what is shown of a plan is masked.

What is masked depends on the secrets that a command knows, and two names can be masked as the same text. The key is the
one of the saved plan (`input_digests`).
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from applier.plan.changes import Action, Change, Plan, planned_effect

LENGTH = 16  # hexadecimal digits
ORDER = ("waits_for", "deferred", "completes", "blocked")
"""Members of a change that follow from other changes."""
LIVE = ("id", "seen")
"""Members of a change that tell which live object it was planned for, and how that was."""


@dataclass(frozen=True, slots=True)
class ChangeDigest:
    """Digests of one change: of its address, of the live object as it was seen, and of what it does.

    `order` is the digest of what it waits for.
    """

    address: str
    live: str
    effect: str
    order: str


@dataclass(frozen=True, slots=True)
class DigestedPlan:
    """A plan, and the digests of its changes in the same order."""

    plan: Plan
    digests: Sequence[ChangeDigest]

    def by_address(self) -> Mapping[str, tuple[Change, ChangeDigest]]:
        """Return each change with its digests, by the digest of its address."""
        return {one.address: (change, one) for change, one in zip(self.plan.changes, self.digests, strict=True)}

    @property
    def gone(self) -> set[str]:
        """The digests of the addresses that are not live, or have no change of their own, after the plan."""
        return {
            address
            for address, (change, _) in self.by_address().items()
            if change.action is Action.DELETE or change.is_step
        }


def digest_changes(key: str, plan: Plan) -> tuple[ChangeDigest, ...]:
    """Return the digests of the changes of a plan in which nothing is masked; the key is hexadecimal."""
    return tuple(_digest_change(key, one) for one in plan.changes)


def digest_address(key: str, address: str) -> str:
    """Return the digest of the address of a change, or of a resource without one."""
    return _digest(key, address)


def _digest_change(key: str, change: Change) -> ChangeDigest:
    effect = planned_effect(change)
    order, live = [effect.pop(one) for one in ORDER], [effect.pop(one) for one in LIVE]
    return ChangeDigest(digest_address(key, change.address), *(_digest(key, one) for one in (live, effect, order)))


def _digest(key: str, value: object) -> str:
    content = json.dumps(value, sort_keys=True, default=str).encode()
    return hmac.new(bytes.fromhex(key), content, hashlib.sha256).hexdigest()[:LENGTH]
