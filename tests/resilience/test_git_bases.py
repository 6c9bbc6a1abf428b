"""What a git base knows after files and resources were renamed: a live edit is never shown as an edit of the spec."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.resilience.projects import CONNECTIONS, SYNC, models
from tests.system import WINDOWS, needs_links, require_git
from tests.workspace import Sandbox, Workspace

CONNECTION = """\
version: 1
connections:
  DB:
    type: mysql
    configuration: {hostname: localhost, port: 3306, dbname: company, account: user, passwd: '${env:PW:-secret}'}
"""
MODEL = """\
version: 1
models:
  # The customers of the company, as the shop has them: one row for each, with the address of the last order.
  Customers:
    connection: DB
    configuration: {table: company.customers}
    identifier: id
"""
SPEC = CONNECTION + MODEL.removeprefix("version: 1\n")
DRIFT, CONFIG, UNKNOWN = "drift", "config", "unknown"
TABLE = "configuration.table"


@dataclass(frozen=True)
class Project:
    """A repository whose spec was applied; somebody then edits the model in Polytomic."""

    applier: Workspace
    sandbox: Sandbox

    @property
    def folder(self) -> Path:
        return self.applier.folder

    def git(self, *words: str, folder: Path | None = None) -> str:
        return subprocess.run(
            ["git", "-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "protocol.file.allow=always", *words],
            cwd=folder or self.folder,
            check=True,
            capture_output=True,
            encoding="utf-8",
        ).stdout.strip()

    def apply(self, files: dict[str, str], *paths: str) -> None:
        """Commit the files, apply them, and edit the model live."""
        self.apply_only(files, *paths)
        self.edit()

    def apply_only(self, files: dict[str, str], *paths: str) -> None:
        """Commit the files and apply them."""
        require_git()
        self.git("init", "-q", "-b", "main")
        for name, content in files.items():
            self.applier.write(name, content)
        self.commit()
        applied = self.applier("apply", *paths, "--yes", "--no-checks")
        assert applied.code == 0, applied.err

    def commit(self) -> None:
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "x")

    def edit(self, model_name: str = "Customers", **members: Any) -> None:
        """Write the model as somebody else would, who knows nothing of the files."""
        model = self.sandbox.named("models", model_name)
        kept = {one: model[one] for one in ("name", "connection_id", "identifier")}
        self.sandbox.put(f"/api/models/{model['id']}", {**kept, "configuration": {"table": "company.teams"}, **members})

    def causes(self, *arguments: str, base: str = "HEAD") -> dict[str, str]:
        """The cause of each field that differs, as a plan against the base has it; refused if one is not `config`."""
        planned = self.applier("plan", *arguments, "--base", base, "--no-checks", "-o", "json")
        assert planned.code == 0, planned.out
        changes = planned.json["changes"]
        causes = {one["path"]: one["cause"] for change in changes for one in change["fields"]}
        self.sandbox.clear("requests")
        refused = self.applier("apply", *arguments, "--base", base, "--refuse-drift", "--yes", "--no-checks")
        if {one["cause"] for one in changes} != {CONFIG}:
            assert (refused.code, self.sandbox.writes()) == (3, [])
        return causes


@pytest.fixture
def project(applier: Workspace, sandbox: Sandbox) -> Project:
    return Project(applier, sandbox)


def move(project: Project, old: str, new: str) -> None:
    target = project.folder / new
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(project.folder / old, target)


def rewrite(project: Project, name: str, old: str, new: str) -> None:
    text = project.applier.read(name)
    assert old in text
    project.applier.write(name, text.replace(old, new))


# --- files that were renamed

Change = Callable[[Project], None]
FOLDER: dict[str, str] = {"pipelines/db.yaml": CONNECTION, "pipelines/models/customers.yaml": MODEL}


def rename_folder(project: Project) -> None:
    move(project, "pipelines", "flows")


def rename_and_stage(project: Project) -> None:
    project.git("mv", "pipelines", "flows")


def rename_and_commit(project: Project) -> None:
    project.git("mv", "pipelines", "flows")
    project.commit()


def rename_and_edit(project: Project) -> None:
    rename_folder(project)
    rewrite(project, "flows/models/customers.yaml", "identifier: id", "identifier: email")


def flatten(project: Project) -> None:
    move(project, "pipelines/db.yaml", "flows/db.yaml")
    move(project, "pipelines/models/customers.yaml", "flows/customers.yaml")


def join_folders(project: Project) -> None:
    project.applier.write("flows/other.yaml", "version: 1\nlimits: {}\n")
    project.commit()
    flatten(project)


EDITED = {TABLE: DRIFT, "identifier": CONFIG}


@pytest.mark.parametrize(
    ("change", "base", "causes"),
    [
        (rename_folder, "HEAD", {TABLE: DRIFT}),
        (rename_and_stage, "HEAD", {TABLE: DRIFT}),
        (rename_and_commit, "HEAD~1", {TABLE: DRIFT}),
        (rename_and_edit, "HEAD", EDITED),
        (flatten, "HEAD", {TABLE: DRIFT}),
        (join_folders, "HEAD", {TABLE: DRIFT}),
    ],
)
def test_renamed_folders_are_followed(project: Project, change: Change, base: str, causes: dict[str, str]) -> None:
    project.apply(FOLDER, "pipelines")
    change(project)
    assert project.causes("flows", base=base) == causes


def test_a_renamed_file_is_followed(project: Project) -> None:
    project.apply({"a.yaml": SPEC}, "a.yaml")
    move(project, "a.yaml", "deep/b.yaml")
    rewrite(project, "deep/b.yaml", "identifier: id", "identifier: email")
    assert project.causes("deep/b.yaml") == EDITED


def test_a_file_moved_in_from_elsewhere_is_followed(project: Project) -> None:
    project.apply({"flows/db.yaml": CONNECTION, "shared/customers.yaml": MODEL}, "flows", "shared")
    move(project, "shared/customers.yaml", "flows/customers.yaml")
    assert project.causes("flows") == {TABLE: DRIFT}


def test_a_file_that_was_divided_is_known(project: Project) -> None:
    """git pairs one of the two with the file that is gone, which declared both."""
    project.apply({"all.yaml": SPEC}, "all.yaml")
    project.applier.write("db.yaml", CONNECTION)
    project.applier.write("models.yaml", MODEL)
    (project.folder / "all.yaml").unlink()
    assert project.causes("db.yaml", "models.yaml") == {TABLE: DRIFT}


def test_included_files_may_move_with_the_text_that_names_them(project: Project) -> None:
    query = "SELECT id, email\nFROM customers\nWHERE email IS NOT NULL\n"
    model = MODEL.replace("{table: company.customers}", "{query: '${file:sql/customers.sql}'}")
    spec = CONNECTION + model.removeprefix("version: 1\n")
    project.apply({"pipelines/spec.yaml": spec, "pipelines/sql/customers.sql": query}, "pipelines")
    project.edit(configuration={"query": "SELECT 1 AS id, 'x' AS email"})
    rename_folder(project)
    move(project, "flows/sql", "flows/queries")
    rewrite(project, "flows/spec.yaml", "sql/customers.sql", "queries/customers.sql")
    assert project.causes("flows") == {"configuration.query": DRIFT}
    rewrite(project, "flows/queries/customers.sql", "IS NOT NULL", "LIKE '%@%'")
    assert project.causes("flows") == {"configuration.query": "both"}


def test_environments_and_defaults_may_move_to_other_files(project: Project) -> None:
    model = MODEL.replace("    identifier: id\n", "").replace("company.customers", "company.accounts")
    layers = """\
version: 1
environments: {prod: {overrides: {models: {Customers: {configuration: {table: company.customers}}}}}}
defaults: {models: {identifier: id}}
"""
    files = {"pipelines/db.yaml": CONNECTION + layers.removeprefix("version: 1\n"), "pipelines/customers.yaml": model}
    project.apply(files, "pipelines", "-e", "prod")
    project.applier.write("pipelines/db.yaml", CONNECTION)
    project.applier.write("settings/layers.yaml", layers.replace("identifier: id", "identifier: email"))
    assert project.causes("pipelines", "settings", "-e", "prod") == EDITED


def test_files_of_variables_may_move(project: Project) -> None:
    variables = SPEC.replace("identifier: id", "identifier: '${var:key}'") + "variables: {key: x}\n"
    project.apply(
        {"spec.yaml": variables, "values/prod.vars.yaml": "key: id\n"},
        "spec.yaml",
        "--var-file",
        "values/prod.vars.yaml",
    )
    move(project, "values/prod.vars.yaml", "settings/live.vars.yaml")
    assert project.causes("spec.yaml", "--var-file", "settings/live.vars.yaml") == {TABLE: DRIFT}


# --- resources that were renamed


def moved(old: str, new: str) -> str:
    return SPEC.replace(f"  {old}:", f"  {new}:") + f"moved: {{models: {{{old}: {new}}}}}\n"


def test_moved_names_are_followed(project: Project) -> None:
    project.apply({"spec.yaml": SPEC}, "spec.yaml")
    project.applier.write("spec.yaml", moved("Customers", "Clients"))
    assert project.causes("spec.yaml") == {"name": CONFIG, TABLE: DRIFT}


def test_a_moved_name_that_somebody_gave_already_is_followed(project: Project) -> None:
    project.apply({"spec.yaml": SPEC}, "spec.yaml")
    project.edit(name="Clients")
    project.applier.write("spec.yaml", moved("Customers", "Clients"))
    assert project.causes("spec.yaml") == {TABLE: DRIFT}


def test_a_moved_name_is_no_edit_of_what_refers_to_it(project: Project) -> None:
    spec = (
        SPEC
        + """\
  Orders: {connection: DB, configuration: {table: company.accounts}}
"""
    )
    project.apply({"spec.yaml": spec}, "spec.yaml")
    renamed = spec.replace("  DB:", "  Shop:").replace("connection: DB", "connection: Shop")
    project.applier.write("spec.yaml", renamed + "moved: {connections: {DB: Shop}}\n")
    assert project.causes("spec.yaml") == {"name": CONFIG, TABLE: DRIFT}


def test_pins_are_followed_whatever_the_names_are(project: Project) -> None:
    project.apply({"spec.yaml": SPEC}, "spec.yaml")
    identifier = project.sandbox.named("models", "Customers")["id"]
    pinned = SPEC.replace("    connection: DB", f"    id: {identifier}\n    connection: DB")
    project.applier.write("spec.yaml", pinned.replace("  Customers:", "  Clients:"))
    assert project.causes("spec.yaml") == {"name": CONFIG, TABLE: DRIFT}
    project.applier.write("spec.yaml", pinned)
    project.commit()
    project.edit(name="By hand")
    assert project.causes("spec.yaml") == {"name": DRIFT, TABLE: DRIFT}
    project.applier.write("spec.yaml", pinned.replace("  Customers:", "  Clients:"))
    assert project.causes("spec.yaml") == {"name": "both", TABLE: DRIFT}


def two_models(used: str, **bodies: str) -> str:
    """A spec with models, of which a sync uses one."""
    return CONNECTIONS + models(**{name: f"connection: MySQL, {body}" for name, body in bodies.items()}) + SYNC % used


CUSTOMERS, ACCOUNTS = (f"configuration: {{table: company.{one}}}, identifier: id" for one in ("customers", "accounts"))


def plan_causes(project: Project) -> tuple[int, dict[str, str]]:
    """The exit code and the causes of a plan that refuses live edits."""
    planned = project.applier("plan", "spec.yaml", "--base", "HEAD", "--refuse-drift", "--no-checks", "-o", "json")
    return planned.code, {change["address"]: change["cause"] for change in planned.json["changes"]}


@pytest.mark.parametrize("is_edited", [False, True])
def test_pins_that_exchange_names_are_edits_of_the_spec(project: Project, *, is_edited: bool) -> None:
    project.apply_only({"spec.yaml": two_models("Customers", Customers=CUSTOMERS, Accounts=ACCOUNTS)}, "spec.yaml")
    customers, accounts = (project.sandbox.named("models", name)["id"] for name in ("Customers", "Accounts"))
    if is_edited:
        project.edit()
    bodies = {"Accounts": f"id: {customers}, {CUSTOMERS}", "Customers": f"id: {accounts}, {ACCOUNTS}"}
    project.applier.write("spec.yaml", two_models("Accounts", **bodies))
    code, causes = plan_causes(project)
    (step,) = causes.keys() - {"models/Accounts", "models/Customers"}
    edited = "both" if is_edited else CONFIG
    assert (code, causes) == (
        3 if is_edited else 0,
        {step: CONFIG, "models/Customers": CONFIG, "models/Accounts": edited},
    )


def test_a_name_that_another_object_takes_is_no_edit_of_what_refers_to_it(project: Project) -> None:
    """The sync changes because the spec gives the name of its model away, without a word in the sync."""
    project.apply_only({"spec.yaml": two_models("Customers", Customers=CUSTOMERS, Accounts=ACCOUNTS)}, "spec.yaml")
    customers, accounts = (project.sandbox.named("models", name)["id"] for name in ("Customers", "Accounts"))
    removed = f'removed: {{models: ["Customers ({customers})"]}}\n'
    project.applier.write("spec.yaml", two_models("Customers", Customers=f"id: {accounts}, {ACCOUNTS}") + removed)
    code, causes = plan_causes(project)
    assert (code, causes["syncs/Contacts"], {*causes.values()}) == (0, CONFIG, {CONFIG})


def test_an_object_of_a_moved_name_that_is_gone_was_deleted_live(project: Project) -> None:
    project.apply({"spec.yaml": SPEC}, "spec.yaml")
    project.sandbox.http.delete(f"/api/models/{project.sandbox.named('models', 'Customers')['id']}").raise_for_status()
    project.applier.write("spec.yaml", moved("Customers", "Clients"))
    planned = project.applier("plan", "spec.yaml", "--base", "HEAD", "--no-checks", "-o", "json").json
    assert [(one["action"], one["cause"]) for one in planned["changes"]] == [("create", DRIFT)]


# --- what the base does not know


def test_what_the_base_does_not_declare_is_unknown(project: Project) -> None:
    project.apply({"db.yaml": CONNECTION, "models.yaml": MODEL}, ".")
    project.applier.write("models.yaml", "version: 1\n")
    project.commit()
    project.applier.write("models.yaml", MODEL)
    assert project.causes(".") == {TABLE: UNKNOWN}


def test_a_file_that_git_does_not_have_is_unknown(project: Project) -> None:
    """As one that is rewritten and renamed at once, or one that `.gitignore` names."""
    project.applier.write("models.yaml", MODEL)
    project.apply({"db.yaml": CONNECTION, ".gitignore": "models.yaml\n"}, ".")
    assert project.causes(".") == {TABLE: UNKNOWN}


def test_an_environment_that_the_base_does_not_have_is_unknown(project: Project) -> None:
    project.apply({"spec.yaml": SPEC}, "spec.yaml")
    project.applier.write("spec.yaml", SPEC + "environments: {prod: {}}\n")
    assert project.causes("spec.yaml", "-e", "prod") == {TABLE: UNKNOWN}
    assert project.causes("spec.yaml") == {TABLE: DRIFT}


def test_what_was_not_managed_at_the_base_is_unknown(project: Project) -> None:
    project.apply({"spec.yaml": SPEC}, "spec.yaml")
    project.applier.write("spec.yaml", CONNECTION + "models: {Customers: {managed: false}}\n")
    project.commit()
    project.applier.write("spec.yaml", SPEC)
    assert project.causes("spec.yaml") == {TABLE: UNKNOWN}


def test_a_delete_of_what_the_base_does_not_declare_is_unknown(project: Project) -> None:
    project.apply({"spec.yaml": SPEC}, "spec.yaml")
    project.applier.write("spec.yaml", CONNECTION)
    project.commit()
    project.applier.write("spec.yaml", CONNECTION + "removed: {models: [Customers]}\n")
    assert project.causes("spec.yaml") == {}
    refused = project.applier("apply", "spec.yaml", "--base", "HEAD", "--refuse-drift", "--yes")
    assert "models/Customers is live, but the base does not describe it" in refused.err


def test_attributes_of_the_repository_hide_nothing(project: Project) -> None:
    """`git archive` leaves out what is marked `export-ignore`."""
    project.apply({"pipelines/spec.yaml": SPEC, ".gitattributes": "*.yaml export-ignore\n"}, "pipelines")
    assert project.causes("pipelines") == {TABLE: DRIFT}


@pytest.mark.parametrize("setting", ["core.autocrlf=true", "core.eol=crlf"])
def test_line_ends_of_a_checkout_do_not_matter(project: Project, setting: str) -> None:
    project.apply({"a.yaml": SPEC, ".gitattributes": "* text=auto\n"}, "a.yaml")
    project.git("config", *setting.split("="))
    (project.folder / "b.yaml").write_bytes(SPEC.replace("\n", "\r\n").encode())
    (project.folder / "a.yaml").unlink()
    assert project.causes("b.yaml") == {TABLE: DRIFT}


# --- repositories of all kinds


def test_worktrees_and_hooks_of_git_read_the_repository_of_the_spec(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hook has GIT_DIR and GIT_INDEX_FILE of the repository that runs it."""
    project.apply({"spec.yaml": SPEC}, "spec.yaml")
    project.git("worktree", "add", "-q", "tree", "HEAD")
    rewrite(project, "tree/spec.yaml", "identifier: id", "identifier: email")
    other = tmp_path / "other"
    other.mkdir()
    project.git("init", "-q", folder=other)
    applier = Workspace(
        project.folder,
        {**project.applier.environment, "GIT_DIR": str(other / ".git"), "GIT_WORK_TREE": str(other)},
        project.sandbox,
    )
    assert Project(applier, project.sandbox).causes("tree/spec.yaml") == EDITED


def test_files_that_a_sparse_checkout_leaves_out_were_not_renamed(project: Project) -> None:
    other = MODEL.replace("company.customers", "company.orders")
    project.apply(
        {"db.yaml": CONNECTION, "models/customers.yaml": MODEL, "other/customers.yaml": other}, "db.yaml", "models"
    )
    project.git("sparse-checkout", "set", "--no-cone", "/db.yaml", "/models/")
    assert not (project.folder / "other").exists()
    project.applier.write("new/customers.yaml", other)
    (project.folder / "models" / "customers.yaml").unlink()
    assert project.causes("db.yaml", "new") == {TABLE: "both"}  # other/customers.yaml would be no edit at all


@needs_links
def test_a_folder_behind_a_link_is_known(project: Project) -> None:
    (project.folder / "pipelines").symlink_to("all/pipelines")
    project.apply({"all/pipelines/spec.yaml": SPEC}, "pipelines")
    assert project.causes("pipelines") == {TABLE: DRIFT}


REFUSED = "error: {0} [{1}]\n  hint: {2}\n"


def refusal(project: Project, *arguments: str) -> str:
    """What a plan says that refuses a base; nothing is written, and nothing planned."""
    refused = project.applier("plan", *arguments, "--no-checks", "-q")
    assert (refused.code, refused.out) == (1, "")
    return refused.err


@pytest.mark.parametrize(
    "reference", ["nowhere", "--output=leak", "-h", "HEAD..HEAD", "^HEAD", "HEAD:spec.yaml", "HEAD x"]
)
def test_a_ref_that_is_no_commit_is_refused(project: Project, reference: str) -> None:
    project.apply({"spec.yaml": SPEC}, "spec.yaml")
    told = REFUSED.format(
        f'"{reference}" is not a commit of this repository.',
        "no-git",
        "--base requires git and a commit of the repository that holds the spec",
    )
    before = sorted(project.folder.iterdir())
    assert refusal(project, "spec.yaml", f"--base={reference}") == told
    assert sorted(project.folder.iterdir()) == before


def test_a_shallow_clone_is_named(project: Project, tmp_path: Path) -> None:
    project.apply({"spec.yaml": SPEC}, "spec.yaml")
    older = project.git("rev-parse", "HEAD")
    project.commit()
    project.git("clone", "-q", "--depth", "1", project.folder.as_uri(), str(tmp_path / "clone"))
    clone = Project(Workspace(tmp_path / "clone", project.applier.environment, project.sandbox), project.sandbox)
    told = f'"{older}" is not a commit of this shallow clone.'
    command = f"git fetch --depth 1 origin {older}"
    assert refusal(clone, "spec.yaml", "--base", older) == REFUSED.format(told, "no-git", f"fetch it first: {command}")
    clone.git(*command.split()[1:])
    assert clone.causes("spec.yaml", base=older) == clone.causes("spec.yaml") == {TABLE: DRIFT}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("version: 1\nmodels: {Customers: {conection: DB}}\n", "spec.yaml:2:"),
        ("version: 2\n", "spec.yaml:1:"),
        ("version: 1\nmodels: {Customers: {connection: '${env:GONE}'}}\n", "The environment variable GONE is not set."),
        ("version: 1\nvariables: {gone: {type: string}}\n", 'Variable "gone" has no value.'),
    ],
)
def test_an_invalid_base_is_refused(project: Project, content: str, reason: str) -> None:
    project.apply({"spec.yaml": SPEC}, "spec.yaml")
    project.applier.write("spec.yaml", content)
    project.commit()
    project.applier.write("spec.yaml", SPEC)
    told = refusal(project, "spec.yaml", "--base", "HEAD")
    assert told.startswith("error: The spec at HEAD is invalid: spec.yaml:")
    assert (reason in told, "applier-base" in told, "[bad-base]" in told) == (True, False, True)


def test_a_base_beside_the_history_is_judged_and_named(project: Project) -> None:
    """As for a rollback: what was applied last is newer than what is checked out."""
    project.apply({"spec.yaml": SPEC.replace("company.customers", "company.accounts")}, "spec.yaml")
    project.git("branch", "newer")
    project.git("checkout", "-q", "--orphan", "older")
    project.applier.write("spec.yaml", SPEC)
    project.commit()
    assert project.causes("spec.yaml", base="newer") == {TABLE: "both"}
    planned = project.applier("plan", "spec.yaml", "--base", "newer", "--no-checks", "-o", "json").json
    assert [(one["code"], one["severity"]) for one in planned["diagnostics"]] == [("base-not-merged", "warning")]


def test_paths_of_two_repositories_are_refused(project: Project) -> None:
    project.apply({"spec.yaml": CONNECTION, "sub/models.yaml": MODEL}, "spec.yaml", "sub")
    project.git("init", "-q", folder=project.folder / "sub")
    told = '"sub" lies in another git repository than "spec.yaml".'
    hint = "--base reads one repository; a submodule is another one"
    assert refusal(project, "spec.yaml", "sub", "--base", "HEAD") == REFUSED.format(told, "bad-base", hint)


def test_a_spec_outside_of_any_repository_is_refused(project: Project, tmp_path: Path) -> None:
    project.applier.write("spec.yaml", SPEC)
    told = refusal(project, "spec.yaml", "--base", "HEAD")
    assert (told.startswith("error: git failed: fatal: not a git repository"), "[no-git]" in told) == (True, True)
    hint = "  hint: --base requires git and a commit of the repository that holds the spec\n"
    assert told.endswith(hint)
    require_git()
    project.git("init", "-q", "--bare", ".")
    assert refusal(project, "spec.yaml", "--base", "HEAD").endswith(hint)


POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:{0}\nsize {1}\n"


@pytest.mark.parametrize("fetched", [True, False])
def test_files_of_git_lfs_are_read_from_the_clone_or_named(project: Project, fetched: bool) -> None:
    query = "SELECT id, email FROM customers"
    model = MODEL.replace("{table: company.customers}", "{query: '${file:customers.sql}'}")
    spec = CONNECTION + model.removeprefix("version: 1\n")
    digest = hashlib.sha256(query.encode()).hexdigest()
    project.apply({"spec.yaml": spec, "customers.sql": query}, "spec.yaml")
    project.edit(configuration={"query": "SELECT 1 AS id"})
    project.applier.write("customers.sql", POINTER.format(digest, len(query)))
    project.commit()
    project.applier.write("customers.sql", query)
    if fetched:
        project.applier.write(f".git/lfs/objects/{digest[:2]}/{digest[2:4]}/{digest}", query)
        assert project.causes("spec.yaml") == {"configuration.query": DRIFT}
    else:
        told = refusal(project, "spec.yaml", "--base", "HEAD")
        assert (
            "not read: customers.sql (links out of the repository, large files, or Git LFS files not fetched)" in told
        )


def test_no_program_of_a_repository_is_run(project: Project) -> None:
    """Neither its hooks nor its monitors nor its filters."""
    project.apply({"a.yaml": SPEC, ".gitattributes": "*.yaml filter=bad diff=bad\n"}, "a.yaml")
    touch = f"touch {project.folder / 'ran'};"
    settings = {
        "core.fsmonitor": touch,
        "diff.external": touch,
        "filter.bad.smudge": f"{touch} cat",
        "filter.bad.clean": f"{touch} cat",
        "diff.bad.textconv": f"{touch} cat",
        "diff.bad.command": touch,
        "tar.tar.command": f"{touch} cat",
    }
    for name, value in settings.items():
        project.git("config", name, value)
    for hook in ("post-index-change", "post-checkout"):
        project.applier.write(f".git/hooks/{hook}", f"#!/bin/sh\n{touch}\n").chmod(0o755)
    move(project, "a.yaml", "b.yaml")
    (project.folder / "ran").unlink(missing_ok=True)
    assert project.causes("b.yaml") == {TABLE: DRIFT}
    assert not (project.folder / "ran").exists()


def test_every_output_form_names_what_is_unknown(project: Project) -> None:
    project.apply({"db.yaml": CONNECTION, "models.yaml": MODEL}, ".")
    project.git("rm", "-q", "--cached", "models.yaml")
    project.git("commit", "-q", "-m", "x")
    sentence = (
        "models/Customers is live, but models.yaml is not in HEAD, nor is a file that it could have been renamed from. "
        "Whether somebody edited it live is unknown, so --refuse-drift counts the differences as live edits."
    )
    for form in ("text", "json", "markdown", "html", "github", "junit", "sarif"):
        planned = project.applier("plan", ".", "--base", "HEAD", "--no-checks", "-o", form)
        told = " ".join((planned.out + planned.err).split())
        assert planned.code == 0
        assert sentence.replace("/", "&#47;") in told or sentence in told, form
        assert "unknown" in told


def clone_of(project: Project, folder: Path, *options: str) -> Project:
    """A clone, with other options than the whole of it."""
    project.git("config", "uploadpack.allowFilter", "true")
    project.git("clone", "-q", *options, project.folder.as_uri(), str(folder))
    return Project(Workspace(folder, project.applier.environment, project.sandbox), project.sandbox)


@pytest.mark.parametrize("lacks", ["blob:none", "tree:0"])
def test_a_partial_clone_fetches_nothing_by_itself(project: Project, tmp_path: Path, lacks: str) -> None:
    """A fetch starts what the repository names as `core.sshCommand`."""
    project.apply({"spec.yaml": SPEC, "other.txt": "x"}, "spec.yaml")
    older = project.git("rev-parse", "HEAD")
    rewrite(project, "spec.yaml", "identifier: id", "identifier: email")
    project.applier.write("other.txt", "y")
    project.commit()
    clone = clone_of(project, tmp_path / "clone", f"--filter={lacks}")
    url = clone.git("config", "remote.origin.url")
    clone.git("config", "remote.origin.url", "ssh://nowhere.invalid/x")
    clone.git("config", "core.sshCommand", f"touch {tmp_path / 'ran'};")
    assert clone.causes("spec.yaml") == EDITED | {"identifier": DRIFT}
    command = f"git diff --shortstat {older}"
    told = f"This partial clone does not have all files of {older}, and --base fetches none."
    assert refusal(clone, "spec.yaml", "--base", older) == REFUSED.format(
        told, "no-git", f"fetch them first: {command}"
    )
    assert not (tmp_path / "ran").exists()
    clone.git("config", "remote.origin.url", url)
    clone.git(*command.split()[1:])
    assert clone.causes("spec.yaml", base=older) == EDITED


def test_files_that_are_not_read_need_not_be_in_a_partial_clone(project: Project, tmp_path: Path) -> None:
    """Their sizes alone would make git fetch them all."""
    project.apply({"eu/spec.yaml": SPEC, "other.txt": "x"}, "eu")
    project.applier.write("other.txt", "y")
    project.commit()
    clone = clone_of(project, tmp_path / "clone", "--filter=blob:none")
    clone.git("config", "remote.origin.url", "file:///nowhere")
    assert clone.causes("eu", base="HEAD~1") == {TABLE: DRIFT}


@pytest.mark.parametrize("options", [("--depth", "1"), ("--single-branch",)])
@pytest.mark.parametrize(
    ("reference", "command"),
    [
        ("origin/release", "git fetch{0} origin release:refs/remotes/origin/release"),
        ("refs/remotes/origin/release", "git fetch{0} origin release:refs/remotes/origin/release"),
        ("release", "git fetch{0} origin release, then use --base FETCH_HEAD"),
        ("v1", "git fetch{0} origin v1, then use --base FETCH_HEAD"),
    ],
)
def test_the_way_to_a_ref_that_is_missing_works(
    project: Project, tmp_path: Path, options: tuple[str, ...], reference: str, command: str
) -> None:
    project.apply({"spec.yaml": SPEC}, "spec.yaml")
    project.git("checkout", "-q", "--orphan", "release")
    project.commit()
    project.git("tag", "v1")
    project.git("checkout", "-q", "main")
    clone = clone_of(project, tmp_path / "clone", *options, "--no-tags")
    told = command.format(" --depth 1" if "--depth" in options else "")
    where = "this shallow clone" if "--depth" in options else "this repository"
    assert refusal(clone, "spec.yaml", "--base", reference) == REFUSED.format(
        f'"{reference}" is not a commit of {where}.', "no-git", f"fetch it first: {told}"
    )
    words, _, after = told.partition(", then use --base ")
    clone.git(*words.split()[1:])
    assert clone.causes("spec.yaml", base=after or reference) == {TABLE: DRIFT}
    assert clone.git("rev-parse", "--is-shallow-repository") == ("true" if "--depth" in options else "false")


@pytest.mark.parametrize(
    ("reference", "hint"),
    [
        ("HEAD~3", "fetch it first: git fetch --unshallow, or fetch-depth: 0 in CI"),
        ("0123abc", "fetch it first: git fetch --unshallow, or fetch-depth: 0 in CI"),
        ("a'b", """fetch it first: git fetch --depth 1 origin 'a'"'"'b', then use --base FETCH_HEAD"""),
    ],
)
def test_what_no_remote_can_name_needs_the_history(project: Project, tmp_path: Path, reference: str, hint: str) -> None:
    project.apply({"spec.yaml": SPEC}, "spec.yaml")
    project.commit()
    clone = clone_of(project, tmp_path / "clone", "--depth", "1")
    assert refusal(clone, "spec.yaml", "--base", reference) == REFUSED.format(
        f'"{reference}" is not a commit of this shallow clone.', "no-git", hint
    )


@pytest.mark.parametrize("digits", [40, 64])
def test_the_base_of_a_new_branch_is_explained(project: Project, digits: int) -> None:
    project.apply({"spec.yaml": SPEC}, "spec.yaml")
    zeros = "0" * digits
    told = f'There is no commit before this one: "{zeros}" is what CI calls the base of a new branch.'
    hint = "choose the target branch, as in --base origin/main"
    assert refusal(project, "spec.yaml", "--base", zeros) == REFUSED.format(told, "no-git", hint)


@pytest.mark.skipif(WINDOWS or os.geteuid() != 0, reason="only root can give files to others")
def test_a_repository_of_somebody_else_is_named(project: Project) -> None:
    project.apply({"spec.yaml": SPEC}, "spec.yaml")
    for one in (project.folder, project.folder / ".git"):
        os.chown(one, 12345, 12345)
    told = f"git failed: fatal: detected dubious ownership in repository at '{project.folder}'"
    hint = f"if you trust its owner, run: git config --global --add safe.directory {project.folder}"
    assert refusal(project, "spec.yaml", "--base", "HEAD") == REFUSED.format(told, "no-git", hint)


def test_a_scratch_folder_inside_of_the_repository_runs_no_filter(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`git diff` would use the filters of the repository around it."""
    project.apply({"a.yaml": SPEC, ".gitattributes": "* filter=bad\n"}, "a.yaml")
    project.git("config", "filter.bad.clean", f"touch {project.folder / 'ran'}; cat")
    (project.folder / "scratch").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(project.folder / "scratch"))
    move(project, "a.yaml", "b.yaml")
    rewrite(project, "b.yaml", "identifier: id", "identifier: email")
    assert project.causes("b.yaml") == EDITED
    assert not (project.folder / "ran").exists()


def test_a_damaged_clone_is_refused(project: Project) -> None:
    project.apply({"spec.yaml": SPEC}, "spec.yaml")
    blob = project.git("rev-parse", "HEAD:spec.yaml")
    (project.folder / ".git/objects" / blob[:2] / blob[2:]).unlink()
    told = REFUSED.format(
        f"git failed: the object {blob} is missing.",
        "no-git",
        "the clone is damaged: look with git fsck, or clone again",
    )
    assert refusal(project, "spec.yaml", "--base", "HEAD") == told


def test_a_tree_that_leads_out_of_the_repository_is_not_followed(project: Project) -> None:
    """git does not check such a tree out, but a server may have it."""
    project.apply({"spec.yaml": SPEC}, "spec.yaml")
    blob = project.git("rev-parse", "HEAD:spec.yaml")
    leak = Path(tempfile.gettempdir(), f"leak-{blob}.yaml")
    entries = b"".join(
        b"100644 " + name + b"\0" + bytes.fromhex(blob) for name in (f"../../{leak.name}".encode(), b"spec.yaml")
    )
    tree = subprocess.run(
        ["git", "hash-object", "-t", "tree", "-w", "--stdin", "--literally"],
        cwd=project.folder, input=entries, check=True, capture_output=True,
    ).stdout.decode().strip()  # fmt: skip
    commit = project.git("commit-tree", tree, "-p", "HEAD", "-m", "x")
    assert project.causes("spec.yaml", base=commit) == {TABLE: DRIFT}
    assert not leak.exists()


def test_variables_may_be_given_only_now(project: Project) -> None:
    project.apply({"spec.yaml": SPEC}, "spec.yaml")
    rewrite(project, "spec.yaml", "identifier: id", "identifier: '${var:key}'")
    project.applier.write("spec.yaml", project.applier.read("spec.yaml") + "variables: {key: {type: string}}\n")
    assert project.causes("spec.yaml", "--var", "key=email") == EDITED


def test_what_an_environment_left_out_is_unknown(project: Project) -> None:
    layer = "environments: {prod: {overrides: {models: {Customers: null}}}}\n"
    project.apply({"spec.yaml": SPEC}, "spec.yaml")
    project.applier.write("spec.yaml", SPEC + layer)
    project.commit()
    project.applier.write("spec.yaml", SPEC + layer.replace("null", "{identifier: email}"))
    assert project.causes("spec.yaml", "-e", "prod") == {TABLE: UNKNOWN, "identifier": UNKNOWN}


def test_files_of_a_submodule_are_unknown(project: Project, tmp_path: Path) -> None:
    """The commit of the base has an id in their place, and no files."""
    require_git()
    other = tmp_path / "shared"
    other.mkdir()
    (other / "models.yaml").write_text(MODEL, "utf-8")
    shared = Project(Workspace(other), project.sandbox)
    project.git("init", "-q", "-b", "main", folder=other)
    shared.commit()
    project.git("init", "-q", "-b", "main")
    project.git("submodule", "--quiet", "add", str(other), "pipelines/shared")
    project.apply({"pipelines/db.yaml": CONNECTION}, "pipelines")
    assert project.causes("pipelines") == {TABLE: UNKNOWN}


def test_a_spec_beside_the_repository_is_refused(project: Project, tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "beside.yaml").write_text(MODEL, "utf-8")
    within = Project(Workspace(inside, project.applier.environment, project.sandbox), project.sandbox)
    within.apply({"db.yaml": CONNECTION}, "db.yaml", "../beside.yaml")
    told = refusal(within, "db.yaml", "../beside.yaml", "--base", "HEAD")
    assert (told.startswith("error: git failed: fatal: not a git repository"), "[no-git]" in told) == (True, True)


def test_the_values_of_a_file_beside_the_repository_are_those_of_now(project: Project, tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    values = tmp_path / "prod.vars.yaml"
    values.write_text("table: company.customers\n", "utf-8")
    within = Project(Workspace(inside, project.applier.environment, project.sandbox), project.sandbox)
    spec = SPEC.replace("company.customers", "'${var:table}'") + "variables: {table: {type: string}}\n"
    given = ("spec.yaml", "--var-file", "../prod.vars.yaml")
    within.apply({"spec.yaml": spec}, *given)
    assert within.causes(*given) == {TABLE: DRIFT}
    values.write_text("table: company.accounts\n", "utf-8")
    assert within.causes(*given) == {TABLE: DRIFT}


def test_a_large_file_of_the_repository_is_not_read(project: Project) -> None:
    project.apply({"spec.yaml": SPEC}, "spec.yaml")
    with (project.folder / "dump.sql").open("wb") as dump:
        dump.truncate(21 << 20)
    project.commit()
    rewrite(project, "spec.yaml", "identifier: id", "identifier: email")
    assert project.causes("spec.yaml") == EDITED
