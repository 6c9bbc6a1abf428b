"""One rule for empty values of variables, whatever gives them: an error, unless the default is empty itself.

A variable of the process that is set to nothing is not set, as in `${env:NAME:-default}`: CI sets what it does not have
to nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from applier.diagnostics import Diagnostic, Place, diagnose
from applier.spec.variables.given import NOTHING_GIVEN, Given

MODEL = """
connections: {A: {managed: false}}
models: {M: {connection: A, configuration: {value: "${var:v}"}}}
"""
PROCESS = {"APPLIER_VAR_V": ""}
OPTION = Given(None, ("v=",))
FILE = Given(None, (), ("a.vars.yaml",))
IN_ENVIRONMENT = Given("dev")
Sources = Mapping[str, tuple[Mapping[str, str], Given, str, Place | None]]
SOURCES: Sources = {
    "process": (PROCESS, NOTHING_GIVEN, "APPLIER_VAR_V", None),
    "process as written": ({"APPLIER_VAR_v": ""}, NOTHING_GIVEN, "APPLIER_VAR_v", None),
    "option": ({}, OPTION, "--var", None),
    "file": ({}, FILE, "a.vars.yaml", Place("a.vars.yaml", 1, 4)),
    "environment": ({}, IN_ENVIRONMENT, "the environment dev", Place("spec.yaml", 2, 37)),
}
"""The process, the options, the words for the source, and the place of the value."""
HINTS = {
    "string": 'give it a value; where it may be empty, declare it with default: ""',
    "list": "give it a value; where it may be empty, declare it with default: []",
    "number": "give it a value",
    "boolean": "give it a value",
}


def load(
    loaded, declared: str, process: Mapping[str, str], given: Given, empty: str = '""'
) -> tuple[object, tuple[Diagnostic, ...]]:
    files = {
        "spec.yaml": f"variables: {{v: {declared}}}\nenvironments: {{dev: {{variables: {{v: {empty}}}}}}}\n{MODEL}",
        "a.vars.yaml": f"v: {empty}",
    }
    spec, problems = loaded(files, process, given)
    return spec.find("models", "M").body["configuration"].get("value"), problems


def empty_error(source: str, type_name: str) -> Diagnostic:
    _, _, origin, place = SOURCES[source]
    detail = f'The variable "v" has no value: {origin} gives an empty one.'
    return diagnose("variable-empty", detail, place, HINTS[type_name])


@pytest.mark.parametrize("sensitive", ["", ", sensitive: true"])
@pytest.mark.parametrize("type_name", HINTS)
@pytest.mark.parametrize("source", SOURCES)
def test_without_a_default_it_is_an_error(loaded, source: str, type_name: str, sensitive: str) -> None:
    if sensitive and type_name not in ("string", "list"):
        sensitive = ""
    process, given, _, _ = SOURCES[source]
    _, problems = load(loaded, f"{{type: {type_name}{sensitive}}}", process, given)
    assert problems == (empty_error(source, type_name),)


@pytest.mark.parametrize("default", ["eu", "{sensitive: true, default: eu}", "[eu]", "5", "true"])
@pytest.mark.parametrize("source", SOURCES)
def test_a_default_with_a_value_counts_only_for_what_the_process_sets_to_nothing(
    loaded, source: str, default: str
) -> None:
    process, given, _, _ = SOURCES[source]
    found, problems = load(loaded, default, process, given)
    if source.startswith("process"):
        expected = {"[eu]": ["eu"], "5": 5, "true": True}.get(default, "eu")
        assert (found, type(found).__name__ == "Secret", problems) == (expected, "sensitive" in default, ())
    else:
        types = {"[eu]": "list", "5": "number", "true": "boolean"}
        assert problems == (empty_error(source, types.get(default, "string")),)


@pytest.mark.parametrize(
    ("default", "expected"), [('""', ""), ("[]", []), ('{sensitive: true, default: ""}', ""), ("'${env:X:-}'", "")]
)
@pytest.mark.parametrize("source", SOURCES)
def test_an_empty_default_says_that_empty_is_meant(loaded, source: str, default: str, expected: object) -> None:
    process, given, _, _ = SOURCES[source]
    if default.startswith("'$"):
        process, given = PROCESS, NOTHING_GIVEN
    assert load(loaded, default, process, given, "[]" if default == "[]" else '""') == (expected, ())


@pytest.mark.parametrize("source", ["file", "environment"])
def test_null_is_no_value_in_any_case(loaded, source: str) -> None:
    process, given, _, place = SOURCES[source]
    for declared in ("", "eu", '""'):
        assert load(loaded, declared, process, given, "null")[1] == (empty_error(source, "string"),)
    assert load(loaded, "{type: string, default: null}", {}, NOTHING_GIVEN)[1][0].code == "variable-without-value"
    assert place is not None


def test_what_the_process_sets_to_nothing_does_not_hide_the_next_source(loaded) -> None:
    both = {"APPLIER_VAR_v": "", "APPLIER_VAR_V": "us"}
    assert load(loaded, "eu", both, NOTHING_GIVEN) == ("us", ())
    assert load(loaded, '""', PROCESS, IN_ENVIRONMENT, "us") == ("us", ())
    assert load(loaded, '""', PROCESS, Given("dev", ("v=",)), "us") == ("", ())
    assert load(loaded, "eu", PROCESS, Given(None, ("v=us",))) == ("us", ())
    assert load(loaded, "eu", {}, Given(None, ("v=", "v=us"))) == ("us", ())  # the last counts


@pytest.mark.parametrize("source", ["process", "option"])
def test_blanks_are_a_value_only_of_a_text(loaded, folder: Path, source: str) -> None:
    def given(text: str) -> tuple[Mapping[str, str], Given]:
        return ({"APPLIER_VAR_V": text}, NOTHING_GIVEN) if source == "process" else ({}, Given(None, (f"v={text}",)))

    assert load(loaded, "{type: string}", *given("  ")) == ("  ", ())
    for type_name in ("number", "boolean", "list"):
        assert load(loaded, f"{{type: {type_name}}}", *given(" \t"))[1] == (empty_error(source, type_name),)
    for text in (",", " , ,"):
        assert load(loaded, "{type: list}", *given(text))[1] == (empty_error(source, "list"),)
    for text in ("[]", " [ ] "):
        assert load(loaded, "{type: list}", *given(text)) == ([], ())


def test_placeholders_follow_the_same_rule(loaded) -> None:
    for text, expected in {"${env:X:-d}": "d", "${env:X:-}": "", "a${env:X:-d}": "ad"}.items():
        assert load(loaded, f"'{text}'", {"X": ""}, NOTHING_GIVEN) == (expected, ())
    assert load(loaded, "eu", {"X": ""}, IN_ENVIRONMENT, "'${env:X:-}'") == ("", ())
    for given, file, column in ((NOTHING_GIVEN, "spec.yaml", 16), (FILE, "a.vars.yaml", 4)):
        assert load(loaded, "'${env:X}'" if file == "spec.yaml" else "", {"X": ""}, given, "'${env:X}'")[1] == (
            diagnose(
                "variable-empty",
                "The environment variable X is set, but empty.",
                Place(file, 1, column),
                'give it a value; where it may be empty, write "${env:X:-}"',
            ),
        )


@pytest.mark.parametrize("content", ["", "\n", "\ufeff"])
def test_an_included_file_without_text_is_an_error(loaded, content: str) -> None:
    """Where it is used, and as the value of a variable."""
    places = {
        "x-a: ${file:a.sql}": Place("spec.yaml", 1, 6),
        "variables: {v: '${file:a.sql}'}": Place("spec.yaml", 1, 16),
    }
    for text, place in places.items():
        assert loaded({"spec.yaml": text, "a.sql": content})[1] == (
            diagnose(
                "included-file",
                'The file "a.sql" is empty.',
                place,
                'write its text; where nothing is meant, write "" instead of the placeholder',
            ),
        )


def test_an_environment_without_an_address_is_not_the_usual_service(loaded) -> None:
    text = "environments: {dev: {url: '${env:U:-}'}}"
    assert loaded(text, {"U": ""}, IN_ENVIRONMENT)[1] == (
        diagnose(
            "variable-empty",
            '"url" of the environment dev is empty after its placeholders are filled in.',
            Place("spec.yaml", 1, 27),
            "give the variable of the placeholder a value, or remove the key",
        ),
    )
    assert [one.code for one in loaded(text.replace(":-}", "}"), {"U": ""}, IN_ENVIRONMENT)[1]] == ["variable-empty"]
    assert [one.code for one in loaded("environments: {dev: {url: ''}}", {}, IN_ENVIRONMENT)[1]] == ["empty-value"]


PLACEHOLDER = "${env:N:-}"


@pytest.mark.parametrize("type_name", ["number", "boolean"])
@pytest.mark.parametrize("source", ["default", "environment", "file"])
@pytest.mark.parametrize("process", [{}, {"N": ""}, {"N": " "}])
def test_what_a_placeholder_leaves_empty_is_empty(
    loaded, source: str, type_name: str, process: Mapping[str, str]
) -> None:
    given, origin, place = {
        "default": (NOTHING_GIVEN, "its default", Place("spec.yaml", 1, 34 + len(type_name))),
        "environment": (IN_ENVIRONMENT, "the environment dev", Place("spec.yaml", 2, 37)),
        "file": (FILE, "a.vars.yaml", Place("a.vars.yaml", 1, 4)),
    }[source]
    default = f', default: "{PLACEHOLDER}"' if source == "default" else ""
    _, problems = load(loaded, f"{{type: {type_name}{default}}}", process, given, f'"{PLACEHOLDER}"')
    detail = f'The variable "v" has no value: {origin} gives an empty one.'
    assert problems == (diagnose("variable-empty", detail, place, HINTS[type_name]),)


@pytest.mark.parametrize("process", [{}, {"PORT": " "}])
def test_a_setting_that_a_placeholder_leaves_empty_is_one_error(loaded, process: Mapping[str, str]) -> None:
    settings = "hostname: h, account: a, dbname: d, passwd: '${env:PW}', port: '${env:PORT:-}'"
    _, problems = loaded(f"connections: {{C: {{type: mysql, configuration: {{{settings}}}}}}}", {"PW": "x", **process})
    detail = "The value is empty after its placeholder is filled in."
    hint = "give the placeholder a value, or remove the key"
    place = Place("spec.yaml", 1, 48 + settings.index("'${env:PORT"))
    assert problems == (diagnose("variable-empty", detail, place, hint),)
