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
    return Conflict(f"{len(ids)} other objects took this name after the plan was made: {_join(ids)}.")


def different_namesake(identifier: str, deleted: str = "") -> Conflict:
    """Return the conflict with another object of the name; `deleted` is the id of the run's own, which has lost it."""
    return Conflict(f"{_another([identifier])}; not overwritten.{f' {describe_deleted(deleted)}' if deleted else ''}")


def describe_deleted(own: str) -> str:
    """Return the sentence that says that an object which has lost its name does not exist any more."""
    return f"This run's own object ({own}), which nothing used yet, was deleted again."


def describe_rename_back(own: str, old: str, *, is_name_alone: bool) -> str:
    """Return the sentence that says what is left of a rename."""
    rest = "nothing else was written" if is_name_alone else "its other settings were written"
    return f'{own} has its old name "{old}" again; {rest}.'


def renamed_namesake(ids: Collection[str], renamed: str) -> Conflict:
    """Return the conflict of a rename that was undone; `renamed` is what `describe_rename_back` says."""
    return Conflict(f"{_another(ids)}. {renamed}")


def used_namesake(ids: Collection[str], own: str, dependent: str) -> Conflict:
    """Return the conflict of a create that has lost its name and whose object another run uses already."""
    return Conflict(f"{_another(ids)}; {own} has the name too, and was not deleted: it is in use by {dependent}.")


def kept_namesake(ids: Collection[str], own: str, error: ApiError) -> Conflict:
    """Return the conflict of a write that has lost its name and could not be undone."""
    return Conflict(f"{_another(ids)}; {own} has the name too, and could not be deleted or renamed back: {error}")


def withdrawn_replacement(conflict: Conflict, noun: str, name: str, own: str) -> Conflict:
    """Return the conflict of a replacement whose new object was deleted again."""
    return Conflict(f'{conflict} The new {noun} "{name}" ({own}), which nothing used, was deleted again.')


def kept_replacement(conflict: Conflict, noun: str, name: str, own: str, reason: str) -> Conflict:
    """Return the conflict of a replacement whose new object stays under its interim name; `reason` ends a sentence."""
    return Conflict(f'{conflict} The new {noun} "{name}" ({own}) stays: it {reason}.')


def _another(ids: Collection[str]) -> str:
    return f"Another object took this name after the plan was made ({_join(ids)})"


def _join(ids: Collection[str]) -> str:
    return ", ".join(sorted(ids))
