"""One live object: as the service sends it, and decoded into canonical form."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple, Self

from applier.kinds import KINDS
from applier.kinds.base import ApiObject, Canonical, Kind, SystemAttached, mapping, text
from applier.kinds.references import translate_references
from applier.spec.resources import address_of, disambiguated_name

NameResolver = Callable[[str, str], str]
"""Returns the name for a kind and an id."""


class RawObject(NamedTuple):
    """One object as the service sends it, in the form that `Kind.from_api` reads; references are ids."""

    kind: Kind
    answer: ApiObject

    @property
    def id(self) -> str:
        return text(self.answer.get("id"))

    @property
    def name(self) -> str:
        return self.kind.name_in(self.answer)


@dataclass(frozen=True, slots=True)
class Live:
    """One live object: the service's `answer`, and the same in canonical form, where references are names."""

    kind: str
    id: str
    name: str
    answer: ApiObject = field(repr=False)
    canonical: Canonical = field(repr=False)

    @property
    def address(self) -> str:
        return address_of(self.kind, self.name)

    @property
    def live_name(self) -> str:
        """The name that the service has; `name` differs from it while a rename is planned.

        For a kind without names it is the label, which can never differ.
        """
        kind = KINDS[self.kind]
        return self.name if kind.is_labelled else kind.name_in(self.answer)

    @property
    def declared_name(self) -> str:
        """The name to write: `name`, or `live_name` where `name` only tells the object apart from its namesakes."""
        return self.live_name if self.name == disambiguated_name(self.live_name, self.id) else self.name

    @property
    def updated_at(self) -> str:
        """The time of the last write, RFC 3339; empty where the service does not send it."""
        return text(self.answer.get("updated_at"))

    @property
    def updated_by(self) -> str:
        """The author of the last write; empty where the service does not send it."""
        return text(mapping(self.answer.get("updated_by")).get("name"))


def decode_live(kind: Kind, answer: ApiObject, resolve_name: NameResolver) -> Live:
    """Return an answer as a live object."""
    canonical = translate_references(kind, kind.from_api(answer), resolve_name)
    identifier = text(answer.get("id"))
    return Live(kind.name, identifier, str(resolve_name(kind.name, identifier)), answer, canonical)


def name_in_answer(kind: Kind, answer: ApiObject) -> str:
    """Return the name in an answer, as `SystemAttached` where the service attaches the object to others by itself."""
    name = kind.name_in(answer)
    return SystemAttached(name) if kind.is_system_attached(answer) else name


class MissingObject(str):
    """The text that stands for an id which no live object has, in the place of a name."""

    __slots__ = ()

    @classmethod
    def describe(cls, kind: str, identifier: str) -> Self:
        """Return the text for an id of a kind."""
        return cls(f"({KINDS[kind].noun} {identifier}, which does not exist)")


def join_ids(found: Iterable[Live]) -> str:
    """Return the ids of objects in a row, for messages."""
    return ", ".join(sorted(one.id for one in found))
