"""Placeholders: what is filled in, as which type, when it is secret, and what cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applier.diagnostics import Diagnostic, Place, Severity, diagnose
from applier.kinds import load_spec
from applier.secrets import Secret
from applier.spec.variables.interpolation import convert, fill
from applier.spec.variables.placeholders import Sources
from tests.system import needs_links

ANYWHERE = Sources({}, {}, Path("/nowhere"), Path("/nowhere"))

CONNECTION = """
    connections:
      Shop:
        type: mysql
        configuration:
          hostname: {hostname}
          port: {port}
          account: {account}
          passwd: {passwd}
          ssl: {ssl}
"""


def configuration(loaded, environment, **members):
    """The filled configuration of a connection, and the problems."""
    given_members = {"hostname": "h", "port": "1", "account": "a", "passwd": "${env:P:-x}", "ssl": "true"} | members
    spec, problems = loaded(CONNECTION.format(**given_members), environment)
    return spec.find("connections", "Shop").body["configuration"], problems


def test_environment_and_types(loaded) -> None:
    environment = {"HOST": "db", "PORT": "5432", "DIGITS": "0123", "SSL": "False"}
    members, problems = configuration(
        loaded,
        environment,
        hostname="${env:HOST}.example.com",
        port="${env:PORT}",
        passwd="${env:DIGITS}",
        ssl="${env:SSL}",
    )
    assert problems == ()
    assert members == {"hostname": "db.example.com", "port": 5432, "account": "a", "passwd": "0123", "ssl": False}
    assert isinstance(members["hostname"], Secret)
    assert isinstance(members["passwd"], Secret)


def test_defaults_are_plain_except_in_sensitive_members(loaded) -> None:
    members, problems = configuration(
        loaded, {"EMPTY": ""}, hostname="${env:HOST:-local host}", port="${env:EMPTY:-7}", passwd="${env:P:-secret}"
    )
    assert problems == ()
    assert (members["hostname"], members["port"], members["passwd"]) == ("local host", 7, "secret")
    assert not isinstance(members["hostname"], Secret)
    assert isinstance(members["passwd"], Secret)


def test_what_does_not_convert_is_a_wrong_type_without_its_value(loaded) -> None:
    members, problems = configuration(loaded, {"PORT": "hunter2"}, port="${env:PORT}")
    assert problems == (
        diagnose(
            "wrong-type",
            '"configuration.port" of connections/Shop must be a whole number, but is a text.',
            Place("spec.yaml", 6, 13),
            "check what is filled in for the placeholder",
            address="connections/Shop",
        ),
    )
    assert members["port"] == "hunter2"


def test_all_unset_variables_at_once(loaded) -> None:
    _, problems = configuration(
        loaded, {"MYSQL_HOST": "x"}, hostname="${env:MYSQL_HOTS}", port="${env:PORT}", passwd="a${env:A}b${env:B}"
    )

    def not_set(name: str, line: int, column: int, hint: str = "") -> Diagnostic:
        return diagnose(
            "variable-not-set",
            f"The environment variable {name} is not set.",
            Place("spec.yaml", line, column),
            f'{hint}set it, or give a default: "${{env:{name}:-default}}"',
        )

    assert problems == (
        not_set("MYSQL_HOTS", 5, 17, 'did you mean "MYSQL_HOST"?; '),
        not_set("PORT", 6, 13),
        not_set("A", 8, 15),
        not_set("B", 8, 15),
    )


def test_a_secret_that_is_set_but_empty_is_refused_unless_it_may_be(loaded) -> None:
    """As CI gives those that it does not have: written as it is, it would blank what is live."""
    members, problems = configuration(
        loaded, {"A": "", "B": ""}, hostname="h${env:B:-}", account="x${env:A}", passwd="${env:B}"
    )
    assert [(one.code, one.detail, one.place.line, one.hint) for one in problems] == [
        (
            "variable-empty",
            f"The environment variable {name} is set, but empty.",
            line,
            f'give it a value; where it may be empty, write "${{env:{name}:-}}"',
        )
        for name, line in (("A", 7), ("B", 8))
    ]
    assert members["hostname"] == "h"


def test_keys_are_taken_as_they_are_written(loaded) -> None:
    spec, problems = loaded('connections:\n  "a ${env:X}": {managed: false}\nx-own: {"${y}": "${env:P:-1}"}')
    assert [one.name for one in spec.resources.values()] == ["a ${env:X}"]
    assert problems == tuple(
        diagnose(
            "placeholder-in-key",
            f'The placeholder in the key "{key}" is not filled in: only values can hold placeholders.',
            Place("spec.yaml", line, column),
            "write the key as plain text; to change it in one environment, use overrides",
            severity=Severity.WARNING,
        )
        for key, line, column in (("a ${env:X}", 2, 3), ("${y}", 3, 9))
    )


BROKEN = {
    "${NAME}": "placeholder-unknown",
    "${}": "placeholder-unknown",
    "${foo:bar}": "placeholder-unknown",
    "${env:1A}": "placeholder-malformed",
    "${env:}": "placeholder-malformed",
    "${env:A B}": "placeholder-malformed",
    "x ${env:A": "placeholder-not-closed",
    "${env:A:-${env:B}}": "placeholder-nested",
    "${var:nothing}": "variable-unknown",
    "${file:missing.sql}": "included-file",
    "${file:.}": "included-file",
    "${file:../outside.sql}": "file-outside-project",
    "${file:/etc/passwd}": "file-outside-project",
    "${file:link.sql}": "file-outside-project",
    "${file:binary}": "included-file",
    "${file:a\\0b}": "included-file",
}


@pytest.mark.parametrize("text", [pytest.param(one, marks=needs_links) if "link" in one else one for one in BROKEN])
def test_what_cannot_be_filled(text: str, folder: Path, problems) -> None:
    (folder.parent / "outside.sql").write_text("hunter2", "utf-8")
    if "link" in text:
        (folder / "link.sql").symlink_to(folder.parent / "outside.sql")
    (folder / "binary").write_bytes(b"\xff\xfe")
    model = f'models:\n  M: {{connection: C, configuration: {{query: "{text}"}}}}\n'
    (only,) = problems(model + "connections: {C: {managed: false}}\n")
    assert (only.code, only.place) == (BROKEN[text], Place("spec.yaml", 2, 45))
    assert only.hint
    assert "hunter2" not in f"{only}"


def test_files_are_relative_to_the_file_that_says_them(folder: Path, loaded) -> None:
    model = "models:\n  {}: {{connection: C, configuration: {{query: '{}'}}}}\n"
    spec, problems = loaded(
        {
            "spec.yaml": "connections: {C: {managed: false}}\n",
            "sub/one.yaml": model.format("One", "${file:sql/a.sql}"),
            "sub/two.yaml": model.format("Two", "-- ${file:../b.sql}"),
            "sub/sql/a.sql": "SELECT '${env:NOT_FILLED}'\r\n",
            "b.sql": b"\xef\xbb\xbfSELECT 1\n\n",
        }
    )
    assert problems == ()
    assert spec.find("models", "One").body["configuration"] == {"query": "SELECT '${env:NOT_FILLED}'"}
    assert spec.find("models", "Two").body["configuration"] == {"query": "-- SELECT 1\n"}
    assert [one.code for one in load_spec(["sub/two.yaml"], {})[1]] == ["unknown-reference", "file-outside-project"]


def test_variables_keep_their_type(loaded) -> None:
    spec, problems = loaded(
        "variables: {where: C, n: 3}\n"
        "models:\n  M: {connection: '${var:where}', configuration: {limit: '${var:n}', query: 'n = ${var:n}'}}\n"
    )
    assert [one.code for one in problems] == ["unknown-reference"]
    assert spec.find("models", "M").body == {"connection": "C", "configuration": {"limit": 3, "query": "n = 3"}}


def test_words_and_names_are_plain_after_all_checks(loaded) -> None:
    text = """
        connections: {C: {type: "${env:TYPE}", configuration: {}}, D: {type: snowflake, managed: false}}
        syncs:
          S:
            mode: ${env:MODE}
            model: ${env:MODEL}
            target: {connection: "${env:TARGET}", object: "${env:OBJECT}"}
            schedule: {frequency: "${env:OFTEN}"}
            fields: {A: a}
        models: {M: {connection: C, configuration: {}}}
    """
    environment = {"TYPE": "hubspot", "MODE": "replace", "MODEL": "M", "TARGET": "D", "OBJECT": "o.t"}
    environment["OFTEN"] = "manual"
    spec, problems = loaded(text, environment)
    assert problems == ()
    body = spec.find("syncs", "S").body
    plain = [body["mode"], body["model"], body["target"]["connection"], body["schedule"]["frequency"]]
    assert [f"{one}" for one in plain] == ["replace", "M", "D", "manual"]
    assert f"{spec.find('connections', 'C').body['type']}" == "hubspot"
    assert f"{body['target']['object']}" == "(sensitive)"
    assert spec.secrets == frozenset()  # a plan shows the object, as it shows every name
    _, problems = loaded(text, environment | {"MODE": "hunter2", "MODEL": "hunter2", "TYPE": "hunter2"})
    assert "hunter2" not in f"{problems}"
    assert [one.code for one in problems] == ["value-not-allowed", "unknown-reference"]


def filled(value, environment=None, wanted=frozenset()):
    """What `fill` makes of a value."""
    sources = Sources(environment or {}, {}, ANYWHERE.folder, ANYWHERE.project)
    return fill(value, lambda path: sources, lambda path: wanted, lambda path: Place("f"))


TEXTS = st.text(st.characters(exclude_categories=("Cs",)))
PLAIN = TEXTS.filter(lambda text: "${" not in text)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | PLAIN,
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
    max_leaves=10,
)


@given(VALUES)
def test_what_has_no_placeholder_is_the_same_object(value) -> None:
    assert filled(value).value is value


@given(TEXTS)
def test_a_literal_survives(text: str) -> None:
    escaped = text.replace("${", "$${")
    if not text.endswith("$") and "$${" not in text:
        assert filled({"a": escaped}).value == {"a": text}


@given(PLAIN.filter(lambda text: not text.endswith("$")), TEXTS.filter(bool), PLAIN)
def test_the_environment_is_never_looked_at_twice_and_always_secret(before: str, middle: str, after: str) -> None:
    result = filled([before + "${env:NAME}" + after], {"NAME": middle})
    assert result.value == [before + middle + after]
    assert isinstance(result.value[0], Secret)
    assert (result.filled, result.problems) == ({(0,)}, ())


@given(TEXTS)
def test_any_text_is_filled_or_refused(text: str) -> None:
    result = filled({"a": text})
    assert bool(result.problems) == bool(result.unfilled)


@given(TEXTS, st.frozensets(st.sampled_from(["integer", "number", "boolean", "object", "array", "null"])))
def test_conversion_gives_the_wanted_type_or_the_text(text: str, wanted: frozenset[str]) -> None:
    kinds = {"integer": int, "number": (int, float), "boolean": bool}
    value = convert(text, wanted)
    assert value == text or any(isinstance(value, kinds[one]) for one in wanted if one in kinds)
    assert convert(text, wanted | {"string"}) == text


@given(st.integers(-(10**17), 10**17), st.booleans())
def test_numbers_and_flags_convert(number: int, flag: bool) -> None:
    assert convert(str(number), frozenset({"integer"})) == number
    assert convert(str(flag), frozenset({"boolean"})) is flag


ALONE = 'a placeholder alone keeps the type of its variable; declare the variable with "type: {0}"'
CHECK = "check what is filled in for the placeholder"
SYNC = """
connections: {{C: {{managed: false}}}}
models: {{M: {{connection: C, configuration: {{}}}}}}
syncs: {{S: {{mode: replace, model: M, target: {{connection: C, object: o}}, schedule: {{frequency: manual}}, {0}}}}}
variables: {{v: {1}}}
"""
WRONG_TYPES = {
    ("fields: {A: {value: '${var:v}'}}", "1.10"): ("fields.A.value", "a text", "a number", ALONE.format("string")),
    ("fields: {A: {value: '${var:v}'}}", "7"): ("fields.A.value", "a text", "a whole number", ALONE.format("string")),
    ("fields: {A: {value: '${var:v}'}}", "true"): ("fields.A.value", "a text", "true or false", ALONE.format("string")),
    ("fields: {A: {value: '${var:v}'}}", "[a]"): ("fields.A.value", "a text", "a list", ALONE.format("string")),
    ("fields: {A: a}, active: '${var:v}'", "1"): ("active", "true or false", "a whole number", ALONE.format("boolean")),
    ("fields: {A: a}, overrides: '${var:v}'", "x"): ("overrides", "a list", "a text", CHECK),
    ("fields: {A: a}, overrides: '${var:v}'", "1.10"): ("overrides", "a list", "a number", ALONE.format("list")),
    ("fields: {A: a}, overrides: '${var:v}'", "[1]"): ("overrides[0]", "a mapping", "a whole number", CHECK),
    ("fields: '${var:v}'", "5"): ("fields", "a mapping", "a whole number", CHECK),
    ("fields: {A: {value: 1.10}}", "5"): ("fields.A.value", "a text", "a number", "put it in quotes"),
}


@pytest.mark.parametrize(("members", "variable"), WRONG_TYPES)
def test_the_hint_on_a_variable_of_another_type(loaded, members: str, variable: str) -> None:
    """The placeholder has quotes already, and nothing else that is written there helps."""
    path, expected, found, hint = WRONG_TYPES[members, variable]
    _, problems = loaded(SYNC.format(members, variable))
    assert [(one.code, one.detail, one.hint) for one in problems] == [
        ("wrong-type", f'"{path}" of syncs/S must be {expected}, but is {found}.', hint)
    ]


def test_the_hint_on_a_variable_of_another_type_helps(loaded) -> None:
    for variable in ('{type: string, default: "1.10"}', '"1.10"'):
        spec, problems = loaded(SYNC.format("fields: {A: {value: '${var:v}'}}", variable))
        assert (spec.find("syncs", "S").body["fields"]["A"]["value"], problems) == ("1.10", ())


def test_the_hint_on_a_number_in_the_list_of_a_variable(loaded) -> None:
    text = """
        connections: {C: {managed: false}}
        models: {M: {connection: C, configuration: {}, fields: "${var:v}"}}
        variables: {v: %s}
    """
    assert loaded(text % '["1.10", a]')[1] == ()
    assert loaded(text % "[1.10, a]")[1] == (
        diagnose(
            "wrong-type",
            '"fields[0]" of models/M must be a text, but is a number.',
            Place("spec.yaml", 2, 48),
            "put it in quotes where the variable gets its value",
            address="models/M",
        ),
    )
