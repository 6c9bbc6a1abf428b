"""What exists: every live object of the kinds asked for, in canonical form and told in names."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from applier.api import BadAnswer, Client, Missing, Refused, side_by_side
from applier.kinds import KINDS
from applier.kinds.base import ApiObject, Canonical, Kind, SystemAttached, mapping, text
from applier.kinds.references import translate_references
from applier.resources import address_of, disambiguated_name

NO_RENAMES: Mapping[tuple[str, str], str] = MappingProxyType({})
Answer = Mapping[str, object]
Wanted = Mapping[str, Canonical | None]
"""What to read singly, by address or id, with what is declared of it."""

NOTHING: Wanted = {}
PASSING_TRIES = 10
PASSING_PAUSE = 1.0  # seconds, longer each time
MANAGED = tuple(name for name, kind in KINDS.items() if kind.writable)
"""The kinds that the spec can declare."""


@dataclass(frozen=True, slots=True)
class Live:
    """One live object. `answer` is what the service said, `canonical` the same in the words of the spec."""

    kind: str
    id: str
    name: str
    answer: ApiObject = field(repr=False)
    canonical: Canonical = field(repr=False)

    @property
    def address(self) -> str:
        return address_of(self.kind, self.name)

    @property
    def called(self) -> str:
        """What the service calls it; `name` is another while a rename is planned."""
        return text(self.answer.get("name"))

    @property
    def meant(self) -> str:
        """What it is to be called: `name`, unless that only tells it apart from others."""
        return self.called if self.name == disambiguated_name(self.called, self.id) else self.name

    @property
    def updated_at(self) -> str:
        """When it was last written, RFC 3339; empty where the service does not say."""
        return text(self.answer.get("updated_at"))

    @property
    def updated_by(self) -> str:
        """Who wrote it last; empty where the service does not say."""
        return text(mapping(self.answer.get("updated_by")).get("name"))


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All live objects, found by address or by kind and id. Several may share an address (quirk 39).

    `moment` is when it was asked for, by the clock of `time.perf_counter`.
    """

    by_address: Mapping[str, tuple[Live, ...]] = field(default_factory=dict)
    by_id: Mapping[tuple[str, str], Live] = field(default_factory=dict)
    moment: float = float("-inf")

    def at(self, address: str) -> tuple[Live, ...]:
        """Everything live under an address."""
        return self.by_address.get(address, ())

    def of_kind(self, kind: str) -> list[Live]:
        """The live objects of one kind, by name."""
        return sorted((one for one in self.by_id.values() if one.kind == kind), key=lambda one: (one.name, one.id))

    def name_of(self, kind: str, identifier: str) -> str:
        """The name behind an id, or words that cannot be a name when nothing is there."""
        found = self.by_id.get((kind, identifier))
        if found is None:
            return missing_object_text(kind, identifier)
        return found.name if found.name != found.called else resolved_name(KINDS[kind], found.answer)


def missing_object_text(kind: str, identifier: str) -> str:
    """How an id is told that leads nowhere."""
    return f"({KINDS[kind].noun} {identifier}, which does not exist)"


def with_referenced_kinds(kinds: Collection[str]) -> list[str]:
    """The kinds and all that they can refer to, in the order of dependence; reference-only kinds as they are given."""
    wanted = set(kinds)
    for name in reversed(list(KINDS)):
        if name in wanted:
            wanted |= {one.kind for one in KINDS[name].references if KINDS[one.kind].writable}
    return [name for name in KINDS if name in wanted]


def read_snapshot(client: Client, kinds: Collection[str], wanted: Wanted = NOTHING, parallelism: int = 10) -> Snapshot:
    """List every kind, then read singly what the lists show too thinly and `wanted` asks for.

    Raises `ApiError`.
    """
    moment = time.perf_counter()
    with side_by_side(parallelism) as pool:
        listed = dict(zip(kinds, pool.map(lambda name: _listed(client, KINDS[name]), kinds), strict=True))
        entries = [(KINDS[name], entry) for name in kinds for entry in listed[name]]
        whole = list(pool.map(lambda pair: _whole(client, pair[0], pair[1], wanted), entries))
    found = [(kind, entry) for (kind, _), entry in zip(entries, whole, strict=True) if entry is not None]
    return replace(build_snapshot(found), moment=moment)


def _listed(client: Client, kind: Kind) -> list[ApiObject]:
    return [kind.decode(client.settings.version, entry) for entry in client.pages(kind.path)]


def _whole(client: Client, kind: Kind, entry: ApiObject, wanted: Wanted) -> ApiObject | None:
    identifier = text(entry.get("id"))
    asked = [one for one in (address_of(kind.name, text(entry.get("name"))), identifier) if one in wanted]
    if kind.is_complete(entry) or not asked:
        return entry
    try:
        return fetch_object(client, kind, identifier, wanted[asked[0]])
    except Missing:  # deleted since the list was made
        return None


def fetch_object(client: Client, kind: Kind, identifier: str, declared: Canonical | None) -> ApiObject:
    """One object as it is now, so far as it is declared (None: all of it).

    Raises `ApiError`, `Missing` when it is gone.
    """
    path = f"{kind.path}/{identifier}"
    said = mapping(client.get(path).get("data"))
    if not said.get("id"):
        raise BadAnswer(f"GET {path} answered without the object.")
    answer = kind.decode(client.settings.version, said)
    return kind.sub_resources.read(kind_client(client, kind), path, answer, declared) if kind.sub_resources else answer


@dataclass(frozen=True, slots=True)
class ServiceKindClient:
    """The service for kinds that are spread over several endpoints; waits out refusals that end by themselves."""

    client: Client
    passes: Callable[[str], bool]

    def get(self, path: str, query: Mapping[str, str | bool] | None) -> object:
        """Decoded `data`. Raises `ApiError`."""
        return self.patiently(lambda: self.client.get(path, query)).get("data")

    def post(self, path: str, body: Mapping[str, object]) -> object:
        """Decoded `data`. Raises `ApiError`."""
        return self.client.post(path, body, harmless_twice=True).get("data")

    def patch(self, path: str, body: Mapping[str, object]) -> object:
        """Decoded `data`. Raises `ApiError`."""
        return self.patiently(lambda: self.client.patch(path, body)).get("data")

    def wait(self, seconds: float) -> None:
        """Pause, or not when the run is to stop."""
        self.client.stop.wait(seconds)

    def patiently(self, act: Callable[[], Answer]) -> Answer:
        """Act again after growing pauses while it is refused for a reason that passes (quirk 58)."""
        for number in range(1, PASSING_TRIES):
            try:
                return act()
            except Refused as error:
                if not self.passes(str(error)) or self.client.stop.wait(min(PASSING_PAUSE * number, 5)):
                    raise
        return act()


def kind_client(client: Client, kind: Kind) -> ServiceKindClient:
    """The service as a kind sees it."""
    return ServiceKindClient(
        client, kind.sub_resources.is_transient_refusal if kind.sub_resources else lambda message: False
    )


def prepare_create(client: Client, kind: Kind, body: ApiObject) -> None:
    """Make the service ready for a create; where it refuses to, the create itself will say why."""
    with suppress(Refused, Missing):
        if kind.sub_resources:
            kind.sub_resources.prepare_create(kind_client(client, kind), body)


def build_snapshot(
    entries: Iterable[tuple[Kind, ApiObject]], renames: Mapping[tuple[str, str], str] = NO_RENAMES
) -> Snapshot:
    """A snapshot of answers: ids become names by the tables of references, or those of `renames` by kind and id."""
    entries = list(entries)
    names = {(kind.name, text(entry.get("id"))): resolved_name(kind, entry) for kind, entry in entries} | dict(renames)
    by_id: dict[tuple[str, str], Live] = {}
    by_address: defaultdict[str, tuple[Live, ...]] = defaultdict(tuple)
    for kind, entry in entries:
        one = decode_live(
            kind, entry, lambda of, identifier: names.get((of, identifier)) or missing_object_text(of, identifier)
        )
        by_id[one.kind, one.id] = one
        by_address[one.address] += (one,)
    return Snapshot(dict(by_address), by_id)


def resolved_name(kind: Kind, answer: ApiObject) -> str:
    """The name of a live object, marked where the service attaches the object to others by itself."""
    name = text(answer.get("name"))
    return SystemAttached(name) if kind.is_system_attached(answer) else name


def decode_live(kind: Kind, answer: ApiObject, name_of: Callable[[str, str], str]) -> Live:
    """One answer as a live object; `name_of(kind, id)` tells the names."""
    canonical = translate_references(kind, kind.from_api(answer), name_of)
    identifier = text(answer.get("id"))
    return Live(kind.name, identifier, str(name_of(kind.name, identifier)), answer, canonical)


def rename_live(snapshot: Snapshot, renames: Mapping[tuple[str, str], str]) -> Snapshot:
    """The same objects, some of them told under other names everywhere."""
    again = build_snapshot(((KINDS[one.kind], one.answer) for one in snapshot.by_id.values()), renames)
    return replace(again, moment=snapshot.moment)
