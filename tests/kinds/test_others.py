"""Quirks that concern every kind, and the explanation of a resource."""

from __future__ import annotations

import re
from typing import Any

import pytest

from applier import pipeline
from applier.kinds import KINDS
from applier.kinds.base import Kind
from applier.kinds.connection.types import SHIPPED_TYPES
from applier.kinds.field_table import FieldClass
from applier.plan.explain import explain_fields
from tests.kinds.test_bulk_syncs import BULK
from tests.kinds.test_syncs import FILTERS
from tests.kinds.workspace import V1, V2, Workspace, spec
from tests.pages import ROOT


def test_6_internal_members_are_not_sent(live: Workspace) -> None:
    live.crm()
    crm = {"type": "salesforce", "configuration": {"domain": "https://example.my.salesforce.com"}}
    assert live.changes(spec(connections={"CRM": crm}))["connections/CRM"] == ["configuration.domain"]
    live.plan(spec(connections={"CRM": {**crm, "configuration": {**crm["configuration"], "connected_user": "x"}}}))
    live.apply(spec(connections={"CRM": crm}))
    (sent,) = live.requests("PUT", "/api/connections")
    assert "domain" in sent["configuration"]
    assert not {(name,) for name in sent["configuration"]} & SHIPPED_TYPES.find("salesforce").read_only


def test_12_and_20_what_is_used_is_not_deleted(live: Workspace) -> None:
    live.steady(spec())
    loaded, _ = live.load({"models": spec()["models"], "connections": spec()["connections"]})
    prepared = pipeline.plan_destroy(loaded, live.client())
    assert {one.code for one in prepared.plan.diagnostics} == {"still-used"}
    whole, _ = live.load(spec())
    order = [one.kind for one in pipeline.plan_destroy(whole, live.client()).plan.changes]
    assert order == ["syncs", "models", "connections", "connections"]


def test_39_two_of_a_name_are_an_error(live: Workspace) -> None:
    live.steady(spec())
    model = live.find("/api/models", "Customers")
    body = {
        "name": "Customers",
        "connection_id": model["connection_id"],
        "configuration": {"table": "company.accounts"},
    }
    live.send("POST", "/api/models", body)
    assert "ambiguous-name" in live.problems(spec())


@pytest.mark.parametrize("paging", ["whole", "pages"])
@pytest.mark.parametrize("version", [V1, V2])
def test_41_all_pages_are_read(make: Any, version: str, paging: str) -> None:
    live = make(version, undeclared_paging=paging)
    many = {
        f"Model {number}": {"connection": "Source", "configuration": {"table": "company.accounts"}}
        for number in range(60)
    }
    live.steady(spec(models=many))


def test_29_labels_of_somebody_else_mean_what_they_say(make: Any) -> None:
    live = make(V2)
    logic = {"filters": FILTERS, "filter_logic": "A OR B AND C"}
    live.steady(spec(sync=logic))
    now = live.find("/api/syncs", "Sync")
    conditions = [{**one, "label": f"x{number}"} for number, one in enumerate(now["model_filters"]["conditions"])]
    named = {"conditions": conditions, "logic": "x0 OR x1 AND x2"}
    kept = {key: value for key, value in now.items() if key not in ("filters", "filter_logic", "problems", "identity")}
    live.send("PUT", f"/api/syncs/{now['id']}", {**kept, "model_filters": named})
    assert live.changes(spec(sync=logic)) == {}
    assert live.changes(spec(sync={**logic, "filter_logic": "A AND B AND C"})) == {"syncs/Sync": ["filter_logic"]}


def test_explain_tells_both_sides_the_class_and_the_rule(live: Workspace) -> None:
    live.steady(spec())
    prepared = live.plan(spec(sync={"mode": "append", "encryption_passphrase": "${env:SECRET}"}))
    form, (found,) = prepared.resolved.declared["syncs/Sync"], prepared.resolved.snapshot.at("syncs/Sync")
    rows = {one.label: one for one in explain_fields(KINDS["syncs"], form.canonical, found.canonical)}
    assert (rows["mode"].declared, rows["mode"].live, rows["mode"].equal) == ("append", "replace", False)
    assert rows["encryption_passphrase"].declared == "(sensitive)"
    assert rows["encryption_passphrase"].rule is FieldClass.WRITE_ONLY
    assert rows["active"].rule is FieldClass.OPTIONAL
    assert all(one.why for one in rows.values())
    secret = prepared.resolved.declared["connections/Source"].canonical
    passwd = {one.label: one for one in explain_fields(KINDS["connections"], secret, secret)}["configuration.passwd"]
    assert (passwd.declared, passwd.live) == ("(sensitive)", "(sensitive)")


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_row_has_a_reason_and_its_source_exists(kind: Kind) -> None:
    assert all(one.why for one in kind.fields)
    assert len({one.path for one in kind.fields}) == len(kind.fields)
    for page, anchor in (one.source.split("#") for one in kind.fields if one.source):
        headings = re.findall(r"^#+ (.+)$", (ROOT / page).read_text("utf-8"), re.MULTILINE)
        anchors = re.findall(r'<a (?:id|name)="([^"]+)"', (ROOT / page).read_text("utf-8"))
        assert anchor in [*anchors, *(re.sub(r"[^\w -]", "", one).lower().replace(" ", "-") for one in headings)]


@pytest.mark.parametrize("version", [V1, V2])
def test_a_whole_number_is_one_however_it_is_written(make: Any, version: str) -> None:
    """The service refuses 3306.0; nothing differs by the spelling."""
    live = make(version)
    settings = spec()["connections"]["Source"]["configuration"]
    schedule = {"frequency": "custom", "day_of_month": "*", "month": "*", "day_of_week": "*"}

    def written(kind: type) -> dict[str, Any]:
        bulk = {**BULK, "schedule": {**schedule, "minute": kind(5), "hour": kind(3)}, "concurrency_limit": kind(2)}
        return spec(
            source={"configuration": {**settings, "port": kind(3306)}},
            sync={"schedule": {"frequency": "daily", "hour": kind(3), "minute": kind(5)}},
            bulk_syncs={"Replica": bulk},
        )

    live.steady(written(float))
    assert live.changes(written(int)) == {}
    assert live.requests("POST", "/api/syncs")[-1]["schedule"] == {"frequency": "daily", "hour": "3", "minute": "5"}
