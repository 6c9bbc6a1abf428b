"""Reads an object again right before a write, and refuses one that is no longer as planned."""

from __future__ import annotations

from applier import diff
from applier.execute.conflicts import changed_after_plan
from applier.kinds.base import Canonical
from applier.live.objects import Live
from applier.live.remote import Remote
from applier.spec.resources import interim_names_of_deleted


def read_unchanged(planned: Live, remote: Remote, verb: str) -> Live:
    """Return an object as it is now; `verb` is what is not done to one that was changed, such as "deleted".

    Raises `Missing` when it is gone, and `Conflict` when it was renamed or its content differs.
    """
    now = remote.read(planned.id, {})
    is_rewritten = not now.updated_at or planned.updated_at != now.updated_at
    known_names = (planned.live_name, *interim_names_of_deleted(planned.live_name, planned.id))
    if now.live_name not in known_names or (is_rewritten and _differs(remote, planned, now)):
        raise changed_after_plan(now, verb, remote.client)
    return now


def require_as_planned(planned: Live, now: Live, declared: Canonical, remote: Remote, verb: str) -> Live:
    """Return an object that was read just now, unless it was renamed, or changed to something that is not declared.

    Raises `Conflict`; `verb` is what is not done to the object then.
    """
    is_same = diff.converges_to(remote.kind, declared, planned.canonical, now.canonical)
    if planned.live_name != now.live_name or not is_same:
        raise changed_after_plan(now, verb, remote.client)
    return now


def _differs(remote: Remote, planned: Live, now: Live) -> bool:
    """True when the content differs where the plan has seen it: lists may show less than single reads."""
    seen = {name: value for name, value in now.canonical.items() if name in planned.canonical}
    return not diff.equal(remote.kind.normalize(planned.canonical), remote.kind.normalize(seen))
