"""Every form of a result, on stdout and in files, with the paths that a forge knows."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from applier.render.forms import FORMS
from tests.workspace import EXAMPLE, Sandbox, Workspace

SPEC = (EXAMPLE / "spec.yaml").read_text("utf-8")
STARTS = {
    "text": "+ connections/",
    "json": "{",
    "markdown": "## applier plan: 4 to create",
    "html": "<!doctype html>",
    "github": "::notice file=pipelines/spec.yaml,line=14",
    "junit": "<?xml",
    "sarif": "{",
}


@pytest.fixture
def pipelines(applier: Workspace) -> Workspace:
    applier.write("pipelines/spec.yaml", SPEC)
    return applier


@pytest.mark.parametrize("form", FORMS)
def test_a_plan_has_every_form_on_stdout_and_the_same_in_a_file(pipelines: Workspace, form: str) -> None:
    shown = pipelines("plan", "pipelines", "-o", form)
    assert shown.code == 0
    assert shown.out.startswith(STARTS[form])
    filed = pipelines("plan", "pipelines", "--report", f"{form}=out.txt")
    assert filed.out.startswith("+ connections/")
    assert (pipelines.folder / "out.txt").read_text("utf-8") == shown.out


def test_several_files_at_once(pipelines: Workspace) -> None:
    result = pipelines("validate", "pipelines", "--report", "junit=a.xml", "--report", "sarif=b.json")
    assert (result.code, result.out) == (0, "Valid: 2 connections, 1 model, 1 sync in 1 file.\n")
    assert ET.parse(pipelines.folder / "a.xml").getroot().get("errors") == "0"
    assert json.loads((pipelines.folder / "b.json").read_text("utf-8"))["version"] == "2.1.0"


def test_a_file_that_cannot_be_written_is_an_error(pipelines: Workspace) -> None:
    result = pipelines("plan", "pipelines", "--report", "markdown=no/such/folder.md")
    assert result.code == 1
    assert "Cannot write no/such/folder.md: " in result.err


@pytest.mark.parametrize("said", ["markdown", "pdf=x", "markdown="])
def test_a_form_without_a_file_is_wrong_usage(pipelines: Workspace, said: str) -> None:
    result = pipelines("plan", "pipelines", "--report", said)
    assert result.code == 1
    assert "is not FORM=FILE" in result.err


def test_paths_are_those_of_the_repository_on_github(pipelines: Workspace) -> None:
    inside = Workspace(pipelines.folder / "pipelines", pipelines.environment)
    github = {
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_REPOSITORY": "acme/data",
        "GITHUB_SHA": "abc",
        "GITHUB_WORKSPACE": str(pipelines.folder),
    }
    assert "file=pipelines/spec.yaml,line=14," in inside("plan", "-o", "github", **github).out
    assert (
        "https://github.com/acme/data/blob/abc/pipelines/spec.yaml#L14"
        in inside("plan", "-o", "markdown", **github).out
    )


def test_paths_are_those_of_the_repository_on_gitlab(pipelines: Workspace) -> None:
    inside = Workspace(pipelines.folder / "pipelines", pipelines.environment)
    gitlab = {
        "CI_PROJECT_URL": "https://gitlab.com/acme/data",
        "CI_COMMIT_SHA": "abc",
        "CI_PROJECT_DIR": str(Path(pipelines.folder)),
    }
    out = inside("plan", "-o", "markdown", **gitlab).out
    assert "https://gitlab.com/acme/data/-/blob/abc/pipelines/spec.yaml#L14" in out


def test_a_secret_is_in_no_form(pipelines: Workspace) -> None:
    for form in FORMS:
        result = pipelines("plan", "pipelines", "-o", form, MYSQL_PASSWORD="told-to-nobody")
        assert "told-to-nobody" not in result.out + result.err


@pytest.mark.parametrize("version", ["2024-02-08", "2025-09-18"])
def test_what_nobody_declared_is_reached_too(pipelines: Workspace, sandbox: Sandbox, version: str) -> None:
    assert pipelines("apply", "pipelines", "--yes", "--api-version", version).code == 0
    without_sync = SPEC.partition("\nsyncs:")[0].replace("port: 3306", "port: 3307")
    pipelines.write("pipelines/spec.yaml", without_sync + "\n")
    options = ("plan", "pipelines", "--no-checks", "--api-version", version)
    sandbox.clear("requests")
    pipelines(*options)
    assert not any(path == "/api/syncs" for _, path in requests(sandbox))
    seen = pipelines(*options, "-o", "markdown").out
    assert "- update `connections/MySQL Connection`: 1 active sync: `syncs/MySQL to Snowflake Sync`\n" in seen
    assert "1 active sync" in pipelines(*options, "-o", "html").out


def requests(sandbox: Sandbox) -> list[tuple[str, str]]:
    return [(one["method"], one["path"].partition("?")[0]) for one in sandbox.get("/_sandbox/requests")]
