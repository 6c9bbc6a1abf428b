"""Notices which values moved since a plan was saved, without keeping them.

Everything is keyed by random bytes of the file, which only its owner can read. A digest of a secret is slow to compute
and so short that thousands of texts share it: it names a value that moved, and is of little use for guessing one. That
any value moved is seen by one digest of all values at once, which is long, and slower still.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from applier.plan.saved_inputs import is_secret
from applier.resolve import Declared, DeclaredResources
from applier.secrets import Secret, redact, secrets_in
from applier.spec.resources import Input

KEY_SIZE = 16  # bytes
LENGTH = 16  # hexadecimal digits of what is no secret
SECRET_LENGTH = 2  # hexadecimal digits: 255 of 256 changes are named
COST, SECRET_COST = 2**14, 2**11  # of scrypt; about 40 and 5 ms
MEMBER = "member"


@dataclass(frozen=True, slots=True)
class InputDigest:
    """The digest of one value: what it is, its name, and what gave it, in words."""

    source: str
    name: str
    origin: str
    digest: str


@dataclass(frozen=True, slots=True)
class InputDigests:
    """Digests of what a plan was made from: of everything at once, of each value, and of each declared resource.

    `templates` are those of the resources before placeholders are filled in: they tell edits of a resource from values
    that moved.
    """

    key: str = field(repr=False)
    whole: str
    values: tuple[InputDigest, ...] = ()
    resources: Mapping[str, str] = field(default_factory=dict)
    templates: Mapping[str, str] = field(default_factory=dict)


def digest_inputs(
    key: str, declared: DeclaredResources, inputs: Sequence[Input], secrets: Collection[str]
) -> InputDigests:
    """Return the digests under a key, which is hexadecimal; `secrets` are those of the spec."""
    salt = bytes.fromhex(key)
    values = [
        InputDigest(one.source.value, one.name, one.origin, _digest(salt, one.name, one.value, secrets))
        for one in inputs
    ]
    known = {one.value[:] for one in inputs}
    for address, one in declared.items():
        values += [
            InputDigest(MEMBER, f"{path} of {address}", "", _digest(salt, f"{address} {path}", value, secrets))
            for path, value in _secrets(one.canonical)
            if value[:] not in known
        ]
    everything = [
        {address: one.canonical for address, one in declared.items()},
        [(one.source.value, one.name, one.value) for one in inputs],
    ]
    whole = _slow(salt, json.dumps(everything, sort_keys=True, default=str), COST)
    return InputDigests(
        key,
        whole,
        tuple(values),
        {address: _of_resource(salt, one) for address, one in declared.items()},
        {address: _of_template(salt, one) for address, one in declared.items()},
    )


def _digest(salt: bytes, name: str, value: str, secrets: Collection[str]) -> str:
    if isinstance(value, Secret) or is_secret(value, secrets):
        return _slow(salt, f"{name}\0{value[:]}", SECRET_COST)[:SECRET_LENGTH]
    return _fast(salt, f"{name}\0{value}")


def _of_resource(salt: bytes, one: Declared) -> str:
    """Return the digest of what is declared without its secrets, which have digests of their own."""
    declared = [redact(one.canonical), one.resource.managed, one.resource.id]
    return _fast(salt, json.dumps(declared, sort_keys=True, default=str))


def _of_template(salt: bytes, one: Declared) -> str:
    """Return the digest of what is declared before placeholders are filled in, without its secrets."""
    template = _without_secrets(one.resource.locate.template, one.resource.body)
    return _fast(salt, json.dumps(template, sort_keys=True, default=str))


def _without_secrets(template: object, filled: object) -> object:
    """Return a template without the values that hold a secret once they are filled in."""
    if isinstance(template, Mapping) and isinstance(filled, Mapping):
        return {key: _without_secrets(value, filled.get(key)) for key, value in template.items()}
    if isinstance(template, list) and isinstance(filled, list) and len(template) == len(filled):
        return [_without_secrets(one, other) for one, other in zip(template, filled, strict=True)]
    return None if secrets_in(filled) else template


def _slow(salt: bytes, text: str, cost: int) -> str:
    return hashlib.scrypt(text.encode("utf-8", "surrogatepass"), salt=salt, n=cost, r=8, p=1, dklen=16).hex()


def _fast(salt: bytes, text: str) -> str:
    return hmac.new(salt, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:LENGTH]


def _secrets(value: object, path: str = "") -> Iterator[tuple[str, Secret]]:
    """Yield every secret in a canonical form with its path."""
    if isinstance(value, Secret):
        yield path, value
    elif isinstance(value, Mapping):
        for key, child in value.items():
            yield from _secrets(child, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from _secrets(child, f"{path}.{index}")
