"""Merges two sides of `applier.lock`, secret by secret, and takes a file with conflict markers apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from applier.plan.lock_text import MARKER, BadLock, Lock, describe_problem, parse_lock_text, split_lines
from applier.plan.secret_digests import SEND_AGAIN

OURS, BASE, THEIRS, BOTH = "ours", "base", "theirs", "both"
_NEXT = {"<": (BOTH, OURS), "|": (OURS, BASE), ">": (THEIRS, BOTH)}
"""The side before a marker and the one after it; `=` ends ours or the base."""


@dataclass(frozen=True, slots=True)
class Sides:
    """The three sides of a merge; an unknown base is an empty lock."""

    base: Lock
    ours: Lock
    theirs: Lock


@dataclass(frozen=True, slots=True)
class Merged:
    """The result of a merge, and the secrets that are sent again, as address and member."""

    lock: Lock
    sent_again: tuple[tuple[str, str], ...] = ()


class KeysDiffer(Exception):
    """Both sides have another key than the base, and not the same one."""


def merge_locks(sides: Sides) -> Merged:
    """Return the lock of both sides. Raises `KeysDiffer`.

    What one side changed is taken. Where both changed a secret to different digests, only the last apply knows which
    value is live, so that the secret is sent again; the same for a digest of a key that the other side replaced.
    """
    key = _merge_keys(sides)
    digests: dict[str, dict[str, str]] = {}
    for address, member in sorted(_members(sides)):
        digest = _merge_digests(sides, address, member, key)
        if digest is not None:
            digests.setdefault(address, {})[member] = digest
    before = {(address, member) for address, member in _members(sides) if _is_sent_again(sides, address, member)}
    again = [
        (address, member)
        for address, members in digests.items()
        for member, digest in members.items()
        if digest == SEND_AGAIN and (address, member) not in before
    ]
    return Merged(Lock(digests, key), tuple(again))


def _members(sides: Sides) -> set[tuple[str, str]]:
    locks = (sides.base, sides.ours, sides.theirs)
    return {(address, member) for lock in locks for address, members in lock.digests.items() for member in members}


def _is_sent_again(sides: Sides, address: str, member: str) -> bool:
    return any(_digest(one, address, member) == SEND_AGAIN for one in (sides.ours, sides.theirs))


def _digest(lock: Lock, address: str, member: str) -> str | None:
    return lock.digests.get(address, {}).get(member)


def _merge_keys(sides: Sides) -> str:
    """Return the id of the key of the result. A side without one was written by an earlier version, with the base's."""
    base, ours, theirs = sides.base.key_id, sides.ours.key_id, sides.theirs.key_id
    if ours in (theirs, base, ""):
        return theirs or ours or base
    if theirs in (base, ""):
        return ours
    raise KeysDiffer


def _merge_digests(sides: Sides, address: str, member: str, key: str) -> str | None:
    """Return the digest of the result, or that the secret is sent again; None where it has none."""
    base, ours, theirs = (_digest(one, address, member) for one in (sides.base, sides.ours, sides.theirs))
    if ours == theirs:
        digest, keys = ours, {sides.ours.key_id, sides.theirs.key_id}
    elif ours == base:
        digest, keys = theirs, {sides.theirs.key_id}
    elif theirs == base:
        digest, keys = ours, {sides.ours.key_id}
    else:
        return SEND_AGAIN
    has_key = not keys.isdisjoint((key, ""))
    return digest if has_key or digest is None else SEND_AGAIN


def split_conflicts(text: str, name: str) -> Sides:
    """Return the sides of a file with conflict markers as git writes them: merge, diff3 and zdiff3.

    Without its base, or if the base is no lock for itself, it is empty: what both sides have and is not equal then
    counts as changed by both. Raises `BadLock` for markers without a partner, and for sides that are no locks.
    """
    texts: dict[str, list[str]] = {OURS: [], BASE: [], THEIRS: []}
    for line, side in _sides_of_lines(text, name):
        for one, lines in texts.items():
            lines.append(line if side in (BOTH, one) else "")  # so that the lines keep their numbers
    ours, theirs = (parse_lock_text("\n".join(texts[one]), name) for one in (OURS, THEIRS))
    return Sides(_read_base("\n".join(texts[BASE]), name), ours, theirs)


def _sides_of_lines(text: str, name: str) -> Iterator[tuple[str, str]]:
    """Yield each line but the markers with its side. Markers of another length are those of a conflict in a base."""
    side, opened, size = BOTH, 0, 0
    for at, line in split_lines(text):
        marker = MARKER.match(line)
        if marker is None or (side != BOTH and len(marker[1]) != size):
            yield line, side
            continue
        before, after = (
            (side, THEIRS) if marker[1][0] == "=" and side in (OURS, BASE) else _NEXT.get(marker[1][0], ("", ""))
        )
        if side != before:
            message = f'The conflict marker "{marker[1]}" has no partner.'
            raise BadLock(describe_problem(name, text, at, message))
        if side == BOTH:
            opened, size = at, len(marker[1])
        side = after
        yield "", BOTH
    if side != BOTH:
        raise BadLock(describe_problem(name, text, opened, "The conflict that begins here has no end."))


def _read_base(text: str, name: str) -> Lock:
    """Return the base, empty if it is not whole: git leaves out parts of it that both sides changed alike."""
    try:
        return parse_lock_text(text, name)
    except BadLock:
        return Lock()
