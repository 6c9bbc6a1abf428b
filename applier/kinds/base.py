"""What every kind tells the engine about itself: where it lives, whom it names, which fields are whose.

Both sides of a comparison are brought into one *canonical form*: a nested mapping in the words of the spec, where
absent means the API's default (so `null`, `""`, `[]` and an unset member are all absent) and other resources are
referred to by name. `desired` makes it of a spec body, `from_api` of an answer (with ids, which the snapshot turns
into names by the table of references), `to_api` makes a request body of it (again with ids), and `normalize` turns
it into what is compared: lists without order become mappings by key, texts that mean the same become the same.
`to_spec` turns a live one (and its answer, for what it does not tell) into a body as a person would have written it, in
the words of the body `beside` it if there is one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

from applier.kinds.export_rules import NO_RULES, ExportRules

Canonical = dict[str, object]
ApiObject = Mapping[str, object]


class FieldClass(StrEnum):
    """Who decides over a field (DESIGN.md section 4)."""

    OWNED = "owned"  # leaving it out of the spec means the API's default
    OPTIONAL = "optional"  # compared and written only when the spec says it; else the live value is kept
    WRITE_ONLY = "write-only"  # sent with every write, never compared


@dataclass(frozen=True, slots=True)
class Field:
    """One row of a kind's table. In `path`, `*` stands for every key; `why` is the rule in a sentence.

    With `loose`, what says nothing (false, zero, emptiness) is as good as absent, as it always is in optional fields.
    """

    path: tuple[str, ...]
    rule: FieldClass
    why: str = ""
    loose: bool = False


@dataclass(frozen=True, slots=True)
class Reference:
    """A member of the canonical form that holds the name of another resource, or a list of names."""

    path: tuple[str, ...]
    kind: str


@dataclass(frozen=True, slots=True)
class ToggleEndpoint:
    """A boolean member with an endpoint of its own, `POST {path}/{id}/{endpoint}` with `{member: bool}`."""

    member: str
    endpoint: str


@dataclass(frozen=True, slots=True)
class VersionAdapter:
    """What one API version says in other words than `from_api` reads and `to_api` writes."""

    decode: Callable[[ApiObject], ApiObject]
    encode: Callable[[dict[str, object]], dict[str, object]]


@dataclass(frozen=True, slots=True)
class OnlyIn:
    """A member of the canonical form that not every API version has."""

    path: tuple[str, ...]
    versions: tuple[str, ...]


class KindClient(Protocol):
    """The service as seen from a kind that is more than one object: decoded `data`, and patience."""

    def get(self, path: str, query: Mapping[str, str | bool] | None) -> object:
        """What is there."""

    def post(self, path: str, body: Mapping[str, object]) -> object:
        """Ask for something that may be asked for twice."""

    def patch(self, path: str, body: Mapping[str, object]) -> object:
        """Change parts."""

    def wait(self, seconds: float) -> None:
        """Give the service time."""


@dataclass(frozen=True, slots=True)
class SubResources:
    """What it takes beside one read and one write when an object is spread over several endpoints.

    `completed(door, path, answer, declared)` reads the rest: of what is declared, or everything for None.
    `followed(door, path, declared, answer)` writes the rest after a create or update and tells whether it did.
    `prepared(door, body)` makes the service ready for a create. `passes(message)` tells a refusal that ends by itself.
    """

    completed: Callable[[KindClient, str, ApiObject, Canonical | None], ApiObject]
    followed: Callable[[KindClient, str, Canonical, ApiObject], bool]
    prepared: Callable[[KindClient, ApiObject], None]
    passes: Callable[[str], bool]


class SystemAttached(str):
    """The name of something that the service attaches to objects by itself (quirk 46)."""

    __slots__ = ()


def as_declared(declared: Canonical, _: Canonical) -> Canonical:
    """Nothing to settle."""
    return declared


@dataclass(frozen=True, slots=True)
class Kind:
    """A row of facts about one kind of resource.

    `name` is the key in the spec and in addresses, `noun` the word in sentences, `path` the list endpoint.
    `complete` tells whether a list entry is as good as a single read (quirks 19 and 42). `reconcile` is the declared
    form once a live one is known: what the service has made of a wish, or adds by itself, is no difference and is
    sent back. `fixed` names the members that no update can change, `confidential` those whose texts may be secrets
    (all else is names, which are shown), `masks` those in which the service shows asterisks for secrets. `deferred`
    members may mention the object itself, or others in a circle, so that they are written by an update after the
    create. `is_system_attached` tells an object that the service attaches to others by itself. `pending_step` says
    what a person still has to do before others can use an object. A kind that is not `writable` can only be referred
    to.
    """

    name: str
    noun: str
    path: str
    desired: Callable[[Mapping[str, object]], Canonical]
    from_api: Callable[[ApiObject], Canonical]
    to_api: Callable[[str, Canonical, ApiObject | None], dict[str, object]]
    normalize: Callable[[Canonical], Canonical]
    complete: Callable[[ApiObject], bool]
    to_spec: Callable[[Canonical, ApiObject, Mapping[str, object] | None], dict[str, object]] = (
        lambda canonical, answer, beside: dict(canonical)
    )
    export_rules: ExportRules = NO_RULES
    fields: tuple[Field, ...] = ()
    references: tuple[Reference, ...] = ()
    fixed: tuple[str, ...] = ()
    confidential: tuple[tuple[str, ...], ...] = ()
    masks: tuple[tuple[str, ...], ...] = ()
    toggle: ToggleEndpoint | None = None
    reconcile: Callable[[Canonical, Canonical], Canonical] = as_declared
    deferred: tuple[str, ...] = ()
    only_in: tuple[OnlyIn, ...] = ()
    dialects: Mapping[str, VersionAdapter] = field(default_factory=lambda: MappingProxyType({}))
    is_system_attached: Callable[[ApiObject], bool] = lambda answer: False
    sub_resources: SubResources | None = None
    pending_step: Callable[[ApiObject], str] = lambda answer: ""
    writable: bool = True
    on_demand: bool = False
    named_by: str = "name"
    export_if: Callable[[ApiObject], bool] = lambda answer: True

    def decode(self, version: str, answer: ApiObject) -> ApiObject:
        """An answer of an API version in the form that `from_api` reads."""
        dialect = self.dialects.get(version)
        return dialect.decode(answer) if dialect else answer

    def encode(self, version: str, body: dict[str, object]) -> dict[str, object]:
        """A body made by `to_api` in the form of an API version."""
        dialect = self.dialects.get(version)
        return dialect.encode(body) if dialect else body

    def may_mask(self, path: tuple[str, ...]) -> bool:
        """True where the service shows a mask in place of a secret; elsewhere asterisks are asterisks."""
        return any(matches(one, path[: len(one)]) for one in self.masks)

    def row(self, path: tuple[str, ...]) -> Field:
        """The most specific row of the table for a path; what has no row is owned."""
        fitting = [one for one in self.fields if matches(one.path, path[: len(one.path)])]
        return max(
            fitting, key=lambda one: (len(one.path), -one.path.count("*")), default=Field(path, FieldClass.OWNED)
        )


def matches(pattern: tuple[str, ...], path: tuple[str, ...]) -> bool:
    """True when the path has the pattern's length and agrees with it wherever it does not say `*`."""
    return len(pattern) == len(path) and all(want in ("*", have) for want, have in zip(pattern, path, strict=True))


def is_blank(value: object) -> bool:
    """True for what stands for "not set" in answers: null, emptiness, false and zero (quirks 7, 14, 22)."""
    return value is None or value in ("", [], {}, 0)


def is_unset(value: object) -> bool:
    """True for null and for empty text, list or mapping; false and zero are values (quirks 17, 22)."""
    return value is None or (isinstance(value, str | list | dict) and len(value) == 0)


def is_masked(value: object) -> bool:
    """True for what the service shows in place of a secret (quirk 1)."""
    return isinstance(value, str) and bool(value) and not value.strip("*")


def without(members: Mapping[str, object], drop: Callable[[object], bool] = is_unset) -> dict[str, object]:
    """The members that say something."""
    return {name: value for name, value in members.items() if not drop(value)}


def mapping(value: object) -> Mapping[str, object]:
    """The value if it is a mapping, else an empty one: answers hold null where nothing is set."""
    return value if isinstance(value, Mapping) else {}


def sequence(value: object) -> list[object]:
    """The value if it is a list, else an empty one."""
    return list(value) if isinstance(value, list | tuple) else []


def text(value: object) -> str:
    """The value if it is a text, else an empty one."""
    return value if isinstance(value, str) else ""


def to_text(value: object) -> str:
    """The value as a text to be shown and sent: what names something is no secret, wherever it comes from."""
    return value[:] if isinstance(value, str) else str(value)


def to_integer(value: object) -> object:
    """The whole number that a value is, however it is written (5.0); anything else as it is."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
