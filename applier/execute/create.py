"""A create: posted until it is clear that the object is there, and there once."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import count

from applier import diff
from applier.api import ApiError, BadAnswer, Conflicted, Missing, Refused, ServerFailed, Throttled, Unreachable
from applier.execute.context import ApplyContext, Conflict, read_if_there, set_toggle, write_sub_resources
from applier.execute.idempotency import IdempotencyKeys
from applier.kinds.base import ApiObject, Canonical, Kind, mapping, text
from applier.kinds.references import translate_references
from applier.live.snapshot import decode_live, kind_client, prepare_create
from applier.plan import Change

CREATE_TRIES = 8
CREATE_PAUSE, LONGEST_PAUSE = 0.5, 8.0  # seconds; doubled each time
SAME_KEY = 2  # tries under one key with a server that fails
UNCLEAR = (Refused, Conflicted, Throttled, Unreachable, ServerFailed, BadAnswer)
Found = Sequence[ApiObject]


def create(kind: Kind, change: Change, form: Canonical, workplace: ApplyContext) -> ApiObject:
    """POST what nobody else has made meanwhile; then as it is read.

    A key that turns out to be used up (its answer is an object that is gone or renamed, or an old error) is replaced.
    It is kept while another run may be making the same: a 409 says so, and so may a server that failed. Under a key of
    this run alone the service does not keep two runs apart: who then sees another object beside its own gives way.
    """
    body = translate_references(kind, form, workplace.id_of)
    request = kind.encode(workplace.client.settings.version, kind.to_api(change.name, body, None))
    keys = IdempotencyKeys(change.address, request, workplace.run)
    others: Found = workplace.look.newcomers(kind, change.name)
    if not others:
        prepare_create(workplace.client, kind, request)
    for number in count(1):
        adopted = _adopted(kind, form, others, workplace) if others else None
        if adopted is not None:
            return adopted
        if number > CREATE_TRIES:
            break
        try:
            created = _posted(kind, request, keys.current, workplace)
        except UNCLEAR as error:
            others = _after(error, number, kind, change.name, keys, workplace)
            continue
        now = read_if_there(kind, text(created.get("id")), form, workplace)
        if now is None or now.get("name") != change.name:
            keys.used_up(text(created.get("id")))
            continue
        others = () if keys.shared else _gave_way(kind, change.name, text(created.get("id")), workplace)
        if not others:
            # What the create alone tells, such as where to authorize (api.md 8.3), is kept.
            return {**created, **set_toggle(kind, form, write_sub_resources(kind, form, now, workplace), workplace)}
    raise Conflict("What was created is gone again, or has another name, each time it is looked at.")


def _posted(kind: Kind, request: dict[str, object], key: str, workplace: ApplyContext) -> ApiObject:
    created = mapping(workplace.client.post(kind.path, request, key=key).get("data"))
    if not created.get("id"):
        raise BadAnswer(f"POST {kind.path} answered without the object.")
    return created


def _after(
    error: ApiError, number: int, kind: Kind, name: str, keys: IdempotencyKeys, workplace: ApplyContext
) -> Found:
    """What is there after an attempt with an unclear end. If nothing is, a pause and the key for another attempt.

    Raises the error when another makes no sense.
    """
    if isinstance(error, Unreachable) and not error.acted:
        raise error
    found = workplace.look.newcomers(kind, name, now=True)
    if found:
        return found
    passes = isinstance(error, Refused) and kind_client(workplace.client, kind).passes(str(error))
    if number == CREATE_TRIES or workplace.client.stop.is_set() or not (passes or _worth_another(error, keys)):
        raise error
    if not isinstance(error, Conflicted) and not (isinstance(error, ServerFailed) and number <= SAME_KEY):
        keys.failed()
    if isinstance(error, Refused) and not passes:
        return ()
    workplace.client.stop.wait(_pause(number))
    return () if keys.shared else workplace.look.newcomers(kind, name, now=True)


def _worth_another(error: ApiError, keys: IdempotencyKeys) -> bool:
    """A refusal may be an old one, stored under the key; being throttled only when it goes on and on."""
    if isinstance(error, Refused):
        return keys.shared
    return error.lasting if isinstance(error, Throttled) else True


def _pause(number: int) -> float:
    return min(LONGEST_PAUSE, CREATE_PAUSE * 2.0 ** (number - 1)) * random.uniform(0.5, 1.0)  # noqa: S311


def _gave_way(kind: Kind, name: str, own: str, workplace: ApplyContext) -> Found:
    """Those that others have made beside this run's own, which then is deleted."""
    others = [one for one in workplace.look.newcomers(kind, name, now=True) if one.get("id") != own]
    if others:
        try:
            workplace.client.delete(f"{kind.path}/{own}")
        except Missing:
            return others
        except ApiError as error:
            said = f"Somebody else has made one of that name at the same moment; {own} could not be taken away"
            raise Conflict(f"{said}: {error}") from None
    return others


def _adopted(kind: Kind, form: Canonical, found: Found, workplace: ApplyContext) -> ApiObject | None:
    """What an attempt without an answer, or another run, has made: ours if it is as declared; None if it is gone."""
    if len(found) > 1:
        ids = ", ".join(sorted(text(one.get("id")) for one in found))
        raise Conflict(f"Others have made several of that name since the plan was made ({ids}).")
    now = read_if_there(kind, text(found[0].get("id")), form, workplace)
    if now is None:
        return None
    answer = set_toggle(kind, form, write_sub_resources(kind, form, now, workplace), workplace)
    live = decode_live(kind, answer, workplace.name_of)
    if diff.changes(kind, form, live.canonical):
        raise Conflict(f"Somebody else has made one of that name since the plan was made ({live.id}); not overwritten.")
    return answer
