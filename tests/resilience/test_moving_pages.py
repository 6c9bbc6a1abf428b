"""Lists with pages whose entries move while they are read, as every update does with them."""

from __future__ import annotations

import pytest

from tests.resilience.projects import CONNECTIONS
from tests.resilience.proxy import Answer, Ask, proxy
from tests.resilience.support import assert_plan_is_empty, requests
from tests.workspace import Result, Sandbox, Workspace

SPEC = "spec.yaml"
MODELS = "/api/models"
TABLE = {"table": "company.teams"}
SPEC_OF_ONE = f"{CONNECTIONS}models:\n  Teams: {{connection: MySQL, configuration: {{table: company.teams}}}}\n"


@pytest.fixture
def pages(applier: Workspace, sandbox: Sandbox) -> str:
    """Two pages of models, of which the declared one is the last; return its id."""
    applier.write(SPEC, SPEC_OF_ONE)
    assert applier("apply", SPEC, "--yes").code == 0
    sandbox.switch(undeclared_paging="pages")
    connection = sandbox.named("connections", "MySQL")["id"]
    for number in range(55):
        sandbox.post(MODELS, {"name": f"M{number}", "connection_id": connection, "configuration": TABLE})
    sandbox.clear("requests")
    last = sandbox.http.get(MODELS).json()
    token = last["pagination"]["next_page_token"]
    return str(sandbox.http.get(MODELS, params={"page_token": token}).json()["data"][-1]["id"])


def touch(sandbox: Sandbox, identifier: str) -> None:
    """Somebody updates a model, which moves it to the first page."""
    one = sandbox.get(f"{MODELS}/{identifier}")
    body = {"name": one["name"], "connection_id": one["connection_id"], "configuration": TABLE}
    sandbox.put(f"{MODELS}/{identifier}", body)


def plan_through(applier: Workspace, sandbox: Sandbox, identifiers: list[str]) -> Result:
    """Plan while somebody updates the next model before every page that follows another one."""
    left = iter(identifiers)

    def odd(method: str, path: str, ask: Ask) -> Answer:
        if method == "GET" and path.startswith(f"{MODELS}?page_token"):
            one = next(left, None)
            if one:
                touch(sandbox, one)
        return ask()

    with proxy(sandbox.url, odd) as url:
        return applier("plan", SPEC, "--detailed-exitcode", "--url", url)


@pytest.mark.behaviour("paging")
def test_an_entry_that_moves_to_a_page_already_read_is_found(pages: str, applier: Workspace, sandbox: Sandbox) -> None:
    assert sandbox.get(f"{MODELS}/{pages}")["name"] == "Teams"
    planned = plan_through(applier, sandbox, [pages])
    assert (planned.code, planned.out.splitlines()[0]) == (0, "Nothing to do: 3 resources unchanged.")


def test_a_list_of_a_workspace_at_rest_costs_one_request_more(pages: str, applier: Workspace, sandbox: Sandbox) -> None:
    sandbox.clear("requests")
    assert_plan_is_empty(applier, SPEC)
    sent = [one["path"] for one in requests(sandbox)]
    assert sent.count(MODELS) == 3


def test_a_list_of_a_workspace_that_never_rests_ends(pages: str, applier: Workspace, sandbox: Sandbox) -> None:
    sandbox.clear("requests")
    planned = plan_through(applier, sandbox, [pages] * 100)
    assert (planned.code, planned.out.splitlines()[0]) == (0, "Nothing to do: 3 resources unchanged.")
    assert sum(one["method"] == "PUT" for one in requests(sandbox)) <= 5
