"""Quirks 13 to 20: models."""

from __future__ import annotations

from typing import Any

import pytest

from applier import pipeline
from tests.kinds.workspace import MODEL, Workspace, spec

PATH = "/api/models"
FULL = {
    "identifier": "id",
    "fields": ["id", "email", "first_name", "account_id"],
    "tracking_columns": ["age"],
    "additional_fields": [{"name": "tags", "type": "array", "label": "Tags", "example": "a, b"}],
    "relations": [{"from": "account_id", "to": {"model": "Accounts", "field": "id"}}],
    "enricher": {"connection": "Apollo", "configuration": {"object": "people"}, "mappings": {"email": "email"}},
    "labels": ["248df4b7-aa70-47b8-a036-33ac447e668d"],
}
APOLLO = {"Apollo": {"type": "apollo", "configuration": {"apikey": "${env:SECRET}"}}}
CHANGED = ("a.type", "b.label", "b.type")
ACCOUNTS = {"Accounts": {"connection": "Source", "configuration": {"table": "company.accounts"}}}


def test_13_nothing_that_was_never_declared_is_lost(live: Workspace) -> None:
    live.steady(spec(connections=APOLLO, model=FULL, models=ACCOUNTS))
    before = live.find(PATH, "Customers")
    live.steady(spec(connections=APOLLO, model={"identifier": "id", "tracking_columns": ["id"]}, models=ACCOUNTS))
    after = live.find(PATH, "Customers")
    assert after["tracking_columns"] == ["id"]
    for member in ("relations", "enricher", "labels", "policies"):
        assert after[member] == before[member]
    assert [one["name"] for one in after["fields"]] == [one["name"] for one in before["fields"]]
    assert next(one for one in after["fields"] if one["user_added"])["example"] == "a, b"


def test_13_what_is_declared_empty_is_cleared(live: Workspace) -> None:
    live.steady(spec(connections=APOLLO, model=FULL, models=ACCOUNTS))
    live.steady(
        spec(
            connections=APOLLO,
            model={"additional_fields": [], "relations": [], "enricher": None, "labels": []},
            models=ACCOUNTS,
        )
    )
    now = live.find(PATH, "Customers")
    assert not now["relations"]
    assert not now.get("enricher")
    assert not now["labels"]
    assert not [one for one in now["fields"] if one["user_added"]]


@pytest.mark.parametrize("value", [False, 0, "text", 1.5, [1, "two"], {"deep": [None, {"x": True}]}, None, "", []])
def test_14_configuration_values_of_every_type(live: Workspace, value: Any) -> None:
    table = {"table": "company.customers"}
    live.steady(spec(connections=APOLLO, model={"configuration": {**table, "option": value}}))
    live.steady(spec(connections=APOLLO, model={"configuration": {**table, "option": "other"}}))
    live.steady(spec(connections=APOLLO, model={"configuration": table}))


def test_15_fields_are_compared_as_a_set_and_kept(live: Workspace) -> None:
    live.steady(spec(connections=APOLLO, model={"fields": ["email", "id"]}))
    assert live.changes(spec(connections=APOLLO, model={"fields": ["id", "email"]})) == {}
    assert live.changes(spec()) == {}
    live.steady(spec(connections=APOLLO, model={"identifier": "id"}))
    assert {one["name"] for one in live.find(PATH, "Customers")["fields"]} == {"id", "email"}


def test_15_another_source_has_all_of_its_fields(live: Workspace) -> None:
    live.steady(spec(connections=APOLLO, model={"fields": ["email", "id"]}))
    live.steady(
        spec(connections=APOLLO, model={"configuration": {"query": "select email, age from company.customers"}})
    )
    assert {one["name"] for one in live.find(PATH, "Customers")["fields"]} == {"email", "age"}


def test_16_additional_fields_by_name(live: Workspace) -> None:
    one, other = {"name": "a", "type": "string"}, {"name": "b", "type": "number", "label": "B"}
    live.steady(spec(connections=APOLLO, model={"additional_fields": [one, other]}))
    assert live.changes(spec(connections=APOLLO, model={"additional_fields": [other, {**one, "example": "x"}]})) == {}
    changed = spec(connections=APOLLO, model={"additional_fields": [{**one, "type": "number"}]})
    assert live.changes(changed) == {"models/Customers": [f"additional_fields.{one}" for one in CHANGED]}
    live.steady(changed)


def test_17_labels_and_emptiness(live: Workspace) -> None:
    ids = ["248df4b7-aa70-47b8-a036-33ac447e668d", "348df4b7-aa70-47b8-a036-33ac447e668d"]
    live.steady(spec(connections=APOLLO, model={"labels": ids, "identifier": "", "tracking_columns": []}))
    assert live.changes(spec(connections=APOLLO, model={"labels": ids[::-1]})) == {}
    live.steady(spec(connections=APOLLO, model={"labels": ids[:1]}))


@pytest.mark.parametrize("omitted", ["keep", "new"])
def test_18_the_enrichment_keeps_its_id(make: Any, omitted: str) -> None:
    live = make(omitted_enricher_id=omitted)
    live.steady(spec(connections=APOLLO, model=FULL, models=ACCOUNTS))
    before = live.find(PATH, "Customers")["enricher"]["enricher_id"]
    live.steady(
        spec(
            connections=APOLLO,
            model={**FULL, "enricher": {**FULL["enricher"], "mappings": {"first_name": "email"}}},
            models=ACCOUNTS,
        )
    )
    live.steady(spec(connections=APOLLO, model={"identifier": "email"}, models=ACCOUNTS))
    assert live.find(PATH, "Customers")["enricher"]["enricher_id"] == before


@pytest.mark.parametrize("fields", ["with", "without"])
def test_19_thin_lists(make: Any, fields: str) -> None:
    make(model_list_fields=fields).steady(spec(connections=APOLLO, model=FULL, models=ACCOUNTS))


def test_43_relations_by_name_in_order_and_to_itself(live: Workspace) -> None:
    itself = [{"from": "account_id", "to": {"model": "Customers", "field": "id"}}]
    both = {"relations": itself + FULL["relations"]}
    outcomes = live.steady(spec(connections=APOLLO, model=both, models=ACCOUNTS))
    order = [one.address for one in outcomes]
    assert order.index("models/Accounts") < order.index("models/Customers")
    assert live.changes(spec(connections=APOLLO, model={"relations": both["relations"][::-1]}, models=ACCOUNTS)) == {}


def joined(*names: str) -> list[dict[str, Any]]:
    return [{"from": "id", "to": {"model": name, "field": "id"}} for name in names]


def test_43_models_in_circles(live: Workspace) -> None:
    """Each of four knows all, itself too: made one after the other, and the joins written once the others are there."""
    names = ("A", "B", "C", "Customers")
    models = {name: {**MODEL, "relations": joined(*names)} for name in names}
    whole = spec(model={"relations": joined(*names)}, models=models, sync={"model": "A"})
    planned = live.plan(whole).plan
    assert planned.changes[-1].waits_for == ("connections/Warehouse", "models/A", "models/Customers")
    assert {one.name: (one.waits_for[1:], one.deferred, one.completes) for one in planned.changes[2:6]} == {
        "A": ((), ("models/B", "models/C", "models/Customers"), ()),
        "B": (("models/A",), ("models/C", "models/Customers"), ()),
        "C": (("models/A", "models/B"), ("models/Customers",), ()),
        "Customers": (("models/A", "models/B", "models/C"), (), ("models/A", "models/B", "models/C")),
    }
    outcomes = live.steady(whole)
    assert [one.address for one in outcomes] == [one.address for one in planned.changes]
    assert all(len(live.find(PATH, name)["relations"]) == 4 for name in names)
    assert len(live.requests("POST", PATH)) == len(live.requests("PUT", PATH)) == 4
    assert live.changes({**whole, "models": {**models, "A": {**MODEL, "relations": joined("B")}}}) == {
        "models/A": [f"relations.id = {name}.id.{member}" for name in ("A", "C", "Customers") for member in TOLD]
    }


TOLD = ("from", "to.field", "to.model")


def test_43_a_circle_is_closed_by_updates(live: Workspace) -> None:
    """What is live has an id: nothing waits for it that it needs itself, and nothing is written twice."""
    bare = dict.fromkeys(("A", "B"), MODEL)
    live.steady(spec(models=bare))
    closed = {"A": {**MODEL, "relations": joined("B")}, "B": {**MODEL, "relations": joined("A", "New")}}
    live.steady(spec(models={**closed, "New": {**MODEL, "relations": joined("A", "B")}}))
    assert len(live.requests("PUT", PATH)) == 2
    assert len(live.requests("POST", PATH)) == 4


def test_43_a_circle_that_was_not_closed_is_closed_by_the_next_run(live: Workspace) -> None:
    circle = spec(models={"A": {**MODEL, "relations": joined("B")}, "B": {**MODEL, "relations": joined("A")}})
    live.fault(method="PUT", path="/api/models/*", status=400, times=1)
    prepared = live.plan(circle)
    outcomes = pipeline.apply(prepared, live.client(), on_outcome=lambda change, outcome: None)
    told = {one.address: (one.status.value, one.message, one.hint) for one in outcomes if one.status != "done"}
    said = "Created, but models/A could not be updated to refer to it: The service answered 400: injected fault 400"
    assert told == {"models/B": ("failed", said, "apply again to continue")}
    assert list(live.changes(circle)) == ["models/A"]
    live.steady(circle)
    assert len(live.requests("POST", PATH)) == 3


def test_refresh_is_sent_with_updates_only(live: Workspace) -> None:
    live.steady(spec(connections=APOLLO, model={"refresh": True}))
    live.steady(spec(connections=APOLLO, model={"refresh": True, "identifier": "id"}))
    assert ["refresh" in body for method in ("POST", "PUT") for body in live.requests(method, PATH)] == [False, True]
