"""Invariant: every rename, create and delete of a plan is decided together; an independent model says what comes out.

Live objects of one kind have names from a small pool, duplicates included. A spec pins, moves, removes and prunes some.
Either one error names what cannot be and nothing is written, or each name belongs to the right object afterwards, the
next plan is empty, and at no moment did a write give an object a name that another one had; after a cut at any request
the same.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from hypothesis import given, note
from hypothesis import strategies as st

from applier import pipeline
from applier.api import ApiError
from applier.diagnostics import has_errors
from applier.kinds import KINDS
from applier.live.remote import Remote
from applier.plan import PlanOptions
from tests.effort import COSTLY
from tests.kinds.samples import SAMPLES
from tests.kinds.workspace import MODEL, SOURCE, SYNC, V1, V2, WAREHOUSE, InProcessWorkspace, workspace

POOL = ("A", "B", "C", "D")
PATHS = {
    "connections": "/api/connections",
    "models": "/api/models",
    "syncs": "/api/syncs",
    "bulk_syncs": "/api/bulk/syncs",
    "policies": "/api/permissions/policies",
    "roles": "/api/permissions/roles",
}
CHANGES: Mapping[str, Mapping[str, Any]] = {
    "connections": {"configuration": {**SOURCE["configuration"], "port": 3307}},
    "models": {"identifier": "id"},
    "syncs": {"mode": "append"},
    "bulk_syncs": {"mode": "snapshot"},
    "policies": {"actions": {"read": []}},
    "roles": {},
}
FIXED = {"Source": SOURCE, "Warehouse": WAREHOUSE}


@dataclass(frozen=True)
class Case:
    """Live names by position, and a spec in which `@1` stands for the id of the object at position 1.

    `pins` has the declared names with their pins, `unmanaged` those that are only referred to, `mentions` which
    declared names refer to which others of the kind, `used` the declared name that an object of another kind uses.
    """

    kind: str
    live: tuple[str, ...]
    pins: Mapping[str, int | None]
    unmanaged: frozenset[str]
    changed: frozenset[str]
    moves: Mapping[str, str]
    removals: tuple[tuple[str, int | None], ...]
    prune: bool
    mentions: Mapping[str, str] = field(default_factory=dict)
    used: str | None = None


@st.composite
def cases(draw: st.DrawFn) -> Case:
    kind = draw(st.sampled_from([*PATHS, "models", "connections"]))
    unique = kind == "connections"  # the service refuses a second connection of a name
    live = draw(st.lists(st.sampled_from(POOL), min_size=3, max_size=4 if unique else 6, unique=unique))
    declared = draw(st.lists(st.sampled_from(POOL), min_size=1, max_size=4, unique=True))
    positions = draw(st.permutations(range(len(live))))
    pinned = draw(st.lists(st.sampled_from([True, True, True, False]), min_size=4, max_size=4))
    pins = {
        name: one if is_pinned else None for name, one, is_pinned in zip(declared, positions, pinned, strict=False)
    }
    flags = st.lists(st.sampled_from(declared), unique=True, max_size=2).map(frozenset)
    few = st.sampled_from([(), (), (), tuple(declared[:1])]).map(frozenset)
    moves = draw(st.dictionaries(st.sampled_from(POOL), st.sampled_from(declared), max_size=2))
    removals = draw(
        st.lists(st.tuples(st.sampled_from(POOL), st.none() | st.integers(0, len(live) - 1)), max_size=2, unique=True)
    )
    mentions: dict[str, str] = {}
    if kind in ("models", "syncs"):
        mentions = draw(st.dictionaries(st.sampled_from(declared), st.sampled_from(declared), max_size=2))
        if kind == "syncs":
            mentions = {one: other for one, other in mentions.items() if one > other}
    used = draw(st.sampled_from([None, *declared])) if kind in ("models", "connections") else None
    return Case(
        kind, tuple(live), pins, draw(few), draw(flags), moves, tuple(removals), draw(st.booleans()), mentions, used
    )


def contradicts_itself(case: Case) -> bool:
    """Whether the spec is wrong without a look at what is live."""
    removed = [name if one is None else f"{name} (@{one})" for name, one in case.removals]
    if len(set(removed)) < len(removed) or set(removed) & {*case.pins, *case.moves}:
        return True
    if len(set(case.moves.values())) < len(case.moves) or set(case.moves.values()) & set(case.moves):
        return True
    return any(old in case.pins and case.pins[old] is None for old in case.moves)


def expected(case: Case) -> dict[int | str, str] | None:
    """Return the names in the end, by position or `new NAME`; None when that cannot be. Knows nothing of applier."""
    if contradicts_itself(case):
        return None
    owner: dict[int, str] = {one: name for name, one in case.pins.items() if one is not None}
    doomed: set[int] = set()
    for name, one in case.removals:
        if one is not None and case.live[one] == name and one not in owner:
            doomed.add(one)
    for old, new in case.moves.items():
        free = [one for one in range(len(case.live)) if one not in owner and one not in doomed]
        olds = [one for one in free if case.live[one] == old]
        news = [one for one in free if case.live[one] == new]
        if olds and (case.pins[new] is not None or news or len(olds) > 1):
            return None
        owner.update({one: new for one in olds})
    created: list[str] = []
    for name, pin in case.pins.items():
        if pin is not None or name in owner.values():
            continue
        found = [one for one, now in enumerate(case.live) if now == name and one not in owner and one not in doomed]
        if len(found) > 1 or (not found and name in case.unmanaged):
            return None
        owner.update({one: name for one in found})
        created += [] if found else [name]
    for name, one in case.removals:
        if one is None:
            found = [at for at, now in enumerate(case.live) if now == name and at not in owner and at not in doomed]
            if len(found) > 1:
                return None
            doomed.update(found)
    if case.prune:
        doomed |= set(range(len(case.live))) - owner.keys()
    end: dict[int | str, str] = {}
    for one, now in enumerate(case.live):
        if one not in doomed:
            end[one] = owner[one] if one in owner and owner[one] not in case.unmanaged else now
    end.update({f"new {name}": name for name in created})
    taken = [name for one, name in end.items() if isinstance(one, str) or name != case.live[one]]
    return None if any(Counter(end.values())[name] > 1 for name in taken) else end


@dataclass
class Trial:
    """A case in a workspace."""

    case: Case
    live: InProcessWorkspace
    ids: list[str] = field(default_factory=list)

    @property
    def path(self) -> str:
        return PATHS[self.case.kind]

    def prepare(self) -> None:
        """Create the live objects, then give them their names by hand."""
        kind = self.case.kind
        names = [f"Object {number}" for number in range(len(self.case.live))]
        self.live.apply(self.around({name: self.body() for name in names}, "Object 0" if self.case.used else None))
        for now, name in zip(names, self.case.live, strict=True):
            self.ids.append(self.live.find(self.path, now)["id"])
            self.rename(now, name)
        assert Counter(self.names().values()) == Counter(self.case.live), kind

    def rename(self, now: str, name: str) -> None:
        """Rename an object as a person does."""
        remote = Remote(KINDS[self.case.kind], self.live.client())
        one = remote.read(self.live.find(self.path, now)["id"], {})
        remote.rename(name, one.canonical, one)

    def body(self, **members: Any) -> dict[str, Any]:
        return {**(MODEL if self.case.kind == "models" else SAMPLES[self.case.kind].body), **members}

    def around(self, bodies: Mapping[str, Any], used: str | None) -> dict[str, Any]:
        """Return a spec of the bodies and of what they need."""
        spec = {section: dict(entries) for section, entries in SAMPLES[self.case.kind].needs.items()}
        spec.setdefault(self.case.kind, {}).update(bodies)
        if used and self.case.kind == "models":
            spec["syncs"] = {"User": {**SYNC, "model": used}}
        elif used:
            spec["models"] = {"User": {**MODEL, "connection": used}}
        return spec

    def spec(self) -> dict[str, Any]:
        case = self.case
        bodies = {}
        for name, pin in case.pins.items():
            members = {} if pin is None else {"id": self.ids[pin]}
            if name in case.unmanaged:
                bodies[name] = {"managed": False, **members}
                continue
            other = case.mentions.get(name)
            mention: dict[str, Any] = {}
            if other and case.kind == "models":
                mention = {"relations": [{"from": "id", "to": {"model": other, "field": "id"}}]}
            elif other:
                mention = {"schedule": {"frequency": "runafter", "run_after": {"syncs": [other]}}}
            bodies[name] = self.body(**members, **mention, **(CHANGES[case.kind] if name in case.changed else {}))
        document = self.around(bodies, case.used)
        removed = [name if one is None else f"{name} ({self.ids[one]})" for name, one in case.removals]
        sections = {"moved": dict(case.moves), "removed": removed}
        document |= {name: {case.kind: value} for name, value in sections.items() if value}
        return {**document, "owns": {case.kind: list(POOL)}} if case.prune else document

    def names(self) -> dict[str, str]:
        fixed = {name for section in SAMPLES[self.case.kind].needs.values() for name in section}
        found = {one["id"]: one["name"] for one in self.live.send("GET", self.path) if not one.get("system")}
        return {identifier: name for identifier, name in found.items() if name not in fixed}

    def outcome(self) -> dict[int | str, str]:
        """Return the names as `expected` does."""
        position = {identifier: number for number, identifier in enumerate(self.ids)}
        return {position.get(one, f"new {name}"): name for one, name in self.names().items()}

    def run(self) -> list[str] | None:
        """Apply the spec; return what was not done, None where the plan has errors."""
        spec, problems = self.live.load(self.spec())
        if problems:
            note(str([one.detail for one in problems]))
            return None
        prepared = pipeline.plan(spec, self.live.client(), options=PlanOptions(prune=self.case.prune))
        for one in prepared.plan.changes:
            note(f"{one.action} {one.address} {one.waits_for} {[each for each in one.fields if each.label == 'name']}")
        if has_errors(prepared.plan.diagnostics):
            note(str([one.detail for one in prepared.plan.diagnostics]))
            return None
        assert not prepared.plan.refusals
        outcomes = pipeline.apply(prepared, self.live.client(), on_outcome=lambda change, outcome: None)
        return [f"{one.address}: {one.message} {one.differs}" for one in outcomes if one.status != "done"]

    def pending(self) -> list[str]:
        spec, problems = self.live.load(self.spec())
        prepared = pipeline.plan(spec, self.live.client(), options=PlanOptions(prune=self.case.prune))
        errors = [one.detail for one in (*problems, *prepared.plan.diagnostics) if one.severity == "error"]
        return [*errors, *(f"{one.action} {one.address}" for one in prepared.plan.changes)]

    def assert_references(self) -> None:
        """Every name that the spec mentions is the id of the object that has the name there."""
        case = self.case
        ids = {name: identifier for identifier, name in self.names().items()}
        ids |= {name: self.ids[pin] for name, pin in case.pins.items() if pin is not None}
        if case.used and case.kind == "models":
            found = self.live.find("/api/syncs", "User")["fields"]
            assert {one["source"]["model_id"] for one in found} == {ids[case.used]}
        elif case.used:
            assert self.live.find("/api/models", "User")["connection_id"] == ids[case.used]


def assert_no_name_was_taken(seen: Collection[tuple[str, str, Any]], path: str, before: Mapping[str, str]) -> None:
    """Replay the writes: none gives an object a name that another one has at that moment."""
    now = dict(before)
    for method, at, body in seen:
        identifier = at.removeprefix(f"{path}/")
        if method == "DELETE" and identifier in now:
            del now[identifier]
        elif method in ("PUT", "POST") and at.startswith(path) and "/" not in identifier.removeprefix(path):
            name = body["name"]
            if name != now.get(identifier):
                assert name not in now.values(), (method, at, name, now)
            now[identifier if method == "PUT" else f"created {name}"] = name


@COSTLY
@given(cases(), st.sampled_from([V1, V2]), st.none() | st.integers(2, 30), st.sampled_from(["before", "after"]))
def test_names_come_out_as_the_model_says(case: Case, version: str, cut: int | None, when: str) -> None:
    end = expected(case)
    with tempfile.TemporaryDirectory() as folder, workspace(Path(folder), version) as live:
        trial = Trial(case, live)
        trial.prepare()
        before, first = trial.names(), len(live.door.seen)
        if cut:
            live.fault(kind="drop", when=when, nth=list(range(cut, cut + 400)))
            try:
                trial.run()
            except ApiError as error:
                note(str(error))
            httpx.Client(base_url="http://sandbox", transport=live.door).delete("/_sandbox/faults").raise_for_status()
            note(f"after the cut: {trial.outcome()}")
        left = trial.run()
        if end is None:
            assert (left, trial.names()) == (None, before)
            assert [one for one in live.door.seen[first:] if one[0] != "GET" and "_sandbox" not in one[1]] == []
            return
        assert left == []
        assert trial.outcome() == end
        assert trial.pending() == []
        trial.assert_references()
        if not cut:
            assert_no_name_was_taken(live.door.seen[first:], trial.path, before)
