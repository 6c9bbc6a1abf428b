"""The explanation of a resource: both sides of every field, its rule, and the reason for the rule."""

from __future__ import annotations

import re

import pytest

from applier.kinds import KINDS
from applier.kinds.base import Kind
from applier.kinds.field_table import FieldClass
from applier.plan.explain import explain_fields
from tests.kinds.workspace import InProcessWorkspace, spec
from tests.pages import ROOT


def test_explain_shows_both_sides_class_and_rule(live: InProcessWorkspace) -> None:
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
