"""Detects changed secrets by keyed digests of what was applied.

The API never returns a secret: docs/api/behaviours.md#secret-changes.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace

from applier.diff import FieldChange, Keys, member
from applier.kinds.base import Kind
from applier.kinds.field_table import FieldClass
from applier.kinds.secret_members import is_masked
from applier.plan.changes import Cause
from applier.plan.comparison import Comparison
from applier.resolve import Resolved
from applier.secrets import SENSITIVE, Secret

DIGEST_SIZE = 32  # hexadecimal digits
SEND_AGAIN = "send again"
"""In the place of a digest, if nobody knows which value is live: branches applied different ones, or a run stopped."""


@dataclass(frozen=True, slots=True)
class SecretDigests:
    """Digests by address and path of the secrets that were applied; `key` comes from the environment.

    `old_key` is the key that the digests were made with if it is another one: it is being replaced.
    """

    key: bytes = field(repr=False)
    known: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    old_key: bytes | None = field(default=None, repr=False)

    @property
    def key_of_known(self) -> bytes:
        """The key that the known digests were made with."""
        return self.key if self.old_key is None else self.old_key


def key_id(key: bytes) -> str:
    """Return the id of a key, by which another key is noticed; it tells nothing about the key or a secret."""
    return hmac.new(key, b"id of a key of applier.lock", hashlib.sha256).hexdigest()[:DIGEST_SIZE]


def uncomparable_secrets(comparison: Comparison) -> list[tuple[Keys, str]]:
    """Return the declared secrets that cannot be compared with live ones, because those are masked or never returned.

    A secret that is emptied is known to differ.
    """
    if comparison.live is None:
        return []
    live, differ = comparison.live.canonical, {one.path for one in comparison.fields}
    return [
        (path, value)
        for path, value in _secrets(comparison.declared.canonical, ())
        if path not in differ
        and (comparison.kind.row(path).rule is FieldClass.WRITE_ONLY or is_masked(member(live, path)))
    ]


def find_rotated_secrets(comparison: Comparison, digests: SecretDigests | None) -> tuple[tuple[FieldChange, ...], int]:
    """Return the secrets that have another digest than at the last apply, and the number of those without a digest."""
    changes: list[FieldChange] = []
    unknown = 0
    known = digests.known.get(comparison.declared.resource.address, {}) if digests else {}
    for path, value in uncomparable_secrets(comparison):
        before = known.get(".".join(path))
        if digests is None or comparison.live is None or before is None:
            unknown += 1
        elif not hmac.compare_digest(before, digest(digests.key_of_known, comparison.live.id, path, value)):
            changes.append(_send(path))
    return tuple(changes), unknown


def push_secrets(comparison: Comparison) -> tuple[FieldChange, ...]:
    """Return every secret that cannot be compared as a change, so that it is sent again."""
    return tuple(_send(path) for path, _ in uncomparable_secrets(comparison))


def _send(path: Keys) -> FieldChange:
    """Return the change of a secret; no live value is known, so that only the spec or the caller can be its cause."""
    return FieldChange(path, SENSITIVE, SENSITIVE, Cause.CONFIG)


def renew_digests(
    digests: SecretDigests, resolved: Resolved, written: Mapping[str, str | None], unknown: Collection[str]
) -> SecretDigests:
    """Return the digests after an apply, all of the new key if it is being replaced.

    `written` has the ids of what was written, None for what was deleted. What has an `unknown` outcome is sent again.
    """
    declared = resolved.declared
    digests = _replace_key(digests, resolved)
    known: dict[str, Mapping[str, str]] = {
        address: members for address, members in digests.known.items() if address not in written
    }
    known |= {address: dict.fromkeys(known[address], SEND_AGAIN) for address in unknown if address in known}
    for address, identifier in written.items():
        if identifier and address in declared:
            kind, canonical = declared[address].kind, declared[address].canonical
            if members := take_digests(digests.key, kind, identifier, canonical):
                known[address] = members
    return replace(digests, known=known)


def _replace_key(digests: SecretDigests, resolved: Resolved) -> SecretDigests:
    """Return the digests with the new key. What differs from its old digest, or cannot be compared, is sent again."""
    if digests.old_key is None:
        return digests
    known = {address: {**dict.fromkeys(members, SEND_AGAIN)} for address, members in digests.known.items()}
    for address, live in resolved.matches.items():
        for path, value in _secrets(resolved.declared[address].canonical, ()):
            before = digests.known.get(address, {}).get(".".join(path), "")
            if hmac.compare_digest(before, digest(digests.old_key, live.id, path, value)):
                known[address][".".join(path)] = digest(digests.key, live.id, path, value)
    return replace(digests, known=known, old_key=None)


def take_digests(key: bytes, kind: Kind, identifier: str, canonical: Mapping[str, object]) -> dict[str, str]:
    """Return the digests of one resource as it was just applied."""
    return {
        ".".join(path): digest(key, identifier, path, value)
        for path, value in _secrets(canonical, ())
        if any(path[: len(pattern)] == pattern for pattern in kind.confidential)
    }


def digest(key: bytes, identifier: str, path: Keys, value: str) -> str:
    """Return a keyed digest that differs for each object and member: equal secrets do not show as equal."""
    message = "\0".join((identifier, *path, value[:]))
    return hmac.new(key, message.encode(), hashlib.sha256).hexdigest()[:DIGEST_SIZE]


def _secrets(value: object, path: Keys) -> Iterator[tuple[Keys, str]]:
    if isinstance(value, Secret):
        yield path, value.reveal()
    elif isinstance(value, Mapping):
        for key, child in value.items():
            yield from _secrets(child, (*path, str(key)))
