"""Notices which values moved since a plan was saved, without keeping them.

Everything is keyed by random bytes of the file, which only its owner can read. A digest of a secret is slow to compute
and so short that thousands of texts share it: it names a value that moved, and is of little use for guessing one. That
any value moved is seen by one digest of all values at once, which is long, and slower still: who guesses has to compute
it for each of the texts that share a short digest, and needs all other secrets for it.

The slow step is done once for each distinct secret, however many members have it. All secrets together have one budget,
so that a plan with thousands of them is saved within half a second: each of many secrets costs less, down to a share
of the digest of everything. The cost of a file is kept in it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from applier.plan.saved_inputs import holds_secret
from applier.resolve import Declared, DeclaredResources
from applier.secrets import Scrubber, Secret, redact, secrets_in
from applier.spec.resources import Input

KEY_SIZE = 16  # bytes
LENGTH = 16  # hexadecimal digits of what is no secret
SECRET_LENGTH = 2  # hexadecimal digits: 255 of 256 changes are named
COST, SECRET_COST = 2**14, 2**11  # of scrypt; about 40 and 5 ms
LEAST_COST = 2**2
BUDGET = 2**16  # cost of all secrets together; about 160 ms
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

    `cost` is that of scrypt for each secret. `templates` are those of the resources before placeholders are filled in:
    they tell edits of a resource from values that moved.
    """

    key: str = field(repr=False)
    whole: str
    values: tuple[InputDigest, ...] = ()
    resources: Mapping[str, str] = field(default_factory=dict)
    cost: int = SECRET_COST
    templates: Mapping[str, str] = field(default_factory=dict)


def digest_inputs(
    key: str, declared: DeclaredResources, inputs: Sequence[Input], scrubber: Scrubber, cost: int | None = None
) -> InputDigests:
    """Return the digests under a key, which is hexadecimal; `scrubber` knows the secrets of the spec.

    `cost` is that of the digests to compare with.
    """
    salt = bytes.fromhex(key)
    known = {one.value[:] for one in inputs}
    named = [(InputDigest(one.source.value, one.name, one.origin, ""), one.name, one.value) for one in inputs]
    named += [
        (InputDigest(MEMBER, f"{path} of {address}", "", ""), f"{address} {path}", value)
        for address, one in declared.items()
        for path, value in _secrets(one.canonical)
        if value[:] not in known
    ]
    secrets = {value[:] for _, _, value in named if isinstance(value, Secret) or holds_secret(value, scrubber)}
    cost = cost or _cost_of_each(len(secrets))
    slow = {value: bytes.fromhex(_slow(salt, value, cost)) for value in secrets}
    values = tuple(replace(one, digest=_digest(salt, name, value[:], slow)) for one, name, value in named)
    everything = [
        {address: one.canonical for address, one in declared.items()},
        [(one.source.value, one.name, one.value) for one in inputs],
    ]
    whole = _slow(salt, json.dumps(everything, sort_keys=True, default=str), COST)
    resources = {address: _of_resource(salt, one) for address, one in declared.items()}
    templates = {address: _of_template(salt, one) for address, one in declared.items()}
    return InputDigests(key, whole, values, resources, cost, templates)


def _cost_of_each(count: int) -> int:
    """Return the cost of scrypt for each of so many secrets, a power of two."""
    share = BUDGET // max(1, count)
    return max(LEAST_COST, min(SECRET_COST, 1 << share.bit_length() - 1 if share else 0))


def _digest(salt: bytes, name: str, value: str, slow: Mapping[str, bytes]) -> str:
    """Return the digest of a value; that of a secret is made of its slow one, and differs for each name."""
    if value in slow:
        return _fast(slow[value], name)[:SECRET_LENGTH]
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
