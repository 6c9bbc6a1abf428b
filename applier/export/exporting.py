"""From what is live to the files of a spec, what to fill in, and what could not be said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from applier.api import Client
from applier.diagnostics import Diagnostic, Severity, did_you_mean
from applier.export.fillings import Filling, environment_file, filled, fillings_for
from applier.export.layout import Entry, files_of, one_text
from applier.export.looking import fits, kept_apart, seen_whole, with_all_fields
from applier.export.terraform import State
from applier.kinds import KINDS
from applier.kinds.base import Canonical, sequence, text
from applier.kinds.references import uses
from applier.resources import Path, address_of
from applier.snapshot import MANAGED, Live, Snapshot, told_in_names

ENVIRONMENT = ".env.example"


@dataclass(frozen=True, slots=True)
class Wish:
    """What to export, by globs over addresses, and into what: with `apart` a file for each resource."""

    only: tuple[str, ...] = ()
    apart: bool = True
    split_sql: bool = False


@dataclass(frozen=True, slots=True)
class Exported:
    """Files by path, the same in one text, the secrets to fill in, and what is worth knowing."""

    files: Mapping[str, str] = field(repr=False)
    text: str = field(repr=False)
    fillings: tuple[Filling, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    count: int = 0
    entries: tuple[Entry, ...] = field(default=(), repr=False)


def exported(client: Client, wish: Wish, parallelism: int) -> Exported:
    """The spec of what is live and fits. Raises `ApiError`."""
    seen, policies_known = seen_whole(client, wish.only, parallelism)
    models = [one for one in _meant(seen, wish) if one.kind == "models"]
    complete = with_all_fields(client, models, seen, parallelism)
    return _made(seen, wish, complete, [] if policies_known else [_unlisted_policies()])


def exported_state(state: State, wish: Wish) -> Exported:
    """The spec of what a Terraform state holds and fits, with what has no counterpart."""
    return _made(
        kept_apart(told_in_names(state.entries)), wish, frozenset(), [_no_counterpart(one) for one in state.left]
    )


def _meant(seen: Snapshot, wish: Wish) -> list[Live]:
    return [one for kind in MANAGED for one in seen.of_kind(kind) if fits(address_of(kind, one.called), wish.only)]


def _made(seen: Snapshot, wish: Wish, complete: frozenset[str], known: list[Diagnostic]) -> Exported:
    live = _meant(seen, wish)
    problems = [*_nothing_fits(wish.only, seen), *(problem for one in live for problem in _lost(one, seen)), *known]
    bodies = {one.address: _body(one, complete, seen) for one in (*live, *_named_besides(live, seen))}
    entries, fillings = _entries(bodies, {one.address: one for one in seen.by_id.values()}, {one.id for one in live})
    files = files_of(entries, apart=wish.apart, split_sql=wish.split_sql)
    if fillings:
        files[ENVIRONMENT] = environment_file(fillings)
    return Exported(files, one_text(entries), fillings, tuple(problems), len(live), tuple(entries))


def _no_counterpart(address: str) -> Diagnostic:
    return Diagnostic(
        "no-counterpart",
        "a spec has no word for this",
        f"{address} is not in the spec: applier does not manage objects of that sort.",
        hint="keep it in Terraform, or look after it by hand",
        severity=Severity.WARNING,
    )


def _body(live: Live, complete: frozenset[str], seen: Snapshot) -> dict[str, object]:
    """A resource as a person would have written it; what is told apart has its id."""
    canonical: Canonical = {**live.canonical}
    if live.id in complete:
        del canonical["fields"]
    if "policies" in canonical:
        put = sequence(canonical["policies"])
        canonical["policies"] = [one for one in put if len(seen.at(address_of("policies", text(one)))) == 1]
    return {**KINDS[live.kind].spelled(canonical, live.answer, None), **_pin(live)}


def _pin(live: Live) -> dict[str, object]:
    return {"id": live.id} if live.name != live.called else {}


def _named_besides(live: list[Live], seen: Snapshot) -> list[Live]:
    """What is named by its id and not exported itself: without a declaration such a name leads nowhere."""
    chosen = {one.address for one in live}
    named = {use.address for one in live for use in uses(KINDS[one.kind], one.canonical)} - chosen
    return [found for address in sorted(named) for found in seen.at(address) if found.name != found.called]


def _entries(
    bodies: Mapping[str, dict[str, object]], live: Mapping[str, Live], chosen: set[str]
) -> tuple[list[Entry], tuple[Filling, ...]]:
    """With placeholders; what is only named is not managed."""
    said = {
        address: body if live[address].id in chosen else {"managed": False, "id": live[address].id}
        for address, body in bodies.items()
    }
    fillings = fillings_for(said)
    variables: dict[str, dict[Path, str]] = {address: {} for address in said}
    for one in fillings:
        variables[one.address][one.path] = one.variable
    entries = []
    for address, body in said.items():
        done = filled(body, variables[address])
        assert isinstance(done, dict)  # noqa: S101 - a body is one
        entries.append(Entry(live[address].kind, live[address].name, done))
    entries.sort(key=lambda one: (MANAGED.index(one.kind), one.name))
    return entries, fillings


def _lost(live: Live, seen: Snapshot) -> Iterator[Diagnostic]:
    """What an object is put under or names, that cannot be said by a name."""
    for use in uses(KINDS[live.kind], live.canonical):
        found = seen.at(use.address)
        if len(found) == 1:
            continue
        noun = KINDS[use.kind].noun
        why = f"{len(found)} of them are called so" if found else "it does not exist"
        left = "; it is left out" if not KINDS[use.kind].writable else ""
        yield Diagnostic(
            "not-exported",
            "something cannot be said by a name",
            f'{live.address} names the {noun} "{use.name}", but {why}{left}.',
            hint="give each a name of its own in Polytomic" if found else "take it out in Polytomic",
            severity=Severity.WARNING,
            address=live.address,
        )


def _nothing_fits(globs: Iterable[str], seen: Snapshot) -> list[Diagnostic]:
    known = [address_of(one.kind, one.called) for one in seen.by_id.values() if KINDS[one.kind].writable]
    return [
        Diagnostic(
            "no-such-address",
            "a glob that fits no address",
            f'Nothing live has an address that fits "{glob}".',
            hint=did_you_mean(glob, known) or 'addresses look like "syncs/NAME"; quote globs from the shell',
        )
        for glob in globs
        if not any(fits(address, (glob,)) for address in known)
    ]


def _unlisted_policies() -> Diagnostic:
    return Diagnostic(
        "not-exported",
        "something cannot be said by a name",
        "The service does not let this key list permission policies; which of them objects are under is left out.",
        hint="use the key of an administrator",
        severity=Severity.WARNING,
    )
