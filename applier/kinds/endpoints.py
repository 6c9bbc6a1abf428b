"""Endpoints of a kind beside those that read and write a whole object, and what API versions say differently."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol

from applier.spec.resources import Path, Pattern

V1, V2 = "2024-02-08", "2025-09-18"
"""The API versions between which the forms of objects differ."""


@dataclass(frozen=True, slots=True)
class ToggleEndpoint:
    """A boolean member that is written by `POST {path}/{id}/{on or off}` instead of by an update.

    With `sends_value` the body is `{member: value}`, else there is none.
    """

    member: str
    on: str
    off: str
    sends_value: bool = False

    def request(self, value: bool) -> tuple[str, dict[str, object] | None]:
        """Return the last step of the path and the body that set the member to a value."""
        return self.on if value else self.off, {self.member: value} if self.sends_value else None


@dataclass(frozen=True, slots=True)
class Executions:
    """What the executions of a kind say: `target` is the member that names what they write to.

    `counts` has, by the name of each count, the member of an answer that holds it, for answers without `counts`.
    """

    target: Path
    counts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class VersionAdapter:
    """Translates what one API version says in other words than `from_api` reads and `to_api` writes."""

    decode: Callable[[Mapping[str, object]], Mapping[str, object]]
    encode: Callable[[dict[str, object]], dict[str, object]]


@dataclass(frozen=True, slots=True)
class OnlyIn:
    """A member of the canonical form that not every API version has."""

    path: Pattern
    versions: tuple[str, ...]


class KindClient(Protocol):
    """The service as seen by a kind whose objects are spread over several endpoints: decoded `data`, and patience."""

    def get(self, path: str, query: Mapping[str, str | bool] | None) -> object:
        """Return what is there."""

    def post(self, path: str, body: Mapping[str, object]) -> object:
        """Send a request that may be sent twice."""

    def patch(self, path: str, body: Mapping[str, object]) -> object:
        """Change parts of what is there."""

    def wait(self, seconds: float) -> None:
        """Give the service time."""


@dataclass(frozen=True, slots=True)
class SubResources:
    """The endpoints beside one read and one write, for objects that are spread over several endpoints.

    `read(client, path, answer, declared)` adds to an answer what further endpoints say: of what is declared, or
    everything for None. `write(client, path, declared, answer)` writes the rest after a create or update and returns
    whether it did. `prepare_create(client, body)` makes the service ready for a create. `is_transient_refusal(message)`
    returns whether a refusal ends by itself. `member` is what they hold in the canonical form.
    """

    read: Callable[[KindClient, str, Mapping[str, object], dict[str, object] | None], Mapping[str, object]]
    write: Callable[[KindClient, str, dict[str, object], Mapping[str, object]], bool]
    prepare_create: Callable[[KindClient, Mapping[str, object]], None]
    is_transient_refusal: Callable[[str], bool]
    member: str
