"""Conflicts: what somebody else did between the plan and the write, and the messages that say so."""

from __future__ import annotations

from collections.abc import Collection

from applier.api import ApiError
from applier.live.snapshot import Live


class Conflict(Exception):
    """Somebody else has changed the object, or created its namesake, between the plan and the write."""


def deleted_after_plan() -> Conflict:
    """Return the conflict of an object that no longer exists."""
    return Conflict("The live object was deleted after the plan was made.")


def changed_after_plan(now: Live, verb: str) -> Conflict:
    """Return the conflict of an object that was edited; `verb` is what was not done to it, such as "overwritten"."""
    when = f" at {now.updated_at}" if now.updated_at else ""
    who = f" by {now.updated_by}" if now.updated_by else ""
    return Conflict(f"The live object was changed{when}{who} after the plan was made; not {verb}.")


def used_after_plan(dependent: str) -> Conflict:
    """Return the conflict of an object that is to be deleted and got a dependent."""
    return Conflict(f"In use by {dependent} since the plan was made; not deleted.")


def never_read_back(noun: str, tries: int) -> Conflict:
    """Return the conflict of a create whose object others deleted or renamed again and again."""
    return Conflict(f"The created {noun} was deleted or renamed {tries} times before it could be read back.")


def several_namesakes(ids: Collection[str]) -> Conflict:
    """Return the conflict of a create when others have created several objects of its name."""
    listed = ", ".join(sorted(ids))
    return Conflict(f"{len(ids)} objects of this name were created after the plan was made: {listed}.")


def different_namesake(identifier: str) -> Conflict:
    """Return the conflict of a create when somebody else has created another object of its name."""
    return Conflict(f"Another object of this name was created after the plan was made ({identifier}); not overwritten.")


def undeleted_namesake(own: str, error: ApiError) -> Conflict:
    """Return the conflict of a create that came second and whose own object could not be deleted."""
    return Conflict(f"Another object of this name was created at the same time; {own} could not be deleted: {error}")
