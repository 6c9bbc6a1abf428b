"""Creates one object exactly once, although requests may end without an answer and other runs may create it too."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from applier import diff
from applier.api import ApiError, Conflicted, Refused, ServerFailed, Throttled, Unreachable
from applier.execute.conflicts import different_namesake, never_read_back, several_namesakes, undeleted_namesake
from applier.execute.context import ApplyContext
from applier.execute.idempotency import IdempotencyKeys
from applier.kinds.base import ApiObject, Canonical
from applier.live.objects import Live, RawObject
from applier.live.remote import Remote, UnclearCreate
from applier.plan import Change

CREATE_TRIES = 8
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 8.0  # seconds between two tries; doubled each time
SERVER_TRIES_UNDER_ONE_KEY = 2
Namesakes = Sequence[RawObject]


def create(change: Change, declared: Canonical, remote: Remote, context: ApplyContext) -> Live:
    """Create the object, or adopt the one that an attempt without an answer or another run has created.

    A key that is used up (its answer is an old error, or an object that is gone or renamed) is replaced. It is kept
    while another run may be creating the same object: a 409 says so, and so may an error of the server. Under a key of
    this run alone the service does not keep two runs apart: the run that sees another object beside its own yields.
    """
    live_name = remote.kind.name_when_live(change.name, declared)
    namesakes = context.preflight.find_new_namesakes(remote.kind, live_name)
    request = remote.create_request(change.name, declared, prepare=not namesakes)
    keys = IdempotencyKeys(change.address, request, context.run_id)
    return _Creation(change.name, live_name, declared, request, keys, remote, context).run(namesakes)


@dataclass(frozen=True, slots=True)
class _Creation:
    """The attempts to create one object. `live_name` is what the service calls it, `name` what the spec does."""

    name: str
    live_name: str
    declared: Canonical
    request: ApiObject
    keys: IdempotencyKeys
    remote: Remote
    context: ApplyContext

    def run(self, namesakes: Namesakes) -> Live:
        """Try until there is one object; `namesakes` are those that the plan has not seen."""
        for number in range(1, CREATE_TRIES + 1):
            adopted = self._adopt(namesakes)
            if adopted is not None:
                return adopted
            try:
                created, found = self.remote.create(self.request, self.keys.current, self.declared)
            except UnclearCreate as unclear:
                namesakes = self._namesakes_after(unclear.error, number)
                continue
            if found is None or found.name != self.live_name:
                self.keys.change_for_all(created.id)
                continue
            namesakes = () if self.keys.is_shared else self._yield_to_namesakes(created.id)
            if not namesakes:
                return self.remote.complete(self.name, self.declared, found, created)
        adopted = self._adopt(namesakes)
        if adopted is not None:
            return adopted
        raise never_read_back(self.remote.kind.noun, CREATE_TRIES)

    def _adopt(self, namesakes: Namesakes) -> Live | None:
        """Return the one namesake, which has to be as declared; None when it is gone again."""
        if not namesakes:
            return None
        if len(namesakes) > 1:
            raise several_namesakes([one.id for one in namesakes])
        found = self.remote.fetch_if_exists(namesakes[0].id, self.declared)
        if found is None:
            return None
        live = self.remote.complete(self.name, self.declared, found)
        if diff.changes(self.remote.kind, self.declared, live.canonical):
            raise different_namesake(live.id)
        return live

    def _namesakes_after(self, error: ApiError, number: int) -> Namesakes:
        """Return what an attempt with an unclear end may have created. If nothing, pause and change the key if needed.

        Raises the error when another attempt is useless.
        """
        if isinstance(error, Unreachable) and not error.acted:
            raise error from None
        namesakes = self._namesakes_now()
        if namesakes:
            return namesakes
        is_transient = self.remote.is_transient(error)
        is_stopped = self.context.client.stop.is_set()
        if number == CREATE_TRIES or is_stopped or not (is_transient or self._may_succeed_later(error)):
            raise error from None
        if not _may_be_under_way(error, number):
            self.keys.change_for_this_run()
        if isinstance(error, Refused) and not is_transient:
            return ()
        self.context.client.stop.wait(_pause(number))
        return () if self.keys.is_shared else self._namesakes_now()

    def _may_succeed_later(self, error: ApiError) -> bool:
        """True when the error may be an old one, replayed under the key, or passes; see `Throttled.lasting`."""
        if isinstance(error, Refused):
            return self.keys.is_shared
        return error.lasting if isinstance(error, Throttled) else True

    def _yield_to_namesakes(self, own: str) -> Namesakes:
        """Return the objects that others have created beside this run's own, which is deleted if there are any."""
        namesakes = [one for one in self._namesakes_now() if one.id != own]
        if namesakes:
            try:
                self.remote.delete(own)
            except ApiError as error:
                raise undeleted_namesake(own, error) from None
        return namesakes

    def _namesakes_now(self) -> Namesakes:
        return self.context.preflight.find_new_namesakes(self.remote.kind, self.live_name, now=True)


def _may_be_under_way(error: ApiError, number: int) -> bool:
    """True when another run may be creating the object under the same key."""
    is_server_error = isinstance(error, ServerFailed) and number <= SERVER_TRIES_UNDER_ONE_KEY
    return isinstance(error, Conflicted) or is_server_error


def _pause(number: int) -> float:
    return min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** (number - 1)) * random.uniform(0.5, 1.0)  # noqa: S311
