"""--env, --var, --var-file: what they choose, and where a command then goes."""

from __future__ import annotations

import json
import os

import pytest

from tests.system import needs_open_files_by_name
from tests.workspace import KEY, Sandbox, Workspace

SPEC = """\
version: 1
variables:
  host:
connections:
  Shop: {type: mysql, configuration: {hostname: "${var:host}", port: 3306, account: a, passwd: "${env:PW:-p}"}}
environments:
  dev:
    variables: {host: dev}
  prod:
    url: "${env:PROD_URL:-http://127.0.0.1:9}"
    api_key_variable: PROD_KEY
    variables: {host: prod}
    overrides: {connections: {Shop: {configuration: {ports: 1}, colour: red}}}
"""


@pytest.fixture
def offline(tmp_path) -> Workspace:
    command = Workspace(tmp_path)
    command.write("spec.yaml", SPEC)
    return command


def test_validate_all_environments(offline: Workspace) -> None:
    assert offline("validate").code == 1
    assert offline("validate", "--env", "dev").code == 0
    assert offline("validate", APPLIER_ENV="dev").code == 0
    result = offline("validate", "-e", "all")
    assert (result.code, result.out) == (1, "Invalid: 1 error, 1 warning in 1 file.\n")
    assert result.err == (
        'spec.yaml:13:54: warning: "configuration.ports" of connections/Shop is not a known setting of the type mysql '
        '(in the environment prod). [unknown-setting]\n  hint: did you mean "port"?\n'
        'spec.yaml:13:65: error: Unknown key "colour" in connections/Shop (in the environment prod). '
        "[unknown-key]\n  hint: known keys: type, configuration, healthcheck_interval, validate, policies, managed, "
        "id, protect\n"
    )
    offline.write("spec.yaml", SPEC.replace(", colour: red", "").replace("type: mysql", "tipe: mysql"))
    result = offline("validate", "-e", "all", "-o", "json", "--var", "host=x")
    assert [one["detail"] for one in json.loads(result.out)["diagnostics"] if one["severity"] == "error"] == [
        'Unknown key "tipe" in connections/Shop.'
    ]


def test_values_of_variables(offline: Workspace) -> None:
    offline.write("dev.json", '{"host": "x"}')
    assert offline("validate", "--var", "host=x").code == 0
    assert offline("validate", APPLIER_VAR="host=x").code == 0
    assert offline("validate", APPLIER_VAR_HOST="x").code == 0
    assert offline("validate", "--var-file", "dev.json").code == 0
    assert offline("validate", APPLIER_VAR_FILE="dev.json").code == 0
    assert "variable-not-declared" in offline("validate", "--var", "host=x", "--var", "hots=x").err


def test_the_environment_names_server_and_key(applier: Workspace, sandbox: Sandbox) -> None:
    applier.write("spec.yaml", SPEC.replace(", colour: red", ""))
    result = applier("plan", "-e", "prod")
    assert result.code == 1
    assert "The API key is not set: the environment prod reads it from PROD_KEY." in result.err
    result = applier("plan", "-e", "prod", "--timeout", "1", PROD_KEY=KEY)
    assert result.code == 1
    assert "127.0.0.1:9" in result.err
    for place in ({"PROD_URL": sandbox.url}, {"APPLIER_URL": sandbox.url}):
        result = applier("plan", "-e", "prod", PROD_KEY=KEY, POLYTOMIC_DEPLOYMENT_URL="http://127.0.0.1:9", **place)
        assert (result.code, "+ connections/Shop" in result.out) == (0, True)
    assert applier("plan", "-e", "dev").code == 0  # POLYTOMIC_API_KEY and POLYTOMIC_DEPLOYMENT_URL


def test_apply_and_drift_per_environment(applier: Workspace, sandbox: Sandbox) -> None:
    applier.write("spec.yaml", SPEC.replace("connections:", "connections: # mine", 1).replace(
        ", colour: red", "").replace("Shop: {type: mysql,", "Shop: {validate: false, type: mysql,"))  # fmt: skip
    assert applier("apply", "--yes", "-e", "dev").code == 0
    assert sandbox.named("connections", "Shop")["configuration"]["hostname"] == "dev"
    assert applier("drift", "-e", "dev").code == 0
    assert applier("drift", "--var", "host=other").code == 2
    assert applier("destroy", "--yes", "-e", "dev").code == 0


def test_a_saved_plan_remembers_its_environment(applier: Workspace, sandbox: Sandbox) -> None:
    applier.write("spec.yaml", SPEC.replace(", colour: red", "").replace("type: mysql", "type: mysql, validate: false"))
    assert applier("plan", "-e", "dev", "--out", "plan.json").code == 0
    assert applier("apply", "plan.json", "--yes", "-e", "prod", PROD_KEY=KEY, APPLIER_URL=sandbox.url).code == 1
    assert applier("apply", "plan.json", "--yes").code == 0
    assert sandbox.named("connections", "Shop")["configuration"]["hostname"] == "dev"


MINIMAL = """\
variables:
  {host: localhost, port: {type: number, default: 1}, password: {sensitive: true, default: x}, user: me, n: one}
connections:
  Shop:
    type: mysql
    validate: false
    configuration:
      hostname: "${var:host}"
      port: ${var:port}
      account: "${var:user}"
      passwd: "${var:password}-${var:n}"
"""
SECRET = "correct horse"


def test_a_saved_plan_remembers_what_was_given_but_for_secrets(applier: Workspace, sandbox: Sandbox) -> None:
    """Only those are to be given again, and the message says which; what lands in a secret is one, too."""
    applier.write("spec.yaml", MINIMAL)
    applier.write("port.vars.yaml", "port: 3306\n")
    given = ("--var", "host=db", "--var", "user=u", "--var-file", "port.vars.yaml")
    secret = ("--var", f"password={SECRET}", "--var", f"n={SECRET[:7]}")
    assert applier("plan", *given, *secret, "--out", "plan.json").code == 0
    saved = (applier.folder / "plan.json").read_text("utf-8")
    assert SECRET[:7] not in saved
    said = (
        "error: The plan was made with --var {0}. Secret values are not saved in plan files. [plan-needs-secret]\n"
        "  hint: pass them again: applier apply PLANFILE --var {0}\n"
    )
    told = applier("apply", "plan.json", "--yes")
    assert (told.code, told.err) == (1, said.format("password=… --var n=…"))
    told = applier("apply", "plan.json", "--yes", *secret[2:])
    assert (told.code, told.err) == (1, said.format("password=…"))
    assert "plan-needs-secret" not in applier("apply", "plan.json", "--yes", "--var", "host=x", *secret).err
    assert sandbox.writes() == []
    assert applier("apply", "plan.json", "--yes", *secret[2:], APPLIER_VAR_PASSWORD=SECRET).code == 0
    assert sandbox.named("connections", "Shop")["configuration"] == {
        **sandbox.named("connections", "Shop")["configuration"],
        "hostname": "db",
        "port": 3306,
        "account": "u",
    }


@needs_open_files_by_name
def test_a_saved_plan_asks_for_a_file_that_cannot_be_read_again(applier: Workspace, sandbox: Sandbox) -> None:
    applier.write("spec.yaml", MINIMAL)
    reader, writer = os.pipe()
    os.write(writer, b"{password: secret}")
    os.close(writer)
    assert applier("plan", "--var-file", f"/dev/fd/{reader}", "--out", "plan.json").code == 0
    assert "made with --var-file FILE." in applier("apply", "plan.json", "--yes").err
    applier.write("other.yml", "password: secret")
    assert applier("apply", "plan.json", "--yes", "--var-file", "other.yml").code == 0


def test_a_saved_plan_keeps_its_options(applier: Workspace, sandbox: Sandbox) -> None:
    applier.write("spec.yaml", MINIMAL)
    assert applier("plan", "--target", "connections/*", "--out", "plan.json").code == 0
    refused = applier("apply", "plan.json", "--yes", "--prune", "-t", "models/*")
    assert (refused.code, refused.err) == (
        1,
        (
            "error: The saved plan was made with other values of --prune, --target. [stale-plan]\n"
            "  hint: omit these options, or create a new plan\n"
        ),
    )
    assert sandbox.writes() == []
    assert applier("apply", "plan.json", "--yes", "-t", "connections/*", "--force").code == 0


def test_the_lock_file_lies_beside_the_spec_and_not_beside_the_saved_plan(applier: Workspace) -> None:
    applier.write("pipelines/spec.yaml", MINIMAL)
    lock = {"APPLIER_LOCK_KEY": "0123456789abcdef"}
    assert applier("plan", "pipelines", "--out", "plan.json", **lock).code == 0
    assert applier("apply", "plan.json", "--yes", **lock).code == 0
    assert [one.parent.name for one in applier.folder.rglob("applier.lock")] == ["pipelines"]
    assert applier("plan", "pipelines", **lock).out == "Nothing to do: 1 resource unchanged.\n"
