"""Scaffolds pass the checks and run without an edit; an incomplete one names what it lacks."""

from __future__ import annotations

from pathlib import Path

import pytest

from applier import pipeline, scaffold
from applier.scaffold import Scaffold
from applier.spec.resources import Spec
from tests.checks.support import SHOP_AND_WAREHOUSE, CheckSandbox, check
from tests.workspace import Workspace

SPEC = (
    SHOP_AND_WAREHOUSE
    + """\
  CRM:
    type: salesforce
    configuration:
      domain: https://example.my.salesforce.com
      connect_mode: clientcredentials
      client_id: "${env:PASSWD:-secret-word}"
      client_secret: "${env:PASSWD:-secret-word}"
  Hook:
    type: webhook
    configuration: {url: https://hooks.example.com/in, auth_method: polytomic_secret}
models:
  Customers:
    connection: Shop
    configuration: {table: company.customers}
  Texts:
    connection: Shop
    configuration: {query: "SELECT email, first_name AS last_name, city AS id, city AS age FROM customers"}
"""
)
PEOPLE = """\
syncs:
  Customers to CUSTOMERS.PEOPLE:
    mode: updateOrCreate
    model: Customers
    target: {connection: Warehouse, object: CUSTOMERS.PEOPLE}
    identity: {field: id, target: ID}
    fields:
      EMAIL: email
      AGE: age
      BORN: born
      SEEN: seen
      # INITIALS: …   string
      # ACTIVE: …   boolean
      # unused fields of the model: first_name, last_name, city, balance,
      #   newsletter, tags, photo
    schedule: {frequency: manual}
    active: true
"""
TEXTS = """\
syncs:
  Texts to CUSTOMERS.PEOPLE:
    mode: update
    model: Texts
    target: {connection: Warehouse, object: CUSTOMERS.PEOPLE}
    identity: {field: email, target: EMAIL}
    fields: {}
      # ID: id  # text that is not a number is rejected
      # AGE: age  # text that is not a number is rejected
      # INITIALS: …   string
      # BORN: …   datetime
      # ACTIVE: …   boolean
      # SEEN: …   datetime
      # unused fields of the model: last_name
    schedule: {frequency: manual}
    active: true
"""
OPPORTUNITY = """\
syncs:
  Customers to Opportunity:
    mode: updateOrCreate
    model: Customers
    target: {connection: CRM, object: Opportunity}
    # identity: {field: …, target: …}   required; no field matches
    fields:
      Name: first_name  # similar name
      # StageName: …   required; string
      # CloseDate: …   required; datetime
      # Amount: …   number
      # Probability: …   number
      # AccountId: …   string
      # External_Id__c: …   string
      # OwnerId: …   string
      # unused fields of the model: id, email, last_name, city, age, balance,
      #   newsletter, born, seen, tags, photo
    schedule: {frequency: manual}
    active: true
"""
HOOK = """\
    identity: {field: email, target: key}
    fields:
      last_name: {field: last_name, new: true}
      id: {field: id, new: true}
      age: {field: age, new: true}
"""
WRONG = {
    "connection": (
        ("sync", "--model", "Customers", "--target", "Warehose", "CUSTOMERS.PEOPLE"),
        'There is no live connection "Warehose".', 'did you mean "Warehouse"?',
    ),
    "object": (
        ("sync", "--model", "Customers", "--target", "Warehouse", "CUSTOMERS.PEPOLE"),
        'The connection "Warehouse" has no object "CUSTOMERS.PEPOLE".', 'did you mean "CUSTOMERS.PEOPLE"?',
    ),
    "mode": (
        ("sync", "--model", "Customers", "--target", "Warehouse", "CUSTOMERS.PEOPLE", "--mode", "apend"),
        'The target "CUSTOMERS.PEOPLE" does not offer the mode "apend".', 'did you mean "append"?',
    ),
    "model": (
        ("sync", "--model", "Custmers", "--target", "Warehouse", "CUSTOMERS.PEOPLE"),
        'The fields of the model "Custmers" are not known.', 'did you mean "Customers"?',
    ),
    "connection of models": (
        ("model", "Shoop"), 'There is no live connection "Shoop".', 'did you mean "Shop"?',
    ),
    "nothing that fits": (
        ("model", "Shop", "--table", "*.no"),
        'The connection "Shop" lists no source that matches "*.no".', 'list its sources: applier inspect source Shop',
    ),
}  # fmt: skip


@pytest.fixture
def applied(applier: Workspace) -> Workspace:
    applier.write("spec.yaml", SPEC)
    result = applier("apply", "spec.yaml", "--yes")
    assert result.code == 0, result.err
    return applier


@pytest.mark.parametrize("target", ["CUSTOMERS.CONTACTS", "CUSTOMERS.PEOPLE"])
def test_a_scaffolded_sync_moves_rows_without_an_edit(target: str, applied: Workspace) -> None:
    made = applied("scaffold", "sync", "--model", "Customers", "--target", "Warehouse", target, "--name", "Made")
    assert (made.code, made.err) == (0, "")
    applied.write("made.yaml", "version: 1\n" + made.out)
    assert applied("validate", "made.yaml", "--live").code == 0
    run = applied("apply", "made.yaml", "--yes", "--run")
    assert run.code == 0, run.err + run.out
    assert f"syncs/Made: completed, 2 rows in {target}" in run.out
    assert applied("plan", "made.yaml", "--detailed-exitcode").code == 0


def test_fields_are_matched_by_name(applied: Workspace) -> None:
    made = applied("scaffold", "sync", "--model", "Customers", "--target", "Warehouse", "CUSTOMERS.PEOPLE")
    assert (made.code, made.out, made.err) == (0, PEOPLE, "")


def test_models(applied: Workspace) -> None:
    models = applied("scaffold", "model", "Shop", "--table", "*.orders")
    assert models.out == (
        "models:\n  company.orders:\n    connection: Shop\n    configuration:\n      table: company.orders\n"
    )


def test_a_model_of_a_name_that_another_has(applied: Workspace) -> None:
    taken = "version: 1\nmodels: {company.orders: {connection: Shop, configuration: {table: company.customers}}}\n"
    applied.write("taken.yaml", taken)
    assert applied("apply", "taken.yaml", "--yes").code == 0
    assert "  Shop company.orders:\n" in applied("scaffold", "model", "Shop", "--table", "*.orders").out


def test_a_sync_of_a_name_that_another_has(applied: Workspace) -> None:
    sync = ("scaffold", "sync", "--model", "Customers", "--target", "Warehouse", "CUSTOMERS.PEOPLE")
    applied.write("made.yaml", "version: 1\n" + applied(*sync).out)
    assert applied("apply", "made.yaml", "--yes").code == 0
    assert applied(*sync).out == PEOPLE.replace("to CUSTOMERS", "to Warehouse CUSTOMERS")


def test_lines_that_the_service_could_refuse_are_comments(applied: Workspace) -> None:
    made = applied("scaffold", "sync", "--model", "Texts", "--target", "Warehouse", "CUSTOMERS.PEOPLE")
    assert (made.code, made.out) == (0, TEXTS)
    assert made.err == (
        'warning: The sync is incomplete: the target "CUSTOMERS.PEOPLE" requires a mapped field, and no field of the '
        "model matches. "
        "[incomplete-scaffold]\n"
        "  hint: complete the lines that are comments, or choose another model or target\n"
    )


def test_missing_parts_are_reported(applied: Workspace) -> None:
    made = applied("scaffold", "sync", "--model", "Customers", "--target", "CRM", "Opportunity")
    assert (made.code, made.out) == (0, OPPORTUNITY)
    assert made.err.startswith(
        'warning: The sync is incomplete: the target "Opportunity" requires an identity and a value for StageName, '
        "CloseDate, "
    )


def test_a_target_without_fields_of_its_own(applied: Workspace) -> None:
    made = applied("scaffold", "sync", "--model", "Texts", "--target", "Hook", "webhook")
    assert made.err == ""
    assert HOOK in made.out


def test_as_json(applied: Workspace) -> None:
    made = applied(
        "scaffold", "sync", "--model", "Customers", "--target", "Warehouse", "CUSTOMERS.PEOPLE", "-o", "json"
    )
    assert (made.json["command"], made.json["result"], made.json["diagnostics"]) == ("scaffold", PEOPLE, [])


@pytest.mark.parametrize("case", WRONG)
def test_a_failed_scaffold_gives_the_reason(case: str, applied: Workspace) -> None:
    words, said, hint = WRONG[case]
    made = applied("scaffold", *words)
    assert (made.code, made.out) == (1, "")
    assert made.err == f"error: {said} [nothing-to-scaffold]\n  hint: {hint}\n"


@pytest.mark.parametrize("version", ["client", "newer"])
def test_every_pair_that_is_complete_passes_the_checks(version: str, shared: CheckSandbox, tmp_path: Path) -> None:
    """Everything that can be read into everything that can be written to, whatever sense that makes."""
    client = getattr(shared, version)
    context = pipeline.read_live_context(Spec(), client, 4)
    names = [one.name for one in context.snapshot.of_kind("connections")]
    models = [scaffold.models(context, name, "*") for name in names]
    head = "version: 1\nmodels:\n" + "".join(
        one.text.removeprefix("models:\n") for one in models if isinstance(one, Scaffold)
    )
    (tmp_path / "spec.yaml").write_text(head, "utf-8")
    spec, _ = pipeline.load([tmp_path / "spec.yaml"], {})
    context = pipeline.read_live_context(spec, client, 4)
    syncs, lacking = [], 0
    for model in spec.of_kind("models"):
        for name in names:
            objects = context.catalog.targets.objects(name)
            for object_id in objects if isinstance(objects, tuple) else ():
                request = scaffold.SyncRequest(model.name, name, object_id, None, f"Sync {len(syncs) + lacking}")
                made = scaffold.sync(context, request)
                assert isinstance(made, Scaffold)
                lacking += bool(made.problems)
                syncs += [] if made.problems else [made.text.removeprefix("syncs:\n")]
    assert len(syncs) > lacking / 3
    (tmp_path / "spec.yaml").write_text(f"{head}syncs:\n{''.join(syncs)}", "utf-8")
    _, findings = check(client, tmp_path / "spec.yaml")
    assert [one.detail for one in findings if one.severity == "error"] == []
    assert max(map(len, "".join(syncs).splitlines())) <= 120
