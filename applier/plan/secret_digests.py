"""Whether a secret has changed, told by keyed digests of what was applied: the service never shows it (quirk 2)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from applier.diff import FieldChange, member
from applier.kinds import KINDS
from applier.kinds.base import FieldClass, Kind, is_masked
from applier.plan.comparison import Comparison
from applier.secrets import SENSITIVE, Secret

Known = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class SecretDigests:
    """Digests by address and path of the secrets that were applied; `key` comes from the environment."""

    key: bytes = field(repr=False)
    known: Known = field(default_factory=dict)


def hidden_secrets(pair: Comparison) -> list[tuple[tuple[str, ...], str]]:
    """The declared secrets that cannot be compared with what is live: masked, or never returned.

    One that is emptied is known to differ.
    """
    if pair.live is None:
        return []
    kind, differ = KINDS[pair.form.resource.kind], {one.path for one in pair.fields}
    return [
        (path, value)
        for path, value in _secrets(pair.form.canonical, ())
        if path not in differ
        and (kind.row(path).rule is FieldClass.WRITE_ONLY or is_masked(member(pair.live.canonical, path)))
    ]


def rotated_secrets(pair: Comparison, prints: SecretDigests | None) -> tuple[tuple[FieldChange, ...], int]:
    """The secrets whose digest is another than that of the last apply, and how many have none."""
    changes: list[FieldChange] = []
    unknown = 0
    known = prints.known.get(pair.form.resource.address, {}) if prints else {}
    for path, value in hidden_secrets(pair):
        before = known.get(".".join(path))
        if prints is None or pair.live is None or before is None:
            unknown += 1
        elif not hmac.compare_digest(before, digest(prints.key, pair.live.id, path, value)):
            changes.append(FieldChange(path, SENSITIVE, SENSITIVE))
    return tuple(changes), unknown


def pushed_secrets(pair: Comparison) -> tuple[FieldChange, ...]:
    """Every secret that cannot be compared, as something to be written again."""
    return tuple(FieldChange(path, SENSITIVE, SENSITIVE) for path, _ in hidden_secrets(pair))


def take_digests(key: bytes, kind: Kind, identifier: str, canonical: Mapping[str, object]) -> dict[str, str]:
    """The digests of one resource as it was just applied."""
    return {
        ".".join(path): digest(key, identifier, path, value)
        for path, value in _secrets(canonical, ())
        if any(path[: len(pattern)] == pattern for pattern in kind.confidential)
    }


def digest(key: bytes, identifier: str, path: tuple[str, ...], value: str) -> str:
    """Keyed, and different for each object and member, so that equal secrets do not show as equal."""
    told = "\0".join((identifier, *path, value[:]))
    return hmac.new(key, told.encode(), hashlib.sha256).hexdigest()[:32]


def _secrets(value: object, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, Secret):
        yield path, value.reveal()
    elif isinstance(value, Mapping):
        for key, member in value.items():
            yield from _secrets(member, (*path, str(key)))
