"""Conflicts: what somebody else did between the plan and the write, and the messages that say so."""

from __future__ import annotations

from collections.abc import Collection

from applier.api import ApiError, Client
from applier.live.snapshot import Live


class Conflict(Exception):
    """Somebody else has changed the object, or created its namesake, between the plan and the write."""


def deleted_after_plan() -> Conflict:
    """Return the conflict of an object that no longer exists."""
    return Conflict("The live object was deleted after the plan was made.")


def changed_after_plan(now: Live, verb: str, client: Client) -> Conflict:
    """Return the conflict of an object that was edited; `verb` is what was not done to it, such as "overwritten"."""
    when = f" at {now.updated_at}" if now.updated_at else ""
    who = f" by {client.scrub(now.updated_by)}" if now.updated_by else ""
    return Conflict(f"The live object was changed{when}{who} after the plan was made; not {verb}.")


def used_after_plan(dependent: str) -> Conflict:
    """Return the conflict of an object that is to be deleted and got a dependent."""
    return Conflict(f"In use by {dependent} since the plan was made; not deleted.")


def never_read_back(noun: str, tries: int) -> Conflict:
    """Return the conflict of a create whose object others deleted or renamed again and again."""
    return Conflict(f"The created {noun} was deleted or renamed {tries} times before it could be read back.")


def several_namesakes(ids: Collection[str]) -> Conflict:
    """Return the conflict of a create when others have created several objects of its name."""
    return Conflict(f"{len(ids)} objects of this name were created after the plan was made: {_join(ids)}.")


def different_namesake(identifier: str, deleted: str = "") -> Conflict:
    """Return the conflict with another object of the name; `deleted` is the run's own, which has given way."""
    own = f" This run's own object ({deleted}), which nothing used yet, was deleted again." if deleted else ""
    return Conflict(f"{_another([identifier])}; not overwritten.{own}")


def renamed_namesake(ids: Collection[str], own: str, old: str) -> Conflict:
    """Return the conflict of a rename that was taken back."""
    return Conflict(f'{_another(ids)}; {own} has its old name "{old}" again.')


def used_namesake(ids: Collection[str], own: str, dependent: str) -> Conflict:
    """Return the conflict of a create that has to give way and whose object another run uses already."""
    return Conflict(f"{_another(ids)}; {own} has the name too, and was not deleted: it is in use by {dependent}.")


def kept_namesake(ids: Collection[str], own: str, error: ApiError) -> Conflict:
    """Return the conflict of a write that has to give way and could not be taken back."""
    return Conflict(f"{_another(ids)}; {own} has the name too, and could not give way: {error}")


def _another(ids: Collection[str]) -> str:
    return f"Another object of this name was created after the plan was made ({_join(ids)})"


def _join(ids: Collection[str]) -> str:
    return ", ".join(sorted(ids))
