"""What a git base knows of files that left their folder: they mean what they meant where they were."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.resilience.test_git_bases import (
    CONFIG,
    CONNECTION,
    DRIFT,
    EDITED,
    MODEL,
    SPEC,
    TABLE,
    UNKNOWN,
    Project,
    move,
    project,
    rewrite,
)

__all__ = ["project"]  # the fixture

HERE = "version: 1\nconnections: {DB: {managed: false}}\n"
"""A folder that uses the connection of another one."""


def arrange(project: Project, model: str = MODEL, **beside: str) -> None:
    """Apply a folder that declares the connection and the model, beside one that only uses the connection."""
    old = {"shared/db.yaml": CONNECTION, "shared/customers.yaml": model}
    more = {f"shared/{name}.yaml": content for name, content in beside.items()}
    project.apply({**old, **more, "pipelines/here.yaml": HERE}, "shared")


def warnings(project: Project, *paths: str) -> list[str]:
    planned = project.applier("plan", *paths, "--base", "HEAD", "--no-checks", "-o", "json").json
    return [one["detail"].partition(". Whether")[0] for one in planned["diagnostics"]]


def test_a_file_that_fits_its_new_folder_is_read_there(project: Project) -> None:
    arrange(project)
    move(project, "shared/customers.yaml", "pipelines/customers.yaml")
    assert project.causes("pipelines") == {TABLE: DRIFT}
    rewrite(project, "pipelines/customers.yaml", "identifier: id", "identifier: email")
    assert project.causes("pipelines") == EDITED


def test_a_similar_name_is_no_reason_to_refuse_a_base(project: Project) -> None:
    """A spec that refers to what it does not declare can be planned, so it was applied."""
    files = {"shared/db.yaml": CONNECTION, "pipelines/customers.yaml": MODEL}
    project.apply({**files, "pipelines/here.yaml": HERE.replace("DB", "DBs")}, *files)
    rewrite(project, "pipelines/here.yaml", "DBs", "DB")
    assert project.causes("pipelines") == {TABLE: DRIFT}


def test_a_declaration_that_moves_takes_the_place_of_an_unmanaged_one(project: Project) -> None:
    files = {"shared/all.yaml": SPEC, "pipelines/here.yaml": HERE}
    project.apply(files, "shared")
    move(project, "shared/all.yaml", "pipelines/all.yaml")
    (project.folder / "pipelines/here.yaml").unlink()
    assert project.causes("pipelines") == {TABLE: DRIFT}


VARIABLES = "version: 1\nvariables: {table: company.customers}\n"
FILLED = MODEL.replace("company.customers", "'${var:table}'")


def test_a_file_keeps_the_variables_of_the_folder_that_it_left(project: Project) -> None:
    arrange(project, FILLED, variables=VARIABLES)
    move(project, "shared/customers.yaml", "pipelines/customers.yaml")
    project.applier.write("pipelines/customers.yaml", MODEL.replace("company.customers", "company.accounts"))
    move(project, "shared/variables.yaml", "elsewhere.yaml")
    assert project.causes("pipelines") == {TABLE: "both"}


def test_variables_may_stand_in_a_folder_above(project: Project) -> None:
    files = {"all/variables.yaml": VARIABLES, "all/db.yaml": CONNECTION, "all/models/customers.yaml": FILLED}
    project.apply({**files, "pipelines/here.yaml": HERE}, "all")
    move(project, "all/models/customers.yaml", "pipelines/customers.yaml")
    rewrite(project, "pipelines/customers.yaml", "'${var:table}'", "company.customers")
    assert project.causes("pipelines") == {TABLE: DRIFT}


def test_a_sibling_whose_secret_is_not_set_here_is_no_reason(project: Project) -> None:
    """The passwords of another folder are often not those of this job."""
    arrange(project)
    other = CONNECTION.replace("DB:", "Other:").replace("${env:PW:-secret}", "${env:NOT_HERE}")
    project.applier.write("shared/other.yaml", other)
    project.commit()
    move(project, "shared/customers.yaml", "pipelines/customers.yaml")
    assert project.causes("pipelines") == {TABLE: DRIFT}


@pytest.mark.parametrize(
    ("beside", "reason"),
    [
        ("version: 1\nvariables: {table: {type: string}}\n", 'Variable "table" has no value'),
        ("version: 1\nvariables: {table: '${env:NOT_HERE}'}\n", "The environment variable NOT_HERE is not set"),
        ("version: 1\nvariables: {other: x}\n", 'Unknown variable "table"'),
        ("version: 1\nvariables: [\n", ""),
    ],
)
def test_what_cannot_be_read_there_is_unknown(project: Project, beside: str, reason: str) -> None:
    """It is not guessed at, and it stops nobody from moving the file."""
    arrange(project)
    project.applier.write("shared/customers.yaml", FILLED)
    project.applier.write("shared/variables.yaml", beside)
    project.commit()
    move(project, "shared/customers.yaml", "pipelines/customers.yaml")
    rewrite(project, "pipelines/customers.yaml", "'${var:table}'", "company.customers")
    assert project.causes("pipelines") == {TABLE: UNKNOWN}
    told = warnings(project, "pipelines")[-1]
    start = (
        "models/Customers is live, but pipelines/customers.yaml was shared/customers.yaml at HEAD, which cannot be "
        "read there: shared/"
    )
    assert (told.startswith(start), reason in told) == (True, True), told


def test_an_error_of_the_folder_itself_is_still_refused(project: Project) -> None:
    arrange(project)
    project.applier.write("pipelines/bad.yaml", "version: 1\nmodels: {Bad: {conection: DB}}\n")
    project.commit()
    (project.folder / "pipelines/bad.yaml").unlink()
    move(project, "shared/customers.yaml", "pipelines/customers.yaml")
    refused = project.applier("plan", "pipelines", "--base", "HEAD", "--no-checks", "-q")
    assert (refused.code, refused.err.startswith("error: The spec at HEAD is invalid: pipelines/bad.yaml:2:")) == (
        1,
        True,
    )


# --- specs that are divided, joined and renamed


def divide(project: Project, folder: str) -> None:
    """Into files of which none is similar to the one that is gone."""
    long = "".join(f"# {letter} is described by nobody at all\n" for letter in "abcdefghijklmnopq")
    project.applier.write(f"{folder}/db.yaml", long + CONNECTION)
    project.applier.write(f"{folder}/models.yaml", long + MODEL)


@pytest.mark.parametrize("environment", ["", "prod"])
def test_a_spec_that_is_divided_into_another_folder_is_known(project: Project, environment: str) -> None:
    layer = "environments: {prod: {overrides: {models: {Customers: {identifier: id}}}}}\n" if environment else ""
    options = ("-e", environment) if environment else ()
    project.apply({"spec.yaml": SPEC + layer}, "spec.yaml", *options)
    divide(project, "pipelines")
    if environment:
        project.applier.write("pipelines/environments.yaml", f"version: 1\n{layer}")
    assert project.causes("pipelines", *options) == {TABLE: UNKNOWN}  # it may be another spec
    (project.folder / "spec.yaml").unlink()
    assert project.causes("pipelines", *options) == {TABLE: DRIFT}


def test_files_of_another_program_are_not_read(project: Project) -> None:
    """Their errors say nothing, and for the surroundings of one the whole repository would be read."""
    pods = {"deploy/pod.yaml": "kind: Pod\n", "deploy/bad.yaml": "]", ".github/ci.yaml": "Customers: ["}
    project.apply({"eu/spec.yaml": SPEC, **pods}, "eu")
    divide(project, "pipelines")
    for name in ("eu/spec.yaml", *pods):
        (project.folder / name).unlink()
    assert project.causes("pipelines") == {TABLE: DRIFT}


def test_a_file_that_is_joined_with_another_one_is_known(project: Project) -> None:
    project.apply({"pipelines/db.yaml": CONNECTION, "models/customers.yaml": MODEL}, "pipelines", "models")
    project.applier.write("pipelines/db.yaml", SPEC)
    (project.folder / "models/customers.yaml").unlink()
    assert project.causes("pipelines") == {TABLE: DRIFT}


def test_what_two_files_declared_differently_is_unknown(project: Project) -> None:
    other = MODEL.replace("identifier: id", "identifier: email")
    project.apply({"eu/spec.yaml": SPEC, "us/models.yaml": other}, "eu")
    divide(project, "pipelines")
    for name in ("eu/spec.yaml", "us/models.yaml"):
        (project.folder / name).unlink()
    assert project.causes("pipelines") == {TABLE: UNKNOWN}


@pytest.mark.parametrize(("old", "new"), [("spec.yaml", "spec.yml"), ("a/spec.yml", "b/other.yaml")])
def test_the_suffix_of_a_spec_file_may_change(project: Project, old: str, new: str) -> None:
    project.apply({old: SPEC}, old)
    move(project, old, new)
    rewrite(project, new, "identifier: id", "identifier: email")
    assert project.causes(new) == EDITED


def test_a_name_that_moves_with_its_file_is_followed(project: Project) -> None:
    arrange(project)
    move(project, "shared/customers.yaml", "pipelines/customers.yaml")
    rewrite(project, "pipelines/customers.yaml", "  Customers:", "  Clients:")
    rewrite(project, "pipelines/here.yaml", "version: 1\n", "version: 1\nmoved: {models: {Customers: Clients}}\n")
    assert project.causes("pipelines") == {"name": CONFIG, TABLE: DRIFT}


def test_a_submodule_is_the_reason(project: Project, tmp_path: Path) -> None:
    other = tmp_path / "shared"
    other.mkdir()
    (other / "models.yaml").write_text(MODEL, "utf-8")
    project.git("init", "-q", "-b", "main", folder=other)
    project.git("add", "-A", folder=other)
    project.git("commit", "-q", "-m", "x", folder=other)
    project.git("init", "-q", "-b", "main")
    project.git("submodule", "--quiet", "add", str(other), "pipelines/shared")
    project.apply({"pipelines/db.yaml": CONNECTION}, "pipelines")
    lies = "pipelines/shared/models.yaml lies in the submodule pipelines/shared, whose files are not in HEAD"
    assert warnings(project, "pipelines") == [f"models/Customers is live, but {lies}"]
