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
from hypothesis import example, given, note
from hypothesis import strategies as st

from applier import pipeline
from applier.api import ApiError
from applier.diagnostics import has_errors
from applier.kinds import KINDS
from applier.live.remote import Remote
from applier.plan import PlanOptions
from tests.effort import COSTLY
from tests.kinds.names_model import POOL, Case, cases, expected
from tests.kinds.samples import SAMPLES
from tests.kinds.workspace import MODEL, SOURCE, SYNC, V1, V2, WAREHOUSE, InProcessWorkspace, spec, workspace

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
        bodies = {name: self.body() for name in names}
        for one, other in self.case.references.items():
            bodies[names[one]].update(self.mention(names[other]))
        self.live.apply(self.around(bodies, "Object 0" if self.case.used else None))
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

    def mention(self, other: str | None) -> dict[str, Any]:
        """Return what an object says about which other one of its kind it mentions."""
        if self.case.kind == "models":
            return {"relations": [{"from": "id", "to": {"model": other, "field": "id"}}] if other else []}
        return {"schedule": {"frequency": "runafter", "run_after": {"syncs": [other]}}} if other else {}

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
            silent = name in case.silent or case.kind not in ("models", "syncs")
            mention = {} if silent else self.mention(case.mentions.get(name))
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
        for name, other in case.mentions.items():
            if not {name, other} & case.unmanaged and case.kind == "models":
                (relation,) = self.live.send("GET", f"{self.path}/{ids[name]}")["relations"]
                assert relation["to"]["model_id"] == ids[other]
            elif not {name, other} & case.unmanaged:
                schedule = self.live.send("GET", f"{self.path}/{ids[name]}")["schedule"]
                assert schedule["run_after"]["sync_ids"] == [ids[other]]
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
            if method == "PUT" and identifier not in now:
                identifier = f"created {name}"  # what the create did not take
            if name != now.get(identifier):
                assert name not in now.values(), (method, at, name, now)
            now[identifier if method == "PUT" else f"created {name}"] = name


def freed(kind: str, live: str, pins: Mapping[str, int | None], **members: Any) -> Case:
    """Return a case in which the object at position 0 is deleted, and something else takes its name."""
    removals = () if members.get("prune") else ((live[0], 0),)
    defaults: dict[str, Any] = {"unmanaged": frozenset(), "changed": frozenset(), "moves": {}, "prune": False}
    return Case(kind, tuple(live), pins, removals=removals, **{**defaults, **members})


@COSTLY
@example(freed("models", "AB", {"A": None}, used="A"), V1, None, "after")
@example(freed("models", "AB", {"A": None}, used="A"), V2, 12, "after")
@example(freed("models", "AB", {"A": 1}, references={1: 0}), V1, None, "after")
@example(freed("models", "AB", {"A": 1}, references={1: 0}, silent=frozenset("A")), V1, None, "after")
@example(freed("models", "AB", {"A": 1}, references={1: 0}, prune=True), V1, 9, "before")
@example(freed("syncs", "AB", {"A": 1}, references={1: 0}), V1, None, "after")
@example(freed("syncs", "AB", {"A": 1}, references={1: 0}, prune=True), V2, 9, "before")
@example(freed("connections", "AB", {"A": None}, used="A"), V1, None, "after")
@example(freed("connections", "AB", {"A": 1, "B": None}, used="B"), V1, None, "after")
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


def exchange(live: InProcessWorkspace) -> tuple[dict[str, Any], str, str]:
    """Apply two models; return a spec in which each is pinned to the id of the other one, and their ids."""
    live.apply(spec(models={"Teams": {**MODEL, "identifier": "email"}}))
    ids = [live.find("/api/models", name)["id"] for name in ("Customers", "Teams")]
    return spec(model={"id": ids[1]}, models={"Teams": {**MODEL, "id": ids[0]}}), ids[0], ids[1]


def test_an_object_that_was_edited_since_the_plan_gets_no_interim_name(live: InProcessWorkspace) -> None:
    document, _, second = exchange(live)
    prepared = live.plan(document)
    kept = {key: live.find("/api/models", "Teams")[key] for key in ("name", "connection_id", "configuration")}
    live.send("PUT", f"/api/models/{second}", {**kept, "identifier": "last_name"})
    outcomes = pipeline.apply(prepared, live.client(), on_outcome=lambda change, outcome: None)
    assert [(one.address, one.status.value) for one in outcomes] == [
        ("models/Customers (interim)", "conflict"),
        ("models/Teams", "skipped"),
        ("models/Customers", "skipped"),
        ("syncs/Sync", "skipped"),
    ]
    assert live.find("/api/models", "Teams")["id"] == second


def test_an_object_that_was_deleted_since_the_plan_gets_no_interim_name(live: InProcessWorkspace) -> None:
    document, first, second = exchange(live)
    prepared = live.plan(document)
    live.send("DELETE", f"/api/models/{second}")
    outcomes = pipeline.apply(prepared, live.client(), on_outcome=lambda change, outcome: None)
    assert [one.status.value for one in outcomes] == ["conflict", "skipped", "skipped", "skipped"]
    assert live.find("/api/models", "Customers")["id"] == first
