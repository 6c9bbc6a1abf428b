"""From what is live to the files of a spec, what to fill in, and what could not be said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from applier.api import Client
from applier.diagnostics import Diagnostic, diagnose
from applier.diagnostics.suggestions import suggest
from applier.export.inventory import disambiguate, fits, read_inventory, with_all_fields
from applier.export.layout import Entry, files_of, format_text
from applier.export.losses import (
    describe_left_out,
    describe_losses,
    describe_lost_members,
    describe_unplaced,
    unlisted_policies,
)
from applier.export.placeholders import Filling, environment_file, fillings_for, insert_placeholders
from applier.export.terraform import State
from applier.kinds import KINDS
from applier.kinds.base import Canonical, sequence, text
from applier.kinds.references import mentions_in
from applier.live.snapshot import MANAGED, Live, Snapshot, build_snapshot
from applier.resources import Path, address_of

ENVIRONMENT = ".env.example"
Besides = Mapping[tuple[str, str], Mapping[str, object]]
"""By kind and id, how to declare what is only referred to."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What to export, by globs over addresses, and into what: with `apart` a file for each resource.

    What is `complete` stands alone: it declares, too, what it only names, where a name could be taken for another.
    """

    only: tuple[str, ...] = ()
    apart: bool = True
    split_sql: bool = False
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Exported:
    """Files by path, the same in one text, the secrets to fill in, and what is worth knowing."""

    files: Mapping[str, str] = field(repr=False)
    text: str = field(repr=False)
    fillings: tuple[Filling, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    count: int = 0
    entries: tuple[Entry, ...] = field(default=(), repr=False)


def export_workspace(client: Client, wish: Wish, parallelism: int) -> Exported:
    """The spec of what is live and fits. Raises `ApiError`."""
    seen, policies_known = read_inventory(client, wish.only, parallelism)
    models = [one for one in _meant(seen, wish) if one.kind == "models"]
    complete = with_all_fields(client, models, seen, parallelism)
    return _made(seen, wish, complete, [] if policies_known else [unlisted_policies()])


def export_state(state: State, wish: Wish) -> Exported:
    """The spec of what Terraform states hold and fits, with what has no counterpart."""
    return _made(disambiguate(build_snapshot(state.entries)), wish, frozenset(), describe_losses(state), state)


def _meant(seen: Snapshot, wish: Wish) -> list[Live]:
    return [one for kind in MANAGED for one in seen.of_kind(kind) if fits(address_of(kind, one.called), wish.only)]


def _made(
    seen: Snapshot, wish: Wish, complete: frozenset[str], known: list[Diagnostic], state: State | None = None
) -> Exported:
    besides = state.besides if state else {}
    suggest = [one for one in _meant(seen, wish) if (one.kind, one.id) not in besides]
    lost = describe_unplaced(suggest, seen)
    broken = describe_left_out(lost)
    live = [one for one in suggest if one.id not in broken]
    problems = [*_nothing_fits(wish.only, seen), *describe_lost_members(lost, state is not None), *known]
    named = _named_besides(live, seen)
    unclear = wish.complete and any(_mistakable(one, live) for one in named)
    named = [
        one for one in named if unclear or one.name != one.called or (one.kind, one.id) in besides or one.id in broken
    ]
    bodies = {one.address: _body(one, complete, seen) for one in live}
    bodies |= {one.address: {"managed": False, **_pin(one), **besides.get((one.kind, one.id), {})} for one in named}
    entries, fillings = _entries(bodies, {one.address: one for one in seen.by_id.values()})
    files = files_of(entries, apart=wish.apart, split_sql=wish.split_sql)
    if fillings:
        files[ENVIRONMENT] = environment_file(fillings)
    return Exported(files, format_text(entries), fillings, tuple(problems), len(live), tuple(entries))


def _body(live: Live, complete: frozenset[str], seen: Snapshot) -> dict[str, object]:
    """A resource as a person would have written it; what is told apart has its id."""
    canonical: Canonical = {**live.canonical}
    if live.id in complete:
        del canonical["fields"]
    policies = [address_of("policies", text(one)) for one in sequence(canonical.get("policies"))]
    if any(len(seen.at(one)) != 1 for one in policies):
        del canonical["policies"]  # to say some of them would be to take off the others
    return {**KINDS[live.kind].to_spec(canonical, live.answer, None), **_pin(live)}


def _pin(live: Live) -> dict[str, object]:
    return {"id": live.id} if live.name != live.called else {}


def _named_besides(live: list[Live], seen: Snapshot) -> list[Live]:
    """What is named, but not exported itself."""
    chosen = {one.address for one in live}
    named = {use.address for one in live for use in mentions_in(KINDS[one.kind], one.canonical)} - chosen
    return [one for address in sorted(named) for one in seen.at(address) if KINDS[one.kind].writable]


def _mistakable(one: Live, live: list[Live]) -> bool:
    """True for a name that would be taken for a slip of another one, if it were not declared."""
    alike = suggest(one.name, [each.name for each in live if each.kind == one.kind])
    return alike is not None or any(each.name == one.name for each in live)


def _entries(
    bodies: Mapping[str, dict[str, object]], live: Mapping[str, Live]
) -> tuple[list[Entry], tuple[Filling, ...]]:
    """With placeholders."""
    fillings = fillings_for(bodies)
    variables: dict[str, dict[Path, str]] = {address: {} for address in bodies}
    for one in fillings:
        variables[one.address][one.path] = one.variable
    entries = []
    for address, body in bodies.items():
        done = insert_placeholders(body, variables[address])
        assert isinstance(done, dict)  # noqa: S101 - a body is one
        entries.append(Entry(live[address].kind, live[address].name, done))
    entries.sort(key=lambda one: (MANAGED.index(one.kind), one.name))
    return entries, fillings


def _nothing_fits(globs: Iterable[str], seen: Snapshot) -> list[Diagnostic]:
    known = [address_of(one.kind, one.called) for one in seen.by_id.values() if KINDS[one.kind].writable]
    return [
        diagnose(
            "no-such-address",
            f'Nothing live has an address that fits "{glob}".',
            hint=suggest(glob, known) or 'addresses look like "syncs/NAME"; quote globs from the shell',
        )
        for glob in globs
        if not any(fits(address, (glob,)) for address in known)
    ]
