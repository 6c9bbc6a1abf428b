"""The Python API: six names, typed, loaded only when used, and an example that works."""

from __future__ import annotations

import inspect
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

import applier.sdk
from applier import Invalid, apply, connect, load, plan, render
from applier.api import ApiError
from applier.plan import PlanOptions
from tests.ci.support import served
from tests.system import minimal_environment

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples/mysql-to-snowflake"


def python(*arguments: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**minimal_environment(), "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_six_names_are_public() -> None:
    assert applier.__all__ == ["Invalid", "apply", "connect", "load", "plan", "render"]


@pytest.mark.parametrize("name", applier.__all__)
def test_each_is_callable_and_has_a_docstring(name: str) -> None:
    one = getattr(applier, name)
    assert callable(one)
    assert inspect.getdoc(one)
    assert inspect.getdoc(getattr(applier.sdk, name))


def test_nothing_else_is_there() -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        _ = applier.nonsense  # type: ignore[attr-defined]


def test_importing_it_loads_nothing() -> None:
    loaded = python("-c", "import applier, sys; print([one for one in sys.modules if one.startswith('applier.')])")
    assert loaded.stdout == "[]\n"


SPELLINGS = {
    "import applier": "callable(applier.plan) and callable(applier.render)",
    "from applier import plan, render": "callable(plan) and callable(render)",
    "import applier.plan": "callable(applier.plan) and callable(applier.render)",
    "import applier.plan.changes": "applier.plan.changes.Change and callable(applier.plan)",
    "import applier.plan.changes as c": "c.Change",
    "from applier.plan import changes, Change": "changes.Change is Change",
    "import applier.render.text": "applier.render.text and callable(applier.render)",
    "import applier.render.text as t": "t is applier.render.text",
    "from applier.render import text": "text is applier.render.text",
    "import applier.sdk": "callable(applier.sdk.plan) and callable(applier.plan)",
}


@pytest.mark.parametrize("first", SPELLINGS)
def test_functions_and_packages_of_one_name_in_every_spelling_and_order(first: str) -> None:
    names = list(SPELLINGS)
    start = names.index(first)
    lines = ["import sys"]
    for spelling in (*names[start:], *names[:start]):
        lines += [spelling, "import applier", f"assert {SPELLINGS[spelling]}"]
    for name in ("plan", "render"):
        lines += [
            f"assert applier.{name} is {name} is sys.modules['applier.{name}']",
            f"try:\n    applier.{name}()\nexcept TypeError as error:\n    print(error)",
        ]
    done = python("-c", "\n".join(lines))
    assert (done.stderr, done.stdout.splitlines()) == (
        "",
        [
            "plan() missing 2 required positional arguments: 'spec' and 'workspace'",
            "render() missing 1 required positional argument: 'result'",
        ],
    )


def test_from_files_to_an_empty_plan(tmp_path: Path) -> None:
    spec = load(EXAMPLE, environment={"MYSQL_PASSWORD": "told to nobody"})
    with connect(spec, sandbox=tmp_path) as workspace:
        planned = plan(spec, workspace)
        assert [one.action for one in planned.changes] == ["create"] * 4
        assert not planned.diagnostics
        done = apply(planned)
        assert done.exit_code == 0
        again = plan(spec, workspace)
        assert again.changes == ()
    assert render(planned).startswith("+ connections/MySQL Connection")
    assert render(again).startswith("Nothing to do: 4 resources unchanged.")
    assert "Applied: 4 created." in render(done, "markdown")
    assert "told to nobody" not in "".join(render(planned, form) for form in ("text", "json", "html", "sarif"))


def test_targets_and_what_is_refused(tmp_path: Path) -> None:
    (tmp_path / "spec.yaml").write_text(
        "version: 1\nconnections:\n  A: {type: mysql, managed: false}\nmodels:\n"
        "  B: {connection: A, configuration: {table: shop.customers}}\n",
        "utf-8",
    )
    spec = load(tmp_path)
    with connect(spec, sandbox=tmp_path / "sandbox") as workspace:
        planned = plan(spec, workspace, targets=["models/*"])
        assert planned.diagnostics
        with pytest.raises(Invalid, match=r"spec.yaml:\d+:\d+: error: ") as refused:
            apply(planned)
        assert refused.value.diagnostics


def test_mistakes_in_files_are_one_exception(tmp_path: Path) -> None:
    (tmp_path / "spec.yaml").write_text("version: 1\nconections: {}\n", "utf-8")
    with pytest.raises(Invalid, match="conections"):
        load(tmp_path)


def test_variables_are_values_of_python(tmp_path: Path) -> None:
    (tmp_path / "spec.yaml").write_text(
        "version: 1\n"
        "variables: {columns: {default: [id]}, on: {default: false}, port: {default: 1}, host: {default: a}}\n"
        "connections:\n"
        "  Shop: {type: mysql, configuration: {hostname: '${var:host}', port: '${var:port}', ssl: '${var:on}', "
        "dbname: d, account: a, passwd: '${env:X:-y}'}}\n"
        "models:\n  M: {connection: Shop, configuration: {table: d.t}, fields: '${var:columns}'}\n",
        "utf-8",
    )
    given = {"columns": ["a", "b, c"], "on": True, "port": 3307, "host": "1"}
    resources = load(tmp_path, variables=given).resources
    assert resources["models/M"].body["fields"] == ["a", "b, c"]
    settings = resources["connections/Shop"].body["configuration"]
    assert [settings[one] for one in ("hostname", "port", "ssl")] == ["1", 3307, True]


@pytest.mark.parametrize(
    ("given", "written"),
    [
        (Decimal("1.10"), "1.10"),
        (Decimal("1E+3"), "1E+3"),
        (1.1, "1.1"),
        (1e22, "1e+22"),
        (5e-324, "5e-324"),
        (2**64 - 1, "18446744073709551615"),
        (7, "7"),
        ("1.10", "1.10"),
    ],
)  # fmt: skip
def test_a_number_of_python_has_all_of_its_digits(given: object, written: str, tmp_path: Path) -> None:
    (tmp_path / "spec.yaml").write_text(NUMBERS, "utf-8")
    body = load(tmp_path, variables={"n": given, "l": [given]} if given != "1.10" else {"n": given}).resources
    assert body["models/M"].body["configuration"] == {"query": f"select {written}"}


NUMBERS = """
version: 1
variables: {n: {type: number}, l: {default: [1]}}
connections: {C: {type: mysql, managed: false}}
models: {M: {connection: C, configuration: {query: "select ${var:n}"}}}
"""


@pytest.mark.parametrize(
    ("given", "option", "code"),
    [
        pytest.param(10**5000, "9" * 500, "not-a-json-number", id="of 5,001 digits"),
        pytest.param(-(10**5000), "-" + "9" * 500, "not-a-json-number", id="negative of 5,001 digits"),
        (float("nan"), ".nan", "not-a-json-number"),
        (float("-inf"), "-.inf", "not-a-json-number"),
        (Decimal("Infinity"), ".inf", "not-a-json-number"),
        (2**64 + 1, str(2**64 + 1), "not-a-json-number"),
        (Decimal("0.12345678901234567890"), "0.12345678901234567890", "inexact-number"),
        ([float("inf")], "[Infinity]", "variable-type"),
        (None, "", "variable-empty"),
    ],
)  # fmt: skip
def test_a_number_that_cannot_be_sent_is_refused_as_that_of_an_option(
    given: object, option: str, code: str, tmp_path: Path
) -> None:
    (tmp_path / "spec.yaml").write_text(NUMBERS, "utf-8")
    found = []
    for value in (given, option):
        with pytest.raises(Invalid) as refused:
            load(tmp_path, variables={"n": value})
        found.append(refused.value.diagnostics)
    assert found[0] == found[1]
    assert [one.code for one in found[0]] == [code]
    if given is not None:
        with pytest.raises(Invalid, match='The variable "l" must be'):
            load(tmp_path, variables={"n": 1, "l": [given]})


@pytest.mark.parametrize("value", [{}, {1}, date(2026, 1, 1), [b"x"], [{}], 1j])
def test_a_variable_of_another_type_is_named(value: object, tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=r'The variable "n" cannot be a (dict|set|date|bytes|complex): give a text'):
        load(tmp_path, variables={"n": value})


def test_a_text_is_no_sequence_of_patterns(tmp_path: Path) -> None:
    (tmp_path / "spec.yaml").write_text("connections: {Keep: {managed: false}}", "utf-8")
    spec = load(tmp_path)
    with connect(spec, sandbox=tmp_path / "sandbox") as workspace:
        for name in ("targets", "excludes"):
            with pytest.raises(
                TypeError, match=rf"^{name} must be a list of texts, not a text: write \['connections/Keep'\]$"
            ):
                plan(spec, workspace, **{name: "connections/Keep"})
        with pytest.raises(
            TypeError, match=r"^policy.push_secrets must be a list of texts, not a text: write \['\*'\]$"
        ):
            plan(spec, workspace, policy=PlanOptions(push_secrets="*"))  # type: ignore[arg-type]


def test_the_version_is_that_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLYTOMIC_API_VERSION", "2025-09-18")
    with (
        connect(sandbox=tmp_path / "one") as newer,
        connect(sandbox=tmp_path / "two", api_version="2024-02-08") as older,
    ):
        assert (newer.settings.version, older.settings.version) == ("2025-09-18", "2024-02-08")


def test_the_example_says_what_the_service_refuses(tmp_path: Path) -> None:
    with served(lambda *_: (200, {})) as url:
        environment = f"import os; os.environ.update(POLYTOMIC_API_KEY='wrong', POLYTOMIC_DEPLOYMENT_URL='{url}')"
        run = f"{environment}; import runpy, sys; sys.argv = ['rollout', {str(EXAMPLE)!r}]"
        script = ROOT / "examples/python-api/rollout.py"
        done = python("-c", f"{run}; runpy.run_path({str(script)!r}, run_name='__main__')", folder=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("The service answered 401")


def test_there_has_to_be_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("POLYTOMIC_API_KEY", raising=False)
    with pytest.raises(Invalid, match=r"(?s)The API key is not set.*set POLYTOMIC_API_KEY"), connect():
        pass


def test_a_url_in_clear_needs_insecure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLYTOMIC_API_KEY", "key")
    said = r"^The URL http://x\.example from the argument url is not encrypted: the API key and all secrets would be"
    with pytest.raises(ApiError, match=said), connect(url="http://x.example"):
        pass
    monkeypatch.setenv("POLYTOMIC_DEPLOYMENT_URL", "http://x.example")
    with pytest.raises(ApiError, match=r"from POLYTOMIC_DEPLOYMENT_URL is not encrypted"), connect():
        pass
    with connect(insecure=True) as client, connect(url="http://127.0.0.1:1/api") as local:
        assert (client.settings.insecure, local.settings.insecure) == (True, False)


def test_the_example_rolls_out_and_then_has_nothing_to_do(tmp_path: Path) -> None:
    script = ROOT / "examples/python-api/rollout.py"
    arguments = (str(script), str(EXAMPLE), "--sandbox", str(tmp_path / "sandbox"))
    first = python(*arguments, folder=tmp_path)
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout.endswith("Applied: 4 created.\n")
    assert (tmp_path / "plan.html").read_text("utf-8").startswith("<!doctype html>")
    assert "Nothing to do: 4 resources unchanged." in python(*arguments, folder=tmp_path).stdout


def test_an_empty_argument_is_not_the_usual_service() -> None:
    """As it comes from a variable that is not set: `connect(url=os.environ.get("STAGING_URL", ""))`."""
    with pytest.raises(Invalid) as refused, connect(url="", key="", api_version=""):
        pass
    assert [(one.code, one.detail, one.hint) for one in refused.value.diagnostics] == [
        ("argument-empty", f'The argument "{name}" is empty.', "give it a value, or leave it out")
        for name in ("url", "key", "api_version")
    ]


def test_none_is_an_empty_value_of_a_variable(tmp_path: Path) -> None:
    for declared, count in (("", 1), ("eu", 1), ('""', 0)):
        (tmp_path / "spec.yaml").write_text(f"variables: {{v: {declared}}}\nx-a: '${{var:v}}'", "utf-8")
        found = []
        try:
            load(tmp_path, variables={"v": None})
        except Invalid as refused:
            found = [one.detail for one in refused.diagnostics]
        assert found == ['The variable "v" has no value: the argument "variables" gives an empty one.'] * count


def test_messages_name_the_argument(tmp_path: Path) -> None:
    (tmp_path / "spec.yaml").write_text("variables: {n: 1}", "utf-8")
    messages = {
        "n": 'The variable "n" must be a number that can be sent as it is, but the argument "variables" gives another '
        "value.",
        "m": '"m" is not declared; it is set by the argument "variables".',
        "": 'Invalid value of the argument "variables": expected NAME=VALUE.',
    }
    for name, detail in messages.items():
        with pytest.raises(Invalid) as refused:
            load(tmp_path, variables={name: float("nan")})
        assert [one.detail for one in refused.value.diagnostics] == [detail]
