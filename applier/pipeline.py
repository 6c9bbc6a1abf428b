"""The product as a table of contents: load the spec, plan it, apply it, look at it, run it."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from applier import graph, snapshot
from applier.api import Client
from applier.diagnostics import Diagnostic, did_you_mean
from applier.execute import Outcome, Run, execute, last_runs, run_syncs
from applier.execute.runs import Tell as TellRun
from applier.execute.scheduling import Tell as TellChange
from applier.execute.writing import Workplace
from applier.kinds import KINDS
from applier.linking import AMBIGUOUS, Forms, forms_of, mentioned_kinds
from applier.plan import Action, Plan, plan_to_apply, plan_to_destroy
from applier.resources import Spec, address_of
from applier.snapshot import Live, Snapshot
from applier.spec import load as load_spec


def load(paths: Sequence[Path | str], environment: Mapping[str, str]) -> tuple[Spec, tuple[Diagnostic, ...]]:
    """Read, fill and check the files. Mistakes come back as diagnostics, all at once."""
    return load_spec(paths, environment)


def choose(
    forms: Forms, targets: Sequence[str], excludes: Sequence[str], *, users_too: bool = False
) -> tuple[frozenset[str] | None, tuple[Diagnostic, ...]]:
    """The addresses that globs pick, less what is excluded; None means all.

    A target pulls in everything it needs; with `users_too` (destroy) everything that needs it.
    """
    if not targets and not excludes:
        return None, ()
    problems = tuple(_matches_nothing(glob, forms) for glob in (*targets, *excludes) if not _matching(glob, forms))
    picked = {address for glob in targets for address in _matching(glob, forms)} if targets else set(forms)
    dropped = {address for glob in excludes for address in _matching(glob, forms)}
    needs = {address: [one for one in form.needs if one in forms] for address, form in forms.items()}
    pulls = graph.reversed_edges(needs) if users_too else needs
    return frozenset(graph.reached(picked - dropped, pulls) - dropped), problems


def _matching(glob: str, forms: Forms) -> list[str]:
    return [address for address in forms if fnmatchcase(address, glob) or address == glob]


def _matches_nothing(glob: str, forms: Forms) -> Diagnostic:
    return Diagnostic(
        "no-such-address",
        "a glob that fits no address",
        f'Nothing in the spec has an address that fits "{glob}".',
        hint=did_you_mean(glob, forms) or 'addresses look like "syncs/NAME"; quote globs from the shell',
    )


def look(client: Client, forms: Forms, parallelism: int, *, whole: bool = False) -> Snapshot:
    """What is live of every kind that matters to the spec (`whole`: of every kind). Raises `ApiError`."""
    kinds = snapshot.closure(mentioned_kinds(forms))
    if whole:
        kinds = snapshot.closure([*kinds, *snapshot.MANAGED])
    return snapshot.take(client, kinds, forms, parallelism)


def plan(
    spec: Spec, client: Client, *, targets: Sequence[str] = (), excludes: Sequence[str] = (), parallelism: int = 10
) -> tuple[Plan, Forms, Snapshot]:
    """What would change, with what it was derived from. Raises `ApiError`."""
    forms = forms_of(spec)
    chosen, problems = choose(forms, targets, excludes)
    seen = look(client, forms, parallelism)
    return _with(plan_to_apply(forms, seen, chosen), problems), forms, seen


def plan_destroy(
    spec: Spec, client: Client, *, targets: Sequence[str] = (), excludes: Sequence[str] = (), parallelism: int = 10
) -> tuple[Plan, Forms, Snapshot]:
    """What would be deleted; every kind is looked at, since anything live may use it. Raises `ApiError`."""
    forms = forms_of(spec)
    chosen, problems = choose(forms, targets, excludes, users_too=True)
    seen = look(client, forms, parallelism, whole=True)
    return _with(plan_to_destroy(forms, seen, chosen), problems), forms, seen


def _with(plan_: Plan, problems: Collection[Diagnostic]) -> Plan:
    return Plan(plan_.changes, plan_.unchanged, (*problems, *plan_.diagnostics))


def apply(
    plan_: Plan, forms: Forms, seen: Snapshot, client: Client, *, parallelism: int = 10, tell: TellChange
) -> tuple[Outcome, ...]:
    """Carry the plan out; one outcome for each of its changes."""
    return execute(plan_, Workplace(client, forms, seen, uuid.uuid4().hex), parallelism=parallelism, tell=tell)


def written_syncs(outcomes: Collection[Outcome], client: Client) -> tuple[Live, ...]:
    """The syncs that were created or changed, as they are live now. Raises `ApiError`."""
    ids = {
        one.id for one in outcomes if one.address.startswith("syncs/") and one.status == "done"
        and one.action is not Action.DELETE
    }  # fmt: skip
    return tuple(one for one in live_syncs(client) if one.id in ids)


def live_syncs(client: Client) -> tuple[Live, ...]:
    """Every live sync, by name. Raises `ApiError`."""
    return tuple(snapshot.take(client, ["syncs"], ()).of_kind("syncs"))


def one_live(client: Client, kind: str, name: str) -> tuple[Live | None, tuple[Diagnostic, ...]]:
    """The one live object of that name, or why there is none. Raises `ApiError`."""
    seen = snapshot.take(client, [kind], ())
    found = seen.at(address_of(kind, name))
    if len(found) == 1:
        return found[0], ()
    noun, known = KINDS[kind].noun, [one.name for one in seen.of_kind(kind)]
    if not found:
        said = f'There is no live {noun} "{name}".'
        hint = did_you_mean(name, known) or ("live are: " + ", ".join(known) if known else f"no {noun} is live yet")
        return None, (Diagnostic("no-such-name", "no live object of that name", said, hint=hint),)
    ids = ", ".join(one.id for one in found)
    return None, (Diagnostic(*AMBIGUOUS, f'{len(found)} live {noun}s are called "{name}": {ids}.'),)


def run(client: Client, syncs: Sequence[Live], *, parallelism: int = 10, tell: TellRun) -> tuple[Run, ...]:
    """Start them and wait for their end."""
    return run_syncs(client, syncs, parallelism=parallelism, tell=tell)


def status(client: Client, syncs: Sequence[Live], *, parallelism: int = 10) -> tuple[Run, ...]:
    """The last execution of each. Raises `ApiError`."""
    return last_runs(client, syncs, parallelism=parallelism)
