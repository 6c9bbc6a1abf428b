"""Variables: who gives them, which value counts, what is refused and where."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from applier.diagnostics import Place, Severity, diagnose
from applier.secrets import Secret
from applier.spec.variables.given import NOTHING_GIVEN, Given
from tests.system import FOLDER_FOR_A_FILE, needs_links, needs_open_files_by_name
from tests.workspace import Result, Workspace

MODEL = """
connections: {A: {managed: false}}
models: {M: {connection: A, configuration: {value: "${var:v}"}}}
"""
BYTES = "caf\udce9"  # as POSIX passes on the byte E9, which is no UTF-8
LAYERS = """
variables: {v: from default}
environments: {prod: {variables: {v: from environment}}}
"""


def value(loaded, text: str, environment=None, given: Given = NOTHING_GIVEN):
    """What the model of `MODEL` gets, and the problems."""
    spec, problems = loaded(text + MODEL, environment or {}, given)
    return spec.find("models", "M").body["configuration"].get("value"), problems


def test_the_topmost_of_five_counts(loaded, folder: Path) -> None:
    Path(folder, "one.vars").write_text("v: from first file", "utf-8")
    Path(folder, "two.vars").write_text('{"v": "from second file"}', "utf-8")
    process = {"APPLIER_VAR_V": "from process"}
    files = ("one.vars", "two.vars")
    for environment, given, expected in [
        ({}, Given(), "from default"),
        ({}, Given("prod"), "from environment"),
        (process, Given("prod"), "from process"),
        ({"APPLIER_VAR_v": "as it is written"} | process, Given("prod"), "as it is written"),
        (process, Given("prod", (), files), "from second file"),
        (process, Given("prod", ("v=x", "v=from=line"), files), "from=line"),
    ]:
        assert value(loaded, LAYERS, environment, given) == (expected, ())


@pytest.mark.parametrize(
    ("declared", "given", "expected"),
    [
        ("5", (), 5),
        ("2.5", (), 2.5),
        ("true", (), True),
        ("[a, 1]", (), ["a", 1]),
        ("{type: number}", ("v=7",), 7),
        ("{type: number, default: 1}", ("v=-7.5",), -7.5),
        ("{type: boolean}", ("v=False",), False),
        ("{type: list}", ("v=a, b",), ["a", "b"]),
        ("{type: list}", ('v=["a,b", 1]',), ["a,b", 1]),
        ("{type: list, default: []}", ("v=",), []),
        ("{type: list}", ("v=[]",), []),
        ("[1, 2]", ("v=3, 4",), [3, 4]),
        ("{type: list}", ("v=3, 4",), ["3", "4"]),
        ("{type: string}", ("v=007",), "007"),
        ('""', ("v=",), ""),
        ("", ("v= ",), " "),
        ("{default: 1, allowed: [1, 2]}", ("v=2",), 2),
        ("{allowed: [a, b], type: list}", ("v=b,a",), ["b", "a"]),
    ],
)
def test_types(loaded, declared: str, given: tuple[str, ...], expected: object) -> None:
    found, problems = value(loaded, f"variables: {{v: {declared}}}", {}, Given(None, given))
    assert (found, type(found), problems) == (expected, type(expected), ())


def test_inside_of_a_text_and_beside_others(loaded) -> None:
    text = """
        variables: {n: 5, flag: true, list: [a], s: {sensitive: true, default: hunter2}}
        connections: {A: {managed: false}}
        models: {M: {connection: A, configuration: {a: "${var:n}-${var:flag}-${var:list}", b: "x${var:s}"}}}
    """
    spec, problems = loaded(text)
    members = spec.find("models", "M").body["configuration"]
    assert (problems, members) == ((), {"a": '5-true-["a"]', "b": "xhunter2"})
    assert [isinstance(one, Secret) for one in members.values()] == [False, True]
    assert spec.secrets == {"hunter2"}  # the rest of the text is in the file


def test_a_default_from_the_environment_is_only_looked_up_when_it_counts(loaded) -> None:
    text = "variables: {v: {type: number, default: '${env:N}'}}"
    assert value(loaded, text, {"N": "5"}) == (5, ())
    assert value(loaded, text, {}, Given(None, ("v=6",))) == (6, ())
    assert [(one.code, one.place) for one in value(loaded, text)[1]] == [
        ("variable-not-set", Place("spec.yaml", 1, 40))
    ]
    secret, _ = value(loaded, "variables: {v: '${env:N}'}", {"N": "x"})
    assert isinstance(secret, Secret)


def test_sensitive_is_secret_from_wherever_it_comes(loaded, folder: Path) -> None:
    Path(folder, "a.vars").write_text("v: hunter2", "utf-8")
    text = "variables: {v: {sensitive: true, default: hunter2}}"
    for given in (Given(), Given(None, ("v=hunter2",)), Given(None, (), ("a.vars",))):
        found, problems = value(loaded, text, {}, given)
        assert (found, problems) == ("hunter2", ())
        assert isinstance(found, Secret)
    spec, _ = loaded("variables: {v: {sensitive: true, type: list, default: [hunter2]}}" + MODEL)
    assert "hunter2" not in f"{spec.find('models', 'M').body}"
    assert spec.secrets == {"hunter2"}


@pytest.mark.parametrize("source", ["option", "default"])
def test_a_sensitive_list_holds_texts_only(loaded, source: str) -> None:
    """A number in it would be shown."""
    default, given = (", default: [a, 4711]", Given()) if source == "default" else ("", Given(None, ("v=[4711]",)))
    (problem,) = value(loaded, f"variables: {{v: {{type: list, sensitive: true{default}}}}}", {}, given)[1]
    origin = "its default" if source == "default" else "--var"
    expected = "must be a list of texts, as only texts can be kept secret"
    detail = f'The variable "v" {expected}, but {origin} gives another value.'
    assert (problem.code, problem.detail, problem.hint) == ("variable-type", detail, "put it in quotes")
    found, problems = value(loaded, "variables: {v: {type: list, sensitive: true}}", {}, Given(None, ("v=4711,5",)))
    assert (found, [type(one) for one in found], problems) == (["4711", "5"], [Secret, Secret], ())


def test_all_mistakes_at_once(loaded, folder: Path) -> None:
    Path(folder, "a.vars").write_text("unknown: 1\nnumber: [text]\n", "utf-8")
    text = """
        variables:
          missing:
          number: {type: number, default: "5"}
          size: {default: small, allowed: [medium, large]}
          made: "${var:size}"
          password: {sensitive: true, default: 5}
          kind: {type: strng}
          odd name: 1
        environments:
          dev: {variables: {sise: x}}
          prod: {variables: {missing: 1}}
    """
    environment = {"APPLIER_VAR_x": "1", "APPLIER_VAR_FILE": "a.vars"}
    _, problems = loaded(text, environment, Given("prod", ("nothing", "made_of=x", "kind=x"), ("a.vars",)))
    assert [(one.code, one.place and (one.place.file, one.place.line, one.place.column)) for one in problems] == [
        ("malformed-variable", None),
        ("variable-not-declared", None),
        ("variable-not-declared", None),
        ("variable-not-declared", ("a.vars", 1, 10)),
        ("variable-type", ("a.vars", 2, 9)),
        ("variable-type", ("spec.yaml", 3, 35)),
        ("variable-not-allowed", ("spec.yaml", 4, 19)),
        ("variable-in-variable", ("spec.yaml", 5, 9)),
        ("variable-type", ("spec.yaml", 6, 40)),
        ("value-not-allowed", ("spec.yaml", 7, 16)),
        ("bad-name", ("spec.yaml", 8, 3)),
        ("variable-not-declared", ("spec.yaml", 10, 27)),
        ("variable-type", ("spec.yaml", 11, 31)),
    ]


def test_messages(loaded) -> None:
    text = """
        variables: {missing: , n: {type: number, default: x}, size: {default: small, allowed: [medium]}}
        environments: {prod: {variables: {missing: x}}}
    """
    _, problems = loaded(text, {"APPLIER_VAR_SIZ": "x"})
    assert problems == (
        diagnose(
            "variable-not-declared",
            '"SIZ" is not declared; it is set by APPLIER_VAR_SIZ.',
            None,
            'did you mean "size"?',
            severity=Severity.WARNING,
        ),
        diagnose(
            "variable-without-value",
            'Variable "missing" has no value.',
            Place("spec.yaml", 1, 13),
            "choose an environment that gives it (--env prod), or give it with --var missing=…, "
            "in APPLIER_VAR_missing, or as a default",
        ),
        diagnose(
            "variable-type",
            'The variable "n" must be a number, but its default gives another value.',
            Place("spec.yaml", 1, 51),
            "write a number, without quotes",
        ),
        diagnose(
            "variable-not-allowed",
            'The variable "size" has a list of allowed values, but its default gives another value.',
            Place("spec.yaml", 1, 71),
            'allowed values: "medium"',
        ),
    )


def test_a_missing_value_is_reported_once(loaded) -> None:
    text = (
        "variables: {v: }\nconnections: {C: {type: mysql, configuration: {port: '${var:v}', hostname: '${var:w}'}}}\n"
    )
    _, problems = loaded(text)
    assert [one.code for one in problems if "account" not in one.detail and "passwd" not in one.detail] == [
        "variable-without-value",
        "variable-unknown",
    ]


def test_two_files_declare_variables(loaded) -> None:
    spec, problems = loaded({"a.yaml": "variables: {a: 1, b: 1}" + MODEL.replace("${var:v}", "${var:a}${var:c}"),
                             "b.yaml": "variables: {b: 2, c: 3}"})  # fmt: skip
    assert spec.find("models", "M").body["configuration"] == {"value": "13"}
    assert problems == (
        diagnose(
            "given-twice",
            '"variables.b" is given twice, first in a.yaml line 1.',
            Place("b.yaml", 1, 13),
            "keep one of the two",
            related=(Place("a.yaml", 1, 19),),
        ),
    )


def test_unreadable_files_of_variables(loaded) -> None:
    Path("list.vars").write_text("- v", "utf-8")
    Path("empty.vars").write_text("", "utf-8")
    _, problems = value(loaded, "variables: {v: 1}", {}, Given(None, (), ("none.vars", ".", "list.vars", "empty.vars")))
    assert [(one.code, one.detail, one.hint) for one in problems[:2]] == [
        (
            "file-not-found",
            'File or folder "none.vars" not found.',
            "check the path; it is relative to the current folder",
        ),
        (
            "file-unreadable",
            f'"." cannot be read: {FOLDER_FOR_A_FILE}.',
            "check the permissions of the file and of the folders above it",
        ),
    ]
    assert problems[2:] == (
        diagnose(
            "empty-file",
            "The file gives no values.",
            Place("empty.vars", 1, 1),
            'write "name: value" lines, or do not give it',
            severity=Severity.WARNING,
        ),
        diagnose(
            "not-a-mapping",
            "A file of variables is a mapping of names to values.",
            Place("list.vars", 1, 1),
            'write "name: value" lines',
        ),
    )


@pytest.mark.parametrize("environment", [{"V": BYTES}, {"APPLIER_VAR_v": BYTES}])
def test_bytes_that_are_no_text_are_refused(loaded, environment: dict[str, str]) -> None:
    """They could not be sent."""
    _, problems = value(loaded, 'variables: {v: "${env:V:-x}"}', environment)
    said = {
        "V": "The environment variable V holds bytes that are not UTF-8 text.",
        "APPLIER_VAR_v": 'The value that APPLIER_VAR_v gives to the variable "v" is not UTF-8 text.',
    }
    assert [(one.code, one.summary, one.detail, one.hint) for one in problems] == [
        (
            "variable-not-utf8",
            "Value is not UTF-8",
            said[next(iter(environment))],
            "use UTF-8; encode other bytes, for example as base64",
        )
    ]


@pytest.mark.parametrize("environment", [{"V": '["\\ud800"]'}, {"APPLIER_VAR_v": '[["\\udc00"]]'}])
def test_half_a_character_in_a_list_is_refused(loaded, environment: dict[str, str]) -> None:
    text = "variables: {v: {type: list, default: '${env:V:-[]}'}}"
    origin = "its default" if "V" in environment else "APPLIER_VAR_v"
    (problem,) = value(loaded, text, environment)[1]
    assert problem.detail == f'The value that {origin} gives to the variable "v" is not UTF-8 text.'
    assert value(loaded, text, {"V": '["\\ud83d\\ude00"]'}) == (["\U0001f600"], ())


VALUES = "v: from file"


@needs_links
def test_files_of_variables_are_no_part_of_the_spec(loaded, folder: Path) -> None:
    """Neither the one that is given, wherever it lies and however it is named, nor those that say it by their name."""
    (folder / "envs").mkdir()
    for name in ("envs/dev.vars.yaml", "envs/prod.vars.yml", "envs/test.yaml"):
        (folder / name).write_text(VALUES, "utf-8")
    (folder / "other").symlink_to("envs", target_is_directory=True)
    given = Given(files=(folder / "other" / "test.yaml",))
    spec, problems = loaded({"spec.yaml": "variables: {v: from default}" + MODEL}, {}, given)
    assert spec.find("models", "M").body["configuration"] == {"value": "from file"}
    assert (spec.files, problems) == (("spec.yaml",), ())


def test_a_file_of_variables_that_is_read_as_a_spec(loaded) -> None:
    """One that was not given and has another name says how it is meant, once."""
    files = {"spec.yaml": "variables: {v: 1, w: 2}" + MODEL, "values.yaml": "# test\nv: 3\nw: 4"}
    _, problems = loaded(files)
    assert problems == (
        diagnose(
            "variables-as-spec",
            "This file gives values to variables, but is read as a part of the spec.",
            Place("values.yaml", 2, 1),
            "give it with --var-file values.yaml; a file called NAME.vars.yaml is never a part of the spec",
        ),
    )


@needs_open_files_by_name
def test_a_pipe_is_read_once_and_counts_as_often_as_it_is_asked_for(loaded, folder: Path) -> None:
    """As in `validate --env all`, which reads the spec for each environment, and `--base`."""
    reader, writer = os.pipe()
    os.write(writer, b"v: piped")
    os.close(writer)
    given = Given(files=(f"/dev/fd/{reader}",))
    for _ in range(2):
        assert value(loaded, "variables: {v: {type: string}}", {}, given) == ("piped", ())


def test_who_declares_a_variable_may_be_in_a_file_that_cannot_be_read(loaded) -> None:
    files = {"a.yaml": "variables: {v: 1}\nx: y: z", "b.yaml": "connections: {}"}
    _, problems = loaded(files, {}, Given("e", ("v=1",)))
    assert [one.code for one in problems] == ["yaml-syntax"]


NAMED = {
    "v=": (
        "{v: {type: number}}",
        'error: The variable "v" has no value: {0} gives an empty one. [variable-empty]\n  hint: give it a value\n',
    ),
    "v=x": (
        "{v: {type: number}}",
        """error: The variable "v" must be a number, but {0} gives another value. [variable-type]
  hint: write a number
""",
    ),
    "v=yes": (
        "{v: true}",
        """error: The variable "v" must be true or false, but {0} gives another value. [variable-type]
  hint: write true or false
""",
    ),
    "v=1e400": (
        "{v: {type: number}}",
        """error: The variable "v" must be a number that can be sent as it is, but {0} gives another value. \
[not-a-json-number]
  hint: infinity, not-a-number and numbers beyond 64 bits cannot be sent
""",
    ),
    "w=1": (
        "{v: 1}",
        'error: "w" is not declared; it is set by {0}. [variable-not-declared]\n  hint: declared variables: v\n',
    ),
    "v": (
        "{v: 1}",
        "error: Invalid value of {0}: expected NAME=VALUE. [malformed-variable]\n  hint: write {1}\n",
    ),
}


@pytest.mark.parametrize("text", NAMED)
def test_messages_name_the_option_or_its_environment_variable(folder: Path, text: str) -> None:
    applier = Workspace.local(folder)
    declared, expected = NAMED[text]
    applier.write("s.yaml", f"variables: {declared}\nx-a: '${{var:v}}'\n")
    wrong = "Invalid: 1 error in 1 file.\n"
    option = expected.format("--var", "--var NAME=VALUE")
    process = expected.format("APPLIER_VAR", "NAME=VALUE, each on a line of its own")
    assert applier("validate", "s.yaml", "--var", text, COLUMNS="200") == Result(1, wrong, option)
    assert applier("validate", "s.yaml", COLUMNS="200", APPLIER_VAR=f"\n {text}\n") == Result(1, wrong, process)
    both = applier("validate", "s.yaml", "--var", text, COLUMNS="200", APPLIER_VAR="nonsense")
    assert both == Result(1, wrong, option)


REFUSED = {
    "{type: number, sensitive: true, default: 1.10}": "number",
    "{type: number, sensitive: true, default: x}": "number",
    "{type: boolean, sensitive: true, default: true}": "boolean",
    "{type: boolean, sensitive: true, default: [1]}": "boolean",
}


@pytest.mark.parametrize("declared", REFUSED)
def test_a_type_that_cannot_be_kept_secret_is_one_error(loaded, declared: str) -> None:
    """Whatever gives the value: the type is wrong, which says nothing on values."""
    text = f"environments: {{e: {{variables: {{v: 5}}}}}}\nvariables: {{v: {declared}}}"
    place = Place("spec.yaml", 2, text.splitlines()[1].index(REFUSED[declared]) + 1)
    for environment, given in [
        ({}, NOTHING_GIVEN),
        ({}, Given("e")),
        ({}, Given(None, ("v=5",))),
        ({"APPLIER_VAR_V": "x"}, NOTHING_GIVEN),
    ]:
        _, problems = value(loaded, text, environment, given)
        assert problems == (
            diagnose(
                "value-not-allowed",
                f'"variables.v.type" cannot be "{REFUSED[declared]}".',
                place,
                "only texts can be kept secret: write string or list",
            ),
        )


def test_an_unknown_type_is_one_error(loaded) -> None:
    for given in (NOTHING_GIVEN, Given(None, ("v=x",)), Given("e")):
        text = "variables: {v: {type: strng, default: 5}}\nenvironments: {e: {variables: {v: [1]}}}"
        _, problems = value(loaded, text, {}, given)
        assert [(one.code, one.place, one.hint) for one in problems] == [
            ("value-not-allowed", Place("spec.yaml", 1, 23), 'did you mean "string"?')
        ]


def test_a_missing_value_is_an_error_beside_a_wrong_type(loaded) -> None:
    _, problems = value(loaded, "variables: {v: {type: number, sensitive: true}}")
    assert [one.code for one in problems] == ["variable-without-value", "value-not-allowed"]


def test_every_text_in_a_list_of_the_environment_is_secret(loaded) -> None:
    given = '["hunter2", ["hunter3", {"a": "hunter4", "b": 1.10}]]'
    text = "variables: {v: {type: list, default: '${env:V}'}}"
    found, problems = value(loaded, text, {"V": given})
    assert problems == ()
    texts = [found[0], found[1][0], found[1][1]["a"]]
    assert [(one.reveal(), type(one)) for one in texts] == [(f"hunter{n}", Secret) for n in (2, 3, 4)]
    spec, problems = loaded(text + MODEL.replace("${var:v}", "x ${var:v}"), {"V": given})
    within = spec.find("models", "M").body["configuration"]["value"]
    assert (within.reveal(), type(within), problems) == (f"x {given}", Secret, ())
    assert spec.secrets >= {"hunter2", "hunter3", "hunter4"}
