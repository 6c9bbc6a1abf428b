"""What equals or holds a secret of the spec is hidden on both sides, wherever it stands and whoever wrote it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from applier import pipeline, sdk
from applier.api.environment import KEY_VARIABLE
from applier.cli import main
from applier.cli.guard import KEYS
from applier.cli.lock_file import OLD_VARIABLE as OLD_LOCK_KEY
from applier.cli.lock_file import VARIABLE as LOCK_KEY
from applier.render.forms import FORMS
from applier.secrets import Secret
from applier.secrets.positions import redact_both
from tests.cli.conftest import applier, sandbox, served
from tests.kinds.workspace import ENVIRONMENT, SYNC, spec
from tests.workspace import Sandbox, Workspace

__all__ = ["applier", "sandbox", "served"]

CONSTANT, FILTER = "canary-constant-7", "ab1"
VALUES = {"CONSTANT": CONSTANT, "FILTER": FILTER, **ENVIRONMENT}


def write(workspace: Workspace, *, variables: Mapping[str, Any] = {}, **sync: Any) -> None:
    """Write the small spec with other members of its sync."""
    sections = {"variables": variables} if variables else {}
    content = {**spec(sync=sync), **sections, **{key: sync.pop(key) for key in ("environments",) if key in sync}}
    workspace.write("spec.yaml", yaml.safe_dump(content, sort_keys=False))


@pytest.fixture
def mine(applier: Workspace, sandbox: Sandbox) -> Workspace:
    return Workspace(applier.folder, {**applier.environment, **VALUES}, sandbox)


def live(workspace: Workspace, **sync: Any) -> None:
    """Make the sync live as somebody else has written it, with its values in clear."""
    write(workspace, **sync)
    assert workspace("apply", "--yes", "-q").code == 0


def fields(workspace: Workspace, *arguments: str) -> dict[str, tuple[Any, Any]]:
    """Return the fields of the sync that a plan shows, by path."""
    (change,) = workspace("plan", "-o", "json", *arguments).json["changes"]
    return {one["path"]: (one["before"], one["after"]) for one in change["fields"]}


CONDITION = {"field": "email", "function": "Equality", "value": "${env:FILTER}"}
EMAIL = {"EMAIL": "email"}


def test_the_old_value_of_a_constant_and_of_a_filter(mine: Workspace) -> None:
    """Both move to another path, so that nothing but the value itself tells that it is a secret."""
    live(mine, fields={**EMAIL, "FIRST_NAME": {"value": "${env:CONSTANT}"}}, filters=[CONDITION])
    write(
        mine,
        fields={**EMAIL, "LAST_NAME": {"value": "${env:CONSTANT}"}},
        filters=[{**CONDITION, "function": "Inequality"}],
    )
    shown = fields(mine)
    assert shown["fields.FIRST_NAME.value"] == ("(sensitive)", None)
    assert shown["fields.LAST_NAME.value"] == (None, "(sensitive)")
    assert shown["filters.Customers.email Equality.value"] == ("(sensitive)", None)
    reports = [f"--report={form}=report.{form}" for form in FORMS]
    said = [mine("plan", "-v", "--out", "p.json", *reports), mine("plan", "--explain", "syncs/Sync"), mine("drift")]
    said.append(mine("apply", "p.json", "--yes", "--result", "result.json"))
    assert [one.code for one in said] == [0, 0, 2, 0]
    written = [one.read_text("utf-8") for one in mine.folder.rglob("*") if one.is_file()]
    texts = [*written, *(text for one in said for text in (one.out, one.err))]
    assert [text for text in texts if CONSTANT in text or f'"{FILTER}"' in text or f" {FILTER}" in text] == []


def test_a_value_that_was_another_secret_before(mine: Workspace) -> None:
    """The position tells it: in a list, a member that is secret in one item is hidden in all of them."""
    declared = [{"from": "a", "to": Secret("new")}, {"from": "b", "to": "plain"}]
    before = [{"from": "a", "to": "old"}, {"from": "c", "to": "other"}, "x"]
    assert redact_both(before, declared) == (
        [{"from": "a", "to": "(sensitive)"}, {"from": "c", "to": "(sensitive)"}, "x"],
        [{"from": "a", "to": "(sensitive)"}, {"from": "b", "to": "plain"}],
    )
    live(mine, filters=[{"field": "email", "function": "StringOneOf", "value": ["${env:CONSTANT}", "x"]}])
    rotated = Workspace(mine.folder, {**mine.environment, "CONSTANT": "canary-rotated-8"}, mine.sandbox)
    one = rotated("plan", "-o", "json")
    assert (one.code, CONSTANT in one.out, "canary-rotated" in one.out, len(one.json["changes"])) == (
        0,
        False,
        False,
        1,
    )


def test_a_secret_that_is_rotated_together_with_its_key(mine: Workspace) -> None:
    """Nothing pairs the old value with the new one: all old values that change beside a new secret are hidden."""
    live(
        mine,
        mode="update",
        identity={"field": "email", "target": "EMAIL"},
        fields={"FIRST_NAME": {"value": "${env:CONSTANT}"}},
        filters=[
            {**CONDITION, "value": "${env:CONSTANT}"},
            {"field": "first_name", "function": "Equality", "value": "x"},
        ],
        overrides=[{"field": "email", "function": "Equality", "value": "${env:CONSTANT}", "override": "shown"}],
    )
    write(
        mine,
        mode="update",
        identity={"field": "email", "target": "EMAIL"},
        fields={"LAST_NAME": {"value": "${env:CONSTANT}"}},
        filters=[{**CONDITION, "function": "Inequality", "value": "${env:CONSTANT}"}],
        overrides=[{"field": "email", "function": "Inequality", "value": "${env:CONSTANT}", "override": "other"}],
    )
    rotated = Workspace(mine.folder, {**mine.environment, "CONSTANT": "rotated-0815"}, mine.sandbox)
    shown = fields(rotated)
    assert shown["fields.FIRST_NAME.value"] == ("(sensitive)", None)
    assert shown["fields.LAST_NAME.value"] == (None, "(sensitive)")
    assert shown["filters.Customers.email Equality.value"] == ("(sensitive)", None)
    assert shown["filters.Customers.first_name Equality.value"] == ("(sensitive)", None)
    assert shown["filters.Customers.first_name Equality.function"] == ("Equality", None)
    explained, drift = rotated("plan", "--explain", "syncs/Sync"), rotated("drift", "-v")
    dry, pulled = rotated("pull", "--dry-run"), rotated("pull")
    texts = [text for one in (explained, drift, dry, pulled) for text in (one.out, one.err)]
    assert [text for text in (*texts, repr(shown), mine.read("spec.yaml")) if CONSTANT in text] == []
    assert "not written: syncs/Sync fields.FIRST_NAME.value: the live value holds a secret." in pulled.err


def test_values_beside_a_secret_that_stays_are_shown(mine: Workspace) -> None:
    constants = {**EMAIL, "FIRST_NAME": {"value": "${env:CONSTANT}"}}
    live(mine, fields={**constants, "LAST_NAME": {"value": "old"}})
    write(mine, fields={**constants, "LAST_NAME": {"value": "new"}})
    assert fields(mine) == {"fields.LAST_NAME.value": ("old", "new")}


SENSITIVE = {"type": "string", "sensitive": True}


@pytest.mark.parametrize(
    "declared",
    [
        {"default": CONSTANT},
        {"default": "other", "dev": CONSTANT},
        {"default": "other", "prod": "chosen", "dev": "${env:CONSTANT}"},
        {"default": "${env:CONSTANT}", "prod": "chosen"},
        {"default": "other", "process": CONSTANT, "option": "given"},
        {"default": "other", "file": CONSTANT, "option": "given"},
    ],
    ids=["default", "other environment", "placeholder there", "overridden default", "overridden process", "file"],
)
def test_every_value_of_a_sensitive_variable(mine: Workspace, declared: dict[str, str]) -> None:
    """Also where another value counts: of another environment, a default, what an option beats."""
    live(mine, fields={**EMAIL, "FIRST_NAME": {"value": CONSTANT}})
    environments = {name: {"variables": {"token": declared[name]}} for name in ("dev", "prod") if name in declared}
    environments.setdefault("prod", {})
    content = {
        **spec(sync={"fields": {**EMAIL, "FIRST_NAME": {"value": "plain"}}}),
        "variables": {"token": {**SENSITIVE, "default": declared["default"]}},
        "environments": environments,
    }
    mine.write("spec.yaml", yaml.safe_dump(content, sort_keys=False))
    arguments = ["-e", "prod"]
    if "file" in declared:
        mine.write("my.vars", f"token: {declared['file']}\n")
        arguments += ["--var-file", "my.vars"]
    if "option" in declared:
        arguments += ["--var", f"token={declared['option']}"]
    environment = {"APPLIER_VAR_token": declared["process"]} if "process" in declared else {}
    other = Workspace(mine.folder, {**mine.environment, **environment}, mine.sandbox)
    assert fields(other, *arguments) == {"fields.FIRST_NAME.value": ("(sensitive)", "plain")}


ONE_OF = {"field": "email", "function": "StringOneOf", "value": "${var:token}"}
NUMBER = {"field": "age", "function": "Equality", "value": "${var:token}"}
SYNC_FIELDS = {"fields": {**EMAIL, "FIRST_NAME": {"value": "${var:token}"}}}


@pytest.mark.parametrize(
    ("declared", "parts", "given", "is_hidden"),
    [
        ({"default": "${env:X}", "prod": "p"}, {"sync": SYNC_FIELDS}, CONSTANT, True),
        ({"default": "d", "prod": "p", "dev": "a-${env:X}"}, {"sync": SYNC_FIELDS}, CONSTANT, True),
        ({"default": ["d", "${env:X:-e}"], "prod": ["p"]}, {"sync": {"filters": [ONE_OF]}}, CONSTANT, True),
        ({"default": "d", "dev": "${env:X}"}, {"dev": {"syncs": {"Sync": SYNC_FIELDS}}}, CONSTANT, True),
        ({"default": "d", "dev": "${env:X}"}, {"defaults": {"syncs": SYNC_FIELDS}}, CONSTANT, True),
        ({"default": "replace", "dev": "${env:X}"}, {"sync": {"mode": "${var:token}"}}, CONSTANT, False),
        ({"default": "email", "dev": "${env:X}"}, {"sync": {"fields": {"EMAIL": "${var:token}"}}}, CONSTANT, False),
        ({"default": "d", "dev": "${env:X}"}, {"sync": SYNC_FIELDS}, "true", False),
        ({"default": "d", "dev": "${env:X}"}, {}, CONSTANT, False),
        ({"default": 1, "dev": "${env:X}"}, {"sync": {"filters": [NUMBER]}}, "123456", False),
    ],
    ids=["default", "environment", "list", "override", "defaults", "word", "field", "setting", "unused", "number"],
)
def test_what_the_environment_gives_to_variables_elsewhere(
    mine: Workspace, declared: dict[str, Any], parts: dict[str, Any], given: str, is_hidden: bool
) -> None:
    """A variable need not be marked as sensitive: where it fills a text, each environment's value is hidden."""
    live(mine, fields={**EMAIL, "LAST_NAME": {"value": given}})
    environments: dict[str, Any] = {
        name: {"variables": {"token": declared[name]} if name in declared else {}} for name in ("dev", "prod")
    }
    environments["dev"]["overrides"] = parts.get("dev", {})
    sync = {"fields": EMAIL, **parts.get("sync", {})}
    content = {
        **spec(sync={"fields": {**sync.pop("fields"), "LAST_NAME": {"value": "plain"}}, **sync}),
        "variables": {"token": {"default": declared["default"]}},
        "environments": environments,
        "defaults": parts.get("defaults", {}),
    }
    mine.write("spec.yaml", yaml.safe_dump(content, sort_keys=False))
    other = Workspace(mine.folder, {**mine.environment, "X": given}, mine.sandbox)
    expected = "(sensitive)" if is_hidden else given
    assert fields(other, "-e", "prod")["fields.LAST_NAME.value"] == (expected, "plain")


def test_secrets_of_other_environments(mine: Workspace) -> None:
    """What their overrides take from the environment, sensitive members in clear, and the keys of their workspaces."""
    live(
        mine,
        fields={
            "FIRST_NAME": {"value": f"x {CONSTANT}"},
            "LAST_NAME": {"value": "literal-password"},
            "EMAIL": {"value": "dev-api-key"},
        },
    )
    override = {"connections": {"Source": {"configuration": {"passwd": "literal-password"}}}}
    constant = {
        "syncs": {"Sync": {"filters": [{"field": "email", "function": "Equality", "value": "${env:CONSTANT}"}]}}
    }
    content = {
        **spec(sync={"fields": EMAIL}),
        "environments": {"dev": {"api_key_variable": "DEV_KEY", "overrides": {**override, **constant}}},
    }
    mine.write("spec.yaml", yaml.safe_dump(content, sort_keys=False))
    other = Workspace(mine.folder, {**mine.environment, "DEV_KEY": "dev-api-key"}, mine.sandbox)
    shown = fields(other)
    assert shown["fields.FIRST_NAME.value"] == ("x (sensitive)", None)
    assert shown["fields.LAST_NAME.value"] == ("(sensitive)", None)
    assert shown["fields.EMAIL.value"] == ("(sensitive)", None)


@pytest.mark.parametrize("is_default", [False, True])
def test_secrets_of_overrides_whose_type_stands_elsewhere(mine: Workspace, *, is_default: bool) -> None:
    """The type says which members of a connection are secret, wherever the type is written."""
    live(mine, fields={"LAST_NAME": {"value": "other-account"}})
    content = spec(sync={"fields": EMAIL})
    account = {"configuration": {"service_account": "${env:OTHER}", "auth_method": "service_account_key"}}
    bigquery = {"type": "bigquery"}
    content["connections"]["Lake"] = account if is_default else {**bigquery, **account}
    content["defaults"] = {"connections": bigquery if is_default else {}}
    override = {"connections": {"Lake": {"configuration": {"service_account": "other-account"}}}}
    content["environments"] = {"dev": {"overrides": override}}
    mine.write("spec.yaml", yaml.safe_dump(content, sort_keys=False))
    assert fields(mine, "--target", "syncs/Sync")["fields.LAST_NAME.value"] == ("(sensitive)", None)


def test_a_part_of_a_text_is_a_secret_of_its_own(mine: Workspace) -> None:
    secret = {**EMAIL, "LAST_NAME": {"value": "https://u:${env:CONSTANT}@h"}}
    live(mine, fields={**secret, "FIRST_NAME": {"value": f"only {CONSTANT}"}})
    write(mine, fields={**secret, "FIRST_NAME": {"value": "plain"}})
    assert fields(mine) == {"fields.FIRST_NAME.value": ("only (sensitive)", "plain")}


def test_names_that_the_spec_says_stay_readable(mine: Workspace) -> None:
    """A schema called PUBLIC makes no name unreadable, and the saved plan is applied."""
    content = spec(sync={"model": "PUBLIC_orders"}, models={"PUBLIC_orders": spec()["models"]["Customers"]})
    content["syncs"]["PUBLIC"] = {
        **SYNC,
        "model": "PUBLIC_orders",
        "filters": [{**CONDITION, "value": "${env:SCHEMA}"}],
    }
    mine.write("spec.yaml", yaml.safe_dump(content, sort_keys=False))
    named = Workspace(mine.folder, {**mine.environment, "SCHEMA": "PUBLIC"}, mine.sandbox)
    one = named("plan", "--out", "p.json")
    assert "+ models/PUBLIC_orders  spec.yaml" in one.out
    assert "+ syncs/PUBLIC  spec.yaml" in one.out
    assert "PUBLIC_orders.email Equality.value" in one.out
    assert "PUBLIC\n" not in one.out
    assert {"models/PUBLIC_orders", "syncs/PUBLIC"} <= {
        one["address"] for one in json.loads(mine.read("p.json"))["changes"]
    }
    applied = named("apply", "p.json", "--yes")
    assert (applied.code, "models/PUBLIC_orders  created" in applied.err) == (0, True)
    assert named.is_up_to_date()


def test_names_from_the_environment_are_no_secrets(mine: Workspace) -> None:
    """A field, an object and a mode are shown, also if another environment takes them from the same variables."""
    names = {"FIELD": "first_name", "OBJECT": "CUSTOMERS.CONTACTS", "MODE": "replace", "PORT": "3306", "HOST": "db"}
    taken = {"mode": "${env:MODE}", "fields": {"FIRST_NAME": "${env:FIELD}"}}
    content = {
        **spec(sync={**taken, "target": {"connection": "Warehouse", "object": "${env:OBJECT}"}}),
        "environments": {"dev": {"overrides": {"syncs": {"Sync": taken}}}},
    }
    source = content["connections"]["Source"]
    source["configuration"] = {**source["configuration"], "port": "${env:PORT}"}
    mine.write("spec.yaml", yaml.safe_dump(content, sort_keys=False))
    named = Workspace(mine.folder, {**mine.environment, **names}, mine.sandbox)
    planned = {one["address"]: one["fields"] for one in named("plan", "-o", "json").json["changes"]}
    values = {one["path"]: one["after"] for one in planned["syncs/Sync"]}
    assert values["fields.FIRST_NAME.field"] == "first_name"
    assert (values["target.object"], values["mode"]) == ("CUSTOMERS.CONTACTS", "replace")
    (port,) = (one["after"] for one in planned["connections/Source"] if one["path"] == "configuration.port")
    assert port == 3306


def test_names_of_live_objects_are_hidden(mine: Workspace) -> None:
    """Somebody else's object is called like the secret: it is deleted all the same, by a saved plan, too."""
    others = {f"old {CONSTANT}": {**SYNC, "fields": EMAIL}, f"older {CONSTANT}": {**SYNC, "fields": EMAIL}}
    mine.write("spec.yaml", yaml.safe_dump(spec(syncs=others), sort_keys=False))
    assert mine("apply", "--yes", "-q").code == 0
    content = {
        **spec(sync={"filters": [{**CONDITION, "value": "${env:CONSTANT}"}]}),
        "owns": {"syncs": ["*"]},
    }
    mine.write("spec.yaml", yaml.safe_dump(content, sort_keys=False))
    drift = mine("drift")
    plan = mine("plan", "--prune", "--force", "--out", "p.json")
    applied = mine("apply", "p.json", "--yes", "--force", "--report=json=report.json")
    assert "syncs/old (sensitive)" in plan.out
    assert (drift.code, plan.code, applied.code) == (2, 0, 0)
    texts = [*(text for one in (drift, plan, applied) for text in (one.out, one.err)), mine.read("p.json")]
    assert not any(CONSTANT in text for text in (*texts, mine.read("report.json")))
    assert mine.sandbox is not None
    assert mine.sandbox.names()["syncs"] == ["Sync"]


def test_pull_writes_no_secret_to_a_file(mine: Workspace) -> None:
    live(
        mine,
        mode="update",
        identity={"field": "email", "target": "EMAIL"},
        fields={"FIRST_NAME": {"value": CONSTANT}, "LAST_NAME": {"value": "live"}},
    )
    write(
        mine,
        mode="update",
        identity={"field": "email", "target": "EMAIL"},
        fields={"FIRST_NAME": {"value": "plain"}, "LAST_NAME": {"value": "file"}},
        filters=[{**CONDITION, "value": "${env:CONSTANT}"}],
    )
    dry, pulled = mine("pull", "--dry-run"), mine("pull")
    assert (dry.code, pulled.code) == (4, 4)
    assert CONSTANT not in dry.out + dry.err + pulled.out + pulled.err + mine.read("spec.yaml")
    assert "not written: syncs/Sync fields.FIRST_NAME.value: the live value holds a secret." in pulled.err
    kept = yaml.safe_load(mine.read("spec.yaml"))["syncs"]["Sync"]["fields"]
    assert kept == {"FIRST_NAME": {"value": "plain"}, "LAST_NAME": {"value": "live"}}


def test_what_uses_a_connection_is_named_without_secrets(mine: Workspace) -> None:
    assert mine.sandbox is not None
    write(mine)
    assert mine("apply", "--yes", "-q").code == 0
    metadata = {"used_by": [{"type": "model", "name": f"of {CONSTANT}", "id": "1"}, {"type": "sync", "name": "Sync"}]}
    mine.sandbox.fault(
        method="DELETE", path="/api/models/*", status=422, body={"message": "in use", "metadata": metadata}
    )
    write(mine, filters=[{**CONDITION, "value": "${env:CONSTANT}"}])
    one = mine("destroy", "--yes")
    mine.sandbox.clear("faults")
    assert one.code == 4
    assert 'used by model "of (sensitive)" (1), sync "Sync" (None)' in one.out
    assert CONSTANT not in one.out + one.err


def test_the_python_api(mine: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """The plan itself holds no secret in its values, nor does a report in any form, with a session without the spec."""
    live(mine, fields={**EMAIL, "FIRST_NAME": {"value": f"x {CONSTANT}"}})
    write(mine, fields={**EMAIL, "LAST_NAME": {"value": "${env:CONSTANT}"}})
    declared = sdk.load(mine.folder, environment=mine.environment)
    for name in ("POLYTOMIC_API_KEY", "POLYTOMIC_DEPLOYMENT_URL"):
        monkeypatch.setenv(name, mine.environment[name])
    with sdk.connect() as client:
        prepared = pipeline.plan(declared, client)
        planned = sdk.plan(declared, client)
        texts = [repr(prepared.plan), repr(planned.changes), *(sdk.render(planned, form) for form in FORMS)]
        values = {(one.label, one.before, one.after) for one in planned.changes[0].fields}
    assert ("fields.FIRST_NAME.value", "(sensitive)", None) in values
    assert ("fields.LAST_NAME.value", None, "(sensitive)") in values
    assert [text for text in texts if CONSTANT in text] == []


def test_a_defect_shows_no_secret(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A traceback quotes what a library says, and that may be any value."""

    def fail(_: object) -> int:
        from applier.cli.guard import Guard
        from applier.secrets import NOTHING_CLEAR

        Guard().learn({CONSTANT}, NOTHING_CLEAR)
        raise ValueError(f"cannot parse {CONSTANT!r}")

    monkeypatch.setattr("applier.cli.run", fail)
    with pytest.raises(SystemExit) as ended:
        main(["plan"])
    said = capsys.readouterr().err
    assert (ended.value.code, CONSTANT in said) == (1, False)
    assert "ValueError: cannot parse '(sensitive)'" in said


def test_the_guard_knows_the_keys_by_their_names() -> None:
    """It names them itself, since it stands before everything else is imported."""
    assert KEYS == (KEY_VARIABLE, LOCK_KEY, OLD_LOCK_KEY)
