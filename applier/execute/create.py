"""Creates one object exactly once, although requests may end without an answer and other runs may create it too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from applier import diff
from applier.api import ApiError, Conflicted, Refused, ServerFailed, Throttled, Unreachable
from applier.api.retry import backoff
from applier.execute.conflicts import Conflict, different_namesake, never_read_back, several_namesakes
from applier.execute.context import ApplyContext
from applier.execute.exclusive_names import NameLost, keep_created
from applier.execute.idempotency import IdempotencyKeys
from applier.execute.outcome import Incomplete
from applier.kinds.base import ApiObject, Canonical, Kind
from applier.kinds.references import mentions_in
from applier.live.objects import Live, MissingObject, RawObject
from applier.live.remote import Remote, UnclearCreate
from applier.plan import Change

CREATE_TRIES = 8
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 8.0  # seconds between two tries; doubled each time
SERVER_TRIES_UNDER_ONE_KEY = 2
LOOKS_AT_BUSY_KEY = 6  # within 12 to 24 seconds, while a request of another run under the same key is in progress
LOOKS_AT_INCOMPLETE = 4  # at an object that another run is about to complete
Namesakes = Sequence[RawObject]


def create(change: Change, initial: Canonical, declared: Canonical, remote: Remote, context: ApplyContext) -> Live:
    """Create the object, or adopt the one that an attempt without an answer or another run has created.

    The `initial` form is the declared one without the members that are written later. Runs that differ in these share
    neither a key nor an object.

    A key that is used up (its answer is an old error, or an object that is gone or renamed) is replaced. It is kept
    while another run may be creating the same object: a 409 says so, and so may an error of the server. An object that
    was created is kept only if it has its name alone (see `exclusive_names`), and only then written further and used.
    """
    live_name = remote.kind.name_when_live(change.name, initial)
    namesakes = context.preflight.find_new_namesakes(remote.kind, live_name)
    request = remote.create_request(change.name, initial, prepare=not namesakes)
    keys = IdempotencyKeys(change.address, {"request": request, "declared": declared}, context.run_id)
    return _Creation(change.name, live_name, initial, declared, request, keys, remote, context).run(namesakes)


@dataclass(slots=True)
class _Creation:
    """The attempts to create one object. `live_name` is what the service calls it, `name` what the spec does.

    `_deleted` is the id of the own object that this run has deleted because another one has the name. `_may_be_own` is
    true when a namesake may come from an attempt of this run without an answer. `_has_repeated` is true when a refusal
    was answered by another attempt.
    """

    name: str
    live_name: str
    initial: Canonical
    declared: Canonical
    request: ApiObject
    keys: IdempotencyKeys
    remote: Remote
    context: ApplyContext
    _deleted: str = field(default="", init=False)
    _may_be_own: bool = field(default=False, init=False)
    _has_repeated: bool = field(default=False, init=False)
    _looks_at_incomplete: int = field(default=0, init=False)

    def run(self, namesakes: Namesakes) -> Live:
        """Try until there is one object; `namesakes` are those that the plan has not seen."""
        for number in range(1, CREATE_TRIES + 1):
            if namesakes:
                adopted = self._adopt(namesakes)
                if adopted is not None:
                    return adopted
                self.context.client.stop.wait(backoff(number, FIRST_PAUSE, LONGEST_PAUSE))
                namesakes = self._namesakes_now()
                continue
            if number > 1 and self.context.client.stop.is_set():
                message = f"Interrupted before the {self.remote.kind.noun} was created."
                raise Incomplete(message, "apply again to continue")
            try:
                created, found = self.remote.create(self.request, self.keys.current, self.initial)
            except UnclearCreate as unclear:
                namesakes = self._namesakes_after(unclear.error, number)
                continue
            if found is None or found.name != self.live_name:
                self.keys.change()
                continue
            try:
                is_shared = self.keys.is_shared
                keep_created(created.id, self.live_name, self.remote, self.context, may_be_shared=is_shared)
            except NameLost as lost:
                self._deleted = created.id if lost.has_withdrawn else ""
                self.keys.change()
                namesakes = self._namesakes_now()
                continue
            return self.remote.complete(self.name, self.initial, found, created)
        raise self._final_conflict(namesakes)

    def _adopt(self, namesakes: Namesakes) -> Live | None:
        """Return the one namesake, which has to be as declared.

        Returns None while others decide which one stays, or complete it: their object is never written to.
        """
        if len(namesakes) > 1:
            return None
        found = self.remote.fetch_if_exists(namesakes[0].id, self.initial)
        if found is None:
            return None
        live = self.remote.adopt(self.name, found)
        differing = {one.path[0] for one in diff.changes(self.remote.kind, self.declared, live.canonical)}
        deferred = self.declared.keys() - self.initial.keys()
        if not differing or (differing <= deferred and _mentions_unknown(live, self.remote.kind)):
            return live  # what mentions objects that this run creates later is compared then
        is_incomplete = differing <= {*self.remote.kind.written_after_create, *deferred}
        if is_incomplete and self._may_be_own:
            return self.remote.complete(self.name, self.initial, found)
        self._looks_at_incomplete += is_incomplete
        if not is_incomplete or self._looks_at_incomplete == LOOKS_AT_INCOMPLETE:
            raise self._final_conflict(namesakes)
        return None

    def _final_conflict(self, namesakes: Namesakes) -> Conflict:
        """Return the conflict that ends the attempts."""
        if not namesakes:
            return never_read_back(self.remote.kind.noun, CREATE_TRIES)
        if len(namesakes) > 1:
            return several_namesakes([one.id for one in namesakes])
        return different_namesake(namesakes[0].id, self._deleted)

    def _namesakes_after(self, error: ApiError, number: int) -> Namesakes:
        """Return what an attempt with an unclear end may have created. If nothing, pause and change the key if needed.

        Raises the error when another attempt is useless.
        """
        if isinstance(error, Unreachable) and not error.acted:
            raise error from None
        may_pass = self._may_pass(error)
        self._may_be_own |= not isinstance(error, Refused)
        namesakes = self._namesakes_now()
        if namesakes:
            return namesakes
        if number == CREATE_TRIES or self.context.client.stop.is_set() or not may_pass:
            raise error from None
        if isinstance(error, Refused | Conflicted):
            self._has_repeated = True
            return self._namesakes_before_repeat(error)
        if not _may_be_under_way(error, number):
            self.keys.change()
        self.context.client.stop.wait(backoff(number, FIRST_PAUSE, LONGEST_PAUSE))
        return () if self.keys.is_shared else self._namesakes_now()

    def _may_pass(self, error: ApiError) -> bool:
        """True when another attempt may end otherwise. What the service refuses is sent again once.

        The service does not mark a replayed answer (docs/api/behaviours.md#idempotency-keys). Only the answer under a
        key that earlier runs may have used can be one, and only a key of a request in progress is busy.
        """
        if isinstance(error, Refused):
            return not self._has_repeated and (self.keys.is_shared or self.remote.is_transient(error))
        if isinstance(error, Conflicted):
            return not self._has_repeated and (self.keys.is_shared or self._may_be_own)
        return error.lasting if isinstance(error, Throttled) else True

    def _namesakes_before_repeat(self, error: Refused | Conflicted) -> Namesakes:
        """Return what another run creates meanwhile, or nothing once the create can be sent again."""
        if isinstance(error, Conflicted):
            for number in range(1, LOOKS_AT_BUSY_KEY + 1):
                self.context.client.stop.wait(backoff(number, FIRST_PAUSE, LONGEST_PAUSE))
                namesakes = self._namesakes_now()
                if namesakes:
                    return namesakes
            if "idempotency" in str(error).casefold():
                return ()  # the key of the other request: under another key there would be two objects
        elif self.remote.is_transient(error):
            self.context.client.stop.wait(FIRST_PAUSE)
            self.remote.prepare_create(self.request)
        self.keys.change()
        return ()

    def _namesakes_now(self) -> Namesakes:
        return self.context.preflight.list_namesakes(self.remote.kind, self.live_name)


def _mentions_unknown(live: Live, kind: Kind) -> bool:
    return any(isinstance(one.name, MissingObject) for one in mentions_in(kind, live.canonical))


def _may_be_under_way(error: ApiError, number: int) -> bool:
    """True when another run may be creating the object under the same key."""
    return isinstance(error, ServerFailed) and number <= SERVER_TRIES_UNDER_ONE_KEY
