"""Every module of an output form is registered, and every registered form renders every report."""

from __future__ import annotations

import pytest

from applier.render.forms import FORMS, render_report
from tests.render.reports import applied, covered, empty, full, invalid, valid
from tests.workspace import ROOT

NO_FORMS = {"__init__", "forms", "diagram"}


def test_every_module_is_a_registered_form() -> None:
    modules = {one.stem for one in (ROOT / "applier/render").glob("*.py")}
    assert modules - NO_FORMS == {*FORMS}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_renders_every_report(form: str) -> None:
    for report in (full(), full("drift"), applied(), valid(), invalid(), empty("plan"), covered()):
        text = render_report(report, form)
        assert text
        assert not text.endswith("\n")
