"""`applier pull` writes a value where it comes from, or tells the place: defaults, environments, included files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from applier.cli.commands.pull import write_changed
from applier.export.pull import PullResult
from tests.export.test_command import applier_for
from tests.export.test_pull import Project, Reopened, hostname, model_change, sync_change
from tests.kinds.workspace import ENVIRONMENT, InProcessWorkspace

CONNECTIONS = """\
version: 1
connections:
  Source:
    type: mysql
    configuration: {hostname: db, port: 3306, dbname: company, account: user, passwd: "${env:SECRET}"}
  Warehouse:
    type: snowflake
    configuration: {account: acme, dbname: database, username: user, password: "${env:SECRET}"}
models:
  Customers:
    connection: Source
    configuration:
      query: SELECT id, email, first_name, last_name FROM customers
    identifier: id
"""
SYNC = """\
syncs:
  Sync:
    mode: updateOrCreate
    model: Customers
    target: {connection: Warehouse, object: CUSTOMERS.CONTACTS}
    identity: {field: email, target: EMAIL}
    fields: {FIRST_NAME: first_name}
    schedule: {frequency: manual}
"""
MANUAL = "schedule: {frequency: manual}"
ID, EMAIL = ({"field": name, "function": "IsNotNull"} for name in ("id", "email"))


@pytest.fixture
def make_project(make: Any, tmp_path: Path) -> Any:
    """Applies files in the environment `dev`, if they have it."""

    def make_applied(**files: str | bytes) -> Project:
        first = make("2024-02-08")
        workspace = applier_for(first, tmp_path / "project")
        live = InProcessWorkspace(first.folder, Reopened(first.folder / "data"))
        project = Project(workspace.folder, {**workspace.environment, **ENVIRONMENT}, live=live)
        for name, content in files.items():
            data = content if isinstance(content, bytes) else content.encode()
            (project.folder / name.replace("_", ".")).write_bytes(data)
        if "environments:" in project.text:
            project.environment["APPLIER_ENV"] = "dev"
        applied = project("apply", "--yes", "-q", "--no-checks")
        assert applied.code == 0, applied.err
        assert project.is_up_to_date()
        return project

    return make_applied


def pull(project: Project) -> tuple[list[str], list[str]]:
    """What the plan differs in, and what the pull tells; assert that it tells all of it, and again."""
    result = project("pull")
    told = [line.removeprefix("not written: ") for line in result.err.splitlines() if line.startswith("not written")]
    assert (result.code, project("validate", "-q").code) == (4 if told else 0, 0), result.err
    files = {path: path.read_bytes() for path in project.folder.iterdir() if path.is_file()}
    again = [line for line in project("pull").err.splitlines() if line.startswith("not written")]
    assert [line.removeprefix("not written: ") for line in again] == told
    assert {path: path.read_bytes() for path in files} == files
    planned = project("plan", "-o", "json").json
    return [f"{one['address']} {field['path']}" for one in planned["changes"] for field in one["fields"]], told


def live_schedule(project: Project, **schedule: str) -> None:
    sync_change(schedule=schedule)(project.live)


def with_schedule(schedule: str, rest: str = "") -> str:
    return CONNECTIONS + SYNC.replace(MANUAL, f"schedule: {schedule}") + rest


def test_an_override_that_lacks_members_gets_them(make_project: Any) -> None:
    dev = "environments: {dev: {overrides: {syncs: {Sync: {schedule: {frequency: manual}}}}}, prod: {}}\n"
    project = make_project(spec_yaml=with_schedule("{frequency: daily, hour: 3, minute: 0}", dev))
    live_schedule(project, frequency="hourly", minute="30")
    assert pull(project) == ([], [])
    new = dev.replace("{frequency: manual}", "{frequency: hourly, minute: 30}")
    assert project.text == with_schedule("{frequency: daily, hour: 3, minute: 0}", new)


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize(
    "live",
    [
        {"frequency": "daily", "hour": "4", "minute": "30"},
        {"frequency": "weekly", "day_of_week": "monday", "hour": "1", "minute": "2"},
    ],
)
def test_what_belongs_together_stays_together(make_project: Any, mark: str, live: dict[str, str]) -> None:
    variables = "variables: {freq: {default: hourly}}\n"
    text = mark + with_schedule("{frequency: '${var:freq}', minute: 15}", variables)
    project = make_project(spec_yaml=text)
    live_schedule(project, **live)
    fields, told = pull(project)
    assert (project.folder / "spec.yaml").read_bytes() == text.encode()
    why = "the value comes from ${var:freq} (its default) at spec.yaml:22"
    assert sorted(one.split(": ")[0] for one in told) == sorted(fields)
    assert all(why in one for one in told)


def test_a_value_from_an_override_is_written_there(make_project: Any) -> None:
    dev = (
        "environments:\n  dev:\n    overrides:\n      models:\n        Customers:\n          identifier: email # dev\n"
    )
    project = make_project(spec_yaml=CONNECTIONS + dev)
    model_change(identifier="first_name")(project.live)
    assert pull(project) == ([], [])
    assert project.text == CONNECTIONS + dev.replace("email # dev", "first_name # dev")


def test_what_an_override_repeats_is_taken_away_by_null(make_project: Any) -> None:
    dev = "environments:\n  dev:\n    overrides:\n      syncs:\n        Sync:\n          sync_all_records: true # dev\n"
    project = make_project(spec_yaml=CONNECTIONS + SYNC + "    sync_all_records: true\n" + dev)
    sync_change(sync_all_records=False)(project.live)
    assert pull(project) == ([], [])
    assert project.text == CONNECTIONS + SYNC + "    sync_all_records: true\n" + dev.replace("true # dev", "null # dev")


def test_a_value_that_other_environments_see_is_told(make_project: Any) -> None:
    project = make_project(spec_yaml=CONNECTIONS + "environments: {dev: {}, prod: {}}\n")
    model_change(identifier="email")(project.live)
    shown = project("pull", "--dry-run")
    assert (shown.code, shown.err.splitlines()[-1]) == (0, "also changes models/Customers in prod")
    assert pull(project) == ([], [])


def test_defaults_that_others_use_stay(make_project: Any) -> None:
    other = "  Other:\n    connection: Source\n    configuration: {table: company.accounts}\n"
    text = CONNECTIONS.replace("    identifier: id\n", "") + other + "defaults: {models: {identifier: id}}\n"
    project = make_project(spec_yaml=text)
    model_change(identifier="email")(project.live)
    why = "the value comes from defaults at spec.yaml:17, which models/Other at spec.yaml:14 uses, too"
    assert pull(project) == (["models/Customers identifier"], [f"models/Customers identifier: {why}"])
    assert project.text == text


QUERY = "SELECT id, email, first_name, last_name\nFROM customers"
INCLUDING = CONNECTIONS.replace("SELECT id, email, first_name, last_name FROM customers", "${file:q.sql} # there")


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("last", ["\n", ""])
def test_an_included_query_is_pulled_into_its_file(make_project: Any, mark: str, ending: str, last: str) -> None:
    def content(text: str) -> bytes:
        return (mark + (text + last).replace("\n", ending)).encode()

    project = make_project(q_sql=content(QUERY), spec_yaml=INCLUDING)
    new = "SELECT id, email, first_name, last_name\nFROM customers\nWHERE first_name = '${x}' -- ä"
    model_change(configuration={"query": new})(project.live)
    shown = project("pull", "--dry-run", "-q")
    assert (shown.code, "+WHERE first_name = '${x}' -- ä" in shown.out) == (0, True)
    assert pull(project) == ([], [])
    assert ((project.folder / "q.sql").read_bytes(), project.text) == (content(new), INCLUDING)


def test_an_included_query_that_others_include_stays(make_project: Any) -> None:
    other = '  Other:\n    connection: Source\n    configuration: {query: "${file:q.sql}"}\n'
    project = make_project(q_sql=QUERY, spec_yaml=INCLUDING + other)
    model_change(configuration={"query": "SELECT id, email, first_name, last_name  FROM customers"})(project.live)
    _, told = pull(project)
    assert told == [
        "models/Customers configuration.query: the value comes from q.sql, which models/Other at spec.yaml:15 uses, too"
    ]


def test_comments_stay_with_what_they_are_about(make_project: Any) -> None:
    text = CONNECTIONS.replace(
        "query: SELECT id, email, first_name, last_name FROM customers",
        "query: |  # what we sell\n        SELECT id, email, first_name, last_name\n        FROM customers",
    )
    filters = (
        "    filters:  # who\n"
        "      # only known ones\n"
        "      - {field: id, function: IsNotNull}  # known\n"
        "      # who can be written to\n"
        "      - {field: email, function: IsNotNull}  # writable\n"
    )
    project = make_project(spec_yaml=text + SYNC + filters)
    model_change(configuration={"query": "SELECT *\nFROM customers\n"})(project.live)
    now = project.live.find("/api/syncs", "Sync")["filters"]
    kept = next(one for one in now if "email" in str(one))
    sync_change(filters=[{**kept, "label": "A", "function": "IsNull"}])(project.live)
    assert pull(project) == ([], [])
    assert project.text == (
        text.replace("SELECT id, email, first_name, last_name\n        FROM", "SELECT *\n        FROM")
        + SYNC
        + "    filters:  # who\n"
        "      # who can be written to\n"
        "      - {field: email, function: IsNull}  # writable\n"
    )
    sync_change(filters=[])(project.live)
    assert pull(project) == ([], [])
    assert project.text.endswith(MANUAL + "\n")


def test_a_resource_that_is_not_live_is_told_with_its_place(make_project: Any) -> None:
    project = make_project(spec_yaml=CONNECTIONS)
    project.write("spec.yaml", CONNECTIONS + SYNC)
    hostname(project.live)
    result = project("pull")
    assert result.code == 4
    assert result.err.splitlines()[-1] == (
        "not written: syncs/Sync: the resource is not live. Remove it from the spec by hand: spec.yaml:16"
    )
    assert project.text == (CONNECTIONS + SYNC).replace("hostname: db,", "hostname: db2,")


def test_a_linked_file_stays_a_link(make_project: Any) -> None:
    project = make_project(spec_yaml=CONNECTIONS)
    (project.folder / "spec.yaml").rename(project.folder.parent / "real.yaml")
    (project.folder / "spec.yaml").symlink_to("../real.yaml")
    hostname(project.live)
    assert project("pull", "-q").code == 0
    assert (project.folder / "spec.yaml").is_symlink()
    assert project.text == CONNECTIONS.replace("hostname: db,", "hostname: db2,")


def test_all_files_are_written_or_none(tmp_path: Path) -> None:
    one, other = str(tmp_path / "a.yaml"), str(tmp_path / "b" / "b.yaml")
    before, after = {one: b"1", other: b"2"}, {one: b"3", other: b"4"}
    Path(one).write_bytes(b"1")
    Path(other).parent.mkdir()
    Path(other).write_bytes(b"changed by an editor")
    problem = write_changed(PullResult(before, after))
    assert problem is not None
    assert problem.detail == f"{other} was changed during the pull. Nothing was written."
    assert Path(one).read_bytes() == b"1"
    Path(other).write_bytes(b"2")
    assert write_changed(PullResult(before, after)) is None
    assert (Path(one).read_bytes(), Path(other).read_bytes()) == (b"3", b"4")


@pytest.mark.skipif(not Path("/proc/version").exists(), reason="needs a file that nobody can replace")
def test_what_was_written_is_restored_when_another_file_cannot_be(tmp_path: Path) -> None:
    one, other = str(tmp_path / "a.yaml"), str(tmp_path / "b.yaml")
    Path(one).write_bytes(b"1")
    Path(other).symlink_to("/proc/version")  # can be read, and nobody can write beside it
    version = Path(other).read_bytes()
    problem = write_changed(PullResult({one: b"1", other: version}, {one: b"3", other: b"4"}))
    assert problem is not None
    assert problem.detail.startswith(f"Cannot write {other}: ")
    assert Path(one).read_bytes() == b"1"
