"""Keeps a name for one object although runs take it at the same time and the service would allow it twice.

There is no lock at the service (docs/api/behaviours.md#ambiguous-names). A run takes the name, by a create or a
rename, lists the objects, and keeps the name only if the list shows its own object alone. Of two runs that take a name,
the one that lists later sees both objects. So whoever has seen its own object alone has the name for good: all others
see that object, and withdraw.

Who sees several objects compares their age, which is the same for all: a run with a younger object withdraws at once,
the run with the oldest one waits for that. It withdraws too if the others stay: such an object belongs to a run that
has seen it alone, to one that was killed, or to somebody who does not look. Ages decide who waits, never who may stay.

A run that cannot list the objects withdraws only if it has seen another one, or if no other run can share its object:
another run may have finished its work with the same object.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from applier import diff
from applier.api import ApiError
from applier.api.retry import backoff
from applier.execute.conflicts import (
    deleted_after_plan,
    describe_deleted,
    describe_rename_back,
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


class NameLost(Exception):
    """The object has lost its name to the `rivals`, by this run if `has_withdrawn`, or somebody has deleted it."""

    def __init__(self, rivals: Collection[RawObject], *, has_withdrawn: bool) -> None:
        super().__init__("another object has the name")
        self.rivals = rivals
        self.has_withdrawn = has_withdrawn


class InUse(Exception):
    """The object cannot be deleted: a `dependent` uses it already."""

    def __init__(self, dependent: str) -> None:
        super().__init__(dependent)
        self.dependent = dependent


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """How an object loses its name again: `withdraw` raises `InUse` and `ApiError`, `message` says what it has done.

    `may_be_shared` is true when another run may have finished its work with the same object.
    """

    withdraw: Callable[[], object]
    message: str
    may_be_shared: bool


def keep_created(own: str, name: str, remote: Remote, context: ApplyContext, *, may_be_shared: bool) -> None:
    """Return when a created object has its name alone; else delete it, which nothing uses yet.

    Raises `NameLost` after the delete, `Conflict` when the object cannot be deleted, and `Incomplete` when the objects
    cannot be listed.
    """

    def delete() -> None:
        dependent = context.preflight.find_dependent(remote.kind.name, own)  # of a run that shares the object
        if dependent:
            raise InUse(dependent)
        remote.delete(own)

    _keep(own, name, remote, context, Withdrawal(delete, describe_deleted(own), may_be_shared))


def replace_exclusively(name: str, declared: Canonical, live: Live, remote: Remote, context: ApplyContext) -> Live:
    """Write all that is declared over a live object, and return it; it keeps its old name if another has the new one.

    The new name is written alone first, so that an object that loses it is as before. Where a write of the name alone
    is not possible, the service refuses a second object of a name.

    Raises `Conflict` when another object that the plan has not seen has the new name, `Incomplete` when the objects
    cannot be listed, and `ApiError`.
    """
    kind = remote.kind
    old, new = kind.name_in(live.answer), kind.name_when_live(name, declared)
    if old == new:
        return remote.replace(name, declared, live)
    namesakes = [one for one in context.preflight.find_new_namesakes(kind, new) if one.id != live.id]
    if namesakes:
        raise different_namesake(namesakes[0].id)
    if kind.masks or kind.is_labelled:
        with_old_name = {**declared, kind.named_by: old} if kind.is_labelled else declared
        written = remote.replace(name, declared, live)
        message = describe_rename_back(live.id, live.live_name, is_name_alone=False)
        rename_back = Withdrawal(lambda: remote.replace(old, with_old_name, written), message, may_be_shared=True)
        _keep_renamed(live, new, remote, context, rename_back)
        return written
    remote.rename(name, declared, live)
    message = describe_rename_back(live.id, live.live_name, is_name_alone=True)
    rename_back = Withdrawal(lambda: remote.rename(old, declared, live), message, may_be_shared=True)
    _keep_renamed(live, new, remote, context, rename_back)
    if diff.changes(kind, declared, live.canonical):
        return remote.replace(name, declared, live)
    return remote.read(live.id, declared)


def _keep_renamed(live: Live, name: str, remote: Remote, context: ApplyContext, rename_back: Withdrawal) -> None:
    try:
        _keep(live.id, name, remote, context, rename_back)
    except NameLost as lost:
        if not lost.has_withdrawn:
            raise deleted_after_plan() from None
        raise renamed_namesake([one.id for one in lost.rivals], rename_back.message) from None


def _keep(own: str, name: str, remote: Remote, context: ApplyContext, withdrawal: Withdrawal) -> None:
    """Look until a list shows the own object alone, or until it has to lose its name."""
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
                raise NameLost(rivals, has_withdrawn=False)
            if number == LOOKS or context.client.stop.wait(backoff(number, FIRST_PAUSE, LONGEST_PAUSE)):
                break
    except ApiError as error:
        if not rivals and withdrawal.may_be_shared:
            raise _failed_look(own, error) from None
        try:
            withdrawal.withdraw()
        except (ApiError, InUse):
            raise _failed_look(own, error) from None
        raise Incomplete(f"{error} {withdrawal.message}", error.hint or "apply again to continue") from None
    if not rivals:
        return  # a list that does not show an object for so long cannot tell
    ids = [one.id for one in rivals]
    try:
        withdrawal.withdraw()
    except InUse as use:
        raise used_namesake(ids, own, use.dependent) from None
    except ApiError as error:
        raise kept_namesake(ids, own, error) from None
    raise NameLost(rivals, has_withdrawn=True)


def _failed_look(own: str, error: ApiError) -> Incomplete:
    message = f"Written ({own}), but whether another object has the name could not be checked: {error}"
    return Incomplete(message, error.hint or "apply again to continue")


def _age(one: RawObject) -> tuple[datetime, str]:
    """Return what orders objects by age; an object without a time counts as old."""
    try:
        created = datetime.fromisoformat(str(one.answer.get("created_at")))
    except ValueError:
        created = datetime.min.replace(tzinfo=UTC)
    return created if created.tzinfo else created.replace(tzinfo=UTC), one.id
