"""Names of other resources: declared, misspelt, of another kind, or in a circle."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applier.diagnostics import Place, Severity, diagnose
from applier.spec.validation.cycles import find_cycles

OTHERWISE = "plan looks for it in the workspace; if it is maintained elsewhere, declare it with managed: false"

BASE = """connections:
  Shop: {managed: false}
  Warehouse: {managed: false}
models:
  Customers: {connection: Shop, configuration: {}}
syncs:
  S:
    mode: updateOrCreate
    model: Customers
    target: {connection: Warehouse, object: o}
    fields: {A: a, B: {model: Customers, field: b}}
    identity: {model: Customers, field: i, target: I}
    filters: [{model: Customers, field: c, function: IsNull}]
    overrides: [{model: Customers, field: d, function: IsNull, override: 1}]
    schedule: {frequency: dbtcloud, connection: Shop, job_id: 1}
"""
SAYS = {  # what stands before a name, the kind of the name, the name, who says it
    "  Customers: {connection: ": ("connection", "Shop", "models/Customers"),
    "    target: {connection: ": ("connection", "Warehouse", "syncs/S"),
    "dbtcloud, connection: ": ("connection", "Shop", "syncs/S"),
    "    model: ": ("model", "Customers", "syncs/S"),
    "B: {model: ": ("model", "Customers", "syncs/S"),
    "identity: {model: ": ("model", "Customers", "syncs/S"),
    "filters: [{model: ": ("model", "Customers", "syncs/S"),
    "overrides: [{model: ": ("model", "Customers", "syncs/S"),
}


def test_all_declared(problems) -> None:
    assert problems(BASE) == ()


@pytest.mark.parametrize("before", SAYS)
@pytest.mark.parametrize("name", ["Somewhere else", "Wharehouse", "Kustomers"])
def test_every_reference_is_looked_up(before: str, name: str, problems) -> None:
    noun, declared, address = SAYS[before]
    (only,) = problems(BASE.replace(before + declared, before + name))
    near = {"connection": {"Wharehouse": "Warehouse"}, "model": {"Kustomers": "Customers"}}[noun].get(name)
    up_to = BASE[: BASE.index(before + declared) + len(before)]
    assert only == diagnose(
        "unknown-reference",
        f'{address} refers to the {noun} "{name}", which is not declared.',
        Place("spec.yaml", up_to.count("\n") + 1, len(up_to) - up_to.rfind("\n")),
        f'did you mean "{near}"? If it is maintained elsewhere, declare it with managed: false' if near else OTHERWISE,
        severity=Severity.ERROR if near else Severity.WARNING,
        address=address,
    )


def test_other_kind_and_only_once(problems) -> None:
    found = problems(BASE.replace("model: Customers", "model: Shop"))
    assert [(one.severity, one.detail, one.hint) for one in found] == [
        (
            Severity.ERROR,
            'syncs/S refers to the model "Shop", which is not declared.',
            '"Shop" is a connection; expected the name of a model',
        )
    ]


def test_nothing_is_unknown_when_a_file_could_not_be_read(problems) -> None:
    found = problems({"a.yaml": BASE.replace("Warehouse: {", "Other: {"), "b.yaml": "a: b: c"})
    assert [one.code for one in found] == ["yaml-syntax"]


SYNC = (
    "  {}: {{mode: create, target: {{connection: C}}, fields: {{}}, "
    "schedule: {{frequency: runafter, run_after: {{syncs: [{}]}}}}}}\n"
)
COLUMN = SYNC.format("X", "Y").index("[Y") + 2


def test_circles(problems) -> None:
    edges = {"A": "B", "B": "C", "C": "A", "D": "A", "E": "E", "F": ""}
    syncs = "".join(SYNC.format(name, after) for name, after in edges.items())
    found = problems("connections: {C: {managed: false}}\nsyncs:\n" + syncs)
    assert found == (
        diagnose(
            "reference-cycle",
            "syncs/A depends on syncs/B, which depends on syncs/C, which depends on syncs/A.",
            Place("spec.yaml", 3, COLUMN),
            'remove one of the references in "schedule.run_after.syncs"',
            address="syncs/A",
            related=(Place("spec.yaml", 4, COLUMN), Place("spec.yaml", 5, COLUMN)),
        ),
        diagnose(
            "reference-cycle",
            "syncs/E depends on syncs/E.",
            Place("spec.yaml", 7, COLUMN),
            'remove one of the references in "schedule.run_after.syncs"',
            address="syncs/E",
        ),
    )


NODES = st.sampled_from("abcdefgh")


@given(st.dictionaries(NODES, st.lists(NODES, max_size=4)))
def test_cycles_are_found_and_real(edges: dict[str, list[str]]) -> None:
    found = find_cycles(edges)
    for one in found:
        assert one[0] == min(one)
        assert all(after in edges[before] for before, after in zip(one, (*one[1:], one[0]), strict=True))
    on_circles = {node for node in edges if _reaches(edges, node, node)}
    assert {node for one in found for node in one} <= on_circles
    assert bool(found) == bool(on_circles)
    assert find_cycles(dict(reversed(edges.items()))) == found


def _reaches(edges: dict[str, list[str]], start: str, goal: str) -> bool:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        for node in edges.get(waiting.pop(), []):
            if node == goal:
                return True
            if node not in seen:
                seen.add(node)
                waiting.append(node)
    return False


def test_long_chains_are_no_problem() -> None:
    chain = {f"n{index}": [f"n{index + 1}"] for index in range(50_000)}
    assert find_cycles(chain) == []
    chain["n50000"] = ["n0"]
    assert len(find_cycles(chain)[0]) == 50_001
