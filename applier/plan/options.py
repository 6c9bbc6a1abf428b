"""What the person who runs a plan has allowed beyond the ordinary."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """`prune`: delete what is undeclared inside `owns`. `force_delete`: take along what uses the deleted.

    `allow_replace`: delete and create anew where no update can do it. `force`: go on past the brakes.
    `push_secrets`: write what fits these globs over addresses again, with its secrets.
    """

    prune: bool = False
    force_delete: bool = False
    allow_replace: bool = False
    force: bool = False
    push_secrets: tuple[str, ...] = ()


DEFAULT_OPTIONS = PlanOptions()
