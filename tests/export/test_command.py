"""`applier export` as people call it: where it writes, what it says, what it refuses."""

from __future__ import annotations

import tempfile
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from applier import pipeline
from applier.export import ExportOptions, export_workspace
from applier.export.layout import Entry, files_of
from applier.saving import save
from tests.export.support import differences, export, plan_export
from tests.kinds.workspace import ENVIRONMENT, InProcessWorkspace, spec
from tests.workspace import Workspace

QUERY = "SELECT id,\n       email  -- ${not} a placeholder\nFROM customers\n"


def applier_for(live: InProcessWorkspace, folder: Path) -> Workspace:
    folder.mkdir(exist_ok=True)
    live.door.sandbox.close()  # the command opens the same state
    return Workspace.local(folder, str(live.folder / "data"))


def read(folder: Path) -> dict[str, str]:
    return {
        one.relative_to(folder).as_posix(): one.read_text("utf-8") for one in sorted(folder.rglob("*")) if one.is_file()
    }


SPEC_FILES = {
    ".env.example": "# Set these where applier runs. Keep the values out of version control.\n\n"
    "# connections/Source: configuration.passwd\nSOURCE_PASSWD=\n\n"
    "# connections/Warehouse: configuration.password\nWAREHOUSE_PASSWORD=\n",
    "connections/source.yaml": "version: 1\n\nconnections:\n  Source:\n    type: mysql\n    configuration:\n"
    "      hostname: db\n      port: 3306\n      account: user\n      passwd: ${env:SOURCE_PASSWD}\n"
    "      dbname: company\n",
    "connections/warehouse.yaml": "version: 1\n\nconnections:\n  Warehouse:\n    type: snowflake\n"
    "    configuration:\n      account: acme\n      username: user\n      password: ${env:WAREHOUSE_PASSWORD}\n"
    "      dbname: database\n",
    "models/customers.yaml": "version: 1\n\nmodels:\n  Customers:\n    connection: Source\n    configuration:\n"
    "      query: ${file:../sql/customers.sql}\n    fields: [id]\n",
    "sql/customers.sql": QUERY + "\n",
    "syncs/sync.yaml": "version: 1\n\nsyncs:\n  Sync:\n    mode: replace\n    model: Customers\n    target:\n"
    "      connection: Warehouse\n      object: CUSTOMERS.CONTACTS\n    fields:\n      EMAIL: id\n"
    "      ORIGIN: {value: \"$${a}\"}\n    schedule: {frequency: manual}\n    active: true\n",
}  # fmt: skip


@pytest.fixture
def furnished(make: Any) -> InProcessWorkspace:
    live = make("2024-02-08")
    live.apply(
        spec(
            model={"configuration": {"query": QUERY.replace("${", "$${")}, "fields": ["id"]},
            sync={"fields": {"EMAIL": "id", "ORIGIN": {"value": "$${a}"}}, "active": True},
        )
    )
    assert isinstance(live, InProcessWorkspace)
    return live


def test_a_folder_is_written_as_a_person_would_have(furnished: InProcessWorkspace, tmp_path: Path) -> None:
    applier = applier_for(furnished, tmp_path / "project")
    result = applier("export", "--out", "spec", "--split-sql", "-q")
    assert (result.code, result.err, sorted(result.out.splitlines())) == (0, "", [f"spec/{one}" for one in SPEC_FILES])
    assert read(tmp_path / "project/spec") == SPEC_FILES
    secrets = {"SOURCE_PASSWD": ENVIRONMENT["SECRET"], "WAREHOUSE_PASSWORD": ENVIRONMENT["SECRET"]}
    again = applier("plan", "spec", "--detailed-exitcode", "-q", **secrets)
    assert (again.code, again.out.split(":")[0]) == (0, "Nothing to do")


def test_values_to_fill_in_are_reported(furnished: InProcessWorkspace, tmp_path: Path) -> None:
    told = applier_for(furnished, tmp_path / "project")("export", "--out", "spec", "--layout", "one").err
    assert told.splitlines()[-4:] == [
        "exported 4 objects to 2 files in spec",
        "2 secrets to fill in:",
        "  SOURCE_PASSWD  connections/Source: configuration.passwd",
        "  WAREHOUSE_PASSWORD  connections/Warehouse: configuration.password",
    ]


def test_without_a_folder_it_is_one_text(furnished: InProcessWorkspace, tmp_path: Path) -> None:
    applier = applier_for(furnished, tmp_path / "project")
    result = applier("export", "--only", "models/*", "-q")
    assert (result.code, result.out) == (
        0,
        (
            "version: 1\n\nmodels:\n  Customers:\n    connection: Source\n    configuration:\n      query: |\n"
            "        SELECT id,\n               email  -- $${not} a placeholder\n        FROM customers\n"
            "    fields: [id]\n"
        ),
    )


def test_nothing_is_overwritten_unless_forced(furnished: InProcessWorkspace, tmp_path: Path) -> None:
    applier = applier_for(furnished, tmp_path / "project")
    kept = applier.write("spec/sql/customers.sql", "mine")
    refused = applier("export", "--out", "spec", "--split-sql", "-q")
    assert (refused.code, refused.out, refused.err) == (
        1,
        "",
        (
            "error: 1 output file already exists: spec/sql/customers.sql. Nothing was written. "
            "[in-the-way]\n"
            "  hint: use --force to overwrite\n"
        ),
    )
    assert read(tmp_path / "project") == {"spec/sql/customers.sql": "mine"}
    assert applier("export", "--out", "spec", "--split-sql", "-q", "--force").code == 0
    assert kept.read_text("utf-8") == QUERY + "\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--split-sql",), "error: --split-sql requires an output folder. [no-folder]\n  hint: add --out DIR\n"),
        (("--force",), "error: --force requires an output folder. [no-folder]\n  hint: add --out DIR\n"),
        (
            ("--only", "models/Custmers"),
            (
                'error: No live object matches "models/Custmers". [no-such-address]\n'
                '  hint: did you mean "models/Customers"?\n'
            ),
        ),
    ],
)
def test_refusals(furnished: InProcessWorkspace, tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    result = applier_for(furnished, tmp_path / "project")("export", "-q", *arguments)
    assert (result.code, result.out, result.err) == (1, "", said)


def test_objects_of_one_name_are_kept_apart(live: InProcessWorkspace) -> None:
    live.apply(spec())
    for path, name in (("/api/models", "Customers"), ("/api/syncs", "Sync")):
        one = live.find(path, name)
        copied = {key: value for key, value in one.items() if key not in ("id", "created_by", "updated_by")}
        if path == "/api/models":
            copied["fields"] = [field["name"] for field in copied["fields"]]
        live.send("POST", path, copied)
    made = export(live)
    models, syncs = ([one["id"] for one in live.send("GET", path)] for path in ("/api/models", "/api/syncs"))
    prepared = plan_export(live, made)
    assert differences(prepared) == {}
    assert sorted(one for one in prepared.resolved.declared if not one.startswith("connections")) == sorted(
        [*(f"models/Customers ({one})" for one in models), *(f"syncs/Sync ({one})" for one in syncs)]
    )
    assert sorted(one.resource.id for one in prepared.resolved.declared.values() if one.resource.id) == sorted(
        [*models, *syncs]
    )


def test_resources_named_by_id_are_declared(live: InProcessWorkspace) -> None:
    live.apply(spec())
    model = live.find("/api/models", "Customers")
    live.send("POST", "/api/models", {key: model[key] for key in ("name", "connection_id", "configuration")})
    made = export(live, ExportOptions(("syncs/*",)))
    prepared = plan_export(live, made)
    assert differences(prepared) == {}
    declared = {
        address: form.resource.body for address, form in prepared.resolved.declared.items() if "syncs" not in address
    }
    assert declared == {f"models/Customers ({model['id']})": {"managed": False, "id": model["id"]}}


def test_requests_do_not_grow_beyond_one_for_each_model(live: InProcessWorkspace) -> None:
    """Lists are paged; for a thousand objects there is one read for each source at most."""
    live.apply(spec())
    numbers = range(20)
    body = {"connection": "Source", "configuration": {"table": "company.customers"}}
    live.apply(spec(models={f"M{one}": body for one in numbers}))
    live.door.seen.clear()
    export(live)
    asked = [path for _, path, _ in live.door.seen]
    sources = [path for path in asked if path.endswith("/source/fields")]
    single = [path for path in asked if path.count("/") > 3 and path not in sources]
    assert len(sources) == 1
    assert len(single) <= (0 if live.version == "2024-02-08" else len(numbers) + 4)


def test_a_source_that_cannot_be_read_keeps_its_list(make: Any) -> None:
    live = make("2024-02-08")
    live.apply(spec())
    assert "fields" not in export(live).text.split("models:")[1].split("syncs:")[0]
    live.fault(path="*/source/fields", status=422, body={"message": "no"})
    listed = export_workspace(live.client(), ExportOptions(), 4).text
    assert "    fields: [account_id, age, email, first_name, id, last_name]\n" in listed


def _environment(made: Any) -> Mapping[str, str]:
    return {one.variable: ENVIRONMENT["SECRET"] for one in made.secret_variables}


def test_asterisks_that_are_no_mask_are_data(live: InProcessWorkspace) -> None:
    live.apply(spec(sync={"fields": {"EMAIL": "email", "ORIGIN": {"value": "****"}}}))
    made = export(live)
    assert differences(plan_export(live, made)) == {}
    loaded, _ = pipeline.load([live.folder / "exported"], _environment(made))
    assert loaded.resources["syncs/Sync"].body["fields"]["ORIGIN"] == {"value": "****"}


NAMES = {
    "Daily Orders": "daily-orders",
    "Müller & Söhne": "muller-sohne",
    "顧客": "顧客",
    "Заказы 2": "заказы-2",
    "a/b": "a-b-c14cdd",
    "A B": "a-b-fea4c5",
    "a-b c14cdd": "a-b-c14cdd-df379f",
    "CON": "con-a3dbc4",
    "💥": "unnamed-0fadd2",
    "x" * 300: "x" * 80,
    "語" * 300: "語" * 26,
}


def test_every_object_has_a_file_that_every_system_takes() -> None:
    entries = [Entry("models", name, {"connection": "C"}) for name in NAMES]
    assert list(files_of(entries, apart=True, split_sql=False)) == [f"models/{one}.yaml" for one in NAMES.values()]


ALIKE = [
    ["Straße", "Strasse", "STRASSE", "ΣΑΣ", "σασ", "ß", "ẞ", "ss"],
    ["Café", "Cafe\u0301", "CAFÉ", "cafe", "가", "\u1100\u1161"],
    ["ﬁ", "fi", "FI", "ǅ", "dž", "µ", "μ", "ſ", "s", "İ", "i", "I"],
    ["a", "a.", "a ", " a", "A", "..", ".", "", "💥"],
    ["CON", "con", "con a3dbc4", "COM¹", "com1", "nul.txt", "NUL"],  # the third is what the first would be called
    ["語" * 100, "語" * 101, "x" * 300, "X" * 301],
    ["n..-.. ..-n", "n.--. --..n", "n n"],  # the first two have the same six digits
]


@pytest.mark.parametrize("names", ALIKE, ids=lambda names: ascii(names[0])[:12])
@pytest.mark.parametrize("apart", [True, False])
def test_no_two_names_are_one_file_on_any_disk(names: list[str], apart: bool) -> None:
    """Disks differ in what they take for one name: case, composed letters, and on Windows what a name ends with."""
    body = {"connection": "C", "configuration": {"query": "select 1\nfrom a"}}
    entries = [Entry("models", name, body) for name in names]
    files = files_of(entries, apart=apart, split_sql=True)
    folded = {unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", one).casefold()) for one in files}
    assert len(folded) == len(files) == (2 * len(names) if apart else len(names) + 1)
    assert max(len(one.rpartition("/")[2].encode()) for one in files) <= 255
    assert [one for one in files if one.rpartition("/")[2].partition(".")[0] in ("con", "nul", "com1", "")] == []
    assert files_of(list(reversed(entries)), apart=apart, split_sql=True).keys() == files.keys()


def test_a_folder_and_its_files_are_open_to_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows a file keeps the rights of the folder that it was made in: that may be no private one."""
    modes: list[int] = []
    make = Path.mkdir
    monkeypatch.setattr(
        Path, "mkdir", lambda path, mode=0o777, **given: (modes.append(mode), make(path, mode, **given))[1]
    )
    monkeypatch.setattr(tempfile, "mkdtemp", None)
    save(tmp_path / "out", {"models/a.yaml": "a", "b.yaml": "b"})
    assert set(modes) == {0o777}
    assert read(tmp_path / "out") == {"b.yaml": "b", "models/a.yaml": "a"}


def test_a_part_passes_validation_though_its_names_are_alike(make: Any, tmp_path: Path) -> None:
    live = make("2024-02-08")
    table = {"connection": "Source", "configuration": {"table": "company.customers"}}
    live.apply(spec(models={"Customers EU": table, "Customers US": table}, sync={"model": "Customers US"}))
    applier = applier_for(live, tmp_path / "project")
    assert applier("export", "--out", ".", "--only", "syncs/*", "--only", "models/Customers EU", "-q").code == 0
    files = read(tmp_path / "project")
    assert files["models/customers-us.yaml"] == "version: 1\n\nmodels:\n  Customers US:\n    managed: false\n"
    valid = applier("validate")
    assert (valid.code, valid.err) == (0, "")
