"""Saved plans that were edited, reformatted, used for another organization or applied twice at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.resilience.projects import EXAMPLE_SPEC
from tests.resilience.proxy import Answer, Ask, for_endpoint, proxy
from tests.resilience.support import assert_plan_is_empty, requests, state
from tests.workspace import Sandbox, Workspace

SPEC, PLAN = "spec.yaml", "plan.json"
PATIENCE = 60.0
Document = dict[str, Any]


@pytest.fixture
def saved(applier: Workspace, sandbox: Sandbox) -> Document:
    """A plan to create all of the example."""
    applier.write(SPEC, EXAMPLE_SPEC)
    assert applier("plan", SPEC, "--out", PLAN).code == 0
    sandbox.clear("requests")
    document: Document = json.loads((applier.folder / PLAN).read_text("utf-8"))
    return document


def write(applier: Workspace, document: object, **how: Any) -> None:
    applier.write(PLAN, json.dumps(document, **{"indent": 1, **how}))


CHANGES: dict[str, Callable[[Document], object]] = {
    "key": lambda one: one["digests"].update(key="no digits"),
    "digest": lambda one: one["digests"].update(whole=7),
    "value": lambda one: one["digests"]["values"].clear(),
    "paths": lambda one: one["circumstances"].update(paths=[5]),
    "targets": lambda one: one["circumstances"].update(targets=5),
    "environment": lambda one: one["circumstances"].update(environment=5),
    "forced": lambda one: one["options"].update(force=True),
    "globs": lambda one: one["options"].update(push_secrets=5),
    "variables": lambda one: one["inputs"].update(variables=5),
    "effect": lambda one: one["change_digests"][0].update(effect="0"),
    "address": lambda one: one["changes"][0].update(address=5),
    "place": lambda one: one["changes"][0]["place"].update(line="x"),
    "after": lambda one: one["changes"][0]["fields"][0].update(after="another"),
    "path": lambda one: one["changes"][0]["fields"][0].update(path=[5]),
    "fewer": lambda one: one["changes"].clear(),
    "member": lambda one: one.update(more="of it"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_an_edited_plan_is_refused(applier: Workspace, sandbox: Sandbox, saved: Document, change: str) -> None:
    """It is refused, whatever was changed, and not even shown as a plan."""
    CHANGES[change](saved)
    write(applier, saved)
    said = "plan.json:1:1: error: plan.json was modified after it was saved. [not-a-plan]"
    for command in (("apply", PLAN, "--yes"), ("show", PLAN)):
        refused = applier(*command)
        assert (refused.code, refused.out, refused.err.splitlines()[0]) == (1, "", said)
    assert requests(sandbox) == []


def test_a_plan_of_another_format_is_refused(applier: Workspace, saved: Document) -> None:
    write(applier, {**saved, "format_version": 99})
    refused = applier("apply", PLAN, "--yes")
    made = f"applier {saved['applier']} with format 99, but this is applier {saved['applier']} with format 2."
    assert (refused.code, refused.err.splitlines()[0]) == (
        1,
        f"plan.json:1:1: error: The plan was made by {made} [not-a-plan]",
    )


@pytest.mark.parametrize("how", [{"sort_keys": True}, {"indent": None, "separators": (",", ":")}])
def test_a_reformatted_plan_is_applied(
    applier: Workspace, sandbox: Sandbox, saved: Document, how: dict[str, Any]
) -> None:
    """The same said in another order, or without blanks, is the same."""
    write(applier, saved, **how)
    assert applier("apply", PLAN, "--yes").code == 0
    assert_plan_is_empty(applier, SPEC)


def test_a_plan_for_another_organization_is_refused(applier: Workspace, sandbox: Sandbox, saved: Document) -> None:
    """The same address with a key of somebody else: of creates alone nothing else would tell."""
    there = sandbox.get("/api/me")["organization_id"]

    def another(ask: Ask) -> Answer:
        said = ask()
        return Answer(said.status, said.body.replace(there.encode(), b"another"), said.headers)

    with proxy(sandbox.url, for_endpoint("GET", "/api/me", another)) as url:
        write(applier, saved)
        assert applier("plan", SPEC, "--out", PLAN, "--url", url).code == 0
        assert applier("apply", PLAN, "--url", url, "-o", "json").json["diagnostics"][0]["code"] == "no-terminal"
    with proxy(sandbox.url, lambda method, path, ask: ask()) as other:
        refused = applier("apply", PLAN, "--yes", "--url", other, "-o", "json")
    told = [one["detail"] for one in refused.json["diagnostics"]]
    assert (refused.code, told) == (
        1,
        [
            f'The plan was made with url "{url}"; now it is "{other}".',
            f'The plan was made with organization "another"; now it is "{there}".',
        ],
    )
    assert sandbox.writes() == []


def test_a_plan_of_a_service_without_organizations_is_applied(applier: Workspace, sandbox: Sandbox) -> None:
    applier.write(SPEC, EXAMPLE_SPEC)
    sandbox.fault(status=403, path="/api/me")
    assert applier("plan", SPEC, "--out", PLAN).code == 0
    assert applier("apply", PLAN, "--yes").code == 0
    assert_plan_is_empty(applier, SPEC)


def test_a_plan_applied_twice_at_once_creates_no_duplicates(
    applier: Workspace, sandbox: Sandbox, saved: Document
) -> None:
    """One may come too late and say so; nothing is made twice."""
    started = [applier.start("apply", PLAN, "--yes", "-o", "json") for _ in range(2)]
    told = [one.communicate(timeout=PATIENCE)[0] for one in started]
    codes = [one.returncode for one in started]
    assert (0 in codes, set(codes) <= {0, 1}, state(sandbox).twice) == (True, True, [])
    for code, out in zip(codes, told, strict=True):
        stale = {one["code"] for one in json.loads(out)["diagnostics"]}
        assert stale == ({"stale-plan"} if code else set())
    assert_plan_is_empty(applier, SPEC)


def test_the_keys_of_a_saved_plan_stay(saved: Document) -> None:
    """A plan that is saved today is loaded after the names of the code have changed."""
    assert list(saved) == [
        *("format", "format_version", "applier", "circumstances", "options", "inputs", "digests"),
        *("change_digests", "changes", "unchanged", "fingerprint", "seal"),
    ]
    assert list(saved["changes"][0]) == [
        *("address", "kind", "name", "action", "id", "fields", "place", "waits_for", "deferred", "completes"),
        *("updated_at", "updated_by", "seen", "why", "cause", "history", "blocked"),
    ]
    assert list(saved["change_digests"][0]) == ["address", "live", "effect", "order"]
    assert list(saved["options"]) == ["prune", "force_delete", "allow_replace", "force", "push_secrets"]
    assert list(saved["inputs"]) == ["variables", "variable_files", "secret_variables", "pipes", "no_checks"]
    assert list(saved["digests"]) == ["key", "whole", "values", "resources", "cost", "templates"]
    assert list(saved["digests"]["values"][0]) == ["source", "name", "origin", "digest"]
