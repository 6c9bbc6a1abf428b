"""What is live, whole, with a name for each object that leads to it alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from applier.api import ApiError, Client, Missing, Refused, side_by_side
from applier.discovery.decode import source_fields
from applier.discovery.query import LONGEST_QUERY, QueryParameters, query_parameters
from applier.kinds import KINDS
from applier.kinds.base import Canonical, mapping, sequence, text
from applier.live.snapshot import MANAGED, Live, Snapshot, build_snapshot, read_snapshot
from applier.live.snapshot import rename_live as told_again
from applier.resources import disambiguated_name


@dataclass(frozen=True, slots=True)
class Fitting(Mapping[str, Canonical | None]):
    """Everything whose address fits, to be read whole: what `read_snapshot` is asked for."""

    globs: tuple[str, ...]

    def __contains__(self, address: object) -> bool:
        return isinstance(address, str) and fits(address, self.globs)

    def __getitem__(self, address: str) -> Canonical | None:
        return None

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def fits(address: str, globs: Collection[str]) -> bool:
    """True for an address that is meant; without globs all are."""
    return not globs or any(fnmatchcase(address, glob) or address == glob for glob in globs)


def read_inventory(client: Client, globs: tuple[str, ...], parallelism: int) -> tuple[Snapshot, bool]:
    """Every object that fits in full, all others as lists tell them; several of one name are told with their ids.

    False where the policies that objects are put under cannot be listed. Raises `ApiError`.
    """
    seen = read_snapshot(client, MANAGED, Fitting(globs), parallelism)
    known = True
    if any(one.canonical.get("policies") for one in seen.by_id.values()):
        try:
            policies = [(KINDS["policies"], entry) for entry in client.pages(KINDS["policies"].path)]
            seen = build_snapshot([*((KINDS[one.kind], one.answer) for one in seen.by_id.values()), *policies])
        except (Refused, Missing):
            known = False
    return disambiguate(seen), known


def disambiguate(seen: Snapshot) -> Snapshot:
    """The same objects, several of one name told with their ids."""
    counts = Counter((one.kind, one.name) for one in seen.by_id.values())
    several = [one for one in seen.by_id.values() if counts[one.kind, one.name] > 1 and KINDS[one.kind].writable]
    renames = {(one.kind, one.id): disambiguated_name(one.live_name, one.id) for one in several}
    return told_again(seen, renames) if renames else seen


def with_all_fields(client: Client, models: Sequence[Live], seen: Snapshot, parallelism: int) -> frozenset[str]:
    """The ids of the models that have every field of their source; one read for each source."""
    asked = {one.id: _question(one, seen) for one in models if one.canonical.get("fields")}
    questions = {_key(question): question for question in asked.values() if question is not None}
    with side_by_side(parallelism) as pool:
        answers = dict(zip(questions, pool.map(lambda one: _offered(client, *one), questions.values()), strict=True))
    return frozenset(
        one.id
        for one in models
        if (question := asked.get(one.id)) is not None
        and (offered := answers[_key(question)])
        and {*map(str, sequence(one.canonical["fields"]))} >= offered
    )


Question = tuple[str, QueryParameters]


def _key(question: Question) -> str:
    return repr(question)


def _question(model: Live, seen: Snapshot) -> Question | None:
    """Which connection to ask with which choices."""
    choices = query_parameters(mapping(model.canonical.get("configuration")))
    identifier = text(model.answer.get("connection_id"))
    too_long = any(isinstance(one, str) and len(one) > LONGEST_QUERY for one in choices.values())
    return None if too_long or ("connections", identifier) not in seen.by_id else (identifier, choices)


def _offered(client: Client, identifier: str, choices: QueryParameters) -> frozenset[str]:
    """The names of the source's fields, none where it cannot tell."""
    try:
        path = f"/api/connections/{identifier}/modelsync/source/fields"
        return frozenset(source_fields(client.get(path, choices).get("data")))
    except ApiError:
        return frozenset()
