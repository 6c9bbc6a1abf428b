"""One grammar of numbers, wherever they come from: what is sent is the number that is written, or there is an error."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from applier.diagnostics import Place, diagnose
from applier.secrets import Secret
from applier.spec.documents.scalars import Special, number, parse_foreign_json, same_number
from applier.spec.variables.given import NOTHING_GIVEN, Given

MODEL = """
connections: {A: {managed: false}}
models: {M: {connection: A, configuration: {value: %s}}}
"""
VARIABLE = "variables: {v: {type: number%s}}" + MODEL % '"${var:v}"'
LIST = "variables: {v: {type: list%s}}" + MODEL % '"${var:v}"'
Source = tuple[str | Mapping[str, str], Mapping[str, str], Given]
SOURCES: Mapping[str, Callable[[str], Source]] = {
    "inline": lambda text: (MODEL % text, {}, NOTHING_GIVEN),
    "default": lambda text: (VARIABLE % f", default: {text}", {}, NOTHING_GIVEN),
    "bare default": lambda text: (f"variables: {{v: {text}}}" + MODEL % '"${var:v}"', {}, NOTHING_GIVEN),
    "environment": lambda text: (
        f"environments: {{e: {{variables: {{v: {text}}}}}}}\n" + VARIABLE % "",
        {},
        Given("e"),
    ),
    "process": lambda text: (VARIABLE % "", {"APPLIER_VAR_V": text}, NOTHING_GIVEN),
    "option": lambda text: (VARIABLE % "", {}, Given(None, (f"v={text}",))),
    "file": lambda text: (
        {"spec.yaml": VARIABLE % "", "a.vars.yaml": f"v: {text}"},
        {},
        Given(None, (), ("a.vars.yaml",)),
    ),
    "default from the process": lambda text: (VARIABLE % ", default: '${env:N}'", {"N": text}, NOTHING_GIVEN),
    "default of a placeholder": lambda text: (VARIABLE % f", default: '${{env:N:-{text}}}'", {}, NOTHING_GIVEN),
    "file of the process": lambda text: (
        {"spec.yaml": VARIABLE % "", "a.vars.yaml": "v: '${env:N}'"},
        {"N": f" {text}\n"},
        Given(None, (), ("a.vars.yaml",)),
    ),
    "list of an option": lambda text: (LIST % ", default: [1]", {}, Given(None, (f"v={text}",))),
    "list of the process": lambda text: (LIST % ", allowed: [1]", {"APPLIER_VAR_v": text}, NOTHING_GIVEN),
}
VALUES: Mapping[str, object] = {
    "1234567890123456789": 1234567890123456789,
    "9007199254740993": 9007199254740993,
    "18446744073709551615": 18446744073709551615,
    "-9223372036854775808": -9223372036854775808,
    "100000000000000000000": 1e20,
    "0o17": 15,
    "0x1F": 31,
    "0xFFFFFFFFFFFFFFFF": 18446744073709551615,
    "1e3": 1000.0,
    ".5": 0.5,
    "+1": 1,
    "1.": 1.0,
    "-0": 0,
    "007": 7,
    "0.1": 0.1,
    "1.10": 1.1,
    "1e22": 1e22,
    "0.30000000000000004": 0.30000000000000004,
    "5e-324": 5e-324,
    "0e-999": 0.0,
}
UNUSABLE = {
    ".inf": "not-a-json-number",
    "-.INF": "not-a-json-number",
    ".nan": "not-a-json-number",
    "1e400": "not-a-json-number",
    "18446744073709551616": "not-a-json-number",
    "-9223372036854775809": "not-a-json-number",
    "9" * 5000: "not-a-json-number",
    "0.1234567890123456789": "inexact-number",
    "9007199254740993.0": "inexact-number",
    "1e-400": "inexact-number",
}
TEXTS = ("1_000", "1:30", "2024-01-01", "0b11", "0o8", "0xG", "1,000", "1e", "--1", "1 2", "٣", "inf", "NaN", "12x")


def find(loaded, source: Source) -> tuple[object, list[str]]:
    spec, problems = loaded(*source)
    return spec.find("models", "M").body["configuration"].get("value"), [one.code for one in problems]


def plain(found: object) -> object:
    """Return the number that is found alone or in a list."""
    return found[0] if isinstance(found, list) and len(found) == 1 else found


@pytest.mark.parametrize("source", SOURCES)
def test_a_number_is_the_same_from_every_source(loaded, source: str) -> None:
    texts = VALUES if source != "list of the process" else {"1": 1}
    found = {text: plain(find(loaded, SOURCES[source](text))[0]) for text in texts}
    assert {text: (value, type(value)) for text, value in found.items()} == {
        text: (value, type(value)) for text, value in texts.items()
    }


@pytest.mark.parametrize("source", SOURCES)
def test_what_cannot_be_sent_as_it_is_written_is_one_error_from_every_source(loaded, source: str) -> None:
    found = {text: find(loaded, SOURCES[source](text))[1] for text in UNUSABLE}
    assert found == {text: [code] for text, code in UNUSABLE.items()}


@pytest.mark.parametrize("source", [one for one in SOURCES if one not in ("inline", "bare default")])
def test_what_is_text_in_a_file_is_no_number(loaded, source: str) -> None:
    lists = source.startswith("list")
    texts = [one for one in TEXTS if not (lists and "," in one) and not (source == "default" and "," in one)]
    in_braces = source in ("default", "environment")
    found = {text: find(loaded, SOURCES[source](f'"{text}"' if in_braces else text))[1] for text in texts}
    assert found == {text: ["variable-type"] for text in texts}


def test_numbers_in_lists_as_json(loaded) -> None:
    for text, expected in {
        "[1234567890123456789, 1e3, -0, 1.10]": [1234567890123456789, 1000.0, 0, 1.1],
        '["1234567890123456789"]': ["1234567890123456789"],
        "[" * 100 + "]" * 100: json.loads("[" * 100 + "]" * 100),
    }.items():
        assert find(loaded, (LIST % "", {}, Given(None, (f"v={text}",)))) == (expected, [])
    for text, code in {
        "[123456789012345678901]": "not-a-json-number",
        '[{"a": [0.1234567890123456789]}]': "inexact-number",
        "[NaN]": "not-a-json-number",
        "[-Infinity]": "not-a-json-number",
        "[1e400]": "not-a-json-number",
        f"[{'9' * 5000}]": "not-a-json-number",
        "[007]": "variable-type",
        "[" * 5000: "variable-type",
        "[" * 101 + "]" * 101: "variable-type",
        "[" * 700 + "]" * 700: "variable-type",
    }.items():
        for source in (Given(None, (f"v={text}",)), NOTHING_GIVEN):
            process = {} if source.variables else {"APPLIER_VAR_V": text}
            assert find(loaded, (LIST % "", process, source))[1] == [code]


def test_messages(loaded, folder: Path) -> None:
    hints = {
        "1e400": "infinity, not-a-number and numbers beyond 64 bits cannot be sent",
        "1e-400": "it has more digits, or a smaller exponent, than a 64-bit number keeps",
    }
    for text, hint in hints.items():
        detail = 'The variable "v" must be a number that can be sent as it is, but --var gives another value.'
        assert loaded(VARIABLE % "", {}, Given(None, (f"v={text}",)))[1] == (
            diagnose(UNUSABLE[text], detail, None, hint),
        )
    assert loaded("x-a: [1, 0.1234567890123456789]")[1] == (
        diagnose(
            "inexact-number",
            "The number has more digits, or a smaller exponent, than a 64-bit number keeps: another one would be sent.",
            Place("spec.yaml", 1, 10),
            "put it in quotes if it is wanted as text",
        ),
    )
    assert loaded("variables: {v: [1, 2]}", {}, Given(None, ("v=3,x",)))[1] == (
        diagnose(
            "variable-type",
            'The variable "v" must be a list, but --var gives another value.',
            None,
            'write numbers: [1, 2]; with --var and in the environment "1,2" is enough',
        ),
    )


def test_tags_keep_the_number(loaded) -> None:
    assert find(loaded, (MODEL % "!!float 3", {}, NOTHING_GIVEN)) == (3.0, [])
    assert find(loaded, (MODEL % "!!float 9007199254740993", {}, NOTHING_GIVEN))[1] == ["inexact-number"]
    assert find(loaded, (MODEL % "!!float .inf", {}, NOTHING_GIVEN))[1] == ["not-a-json-number"]
    assert find(loaded, (MODEL % "!!int 1e3", {}, NOTHING_GIVEN))[1] == ["wrong-tag"]


@pytest.mark.parametrize(("text", "expected"), [("0x1F", 31), ("1e3", 1000), ("007", 7), ("+5", 5), (" 5 ", 5)])
def test_a_whole_number_of_the_environment(loaded, text: str, expected: int) -> None:
    members = "hostname: h, account: a, dbname: d, passwd: '${env:P}', port: %s"
    mysql = f"connections: {{C: {{type: mysql, configuration: {{{members}}}}}}}"
    spec, problems = loaded(mysql % '"${env:PORT}"', {"PORT": text, "P": "x"})
    assert (spec.find("connections", "C").body["configuration"]["port"], problems) == (expected, ())
    assert loaded(mysql % text)[0].find("connections", "C").body["configuration"]["port"] == expected
    assert [one.code for one in loaded(mysql % '"${env:PORT}"', {"PORT": "1.5", "P": "x"})[1]] == ["wrong-type"]


WRITTEN = st.one_of(
    st.integers(-(2**70), 2**70).map(str),
    st.integers(0, 2**66).map(hex),
    st.integers(0, 2**66).map(oct),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.decimals(allow_nan=False, allow_infinity=False, places=20).map(str),
    st.from_regex(r"[-+]?(\.[0-9]{1,25}|[0-9]{1,25}(\.[0-9]{0,25})?)([eE][-+]?[0-9]{1,3})?", fullmatch=True),
)


def decimal(text: str) -> Decimal:
    return Decimal(int(text, 0)) if text[:2] in ("0x", "0o") else Decimal(text)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(WRITTEN, st.sampled_from([one for one in SOURCES if one != "list of the process"]))
@example("123456789012345680000", "option")
@example("1e23", "process")
def test_what_is_sent_is_what_is_written(loaded, text: str, source: str) -> None:
    """The JSON text stands for the same decimal number; otherwise there is exactly one error."""
    found, codes = find(loaded, SOURCES[source](text))
    if codes:
        assert codes in (["not-a-json-number"], ["inexact-number"])
        exact = decimal(text) == decimal(text).to_integral_value() and -(2**63) <= decimal(text) < 2**64
        assert not (exact and "." not in text and "e" not in text.lower())
    else:
        assert Decimal(json.dumps(plain(found))) == decimal(text)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_service_that_counts_in_doubles_answers_the_same_number(value: float) -> None:
    """Go writes numbers below 1e21 without an exponent."""
    text = format(Decimal(repr(value)), "f")
    assert same_number(value, json.loads(text))
    assert same_number(json.loads(text), value)
    assert not same_number(value, value / 2 + 1) or value == 2


def test_numbers_of_others_that_cannot_be_kept_stay_texts() -> None:
    text = f"[1, 0.5, 1e400, 0.1234567890123456789, NaN, {'9' * 5000}, 100000000000000000000]"
    assert parse_foreign_json(text) == [1, 0.5, "1e400", "0.1234567890123456789", "NaN", "9" * 5000, 1e20]


def test_the_hint_on_a_number_of_the_environment_that_cannot_be_sent(loaded) -> None:
    members = "hostname: h, account: a, dbname: d, passwd: '${env:P}', port: '${env:PORT}'"
    text = f"connections: {{C: {{type: mysql, configuration: {{{members}}}}}}}"
    hints = {
        "9" * 30: "infinity, not-a-number and numbers beyond 64 bits cannot be sent",
        ".nan": "infinity, not-a-number and numbers beyond 64 bits cannot be sent",
        "1e-400": "it has more digits, or a smaller exponent, than a 64-bit number keeps",
        "x": "check what is filled in for the placeholder",
    }
    found = {port: loaded(text, {"P": "p", "PORT": port})[1] for port in hints}
    assert {port: [(one.code, one.hint) for one in problems] for port, problems in found.items()} == {
        port: [("wrong-type", hint)] for port, hint in hints.items()
    }


WRITTEN = ("1.10", "1e3", "100000000000000000000", "0.00001", "007", "0x1F", "+1", "-0", "5", "1234567890123456789")


@pytest.mark.parametrize("source", [one for one in SOURCES if one != "inline" and not one.startswith("list ")])
def test_a_number_within_a_text_is_written_as_it_is_given(loaded, source: str) -> None:
    for text in WRITTEN:
        files, process, given = SOURCES[source](text)
        files = {"spec.yaml": files} if isinstance(files, str) else dict(files)
        files["spec.yaml"] = files["spec.yaml"].replace('"${var:v}"', '"<${var:v}|${var:v}>"')
        spec, problems = loaded(files, process, given)
        assert problems == ()
        value = spec.find("models", "M").body["configuration"]["value"]
        shown = value.reveal() if isinstance(value, Secret) else value
        assert shown == f"<{text}|{text}>"


def test_a_number_of_an_anchor_and_of_a_merge_key_keeps_its_text(loaded) -> None:
    spec, problems = loaded(
        "variables: {a: &a 1.10, b: *a, c: {<<: {default: 2.50}, type: number}}"
        + MODEL % '"${var:a} ${var:b} ${var:c} $${var:a}"'
    )
    assert problems == ()
    assert spec.find("models", "M").body["configuration"]["value"] == "1.10 1.10 2.50 ${var:a}"


IN_A_LIST = '[1.10, 1e3, 007, 0x1F, .5, +1, 12345678901234567890, [2.50, {"a": 0.10, "b": "1.10"}], true, "é"]'
IN_JSON = '[1.10, 1E+3, -0, 12345678901234567890, [2.50, {"a": 0.10, "b": "1.10"}], true, null, "é"]'
AT_COMMAS = "[1.10, 1e3, 007, 0x1F, .5, +1, 2]"
WITHIN = "variables: {v: %s}" + MODEL % '"select ${var:v}, ${var:v}"'
LIST_SOURCES: Mapping[str, tuple[str, Source]] = {
    "bare default": (IN_A_LIST, (WITHIN % IN_A_LIST, {}, NOTHING_GIVEN)),
    "default": (IN_A_LIST, (WITHIN % f"{{default: {IN_A_LIST}, description: x}}", {}, NOTHING_GIVEN)),
    "lines": (
        "[1.10, [1e3], 2.0]",
        (WITHIN.replace("{v: %s}", "\n  v:\n  - 1.10\n  - - 1e3\n  - 2.0\n"), {}, NOTHING_GIVEN),
    ),
    "anchors": (
        '[1.10, 1.10, {"z": 2.0, "q": 1.50}, 3, "1.10"]',
        (WITHIN % "[&x 1.10, *x, {<<: {q: 1.50}, z: 2.0}, !!float 3, !!str 1.10]", {}, NOTHING_GIVEN),
    ),
    "environment": (
        IN_A_LIST,
        (f"environments: {{e: {{variables: {{v: {IN_A_LIST}}}}}}}\n" + WITHIN % "[]", {}, Given("e")),
    ),
    "file": (
        IN_A_LIST,
        ({"spec.yaml": WITHIN % "[]", "a.vars.yaml": f"v: {IN_A_LIST}"}, {}, Given(None, (), ("a.vars.yaml",))),
    ),
    "JSON file": (
        IN_JSON,
        ({"spec.yaml": WITHIN % "[]", "a.json": f'{{"v": {IN_JSON}}}'}, {}, Given(None, (), ("a.json",))),
    ),
    "option": (IN_JSON, (WITHIN % "[]", {}, Given(None, (f"v=  {IN_JSON} ",)))),
    "process": (IN_JSON, (WITHIN % "[]", {"APPLIER_VAR_V": IN_JSON.replace(", ", ",\n")}, NOTHING_GIVEN)),
    "numbers of an option": (AT_COMMAS, (WITHIN % "[1.5]", {}, Given(None, ("v=1.10,1e3, 007,0x1F,.5,+1,,2",)))),
    "numbers of the process": (
        AT_COMMAS,
        (
            WITHIN % "{type: list, allowed: [1.1, 1000, 7, 31, 0.5, 1, 2]}",
            {"APPLIER_VAR_v": AT_COMMAS[1:-1]},
            NOTHING_GIVEN,
        ),
    ),
    "texts of an option": ('["1.10", "1e3"]', (WITHIN % "[]", {}, Given(None, ("v=1.10,1e3",)))),
    "default from the process": (
        IN_JSON,
        (WITHIN % "{type: list, default: '${env:N}'}", {"N": IN_JSON}, NOTHING_GIVEN),
    ),
    "default of a placeholder": (
        "[1.10, 1e3]",
        (WITHIN % "{type: list, default: '${env:N:-[1.10, 1e3]}'}", {}, NOTHING_GIVEN),
    ),
    "beside a placeholder": (
        '["1.10", 2.50, {"a": 3.0}]',
        (WITHIN % "['${env:N}', 2.50, {a: 3.0}]", {"N": "1.10"}, NOTHING_GIVEN),
    ),
}


@pytest.mark.parametrize("source", LIST_SOURCES)
def test_numbers_of_a_list_within_a_text_are_written_as_they_are_given(loaded, source: str) -> None:
    written, given_values = LIST_SOURCES[source]
    assert find(loaded, given_values) == (f"select {written}, {written}", [])


def test_a_list_alone_holds_numbers(loaded) -> None:
    spec, problems = loaded("variables: {v: [1.10, 1e3, 007]}" + MODEL % '"${var:v}"')
    value = spec.find("models", "M").body["configuration"]["value"]
    assert ([(one, type(one)) for one in value], problems) == ([(1.1, float), (1000.0, float), (7, int)], ())


def test_numbers_in_the_url_of_an_environment_are_written_as_they_are_given(loaded) -> None:
    text = "environments: {e: {url: 'https://x/${var:n}/${var:v}'}}\nvariables: {n: 1.10, v: [2.50]}"
    spec, problems = loaded(text, {}, Given("e"))
    assert (spec.environment.url, problems) == ("https://x/1.10/[2.50]", ())


JSON_NUMBERS = st.from_regex(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,6})?([eE][-+]?[0-9]{1,2})?", fullmatch=True).filter(
    lambda text: not isinstance(number(text), Special)
)
JSON_TEXTS = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="$\x7f\ufeff\ufffe\uffff"), max_size=5
)
WRITTEN_LISTS = st.recursive(
    JSON_NUMBERS | st.sampled_from(["true", "null"]) | JSON_TEXTS.map(lambda one: json.dumps(one, ensure_ascii=False)),
    lambda inner: (
        st.lists(inner, max_size=4).map(lambda all_of: f"[{', '.join(all_of)}]")
        | st.dictionaries(st.sampled_from(["a", "b c", "1"]), inner, max_size=2).map(
            lambda all_of: f"{{{', '.join(f'{json.dumps(key)}: {one}' for key, one in all_of.items())}}}"
        )
    ),
    max_leaves=8,
).map(lambda one: f"[{one}]")


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(WRITTEN_LISTS, st.sampled_from(["option", "process", "file", "default from the process"]))
def test_a_list_of_json_within_a_text_is_the_same_json(loaded, written: str, source: str) -> None:
    sources: Mapping[str, Source] = {
        "option": (WITHIN % "[]", {}, Given(None, (f"v={written}",))),
        "process": (WITHIN % "[]", {"APPLIER_VAR_v": written}, NOTHING_GIVEN),
        "file": (
            {"spec.yaml": WITHIN % "[]", "a.json": f'{{"v": {written}}}'},
            {},
            Given(None, (), ("a.json",)),
        ),
        "default from the process": (WITHIN % "{type: list, default: '${env:N}'}", {"N": written}, NOTHING_GIVEN),
    }
    assert find(loaded, sources[source]) == (f"select {written}, {written}", [])
