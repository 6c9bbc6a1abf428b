"""Keeps a name for one object although runs take it at the same time and the service would allow it twice.

There is no lock at the service (docs/api/behaviours.md#ambiguous-names). A run takes the name, by a create or a
rename, lists the objects, and keeps the name only if the list shows its own object alone. Of two runs that take a name,
the one that lists later sees both objects. So whoever has seen its own object alone has the name for good: all others
see that object, and give way.

Who sees several objects compares their age, which is the same for all: the younger ones give way at once, and the
elder waits for that. An elder that waits in vain gives way too: the other object belongs to a run that has seen it
alone, to one that was killed, or to somebody who does not look. Ages decide who waits, never who may stay.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection
from datetime import UTC, datetime

from applier.api import ApiError
from applier.execute.conflicts import (
    deleted_after_plan,
    different_namesake,
    kept_namesake,
    renamed_namesake,
    used_namesake,
)
from applier.execute.context import ApplyContext
from applier.execute.outcome import Incomplete
from applier.kinds.base import Canonical
from applier.live.objects import Live, RawObject
from applier.live.remote import Remote

LOOKS = 8
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 4.0  # seconds between two looks; doubled each time

Withdraw = Callable[[Collection[RawObject]], None]
"""Gives a name up to the given objects that have it too."""


class NameLost(Exception):
    """The object has given its name up, or is gone; `rivals` are the other objects of the name."""

    def __init__(self, rivals: Collection[RawObject]) -> None:
        super().__init__("another object has the name")
        self.rivals = rivals


def keep_created(own: str, name: str, remote: Remote, context: ApplyContext) -> None:
    """Return when a created object has its name alone; else delete it, which nothing uses yet.

    Raises `NameLost` after the delete, `Conflict` when the object cannot be deleted, and `ApiError` or `Incomplete`
    when the objects cannot be listed.
    """

    def delete(rivals: Collection[RawObject]) -> None:
        dependent = context.preflight.find_dependent(remote.kind.name, own)  # of a run that shares the object
        if dependent:
            raise used_namesake([one.id for one in rivals], own, dependent)
        remote.delete(own)

    _keep(own, name, remote, context, delete)


def replace_exclusively(name: str, declared: Canonical, live: Live, remote: Remote, context: ApplyContext) -> Live:
    """Write all that is declared over a live object, and return it; it keeps its old name if another has the new one.

    Raises `Conflict` when another object that the plan has not seen has the new name, and `ApiError`.
    """
    old, new = remote.kind.name_in(live.answer), remote.kind.name_when_live(name, declared)
    if old == new:
        return remote.replace(name, declared, live)
    namesakes = [one for one in context.preflight.find_new_namesakes(remote.kind, new) if one.id != live.id]
    if namesakes:
        raise different_namesake(namesakes[0].id)
    written = remote.replace(name, declared, live)

    def rename_back(rivals: Collection[RawObject]) -> None:  # noqa: ARG001 - like `delete`
        with_old_name = {**declared, remote.kind.named_by: old} if remote.kind.is_labelled else declared
        remote.replace(old, with_old_name, written)

    try:
        _keep(live.id, new, remote, context, rename_back)
    except NameLost as lost:
        ids = [one.id for one in lost.rivals]
        raise (renamed_namesake(ids, live.id, live.live_name) if ids else deleted_after_plan()) from None
    return written


def _keep(own: str, name: str, remote: Remote, context: ApplyContext, withdraw: Withdraw) -> None:
    """Look until a list shows the own object alone, or until it has to give way."""
    rivals: Collection[RawObject] = ()
    try:
        for number in range(1, LOOKS + 1):
            namesakes = context.preflight.list_namesakes(remote.kind, name, shared=number == 1)
            mine = next((one for one in namesakes if one.id == own), None)
            rivals = [one for one in namesakes if one.id != own]
            if mine and not rivals:
                return
            if mine and any(_age(one) < _age(mine) for one in rivals):
                break
            if not mine and not remote.exists(own):
                raise NameLost(rivals)
            if number == LOOKS or context.client.stop.wait(pause(number)):
                break
    except ApiError as error:
        try:
            withdraw(rivals)
        except ApiError:
            raise _failed_look(own, error) from None
        raise error from None
    if not rivals:
        return  # a list that does not show an object for so long cannot tell
    try:
        withdraw(rivals)
    except ApiError as error:
        raise kept_namesake([one.id for one in rivals], own, error) from None
    raise NameLost(rivals)


def _failed_look(own: str, error: ApiError) -> Incomplete:
    message = f"Written ({own}), but whether another object has the name could not be checked: {error}"
    return Incomplete(message, "apply again to continue")


def _age(one: RawObject) -> tuple[datetime, str]:
    """Return what orders objects by age; an object without a time counts as old."""
    try:
        created = datetime.fromisoformat(str(one.answer.get("created_at")))
    except ValueError:
        created = datetime.min.replace(tzinfo=UTC)
    return created if created.tzinfo else created.replace(tzinfo=UTC), one.id


def pause(number: int, first: float = FIRST_PAUSE, longest: float = LONGEST_PAUSE) -> float:
    """Return the seconds to wait after the n-th try: doubled each time, and different in every run."""
    return min(longest, first * 2.0 ** (number - 1)) * random.uniform(0.5, 1.0)  # noqa: S311
