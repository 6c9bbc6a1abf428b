"""Nothing that a file declares is deleted because the file is not read; a base sees the same files."""

from __future__ import annotations

import subprocess

import pytest

from tests.system import needs_links, require_git
from tests.workspace import Sandbox, Workspace

BODY = "{type: mysql, configuration: {hostname: h, port: 3306, dbname: d, account: a, passwd: p}}"
OWNS = "owns: {connections: ['*']}\n"


def connections(*names: str) -> str:
    return "connections:\n" + "".join(f"  {one}: {BODY}\n" for one in names)


@pytest.fixture
def owner(applier: Workspace) -> Workspace:
    """A workspace in which everything is live that the spec and another folder declare."""
    applier.write("spec/a.yaml", OWNS + connections("A"))
    applier.write("shared/t.yaml", connections("T"))
    assert applier("apply", "spec/a.yaml", "shared/t.yaml", "--yes", "-q").code == 0
    return applier


def deletes(owner: Workspace, *arguments: str) -> tuple[list[str], list[str], int]:
    """Return what a prune would delete, why it is refused, and the exit code of the apply."""
    plan = owner("plan", "spec", "--prune", "-o", "json", *arguments).json
    addresses = [one["address"] for one in plan["changes"] if one["action"] == "delete"]
    refused = owner("apply", "spec", "--prune", "--yes", "-o", "json", *arguments)
    return addresses, [one["code"] for one in refused.json["diagnostics"] if one["severity"] == "error"], refused.code


@needs_links
def test_what_a_linked_folder_declares_is_not_pruned(owner: Workspace) -> None:
    (owner.folder / "spec" / "team").symlink_to("../shared", target_is_directory=True)
    assert deletes(owner) == ([], [], 0)


def test_a_spec_with_an_ending_in_capitals_is_not_pruned(owner: Workspace) -> None:
    owner.write("spec/t.YAML", connections("T"))
    assert deletes(owner) == ([], [], 0)


@pytest.mark.parametrize(
    ("name", "content", "verb"),
    [
        ("t.yaml.bak", connections("T"), "declares"),
        (".t.yaml", connections("T"), "declares"),
        (".old/t.yaml", connections("T"), "declares"),
        ("t.yaml.j2", "{% if x %}\n" + connections("T"), "may declare"),
    ],
)
def test_a_delete_of_what_a_file_declares_that_is_not_read_is_refused(
    owner: Workspace, sandbox: Sandbox, name: str, content: str, verb: str
) -> None:
    owner.write(f"spec/{name}", content)
    assert deletes(owner) == (["connections/T"], ["left-out-deleted"], 3)
    said = owner("plan", "spec", "--prune").err
    assert f'The plan would delete connections/T, but "spec/{name}" {verb} it, which is not read: ' in said
    assert sandbox.names()["connections"] == ["A", "T"]
    owner.write(f"spec/{name}", connections("Other"))
    assert deletes(owner) == (["connections/T"], [], 0)


def test_who_means_it_deletes_it(owner: Workspace, sandbox: Sandbox) -> None:
    owner.write("spec/t.yaml.bak", connections("T"))
    assert deletes(owner, "--force") == (["connections/T"], [], 0)
    assert sandbox.names()["connections"] == ["A"]


def test_removed_means_it_too(owner: Workspace) -> None:
    owner.write("spec/t.yaml.bak", connections("T"))
    owner.write("spec/r.yaml", "removed: {connections: [T]}\n")
    assert deletes(owner) == (["connections/T"], [], 0)


@needs_links
def test_a_link_that_leads_nowhere_may_have_declared_everything(owner: Workspace) -> None:
    (owner.folder / "spec" / "team").symlink_to("../gone", target_is_directory=True)
    assert deletes(owner) == (["connections/T"], ["left-out-deleted"], 3)


def commit(owner: Workspace) -> None:
    require_git()
    for words in ("init -q", "add .", "-c user.name=A -c user.email=a@example.com commit -q -m x"):
        subprocess.run(["git", *words.split()], cwd=owner.folder, check=True)


def causes(owner: Workspace) -> list[tuple[str, str]]:
    """Return what has changed since the commit, and whether the spec or somebody in the workspace changed it."""
    changes = owner("plan", "spec", "--base", "HEAD", "--refuse-drift", "-o", "json").json["changes"]
    return [(one["address"], one["cause"]) for one in changes]


def test_a_base_knows_what_a_file_with_capitals_was_called(owner: Workspace) -> None:
    """It has moved into the folder since."""
    (owner.folder / "shared" / "t.yaml").rename(owner.folder / "shared" / "t.YAML")
    commit(owner)
    (owner.folder / "shared" / "t.YAML").rename(owner.folder / "spec" / "t.yml")
    owner.write("spec/t.yml", owner.read("spec/t.yml").replace("3306", "3307"))
    assert causes(owner) == [("connections/T", "config")]


@needs_links
def test_a_base_follows_the_links_of_the_commit(owner: Workspace) -> None:
    """A change since then is one of the spec, in a linked folder and in a file with capitals too."""
    (owner.folder / "spec" / "team").symlink_to("../shared", target_is_directory=True)
    owner.write("spec/b.YAML", connections("B"))
    assert owner("apply", "spec", "--yes", "-q").code == 0
    commit(owner)
    for name in ("shared/t.yaml", "spec/b.YAML"):
        owner.write(name, owner.read(name).replace("3306", "3307"))
    assert causes(owner) == [("connections/B", "config"), ("connections/T", "config")]
