"""Environments and defaults: what is laid over and under resources, and where things then are."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given as cases
from hypothesis import settings
from hypothesis import strategies as st

from applier.diagnostics import Place, Severity, diagnose
from applier.kinds import load_spec
from applier.spec.resources import EnvironmentChoice
from applier.spec.variables.given import Given
from tests.effort import scale
from tests.spec.test_any_input import RIGHT, VALUES, WORDS, around, paths

BASE = """
connections:
  DB: {type: mysql, configuration: {hostname: base, port: 1, account: a, passwd: "${env:BASE}"}}
  WH: {managed: false, type: snowflake}
models:
  M: {connection: DB, configuration: {query: "${file:sql/base.sql}"}}
syncs:
  S:
    mode: replace
    model: M
    target: {connection: WH, object: o}
    fields: {A: a, B: b}
    schedule: {frequency: daily, hour: 3, minute: 0}
    filters: [{field: x, function: IsNull}]
"""
ENVIRONMENTS = """
environments:
  dev:
    overrides:
      syncs: {S: {schedule: {frequency: manual}, fields: {B: null, C: {field: c}}, filters: []}}
  prod:
    url: https://${var:host}/
    api_key_variable: PROD_KEY
    overrides:
      connections: {DB: {configuration: {hostname: prod, passwd: "${env:PROD}"}}}
      models: {M: {configuration: {query: "${file:prod.sql}"}}}
  small: {overrides: {syncs: {S: null}}}
variables: {host: polytomic.example}
"""
FILES = {"spec.yaml": BASE, "envs/all.yaml": ENVIRONMENTS, "sql/base.sql": "SELECT 1\n", "envs/prod.sql": "SELECT 2\n"}


def test_without_one_the_base_counts(loaded) -> None:
    spec, problems = loaded(FILES, {"BASE": "x"})
    assert problems == ()
    assert (spec.environment, spec.environments) == (EnvironmentChoice(), ("dev", "prod", "small"))
    assert spec.find("models", "M").body["configuration"] == {"query": "SELECT 1"}
    assert spec.find("syncs", "S").body["fields"] == {"A": "a", "B": "b"}


def test_only_what_counts_is_filled_in(loaded) -> None:
    spec, problems = loaded(FILES, {"PROD": "y"}, Given("prod"))
    assert problems == ()
    place = Place("envs/all.yaml", 6, 10)
    assert spec.environment == EnvironmentChoice("prod", "https://polytomic.example/", "PROD_KEY", place)
    configuration = {"hostname": "prod", "port": 1, "account": "a", "passwd": "y"}
    assert spec.find("connections", "DB").body["configuration"] == configuration
    assert spec.find("models", "M").body["configuration"] == {"query": "SELECT 2"}


def test_null_removes_lists_and_other_frequencies_replace(loaded) -> None:
    spec, problems = loaded(FILES, {"BASE": "x"}, Given("dev"))
    assert problems == ()
    body = spec.find("syncs", "S").body
    assert body["fields"] == {"A": "a", "C": {"field": "c"}}
    assert (body["schedule"], body["filters"]) == ({"frequency": "manual"}, [])
    spec, problems = loaded(FILES, {"BASE": "x"}, Given("small"))
    assert (problems, sorted(spec.resources)) == ((), ["connections/DB", "connections/WH", "models/M"])


def test_places_are_those_of_the_topmost_layer(loaded) -> None:
    text = """
        defaults:
          syncs: {active: true, target: {configuration: {x: 1}}}
        syncs:
          S:
            mode: replace
            target: {connection: C, object: o}
            fields: {A: {value: a}}
            schedule: {frequency: manual}
        environments:
          e:
            overrides:
              syncs:
                S: {target: {object: p}, fields: {B: {value: b}}}
        connections: {C: {managed: false}}
    """
    spec, problems = loaded(text, {}, Given("e"))
    locate = spec.find("syncs", "S").locate
    assert problems == ()
    assert {
        "resource": locate(),
        "own": locate("target", "connection"),
        "override": locate("target", "object"),
        "key of an override": locate("target", "object", key=True),
        "default": locate("active"),
        "deep in a default": locate("target", "configuration", "x"),
        "mapping of several layers": locate("target"),
        "nothing": locate("target", "nothing"),
        "new member": locate("fields", "B", "value"),
    } == {
        "resource": Place("spec.yaml", 4, 3),
        "own": Place("spec.yaml", 6, 26),
        "override": Place("spec.yaml", 13, 30),
        "key of an override": Place("spec.yaml", 13, 22),
        "default": Place("spec.yaml", 2, 19),
        "deep in a default": Place("spec.yaml", 2, 53),
        "mapping of several layers": Place("spec.yaml", 6, 13),
        "nothing": Place("spec.yaml", 6, 5),
        "new member": Place("spec.yaml", 13, 54),
    }


def test_defaults(loaded) -> None:
    text = """
        defaults:
          connections: {configuration: {ssl: false}}
          syncs: {active: true, schedule: {frequency: hourly, minute: 15}, filters: [{field: x, function: IsNull}]}
        connections: {C: {managed: false}, D: {type: postgresql, configuration: {}}}
        syncs:
          One: {mode: append, target: {connection: C}, fields: {A: {value: a}}}
          Two:
            mode: append
            target: {connection: C}
            fields: {A: {value: a}}
            schedule: {minute: 30}
            filters: null
            active: false
          Three: {mode: append, target: {connection: C}, fields: {A: {value: a}}, schedule: {frequency: manual}}
    """
    spec, _ = loaded(text)
    assert spec.find("connections", "C").body == {"managed": False}
    assert spec.find("connections", "D").body == {"type": "postgresql", "configuration": {"ssl": False}}
    bodies = {one.name: one.body for one in spec.of_kind("syncs")}
    assert bodies["One"]["schedule"] == {"frequency": "hourly", "minute": 15}
    assert bodies["Two"]["schedule"] == {"minute": 30, "frequency": "hourly"}
    assert bodies["Three"]["schedule"] == {"frequency": "manual"}
    assert [body["active"] for body in bodies.values()] == [True, False, True]
    assert ["filters" in body for body in bodies.values()] == [True, False, True]


LINES = 'write "key: value" lines below it'


def test_mistakes_in_layers(loaded) -> None:
    text = """
        defaults: {syncs: {active: maybe, moed: x}, models: 3}
        syncs:
          S: {mode: append, target: {connection: C}, fields: {A: {value: a}}, schedule: {frequency: manual}}
          T: {mode: append, target: {connection: C}, fields: {A: {value: a}}, schedule: {frequency: manual}}
        connections: {C: {managed: false}}
        environments:
          e:
            overrides:
              syncs: {S: {mode: replaec, filters: null, target: text}, Q: {}}
              modles: {}
          f: {overrides: {connections: {D: null, C: 5}}, key: x, api_key_variable: sk-123}
          all: {}
    """
    _, problems = loaded(text, {}, Given("e"))
    assert [(one.code, one.detail, one.place.line, one.place.column, one.hint) for one in problems] == [
        (
            "wrong-type",
            '"active" of syncs/S must be true or false, but is a text (the same for 1 more).',
            1,
            28,
            "write true or false, without quotes",
        ),
        (
            "unknown-key",
            'Unknown key "moed" in syncs/S (the same for 1 more).',
            1,
            35,
            'did you mean "mode"?',
        ),
        ("wrong-type", '"defaults.models" must be a mapping, but is a whole number.', 1, 53, LINES),
        ("value-not-allowed", '"mode" of syncs/S cannot be "replaec".', 9, 25, 'did you mean "replace"?'),
        (
            "no-effect",
            'The override sets "filters" of syncs/S to null, but the resource does not have it.',
            9,
            34,
            "remove the key",
        ),
        ("wrong-type", '"target" of syncs/S must be a mapping, but is a text.', 9, 57, LINES),
        (
            "unknown-override",
            "syncs/Q is overridden, but not declared.",
            9,
            64,
            "declare it outside of the environments; to remove it in one environment, set it to null",
        ),
        ("unknown-key", 'Unknown key "modles" in "environments.e.overrides".', 10, 7, 'did you mean "models"?'),
        (
            "unknown-override",
            "connections/D is overridden, but not declared.",
            11,
            33,
            "declare it outside of the environments; to remove it in one environment, set it to null",
        ),
        (
            "wrong-type",
            '"environments.f.overrides.connections.C" must be a mapping, but is a whole number.',
            11,
            45,
            LINES,
        ),
        (
            "unknown-key",
            'Unknown key "key" in "environments.f".',
            11,
            50,
            "did you mean \"api_key_variable\"?",
        ),
        (
            "malformed-value",
            '"environments.f.api_key_variable" does not have the expected form.',
            11,
            76,
            "write the name of an environment variable, not the key itself",
        ),
        (
            "bad-name",
            'Invalid name "all".',
            12,
            3,
            "use letters, digits, ., _ and -, and not all, which stands for every environment",
        ),
    ]  # fmt: skip


def test_an_unknown_environment(problems) -> None:
    text = "environments: {prod: {}, dev: {}}\nmodels: {}\n"
    for name, hint in {"prd": 'did you mean "prod"?', "x": "known environments: dev, prod"}.items():
        said = f'Unknown environment "{name}".'
        assert problems(text, {}, Given(name)) == (diagnose("unknown-environment", said, hint=hint),)
    assert [one.hint for one in problems("models: {}\n", {}, Given("x"))] == ["the spec has no environments"]


def test_several_files_are_laid_together(loaded) -> None:
    spec, problems = loaded(
        {
            "a.yaml": """
                environments: {e: {url: u, overrides: {syncs: {S: {mode: append}}}}}
                defaults: {syncs: {active: true}}
            """,
            "b.yaml": """
                environments: {e: {url: v, overrides: {syncs: {S: {model: N}}}}}
                defaults: {syncs: {active: false}}
            """,
            "c.yaml": BASE,
            "sql/base.sql": "x",
        },
        {"BASE": "x"},
        Given("e"),
    )
    body = spec.find("syncs", "S").body
    assert (body["mode"], body["model"], body["active"], spec.environment.url) == ("append", "N", True, "u")
    assert [one for one in problems if one.code == "given-twice"] == [
        diagnose(
            "given-twice",
            f'"{name}" is given twice, first in a.yaml line {line}.',
            Place("b.yaml", line, column),
            "keep one of the two",
            related=(Place("a.yaml", line, column),),
        )
        for name, line, column in [("environments.e.url", 1, 20), ("defaults.syncs.active", 2, 20)]
    ]
    assert [one.code for one in problems if one.severity is Severity.WARNING] == ["unknown-reference"]


RESOURCES = [path for path in paths(RIGHT) if path[0] in ("connections", "models", "syncs") and len(path) > 2]
MEMBERS = [path for path in RESOURCES if all(isinstance(step, str) for step in path)]


SIMPLE = st.none() | st.booleans() | st.integers(-9, 9999) | WORDS


def bodies(spec: dict[str, Any], name: str | None) -> dict[str, Any]:
    """What `load` makes of the resources of a spec in an environment."""
    with TemporaryDirectory() as folder:
        Path(folder, "spec.yaml").write_text(json.dumps(spec, ensure_ascii=False), "utf-8")
        result, _ = load_spec([folder], {"P": "p"}, Given(name))
        return {address: json.loads(json.dumps(one.body)) for address, one in result.resources.items()}


@settings(max_examples=scale(60, 1000))
@cases(st.sampled_from(MEMBERS), SIMPLE | st.lists(SIMPLE, max_size=2))
def test_an_override_changes_exactly_its_path(path: tuple[str, ...], value: Any) -> None:
    change: Any = value
    for step in reversed(path):
        change = {step: change}
    spec = {**deepcopy(RIGHT), "environments": {"e": {"overrides": change}}}
    expected = deepcopy(RIGHT)
    if path[2:] == ("schedule", "frequency") and value is not None:
        expected["syncs"][path[1]]["schedule"] = {}
    holder = around(expected, path)
    if value is None:
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    assert bodies(spec, "e") == bodies(expected, None)
    assert bodies(spec, None) == bodies(RIGHT, None)


@settings(max_examples=scale(60, 1000))
@cases(st.sampled_from(MEMBERS))
def test_a_default_counts_exactly_where_nothing_is_declared(path: tuple[str, ...]) -> None:
    kind, name, *inside = path
    change: Any = around(RIGHT, path)[path[-1]]
    for step in reversed(inside):
        change = {step: change}
    spec = deepcopy(RIGHT)
    del around(spec, path)[path[-1]]
    spec["defaults"] = {kind: change}
    spec[kind] = {name: spec[kind][name]}
    unmanaged = spec[kind][name].get("managed") is False
    whole = RIGHT if not unmanaged else spec
    assert bodies(spec, None)[f"{kind}/{name}"] == bodies(whole, None)[f"{kind}/{name}"]
    spec = {**deepcopy(RIGHT), "defaults": {kind: change}}
    spec[kind] = {name: spec[kind][name]}
    assert bodies(spec, None)[f"{kind}/{name}"] == bodies(RIGHT, None)[f"{kind}/{name}"]


SETTINGS = {
    "variables": {"v": {"type": "number", "default": "${env:P:-5}", "sensitive": False, "allowed": [5]}, "w": "x"},
    "environments": {
        "e": {
            "url": "u",
            "api_key_variable": "K",
            "variables": {"v": 5},
            "overrides": {"connections": {"Shop": {"configuration": {"port": "${var:v}"}}}, "syncs": {"First": None}},
        }
    },
    "defaults": {"syncs": {"active": "${var:w}", "target": {"configuration": {"a": 1}}}},
    "owns": {"syncs": ["*"]},
    "limits": {"updates": "30%", "deletes": 3, "at_least": 0},
    "moved": {"syncs": {"Old": "Second"}},
    "removed": {"models": ["Gone", {"name": "Kept", "destroy": False}]},
}
INSIDE = [(), *paths(SETTINGS)]


@pytest.mark.parametrize("environment", [None, "e"])
@settings(max_examples=scale(60, 1000))
@cases(st.sampled_from(INSIDE), VALUES, st.booleans())
def test_any_settings_make_no_traceback(environment, path, value, remove: bool) -> None:
    said = deepcopy(SETTINGS)
    if path and remove:
        around(said, path).pop(path[-1])
    elif path:
        around(said, path)[path[-1]] = value
    with TemporaryDirectory() as folder:
        Path(folder, "a.yaml").write_text(json.dumps({**deepcopy(RIGHT), **said}, ensure_ascii=False), "utf-8")
        Path(folder, "b.yaml").write_text(json.dumps(SETTINGS), "utf-8")
        for one in load_spec([folder], {"P": "p", "Q": "q"}, Given(environment, ("v=1", "w=x")))[1]:
            assert one.detail.endswith(".")


README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def test_the_example_of_the_readme(loaded) -> None:
    text = README.split("<!-- environments -->\n```yaml\n")[1].split("```")[0]
    rest = BASE.replace("  S:\n", "  Shop to Warehouse: &s\n") + "  Nightly: *s\n"
    password = {"DEV_PASSWORD": "x", "PROD_PASSWORD": "x", "BASE": "x"}
    for name, number in {"dev": 1, "prod": 2}.items():
        spec, problems = loaded({"a.yaml": text, "b.yaml": rest, "sql/base.sql": "x"}, password, Given(name))
        assert problems == ()
        assert len(spec.of_kind("syncs")) == number


def test_an_empty_environment_changes_nothing(loaded) -> None:
    _, problems = loaded(
        {"a.yaml": "environments:\n  dev:\n  prod: {}", "b.yaml": BASE, "sql/base.sql": "x"},
        {"BASE": "x"},
        Given("dev"),
    )
    assert problems == ()
