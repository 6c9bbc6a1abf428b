"""Wrong use of the Python API: a `TypeError` or `ValueError` that names the argument and what is expected."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import applier
from applier import Invalid, apply, connect, load, plan, render
from applier.api import Client
from applier.plan import PlanOptions
from applier.spec.resources import Spec

FORMS = "text, json, markdown, html, github, junit, sarif"
CLOSED = "the session is closed: use it inside its `with` statement, or open a new one"
SPEC = (
    'connections: {C: {type: mysql, configuration: {hostname: h, port: 1, dbname: d, account: a, passwd: "${env:P}"}}}'
)


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Spec:
    monkeypatch.chdir(tmp_path)
    Path("spec.yaml").write_text(SPEC, "utf-8")
    return load("spec.yaml", environment={"P": "a-password"})


@pytest.fixture
def workspace(spec: Spec) -> Iterator[Client]:
    with connect(spec, sandbox="data") as workspace:
        yield workspace


def misuse(call: Callable[[], object]) -> str:
    """Return what a wrong call raises, as the last line of a traceback."""
    with pytest.raises((TypeError, ValueError)) as raised:
        call()
    return f"{raised.type.__name__}: {raised.value}"


OF_LOAD: dict[str, tuple[tuple[Any, ...], dict[str, Any]]] = {
    "TypeError: paths must be a text or a Path, not an int": ((5,), {}),
    "TypeError: paths must be a text or a Path, not None": ((None,), {}),
    "TypeError: paths must be a text or a Path, not bytes": ((b"x",), {}),
    "TypeError: paths must be a text or a Path, not a list": ((["a", "b"],), {}),
    "TypeError: env must be a text or None, not an int": ((), {"env": 5}),
    "TypeError: variables must be a mapping of texts, not None": ((), {"variables": None}),
    "TypeError: variables must be a mapping of texts, not a text": ((), {"variables": "n=1"}),
    "TypeError: variables must be a mapping of texts, not a list": ((), {"variables": ["n=1"]}),
    "TypeError: variables must be a mapping of texts, not a dict with an int": ((), {"variables": {5: 1}}),
    'TypeError: The variable "n" cannot be a list of so many levels.': (
        (),
        {"variables": {"n": reduce(lambda inner, _: [inner], range(5000), [])}},
    ),
    'ValueError: variables: "n=1" cannot be the name of a variable, since it contains "="': (
        (),
        {"variables": {"n=1": 1}},
    ),
    "TypeError: environment must be a mapping of texts to texts or None, not a dict with an int": (
        (),
        {"environment": {"A": 5}},
    ),
    "TypeError: load() got an unexpected keyword argument 'envs'": ((), {"envs": "x"}),
}


@pytest.mark.parametrize("message", OF_LOAD)
def test_load(message: str) -> None:
    arguments, options = OF_LOAD[message]
    assert misuse(lambda: load(*arguments, **options)) == message


OF_CONNECT: dict[str, dict[str, Any]] = {
    "TypeError: spec must be a Spec or None, not a text: use what load() returns": {"spec": "spec.yaml"},
    "TypeError: url must be a text or None, not an int": {"url": 5},
    "TypeError: url must be a text or None, not bytes": {"url": b"x"},
    "TypeError: key must be a text or None, not a list": {"key": ["x"]},
    "TypeError: api_version must be a text or None, not an int": {"api_version": 2025},
    "TypeError: sandbox must be a text or a Path or None, not a bool": {"sandbox": True},
    "TypeError: insecure must be True or False, not a text": {"insecure": "no"},
    "TypeError: connect() got an unexpected keyword argument 'env'": {"env": "prod"},
}


@pytest.mark.parametrize("message", OF_CONNECT)
def test_connect_before_the_session_is_opened(message: str) -> None:
    assert misuse(lambda: connect(**OF_CONNECT[message])) == message


OF_PLAN: dict[str, dict[str, Any]] = {
    "TypeError: targets must be a list of texts, not a text: write ['models/*']": {"targets": "models/*"},
    "TypeError: targets must be a list of texts, not bytes": {"targets": b"models/*"},
    "TypeError: targets must be a list of texts, not None": {"targets": None},
    "TypeError: targets must be a list of texts, not a list with an int": {"targets": [5]},
    "TypeError: targets must be a list of texts, not a generator": {"targets": (one for one in "a")},
    "TypeError: excludes must be a list of texts, not a list with a PosixPath": {"excludes": [Path("a")]},
    "TypeError: policy must be a PlanOptions, not a dict: use PlanOptions of applier.plan": {"policy": {"prune": True}},
    "TypeError: policy.prune must be True or False, not a text": {"policy": PlanOptions(prune="no")},  # type: ignore[arg-type]
    "TypeError: parallelism must be a whole number, not a text": {"parallelism": "5"},
    "TypeError: parallelism must be a whole number, not a float": {"parallelism": 2.5},
    "TypeError: parallelism must be a whole number, not a bool": {"parallelism": True},
    "ValueError: parallelism must be a number from 1 to 100": {"parallelism": 0},
}


@pytest.mark.parametrize("message", OF_PLAN)
def test_plan(message: str, spec: Spec, workspace: Client) -> None:
    expected = message.replace("PosixPath", type(Path()).__name__)
    assert misuse(lambda: plan(spec, workspace, **OF_PLAN[message])) == expected


def test_what_goes_in_is_what_the_step_before_returns(spec: Spec, workspace: Client) -> None:
    wrong: Any = workspace
    planned = plan(spec, workspace)
    session = "use the session of `with connect(…) as workspace:`"
    said = {
        "spec must be a Spec, not a text: use what load() returns": lambda: plan("spec.yaml", workspace),  # type: ignore[arg-type]
        "spec must be a Spec, not a Client: use what load() returns": lambda: plan(wrong, workspace),
        f"workspace must be a Client, not a Connection: {session}": lambda: plan(spec, connect(spec)),  # type: ignore[arg-type]
        "planned must be a Planned, not a Report: use what plan() returns": lambda: apply(planned.report),  # type: ignore[arg-type]
        "result must be a Planned or a Report, not a Spec: use what plan() or apply() returns": lambda: render(spec),  # type: ignore[arg-type]
        "diagnostics must be a list of Diagnostic, not a text": lambda: Invalid("x"),  # type: ignore[arg-type]
        "diagnostics must be a list of Diagnostic, not a list with a text": lambda: Invalid(["x"]),  # type: ignore[list-item]
    }
    assert [misuse(call) for call in said.values()] == [f"TypeError: {one}" for one in said]


@pytest.mark.parametrize("form", ["xml", "words", "parts.words", "__init__", "", "JSON"])
def test_a_form_that_does_not_exist_names_the_others(form: str, spec: Spec, workspace: Client) -> None:
    planned = plan(spec, workspace)
    for function in (render, applier.render):
        expected = f"ValueError: form cannot be {form!r}: choose one of {FORMS}"
        assert misuse(lambda function=function: function(planned, form)) == expected  # type: ignore[misc]


@pytest.mark.parametrize("form", [None, b"json", 5, ["json"]])
def test_a_form_is_a_text(form: Any, spec: Spec, workspace: Client) -> None:
    planned = plan(spec, workspace)
    assert misuse(lambda: render(planned, form)).startswith("TypeError: form must be a text, not ")


def test_a_closed_session_says_so(spec: Spec) -> None:
    connection = connect(spec, sandbox="data")
    with connection as workspace:
        planned = plan(spec, workspace)
    assert misuse(lambda: plan(spec, workspace)) == f"ValueError: {CLOSED}"
    assert misuse(lambda: apply(planned)) == f"ValueError: {CLOSED}"
    assert misuse(lambda: workspace.get("/api/models")) == f"ValueError: {CLOSED}"
    assert misuse(connection.__enter__) == (
        "ValueError: the session has been used: call connect() again for each `with` statement"
    )
    assert render(planned).startswith("+ connections/C")
    with connect(spec, sandbox="data") as workspace:
        assert misuse(lambda: apply(planned)) == f"ValueError: {CLOSED}"
        assert apply(plan(spec, workspace)).exit_code == 0


def test_a_plan_is_applied_once(spec: Spec, workspace: Client) -> None:
    planned = plan(spec, workspace)
    assert apply(planned).exit_code == 0
    assert misuse(lambda: apply(planned)) == "ValueError: the plan has been applied: make a new one with plan()"


def test_lists_of_patterns_can_be_of_any_kind(spec: Spec, workspace: Client) -> None:
    for targets in (["connections/*"], ("connections/*",), {"connections/*"}, dict.fromkeys(["connections/*"])):
        if isinstance(targets, dict):
            assert "not a dict" in misuse(lambda: plan(spec, workspace, targets=targets))  # noqa: B023
        else:
            assert len(plan(spec, workspace, targets=targets).changes) == 1


def test_what_cannot_be_used_is_invalid(spec: Spec) -> None:
    found = {}
    for name, call in {
        "path": lambda: load(""),
        "sandbox": lambda: connect(spec, sandbox="").__enter__(),
        "file": lambda: connect(spec, sandbox="spec.yaml").__enter__(),
        "null byte": lambda: connect(spec, sandbox="a\0b").__enter__(),
    }.items():
        with pytest.raises(Invalid) as refused:
            call()
        found[name] = [(one.code, one.detail) for one in refused.value.diagnostics]
    assert found == {
        "path": [("argument-empty", 'The argument "paths" is empty.')],
        "sandbox": [("argument-empty", 'The argument "sandbox" is empty.')],
        "file": [("bad-sandbox", "The sandbox cannot use spec.yaml: spec.yaml cannot be made a folder: File exists")],
        "null byte": [("bad-sandbox", "The sandbox cannot use a\0b: embedded null byte")],
    }


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.just(object()),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text() | st.integers(), inner, max_size=2),
    max_leaves=4,
)


@given(st.sampled_from(["spec", "workspace", "targets", "excludes", "policy", "parallelism"]), VALUES)
def test_no_value_reaches_the_inside_of_plan(name: str, value: Any) -> None:
    """Whatever is given for one argument: as the others are wrong too, every call has to be refused at the border."""
    wrong: dict[str, Any] = {"spec": None, "workspace": None, name: value}
    with pytest.raises(TypeError, match=r"^(spec|workspace) must be a (Spec|Client), not "):
        plan(**wrong)


@given(VALUES)
def test_only_plans_and_reports_are_applied_and_rendered(value: Any) -> None:
    with pytest.raises(TypeError, match=r"^planned must be a Planned, not "):
        apply(value)
    with pytest.raises(TypeError, match=r"^result must be a Planned or a Report, not "):
        render(value, "json")


def test_a_message_shows_no_value_of_an_argument() -> None:
    said = misuse(lambda: connect(key=["hunter2-the-secret"]))  # type: ignore[arg-type]
    assert said == "TypeError: key must be a text or None, not a list"
