"""GitHub annotations, JUnit and SARIF: whole, in their grammar, and unharmed by foreign words."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft4Validator

from applier.render import github, junit, sarif
from applier.render.parts.words import printable
from applier.report import Report
from tests.render.reports import FORGE, HOSTILE, applied, compare_form, covered, empty, full, invalid, named, valid

REPORTS = {
    "plan": full(),
    "drift": full("drift"),
    "no_drift": empty("drift"),
    "covered": covered(),
    "valid": valid(),
    "invalid": invalid(),
    "applied": applied(),
}
NAMES = st.lists(st.text(min_size=1, max_size=30), min_size=1, max_size=2, unique=True)
# The schema of OASIS as it is published, which everybody may include (sarif-spec, issue 583).
SARIF = Draft4Validator(json.loads(Path(__file__).with_name("sarif-schema-2.1.0.json").read_text("utf-8")))


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize(("form", "ending"), [(github, "github.txt"), (junit, "junit.xml"), (sarif, "sarif.json")])
def test_the_output_matches_the_golden_file(name: str, form: Any, ending: str) -> None:
    compare_form(f"{name}.{ending}", form.render(REPORTS[name], FORGE))


@pytest.mark.parametrize("name", REPORTS)
def test_sarif_keeps_its_public_schema(name: str) -> None:
    check_sarif(REPORTS[name])


def check_sarif(report: Report) -> Any:
    document = json.loads(sarif.render(report, FORGE))
    SARIF.validate(document)
    (run,) = document["runs"]
    rules = [one["id"] for one in run["tool"]["driver"]["rules"]]
    assert all(rules[one["ruleIndex"]] == one["ruleId"] for one in run["results"])
    places = [one["locations"][0]["physicalLocation"] for one in run["results"]]  # without one GitHub refuses them all
    assert all(re.fullmatch("[!-~]+", one["artifactLocation"]["uri"]) for one in places)
    return run


def read_annotation(line: str) -> tuple[str, dict[str, str], str]:
    """As the runner of GitHub Actions reads a workflow command."""
    found = re.fullmatch(r"::(error|warning|notice) (.*?)::(.*)", line)
    assert found, line

    def back(words: str, marks: dict[str, str]) -> str:
        for mark, one in marks.items():
            words = words.replace(mark, one)
        return words

    data = {"%0D": "\r", "%0A": "\n", "%25": "%"}
    properties = dict(one.split("=", 1) for one in found[2].split(","))
    return found[1], {k: back(v, {"%3A": ":", "%2C": ",", **data}) for k, v in properties.items()}, back(found[3], data)


@given(NAMES)
@example(list(HOSTILE))
def test_annotations_come_through(names: list[str]) -> None:
    *lines, last = github.render(named(*names)).split("\n")
    assert last.startswith("applier drift: Drift: ")
    read = [read_annotation(line) for line in lines]
    for name in names:
        assert any(message.startswith(f"It says {printable(name)}.\n") for _, _, message in read)
        assert any(message.startswith(f"models/{printable(name)} delete: ") for _, _, message in read)
    assert all(properties.keys() <= {"file", "line", "col", "title"} for _, properties, _ in read)


def test_the_worst_comes_first() -> None:
    words = [line[2:].split(" ")[0] for line in github.render(invalid()).splitlines()[:-1]]
    assert words == ["error", "warning"]


@given(NAMES)
@example(list(HOSTILE))
def test_cases_come_through(names: list[str]) -> None:
    suite = ET.fromstring(junit.render(named(*names)))[0]
    found = [one.get("name") for one in suite]
    for name in names:
        assert f"models/{printable(name)} delete" in [re.sub(r"\s", " ", one or "") for one in found]
    assert int(suite.get("failures", 0)) == sum(one.find("failure") is not None for one in suite)
    assert int(suite.get("tests", 0)) == len(suite)


@given(NAMES)
@example(list(HOSTILE))
def test_results_come_through(names: list[str]) -> None:
    texts = [one["message"]["text"] for one in check_sarif(named(*names))["results"]]
    for name in names:
        assert any(one.startswith(f"models/{printable(name)} delete: ") for one in texts)
