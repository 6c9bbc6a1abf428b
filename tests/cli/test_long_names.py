"""Names of thousands of characters: wherever one becomes a path, the system refuses it, and the program says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workspace import Workspace

LONG = "x" * 5000
DEEP = "x/" * 3000
CONNECTION = (
    "connections:\n  C: {type: mysql, configuration: {hostname: h, port: 1, dbname: d, account: a, passwd: p}}\n"
)
READ = f'error: "{LONG}" cannot be read: file name too long. [file-unreadable]\n  hint: check the path\n'
WRITE = f"error: Cannot write {LONG}: file name too long. [not-saved]\n  hint: choose another path\n"

COMMANDS = {
    "validate": (("validate", LONG), READ),
    "plan": (("plan", LONG), READ),
    "a deep path": (("plan", DEEP), READ.replace(LONG, DEEP.removesuffix("/"))),
    "apply": (("apply", LONG, "--yes"), READ),
    "drift": (("drift", LONG), READ),
    "destroy": (("destroy", LONG, "--yes"), READ),
    "fmt": (("fmt", LONG), READ),
    "graph": (("graph", LONG), READ),
    "pull": (("pull", "--path", LONG), READ),
    "schema": (("schema", "--snapshot", LONG), READ),
    "variables": (("validate", "spec.yaml", "--var-file", LONG), READ),
    "saved plan": (("plan", "spec.yaml", "--out", LONG), WRITE),
}


@pytest.fixture
def local(tmp_path: Path) -> Workspace:
    workspace = Workspace.local(tmp_path)
    workspace.write("spec.yaml", CONNECTION)
    return workspace


@pytest.mark.parametrize("command", COMMANDS)
def test_paths(local: Workspace, command: str) -> None:
    arguments, said = COMMANDS[command]
    result = local(*arguments, "-q")
    assert (result.code, result.err) == (1, said)


def test_an_export_to_such_a_folder_is_refused(local: Workspace) -> None:
    assert local("apply", "spec.yaml", "--yes").code == 0
    result = local("export", "--out", LONG, "-q")
    assert (result.code, result.err.splitlines()[-2:]) == (1, WRITE.splitlines())


def test_certificates(local: Workspace) -> None:
    online = Workspace(local.folder, {"POLYTOMIC_API_KEY": "k", "POLYTOMIC_DEPLOYMENT_URL": "https://x.invalid"})
    result = online("plan", "spec.yaml", "-q", SSL_CERT_FILE=LONG)
    assert result.code == 1
    assert "file name too long" in result.err


NAMES = {
    "environment": ("--env", LONG, f'error: Unknown environment "{LONG}". [unknown-environment]\n'),
    "variable": (
        "--var",
        f"{LONG}=1",
        f'error: "{LONG}" is not declared; it is set by --var. [variable-not-declared]\n',
    ),
}


@pytest.mark.parametrize("name", NAMES)
def test_names_that_become_no_path(local: Workspace, name: str) -> None:
    option, value, said = NAMES[name]
    result = local("validate", "spec.yaml", option, value, "-q")
    assert (result.code, result.err.splitlines(keepends=True)[0]) == (1, said)


def test_a_resource_of_such_a_name_is_applied_and_exported(local: Workspace) -> None:
    local.write("spec.yaml", CONNECTION.replace("  C:", f"  ? {LONG}\n  :"))
    assert local("apply", "spec.yaml", "--yes").code == 0
    assert local("export", "--out", "out").code == 0
    assert len(list((local.folder / "out").rglob("*.yaml"))) == 1
