"""Runs of different specs at once never leave two objects of a name; nor does it matter how often one was deleted."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

import applier
from applier.execute import Status
from applier.kinds import KINDS
from applier.report import Report
from applier.sandbox import seed
from tests.effort import COSTLY, scale
from tests.kinds.workspace import ENVIRONMENT, MODEL, SOURCE, SYNC, WAREHOUSE
from tests.workspace import EXAMPLE, KEY, Sandbox, Workspace

pytestmark = pytest.mark.extended

BULK_SYNC = {
    "source": {"connection": "Source"},
    "destination": {"connection": "Warehouse", "configuration": {"schema": "replica"}},
    "mode": "replicate",
    "schedule": {"frequency": "manual"},
}
WEBHOOK = {"endpoint": "https://alerts.example.com/one", "secret": "${env:SECRET}"}

Body = Mapping[str, Any]


def configured(connection: Body, **settings: Any) -> Body:
    """Return a connection with other settings."""
    return {**connection, "configuration": {**connection["configuration"], **settings}}


VARIANTS: Mapping[str, Mapping[str, tuple[Body, ...]]] = {
    "roles": {"Analysts": ({},)},
    "policies": {"Readers": ({"actions": {"read": ["Analysts"]}}, {"actions": {"edit": ["Analysts"]}})},
    "connections": {
        "Source": tuple(configured(SOURCE, port=port) for port in (3306, 3307)),
        "Warehouse": tuple(configured(WAREHOUSE, username=user) for user in ("user", "other")),
    },
    "models": {"Customers": (MODEL, {**MODEL, "identifier": "id"}, {**MODEL, "tracking_columns": ["email"]})},
    "bulk_syncs": {"Replica": (BULK_SYNC, {**BULK_SYNC, "mode": "snapshot"}, {**BULK_SYNC, "active": True})},
    "syncs": {
        "Contacts": (SYNC, {**SYNC, "mode": "append"}, {**SYNC, "active": True}, {**SYNC, "fields": {"EMAIL": "id"}}),
        "After": (SYNC, {**SYNC, "schedule": {"frequency": "runafter", "run_after": {"syncs": ["Contacts"]}}}),
    },
    "webhooks": {"Alerts": (WEBHOOK, {**WEBHOOK, "enabled": False}, {**WEBHOOK, "endpoint": "https://b.example.com"})},
}
"""Bodies that differ in one member, by kind and name."""

LATER = ("models", "bulk_syncs", "syncs")
"""Kinds whose objects another run may rename to a name that this one creates."""

Spec = Mapping[str, Any]


@st.composite
def specs(draw: Callable[[st.SearchStrategy[Any]], Any]) -> Spec:
    """Return one body of each name; some names are taken by a rename of an object that is there before."""
    spec: dict[str, Any] = {
        kind: {name: draw(st.sampled_from(bodies)) for name, bodies in variants.items()}
        for kind, variants in VARIANTS.items()
    }
    for kind in LATER:
        if draw(st.integers(0, 4)) == 0:
            spec.setdefault("moved", {})[kind] = {f"Old {kind}": next(iter(VARIANTS[kind]))}
    return spec


delays = st.lists(
    st.fixed_dictionaries(
        {
            "kind": st.just("delay"),
            "method": st.sampled_from(["POST", "POST", "*", "PUT", "DELETE", "GET"]),
            "when": st.sampled_from(["before", "after"]),
            "delay": st.sampled_from([0.02, 0.1, 0.3]),
            "share": st.sampled_from([0.3, 0.6]),
            "seed": st.integers(0, 9),
        }
    ),
    max_size=3,
)


@dataclass(frozen=True)
class Runs:
    """A served sandbox on which runs of several specs start at once, in threads."""

    sandbox: Sandbox
    folder: Path

    def load(self, spec: Spec) -> Any:
        file = self.folder / "spec.yaml"
        file.write_text(json.dumps(spec), "utf-8")
        return applier.load(file, environment=ENVIRONMENT)

    def apply(self, spec: Any, version: str) -> Report:
        with applier.connect(spec, url=self.sandbox.url, key=KEY, api_version=version) as client:
            return applier.apply(applier.plan(spec, client))

    def apply_at_once(self, chosen: list[tuple[Spec, str]], faults: list[dict[str, Any]]) -> list[Report]:
        loaded = [(self.load(spec), version) for spec, version in chosen]
        for one in faults:
            self.sandbox.fault(**one)
        try:
            with ThreadPoolExecutor(len(loaded)) as pool:
                return list(pool.map(lambda one: self.apply(*one), loaded))
        finally:
            self.sandbox.clear("faults")

    def duplicates(self) -> list[str]:
        """Return the names that several objects of a kind have."""
        names = Counter(
            f"{kind.name}/{kind.name_in(one)}" for kind in KINDS.values() for one in self.sandbox.get(kind.path)
        )
        return [name for name, number in names.items() if number > 1]


@pytest.fixture(scope="module")
def runs(served: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Runs:
    seed(EXAMPLE / "seed", served.data)
    return Runs(served, tmp_path_factory.mktemp("runs"))


def outcomes(report: Report) -> list[tuple[str, str, str]]:
    return [(one.address, one.status, one.message) for one in report.outcomes]


def create_old_objects(runs: Runs) -> None:
    """Create what the specs may rename, and the connections under it."""
    connections = {name: bodies[0] for name, bodies in VARIANTS["connections"].items()}
    models = {"Customers": MODEL, "Old models": MODEL}
    old = {kind: {f"Old {kind}": next(iter(VARIANTS[kind].values()))[0]} for kind in ("bulk_syncs", "syncs")}
    document = {"connections": connections, "models": models, **old}
    report = runs.apply(runs.load(document), "2024-02-08")
    assert {one.status for one in report.outcomes} == {Status.DONE}, outcomes(report)
    (customers,) = [one for one in runs.sandbox.get("/api/models") if one["name"] == "Customers"]
    (old_model,) = [one for one in runs.sandbox.get("/api/models") if one["name"] == "Old models"]
    (sync,) = runs.sandbox.get("/api/syncs")
    body = runs.sandbox.get(f"/api/syncs/{sync['id']}")
    for field in body["fields"]:
        field["source"]["model_id"] = old_model["id"]
    runs.sandbox.put(f"/api/syncs/{sync['id']}", body)
    runs.sandbox.http.delete(f"/api/models/{customers['id']}").raise_for_status()


@settings(COSTLY, max_examples=scale(4, 300))
@given(
    pair=st.lists(st.tuples(specs(), st.sampled_from(["2024-02-08", "2025-09-18"])), min_size=2, max_size=scale(2, 3)),
    faults=delays,
    refuses=st.booleans(),
    renames=st.booleans(),
)
def test_runs_of_different_specs_make_no_duplicates(
    runs: Runs, pair: list[tuple[Spec, str]], faults: list[dict[str, Any]], refuses: bool, renames: bool
) -> None:
    """Each run ends with exit 0 or says what it is in conflict with; afterwards both specs can be planned."""
    runs.sandbox.reset()
    runs.sandbox.switch(duplicate_connection_name="refuse" if refuses else "allow")
    if renames:
        create_old_objects(runs)
    note(json.dumps({"runs": pair, "faults": faults}, indent=1))
    reports = runs.apply_at_once(pair, faults)
    ended = [outcomes(one) for one in reports]
    note(json.dumps(ended, indent=1))
    assert runs.duplicates() == []
    assert any(
        {Status.CONFLICT} & {one.status for one in report.outcomes} or report.exit_code == 0 for report in reports
    )
    refused = [one for report in ended for one in report if one[1] == Status.FAILED]
    assert [one for one in refused if "does not exist" not in one[2] and "404" not in one[2]] == []
    for spec, version in pair:
        loaded = runs.load({**spec, "moved": {}})
        with applier.connect(loaded, url=runs.sandbox.url, key=KEY, api_version=version) as client:
            planned = applier.plan(loaded, client)
        assert [one for one in planned.diagnostics if one.code == "ambiguous-name"] == []


steps = st.lists(st.sampled_from(["apply", "other", "destroy", "delete"]), min_size=6, max_size=scale(6, 30))


def connection_spec(port: int) -> str:
    return json.dumps({"connections": {"Source": configured(SOURCE, port=port, passwd="secret")}})


@pytest.fixture
def project(served: Sandbox, tmp_path: Path) -> Workspace:
    served.reset()
    workspace = Workspace.on(served, tmp_path)
    workspace.write("spec.yaml", connection_spec(3306))
    return workspace


def test_the_number_of_earlier_deletions_does_not_matter(project: Workspace) -> None:
    """An apply sends one more request after a deletion, and not one more after twenty."""
    sandbox = project.sandbox
    assert sandbox is not None
    creates = []
    for _ in range(scale(12, 40)):
        sandbox.clear("requests")
        assert project("apply", "--yes").code == 0
        creates.append([one[0] for one in sandbox.writes()])
        assert project("destroy", "--yes").code == 0
    assert creates == [["POST"], *[["POST", "POST"]] * (len(creates) - 1)]


@settings(COSTLY, max_examples=scale(3, 100))
@given(chosen=steps)
def test_any_sequence_of_applies_and_deletions_converges(runs: Runs, chosen: list[str]) -> None:
    runs.sandbox.reset()
    project = Workspace.on(runs.sandbox, runs.folder)
    numbers = count()
    for step in [*chosen, "apply"]:
        if step == "delete":
            for one in runs.sandbox.get("/api/connections"):
                runs.sandbox.http.delete(f"/api/connections/{one['id']}").raise_for_status()
            continue
        project.write("spec.yaml", connection_spec(3307 if step == "other" else 3306))
        ended = project("destroy" if step == "destroy" else "apply", "--yes", "-q")
        assert (next(numbers), ended.code) == (next(numbers) - 1, 0), ended.err
    assert project("plan", "--detailed-exitcode", "-q").code == 0
    assert [one["configuration"]["port"] for one in runs.sandbox.get("/api/connections")] == [3306]
