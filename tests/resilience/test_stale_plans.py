"""Why a saved plan is not applied: each cause is true, is named, and is named once."""

from __future__ import annotations

import json
import os
import stat
from itertools import combinations
from pathlib import Path

import pytest

from tests.system import WINDOWS
from tests.workspace import Sandbox, Workspace

SPEC = """\
version: 1
variables:
  table: company.customers
  key: id
connections:
  DB:
    type: mysql
    configuration: {hostname: localhost, port: 3306, dbname: company, account: user, passwd: '${env:PROD_PW}'}
  Shop:
    managed: false
    type: mysql
    configuration: {passwd: '${env:SHOP_PW:-none}'}
models:
  Customers:
    connection: DB
    configuration: {table: '${var:table}'}
    identifier: '${var:key}'
  Emails:
    connection: DB
    configuration: {query: '${file:sql/emails.sql}'}
"""
QUERY = "SELECT id, email\nFROM customers\n"
SECRETS = {"PROD_PW": "tiger", "SHOP_PW": "lion"}
SPEC_FILE, PLAN = "spec.yaml", "plan.json"


@pytest.fixture
def project(applier: Workspace, sandbox: Sandbox) -> Workspace:
    """The connections are live, and the models are planned."""
    applier.write(SPEC_FILE, SPEC)
    applier.write("sql/emails.sql", QUERY)
    applier.write("values.vars.yaml", "key: id\n")
    connections, _, _ = SPEC.partition("  Shop:")
    applier.write("connections.yaml", connections + connections.partition("connections:\n")[2].replace("DB", "Shop"))
    assert applier("apply", "connections.yaml", "--yes", "--no-checks", **SECRETS).code == 0
    sandbox.clear("requests")
    return applier


def save(project: Workspace, *arguments: str, **environment: str) -> str:
    saved = project("plan", SPEC_FILE, *arguments, "--out", PLAN, "--no-checks", **{**SECRETS, **environment})
    assert saved.code == 0, saved.err
    return project.read(PLAN)


def reasons(project: Workspace, *arguments: str, **environment: str) -> list[str]:
    """Why the saved plan is refused; nothing is written."""
    assert project.sandbox is not None
    refused = project("apply", PLAN, "--yes", "-o", "json", *arguments, **{**SECRETS, **environment})
    assert (refused.code, project.sandbox.writes()) == (1, []), refused.out
    return [one["detail"] for one in refused.json["diagnostics"] if one["severity"] == "error"]


def moved(what: str, then: str = "", now: str = "") -> str:
    where = f": it came from {then}, and now comes from {now}." if then else "."
    return f"The {what} has changed since the plan was made{where}"


def gone(source: str, name: str) -> str:
    return f'The {source} "{name}" was read when the plan was made, and is not any more.'


EDITED = "The declaration of models/Emails has changed since the plan was made."


def test_a_variable_of_the_environment_that_is_missing(project: Workspace) -> None:
    """What is planned without it may be live already, which is not the reason."""
    save(project, APPLIER_VAR_table="company.accounts")
    expected = [moved('variable "table"', "APPLIER_VAR_table", "its default")]
    assert reasons(project) == expected
    assert project("apply", SPEC_FILE, "--yes", "-t", "models/*", "--no-checks", **SECRETS).code == 0
    assert project.sandbox is not None
    project.sandbox.clear("requests")
    assert reasons(project)[0] == expected[0]


@pytest.mark.parametrize("name", SECRETS)
def test_a_changed_secret_is_named_and_not_shown(project: Workspace, name: str) -> None:
    saved = save(project)
    refused = project("apply", PLAN, "--yes", **{**SECRETS, name: "other-secret"})
    assert moved(f'environment variable "{name}"') in refused.err
    assert not [one for one in ("tiger", "lion", "other-secret") if one in saved + refused.out + refused.err]


def test_a_secret_that_is_set_only_now(project: Workspace) -> None:
    save(project, SHOP_PW="")
    assert reasons(project) == [moved('environment variable "SHOP_PW"', "its default", "the environment")]


def test_a_secret_in_a_file_is_named_by_its_member(project: Workspace) -> None:
    project.write(SPEC_FILE, SPEC.replace("'${env:PROD_PW}'", "wolf"))
    assert "wolf" not in save(project)
    project.write(SPEC_FILE, SPEC.replace("'${env:PROD_PW}'", "bear"))
    expected = "The configuration.passwd of connections/DB has changed since the plan was made."
    assert reasons(project) == [expected]


MOVES = {
    "PROD_PW": moved('environment variable "PROD_PW"'),
    "sql": moved('included file "sql/emails.sql"'),
    "default": moved('variable "table"'),
    "values": moved('variable "key"'),
}


@pytest.mark.parametrize("chosen", [one for size in (1, 2, 4) for one in combinations(MOVES, size)], ids="+".join)
def test_each_value_that_moved_is_named_once(project: Workspace, chosen: tuple[str, ...]) -> None:
    """And nothing that follows from it, such as resources that need other changes now."""
    save(project, "--var-file", "values.vars.yaml")
    environment = {"PROD_PW": "other"} if "PROD_PW" in chosen else {}
    if "sql" in chosen:
        project.write("sql/emails.sql", QUERY + "LIMIT 5\n")
    if "default" in chosen:
        project.write(SPEC_FILE, SPEC.replace("company.customers", "company.teams"))
    if "values" in chosen:
        project.write("values.vars.yaml", "key: email\n")
    assert sorted(reasons(project, **environment)) == sorted(MOVES[one] for one in chosen)


def test_the_same_value_from_another_source_is_the_same(project: Workspace) -> None:
    save(project, "--var", "key=email")
    applied = project("apply", PLAN, "--yes", **SECRETS, APPLIER_VAR_KEY="email", APPLIER_VAR_OTHER="unknown")
    assert applied.code == 0, applied.err


def test_a_variable_that_only_one_side_has_is_named(project: Workspace) -> None:
    more = SPEC.replace("variables:\n", "variables:\n  more: x\n")
    save(project)
    project.write(SPEC_FILE, more)
    assert reasons(project) == ['The variable "more" was not there when the plan was made.']
    save(project)
    project.write(SPEC_FILE, SPEC)
    assert reasons(project) == ['The variable "more" was there when the plan was made, and is not any more.']


LITERAL = SPEC.replace("'${env:PROD_PW}'", "tiger")


@pytest.mark.parametrize(
    ("then", "now", "reason"),
    [
        (LITERAL, SPEC, 'The environment variable "PROD_PW" was not read when the plan was made.'),
        (SPEC, LITERAL, gone("environment variable", "PROD_PW")),
    ],
)
def test_a_literal_that_becomes_a_placeholder_is_named(project: Workspace, then: str, now: str, reason: str) -> None:
    project.write(SPEC_FILE, then)
    save(project)
    project.write(SPEC_FILE, now)
    assert reasons(project) == [reason]


def test_an_edit_is_named_beside_a_value_that_moved(project: Workspace) -> None:
    inline = SPEC.replace("'${file:sql/emails.sql}'", "SELECT email FROM customers")
    project.write(SPEC_FILE, inline)
    save(project)
    project.write(SPEC_FILE, inline.replace("SELECT email", "SELECT id, email"))
    both = [moved('environment variable "PROD_PW"'), EDITED]
    assert reasons(project, PROD_PW="other") == both
    assert reasons(project) == both[1:]
    project.write(SPEC_FILE, inline)
    assert reasons(project, PROD_PW="other") == both[:1]


def test_an_edit_of_a_layer_is_named_beside_a_value_that_moved(project: Workspace) -> None:
    layered = SPEC + "defaults: {models: {tracking_columns: [a]}}\n"
    project.write(SPEC_FILE, layered)
    save(project, "--var", "key=email")
    project.write(SPEC_FILE, layered.replace("[a]", "[b]").replace("key: id", "key: code"))
    told = reasons(project, PROD_PW="other")
    assert told == [
        moved('environment variable "PROD_PW"'),
        "The declaration of models/Customers has changed since the plan was made.",
        EDITED,
    ]


@pytest.mark.parametrize(
    ("declaration", "then", "now", "other"),
    [
        ("{type: list}", "a, b", '["a","b"]', "a,c"),
        ("{type: number}", "5", " 5", "6"),
        ("{type: boolean}", "true", "true ", "false"),
    ],
)
def test_one_value_may_be_spelled_in_two_ways(
    project: Workspace, declaration: str, then: str, now: str, other: str
) -> None:
    project.write(SPEC_FILE, SPEC.replace("variables:\n", f"variables:\n  more: {declaration}\n"))
    save(project, APPLIER_VAR_MORE=then)
    assert reasons(project, APPLIER_VAR_MORE=other) == [moved('variable "more"')]
    applied = project("apply", PLAN, "--yes", **SECRETS, APPLIER_VAR_MORE=now)
    assert applied.code == 0, applied.err


def test_edits_of_the_spec_are_named_with_their_place(project: Workspace) -> None:
    save(project)
    edited = SPEC.replace("'${var:key}'", "email").replace("  Emails:", "  Addresses:")
    project.write(SPEC_FILE, edited)
    refused = project("apply", PLAN, "--yes", "-o", "json", **SECRETS).json["diagnostics"]
    errors = [one for one in refused if one["severity"] == "error"]
    assert [(one["detail"], one["place"] and one["place"]["line"]) for one in errors] == [
        ("models/Addresses was not declared when the plan was made.", 18),
        ("The declaration of models/Customers has changed since the plan was made.", 14),
        ("models/Emails was declared when the plan was made, and is not any more.", None),
    ]


def test_comments_and_the_order_of_a_spec_do_not_matter(project: Workspace) -> None:
    save(project)
    project.write(
        SPEC_FILE,
        "# edited\n" + SPEC.replace("table: company.customers\n  key: id", "key: id\n  table: company.customers"),
    )
    assert project("apply", PLAN, "--yes", **SECRETS).code == 0


def test_a_sync_that_nobody_touched_is_no_reason(project: Workspace) -> None:
    """It waits for the model now, which is all that differs."""
    sync = """\
syncs:
  To the shop:
    mode: create
    model: Emails
    target: {connection: Warehouse, object: CUSTOMERS.CONTACTS}
    fields: {EMAIL: email}
    schedule: {frequency: manual}
"""
    warehouse = """\
  Warehouse:
    type: snowflake
    configuration: {account: account, dbname: database, username: user, password: secret-password}
models:"""
    spec = SPEC.replace("models:", warehouse) + sync.replace("mode: create", "mode: append")
    project.write(SPEC_FILE, spec)
    assert project("apply", SPEC_FILE, "--yes", "--no-checks", **SECRETS).code == 0
    assert project.sandbox is not None
    project.sandbox.clear("requests")
    project.write(SPEC_FILE, spec.replace("mode: append", "mode: replace"))
    save(project)
    project.write("sql/emails.sql", QUERY + "LIMIT 5\n")
    assert reasons(project) == [MOVES["sql"]]
    project.write("sql/emails.sql", QUERY)
    project.write(
        SPEC_FILE,
        spec.replace("mode: append", "mode: replace").replace(
            "'${file:sql/emails.sql}'", "SELECT email FROM customers"
        ),
    )
    assert reasons(project) == [gone("included file", "sql/emails.sql"), EDITED]


def test_live_edits_are_named_beside_edits_of_the_spec(project: Workspace, sandbox: Sandbox) -> None:
    assert project("apply", SPEC_FILE, "--yes", "--no-checks", **SECRETS).code == 0
    sandbox.clear("requests")
    project.write(SPEC_FILE, SPEC.replace("company.customers", "company.accounts"))
    save(project)
    model = sandbox.named("models", "Customers")
    kept = {one: model[one] for one in ("name", "connection_id", "identifier")}
    sandbox.put(f"/api/models/{model['id']}", {**kept, "configuration": {"table": "company.teams"}})
    sandbox.clear("requests")
    live = [one.partition(";")[0] for one in reasons(project, PROD_PW="other")]
    assert live == [MOVES["PROD_PW"], "The live object of models/Customers has changed since the plan was made"]
    sandbox.http.delete(f"/api/models/{model['id']}").raise_for_status()
    sandbox.clear("requests")
    assert reasons(project) == ["models/Customers was live when the plan was made, but is not any more."]


def test_an_object_that_somebody_else_created(project: Workspace, sandbox: Sandbox) -> None:
    save(project)
    connection = sandbox.named("connections", "DB")["id"]
    made = {"name": "Emails", "connection_id": connection, "configuration": {"table": "company.teams"}}
    sandbox.post("/api/models", made)
    sandbox.clear("requests")
    live = [one.partition(";")[0] for one in reasons(project)]
    assert live == ["models/Emails was not live when the plan was made, but is now"]


def test_a_plan_that_was_applied_has_nothing_left(project: Workspace, sandbox: Sandbox) -> None:
    save(project)
    assert project("apply", PLAN, "--yes", **SECRETS).code == 0
    sandbox.clear("requests")
    assert reasons(project) == ["All changes of the plan are live already: nothing is left to apply."]


def test_a_plan_without_checks_is_applied_without_them(project: Workspace, sandbox: Sandbox) -> None:
    save(project)
    sandbox.clear("requests")
    applied = project("apply", PLAN, "--yes", **SECRETS)
    asked = [one["path"] for one in sandbox.get("/_sandbox/requests?reveal=true")]
    assert (applied.code, "Live checks" in applied.out) == (0, False)
    assert not [one for one in asked if "modelsync" in one or "connection_types" in one]


def test_a_plan_with_checks_is_applied_with_them(project: Workspace) -> None:
    assert project("plan", SPEC_FILE, "--out", PLAN, **SECRETS).code == 0
    assert "Live checks: " in project("apply", PLAN, "--yes", **SECRETS).out


def test_a_plan_for_another_folder_of_the_sandbox_is_refused(tmp_path: Path) -> None:
    """Of creates alone nothing else would tell."""
    there, here = (Workspace.local(tmp_path, data) for data in ("one", "two"))
    there.write(
        SPEC_FILE, "version: 1\nconnections: {S: {type: csv, configuration: {url: 'https://example.com/a.csv'}}}\n"
    )
    assert there("plan", SPEC_FILE, "--out", PLAN, "--no-checks").code == 0
    refused = here("apply", PLAN, "--yes", "-o", "json")
    assert (refused.code, [one["code"] for one in refused.json["diagnostics"]]) == (1, ["stale-plan"])
    assert there("apply", PLAN, "--yes").code == 0


@pytest.mark.skipif(WINDOWS, reason="variables are text there")
@pytest.mark.parametrize("command", ["plan", "apply"])
def test_a_lock_key_that_is_no_text_is_refused(project: Workspace, command: str) -> None:
    key = os.fsdecode(b"\xff0123456789abcdef012345")
    options = ("--yes",) if command == "apply" else ("--out", PLAN)
    refused = project(command, SPEC_FILE, *options, "--no-checks", **SECRETS, APPLIER_LOCK_KEY=key)
    error = "error: APPLIER_LOCK_KEY is not UTF-8 text. [bad-lock]\n  hint: use letters and digits, such as base64 text"
    assert (refused.code, error in refused.err) == (1, True), refused.err


@pytest.mark.parametrize("content", [SPEC, "notes", "{}"])
def test_a_plan_replaces_no_other_file(project: Workspace, content: str) -> None:
    project.write("other.yaml", content)
    refused = project("plan", SPEC_FILE, "--out", "other.yaml", "--no-checks", "-q", **SECRETS)
    error = "error: other.yaml exists and is not a saved plan, so it is not replaced. [not-saved]"
    assert (refused.code, error in refused.err.splitlines(), project.read("other.yaml")) == (1, True, content)
    assert save(project) != save(project)  # an older plan is replaced


def test_a_lock_key_that_is_missing_is_named(project: Workspace) -> None:
    key = {"APPLIER_LOCK_KEY": "0123456789abcdef"}
    assert (
        project("apply", SPEC_FILE, "--yes", "--no-checks", "-t", "models/*", "--push-secrets", **SECRETS, **key).code
        == 0
    )
    assert project.sandbox is not None
    project.sandbox.clear("requests")
    save(project, **key, PROD_PW="new")
    assert reasons(project, PROD_PW="new") == [moved('environment variable "APPLIER_LOCK_KEY"')]


def test_the_file_tells_its_owner_little_and_nobody_else_anything(project: Workspace) -> None:
    """Digests of secrets are short, so that most texts that are tried fit one; those of one value differ by file."""
    (project.folder / PLAN).write_text("", "utf-8")
    (project.folder / PLAN).chmod(0o644)
    documents = [json.loads(save(project)) for _ in range(2)]
    if not WINDOWS:
        assert stat.S_IMODE((project.folder / PLAN).stat().st_mode) == 0o600
    digests = [{one["name"]: one["digest"] for one in document["digests"]["values"]} for document in documents]
    assert {name: len(digests[0][name]) for name in SECRETS} == {"PROD_PW": 2, "SHOP_PW": 2}
    assert digests[0]["sql/emails.sql"] != digests[1]["sql/emails.sql"]
    assert documents[0]["digests"]["whole"] != documents[1]["digests"]["whole"]


def test_a_plan_of_an_older_format_is_refused(project: Workspace) -> None:
    document = json.loads(save(project))
    project.write(PLAN, json.dumps({**document, "format_version": 1}))
    refused = project("apply", PLAN, "--yes", **SECRETS)
    version = document["applier"]
    told = f"The plan was made by applier {version} with format 1, but this is applier {version} with format 2."
    assert (refused.code, refused.err.splitlines()[0]) == (1, f"{PLAN}:1:1: error: {told} [not-a-plan]")
