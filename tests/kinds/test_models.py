"""Quirks 13 to 20: models."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kinds.workspace import Workspace, spec

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


def test_43_a_circle_of_models_is_an_error(live: Workspace) -> None:
    back = {**ACCOUNTS["Accounts"], "relations": [{"from": "id", "to": {"model": "Customers", "field": "account_id"}}]}
    _, problems = live.load(spec(connections=APOLLO, model=FULL, models={"Accounts": back}))
    assert [one.code for one in problems] == ["reference-cycle"]


def test_refresh_is_sent_with_updates_only(live: Workspace) -> None:
    live.steady(spec(connections=APOLLO, model={"refresh": True}))
    live.steady(spec(connections=APOLLO, model={"refresh": True, "identifier": "id"}))
    assert ["refresh" in body for method in ("POST", "PUT") for body in live.requests(method, PATH)] == [False, True]
