"""Numbers from the file to the request and back: exact in plans, requests, comparisons, exports and pulled files."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.workspace import EXAMPLE, Sandbox, Workspace

PATH = "/api/syncs"
NAME = "MySQL to Snowflake Sync"
SOURCES = ("inline", "declared", "dev", "process", "option", "file", "list", "items", "placeholder")
VARIABLES = """
variables:
  declared: {type: number, default: %(declared)s}
  dev: {type: number}
  process: {type: number}
  option: {type: number}
  file: {type: number}
  list: {type: list}
  items: {default: [1]}
  placeholder: {type: number, default: "${env:PLACEHOLDER}"}
environments: {test: {variables: {dev: %(dev)s}}}
"""
NUMBERS = st.one_of(
    st.integers(-(2**63), 2**64 - 1),
    st.integers(2**53, 2**54),
    st.floats(allow_nan=False, allow_infinity=False),
).map(json.dumps)


def spec(values: Mapping[str, str]) -> str:
    """The example with a filter and an override for each source of a number."""
    places = {name: f'"${{var:{name}}}"' for name in SOURCES} | {"inline": values["inline"]}
    lines = [f"      - {{field: email, function: Inequality, value: {place}}}" for place in places.values()]
    overrides = [
        f"      - {{field: last_name, function: Equality, value: {place}, override: {place}}}"
        for place in places.values()
    ]
    text = (EXAMPLE / "spec.yaml").read_text("utf-8").rstrip()
    return "\n".join((text, "    filters:", *lines, "    overrides:", *overrides, VARIABLES % values))


def options(values: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    """Return the options and the environment that give the numbers."""
    given = ["--env", "test", "--no-checks", "--var", f"option={values['option']}", "--var-file", "numbers.vars.json"]
    given += ["--var", f"list=[{values['list']}]", "--var", f"items={values['items']}"]
    return given, {"APPLIER_VAR_PROCESS": values["process"], "PLACEHOLDER": values["placeholder"]}


def exact(value: object) -> str:
    """Return a number, alone or in a list, as its JSON text."""
    return json.dumps(value[0] if isinstance(value, list) else value)


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(NUMBERS, min_size=len(SOURCES), max_size=len(SOURCES), unique_by=json.loads))
@example([*map(str, range(2**53, 2**53 + 4)), "0.1", "1e+20", "-0.5", "18446744073709551615", "1e-07"])
def test_every_number_is_sent_compared_and_exported_as_it_is_written(
    applier: Workspace, sandbox: Sandbox, numbers: list[str]
) -> None:
    sandbox.reset()
    shutil.rmtree(applier.folder / "export", ignore_errors=True)
    (applier.folder / "plan.json").unlink(missing_ok=True)
    values = dict(zip(SOURCES, numbers, strict=True))
    applier.write("spec.yaml", spec(values))
    applier.write("numbers.vars.json", json.dumps({"file": json.loads(values["file"])}))
    given, environment = options(values)
    planned = applier("plan", "spec.yaml", *given, "-q", "-o", "json", "--out", "plan.json", **environment)
    assert (planned.code, planned.err) == (0, "")
    (sync,) = (one for one in planned.json["changes"] if one["kind"] == "syncs")
    shown = [exact(one["after"]) for one in sync["fields"] if str(one["path"]).endswith((".value", ".override"))]
    assert sorted(shown) == sorted([*numbers, *numbers, *numbers])

    sandbox.clear("requests")
    assert applier("apply", "plan.json", "--yes", "-q", **environment).code == 0
    (body,) = (body for method, path, body in sandbox.writes() if (method, path) == ("POST", PATH))
    assert [exact(one["value"]) for one in body["filters"]] == numbers
    assert [exact(one["override"]) for one in body["overrides"]] == numbers

    assert applier("plan", "spec.yaml", *given, "--detailed-exitcode", **environment).code == 0
    assert applier("export", "--out", "export").code == 0
    secrets = {"MYSQL_CONNECTION_PASSWD": "x", "SNOWFLAKE_CONNECTION_PASSWORD": "x"}
    assert applier("plan", "export", "--detailed-exitcode", "--no-checks", **secrets).code == 0


@pytest.fixture
def compared(applier: Workspace, sandbox: Sandbox) -> Any:
    """Applies a sync with a number in a filter, changes the number in the service, and returns the plan."""

    def plan(declared: str, live: object, *arguments: str) -> Any:
        text = (EXAMPLE / "spec.yaml").read_text("utf-8").rstrip()
        filters = f"    filters:\n      - {{field: email, function: Equality, value: {declared}}}\n"
        applier.write("spec.yaml", f"{text}\n{filters}")
        assert applier("apply", "spec.yaml", "--yes", "-q", "--no-checks").code == 0
        found = sandbox.named("syncs", NAME)
        kept = ("name", "mode", "target", "fields", "schedule", "active")
        filters_body = [{**found["filters"][0], "value": live}]
        sandbox.put(f"{PATH}/{found['id']}", {**{one: found[one] for one in kept}, "filters": filters_body})
        return applier("plan", "spec.yaml", "--no-checks", *(arguments or ("-o", "json")))

    return plan


@pytest.mark.parametrize(
    ("declared", "live"),
    [
        ("9007199254740993", 9007199254740992),
        ("9007199254740993", 9007199254740992.0),
        ("1234567890123456789", 1234567890123456800),
        ("0.1234567890123", 0.1234567890124),
        ("1e-15", 2e-15),
        ("5e-324", 0.0),
        ("1", True),
    ],
)
def test_numbers_that_differ_in_any_digit_differ(compared: Any, declared: str, live: object) -> None:
    (change,) = compared(declared, live).json["changes"]
    (field,) = change["fields"]
    after = float(declared) if set(".e") & set(declared) else int(declared)
    assert (field["before"], type(field["before"]), field["after"], type(field["after"])) == (
        live,
        type(live),
        after,
        type(after),
    )


@pytest.mark.parametrize(
    ("declared", "live"),
    [
        ("1e20", 100000000000000000000),
        ("100000000000000000000", 1e20),
        ("1.2345678901234568e+18", 1234567890123456800),
        ("10.0", 10),
        ("0x10", 16),
    ],
)
def test_numbers_that_are_written_in_another_way_are_equal(compared: Any, declared: str, live: object) -> None:
    assert compared(declared, live).json["changes"] == []


def test_conditions_with_equal_numbers_are_matched(applier: Workspace, sandbox: Sandbox) -> None:
    """As texts, 1.5e+19 comes before 1e+20, and 100000000000000000000 before 15000000000000000000."""
    text = (EXAMPLE / "spec.yaml").read_text("utf-8").rstrip()
    filters = [f"      - {{field: email, function: Inequality, value: {one}}}" for one in ("1e20", "1.5e19", "10.0")]
    applier.write("spec.yaml", "\n".join((text, "    filters:", *filters)))
    assert applier("apply", "spec.yaml", "--yes", "-q", "--no-checks").code == 0
    found = sandbox.named("syncs", NAME)
    whole = [{**one, "value": int(one["value"])} for one in found["filters"]]
    kept = ("name", "mode", "target", "fields", "schedule", "active")
    sandbox.put(f"{PATH}/{found['id']}", {**{one: found[one] for one in kept}, "filters": whole})
    assert applier.is_up_to_date("--no-checks")


@pytest.mark.parametrize("form", ["text", "json", "markdown", "html"])
def test_every_form_shows_all_digits(compared: Any, form: str) -> None:
    out = compared("9007199254740993", 9007199254740992, "-o", form).out
    assert [number in out for number in ("9007199254740993", "9007199254740992")] == [True, True]


@pytest.mark.parametrize("live", [18446744073709551615, 100000000000000000000, 0.1, 1e-7])
def test_pull_writes_the_number_that_is_live(compared: Any, applier: Workspace, live: float) -> None:
    compared("9007199254740993", live)
    assert applier("pull").code == 0
    assert f"value: {live}}}" in applier.read("spec.yaml")
    assert applier.is_up_to_date("--no-checks")


def test_a_number_in_a_text_is_written_as_it_is_given(applier: Workspace, sandbox: Sandbox) -> None:
    text = (EXAMPLE / "spec.yaml").read_text("utf-8")
    query = 'query: "SELECT * FROM company.customers WHERE id <> ${var:n}"'
    applier.write("spec.yaml", text.replace("table: company.customers", query) + "\nvariables: {n: {type: number}}\n")
    for written in ("1234567890123456789", "0x1F", "0.1"):
        assert applier("apply", "-y", "-q", "--no-checks", "--var", f"n={written}").code == 0
        assert sandbox.named("models", "Customer Model")["configuration"]["query"].endswith(f" <> {written}")


def test_a_schedule_of_many_digits_is_compared_as_text(tmp_path: Path) -> None:
    """Such a text can be neither sent as a number nor read as one."""
    from applier.kinds.sync.schedules import normalize_schedule, schedule_to_spec

    digits = "0" + "9" * 5000
    assert normalize_schedule({"minute": digits, "hour": "00", "month": "٣"}) == {
        "minute": "9" * 5000,
        "hour": "0",
        "month": "٣",
    }
    assert schedule_to_spec({"minute": digits, "hour": "05"}) == {"minute": digits, "hour": 5}
