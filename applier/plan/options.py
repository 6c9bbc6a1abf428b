"""What the person who runs a plan allows beyond the defaults."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """`prune` deletes what is undeclared inside `owns`. `force_delete` deletes dependents along with what they use.

    `allow_replace` replaces objects that no update can change. `force` ignores the safety limits. `push_secrets` are
    globs over addresses: matching resources are sent again, with their secrets.
    """

    prune: bool = False
    force_delete: bool = False
    allow_replace: bool = False
    force: bool = False
    push_secrets: tuple[str, ...] = ()


DEFAULT_OPTIONS = PlanOptions()
