"""Names that look the same: two Unicode forms of one name are one object, what cannot be seen is pointed out."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.workspace import EXAMPLE, Sandbox, Workspace

COMPOSED, DECOMPOSED = "Caf\u00e9", "Cafe\u0301"
NO_BREAK, ZERO_WIDTH = "\u00a0", "\u200b"
SPEC = (EXAMPLE / "spec.yaml").read_text("utf-8")
FORMS = pytest.mark.parametrize(("one", "other"), [(COMPOSED, DECOMPOSED), (DECOMPOSED, COMPOSED)])


def spec(key: str, mention: str) -> str:
    """Return the example with a connection, a model and a sync of one name, and every mention of them."""
    text = SPEC.replace("  MySQL Connection:", f"  {key}:").replace(
        "connection: MySQL Connection", f"connection: {mention}"
    )
    text = text.replace("  Customer Model:", f"  {key}:").replace("model: Customer Model", f"model: {mention}")
    return text.replace("  MySQL to Snowflake Sync:", f"  {key}:")


@pytest.fixture
def project(tmp_path: Path) -> Workspace:
    shutil.copytree(EXAMPLE / "seed", tmp_path / "seed")
    return Workspace.local(tmp_path)


def live(project: Workspace, kind: str) -> list[dict[str, Any]]:
    with Sandbox.open(project.folder / "data") as sandbox:
        return [dict(one) for one in sandbox.get(f"/api/{kind}")]


def rename_live(project: Workspace, kind: str, old: str, new: str) -> None:
    """Give a live object another name behind the back of the command line."""
    with closing(sqlite3.connect(project.folder / "data/sandbox.sqlite3")) as store, store:
        query = "UPDATE objects SET name = ?, document = json_set(document, '$.name', ?) WHERE kind = ? AND name = ?"
        assert store.execute(query, (new, new, kind.removesuffix("s"), old)).rowcount == 1


def messages(project: Workspace, *arguments: str) -> list[tuple[str, str, str | None]]:
    """Return code, detail and hint of what is said, without warnings of the example."""
    said = project(*arguments, "-o", "json").json["diagnostics"]
    return [(one["code"], one["detail"], one["hint"]) for one in said]


@FORMS
def test_all_places_of_a_spec_may_differ_in_form(project: Workspace, one: str, other: str) -> None:
    project.write("spec.yaml", spec(one, other))
    assert project("apply", "--yes", "-q").code == 0
    assert [[item["name"] for item in live(project, kind)] for kind in ("models", "syncs")] == [[COMPOSED], [COMPOSED]]
    project.write("spec.yaml", spec(other, one))
    assert project.is_up_to_date("--no-checks")
    assert project.is_up_to_date("--no-checks", "-t", f"syncs/{one}")
    assert project("apply", "--yes", "-q").out.startswith("Nothing to do")


@FORMS
def test_a_live_name_keeps_its_form(project: Workspace, one: str, other: str) -> None:
    """What the spec says in the other form is neither a new object nor a rename, and an update does not change it."""
    project.write("spec.yaml", spec(one, one))
    assert project("apply", "--yes", "-q").code == 0
    for kind in ("connections", "models", "syncs"):
        rename_live(project, kind, COMPOSED, DECOMPOSED)
    before = {
        kind: {item["id"]: item["name"] for item in live(project, kind)} for kind in ("connections", "models", "syncs")
    }
    assert project.is_up_to_date("--no-checks")
    project.write("spec.yaml", spec(one, other).replace("localhost", "elsewhere").replace("continuous", "manual"))
    done = project("apply", "--yes", "--no-checks", "-o", "json").json
    assert [(item["action"], item["address"]) for item in done["changes"]] == [
        ("update", f"connections/{COMPOSED}"), ("update", f"syncs/{COMPOSED}"),
    ]  # fmt: skip
    assert {kind: {item["id"]: item["name"] for item in live(project, kind)} for kind in before} == before
    assert [item["name"] for item in live(project, "models")] == [DECOMPOSED]


def test_one_name_in_two_forms_is_declared_twice(project: Workspace) -> None:
    project.write(
        "a.yaml", f"version: 1\nconnections:\n  {COMPOSED}: {{managed: false}}\n  {DECOMPOSED}: {{managed: false}}\n"
    )
    (error,) = project("validate", "a.yaml", "-o", "json").json["diagnostics"]
    detail = f'Duplicate key "{DECOMPOSED}", first in line 3: the two differ only in their Unicode form.'
    assert (error["code"], error["detail"]) == ("duplicate-key", detail)
    assert (error["place"]["line"], error["place"]["column"], error["related"][0]["line"]) == (4, 3, 3)
    project.write("a.yaml", f"version: 1\nconnections: {{{COMPOSED}: {{managed: false}}}}\n")
    project.write("b.yaml", f"connections: {{{DECOMPOSED}: {{managed: false}}}}\n")
    detail = f"connections/{COMPOSED} is declared twice, first in a.yaml line 2."
    assert messages(project, "validate", "a.yaml", "b.yaml") == [
        ("duplicate-name", detail, "remove or rename one of them")
    ]


def test_two_live_objects_of_one_name_in_two_forms_are_ambiguous(project: Workspace) -> None:
    project.write("spec.yaml", spec(COMPOSED, COMPOSED))
    assert project("apply", "--yes", "-q").code == 0
    with Sandbox.open(project.folder / "data") as sandbox:
        (first,) = sandbox.get("/api/models")
        members = {name: first[name] for name in ("connection_id", "configuration")}
        second = sandbox.post("/api/models", {**members, "name": DECOMPOSED})
    ids = ", ".join(sorted((first["id"], second["id"])))
    said = messages(project, "plan", "--no-checks")
    assert ("ambiguous-name", f'2 live models are called "{COMPOSED}": {ids}.') in [one[:2] for one in said]
    assert project("export", "--out", "out", "-q").code == 0
    names = sorted(path.name for path in (project.folder / "out/models").iterdir())
    assert names == sorted(f"cafe-{one['id']}.yaml" for one in (first, second))
    shutil.rmtree(project.folder / "data/databases")
    assert "id: " in project.read(f"out/models/{names[0]}")


@FORMS
def test_moved_removed_and_owns_take_either_form(project: Workspace, one: str, other: str) -> None:
    project.write("spec.yaml", spec(one, one))
    assert project("apply", "--yes", "-q").code == 0
    text = (
        spec("New", "New")
        + f"moved: {{models: {{{other}: New}}, syncs: {{{one}: New}}, connections: {{{other}: New}}}}\n"
    )
    project.write("spec.yaml", text)
    changes = project("plan", "--no-checks", "-o", "json").json["changes"]
    assert [(item["action"], item["address"]) for item in changes] == [
        ("rename", "connections/New"), ("rename", "models/New"), ("rename", "syncs/New"),
    ]  # fmt: skip
    rest = "version: 1\n" + SPEC[SPEC.index("connections:") : SPEC.index("  MySQL Connection:")]
    rest += SPEC[SPEC.index("  Snowflake Connection:") : SPEC.index("# A model is")]
    project.write(
        "spec.yaml", f"{rest}removed: {{syncs: [{other}]}}\nowns: {{models: [{other}], connections: [C*{other[3:]}]}}\n"
    )
    made = project("plan", "--prune", "--force", "--no-checks", "-o", "json").json["changes"]
    assert [(item["action"], item["address"]) for item in made] == [
        ("delete", f"syncs/{COMPOSED}"), ("delete", f"models/{COMPOSED}"), ("delete", f"connections/{COMPOSED}"),
    ]  # fmt: skip


@FORMS
def test_overrides_take_either_form(project: Workspace, one: str, other: str) -> None:
    override = (
        f"environments:\n  prod: {{overrides: {{models: {{{other}: {{configuration: {{table: company.teams}}}}}}}}}}\n"
    )
    project.write("spec.yaml", spec(one, one) + override)
    changes = project("plan", "--env", "prod", "--no-checks", "-o", "json").json["changes"]
    (table,) = [
        field["after"]
        for item in changes
        if item["kind"] == "models"
        for field in item["fields"]
        if "table" in field["path"]
    ]
    assert table == "company.teams"


@FORMS
def test_pull_and_adopt_keep_to_the_form_of_the_file(project: Workspace, one: str, other: str) -> None:
    project.write("spec.yaml", spec(one, other))
    assert project("apply", "--yes", "-q").code == 0
    project.write("spec.yaml", spec(one, other).replace("localhost", "elsewhere"))
    assert project("pull", f"connections/{other}", "-q").code == 0
    assert project.read("spec.yaml") == spec(one, other)
    again = project("adopt", f"models/{other}", "--file", "spec.yaml", "-q")
    assert (again.code, again.err.split(". ")[0]) == (
            1, f"spec.yaml:35:3: error: models/{COMPOSED} is declared already",
    )  # fmt: skip


# What cannot be seen


def test_a_create_that_looks_like_a_live_object_is_told(project: Workspace) -> None:
    project.write("spec.yaml", SPEC)
    assert project("apply", "--yes", "-q").code == 0
    rename_live(project, "models", "Customer Model", f"Customer{NO_BREAK}Model")
    said = [one for one in messages(project, "plan", "--no-checks") if one[0] in ("names-alike", "likely-rename")]
    other = f'"Customer{NO_BREAK}Model"'
    detail = (
        f'The model "Customer Model" would be created. The live model {other} looks the same, but has '
        "U+00A0 NO-BREAK SPACE at column 9, where this has U+0020 SPACE."
    )
    hint = f"if they are one object, write the live name: {other}; to rename it, "
    assert said == [("names-alike", detail, f'{hint}add: moved: {{models: {{{other}: "Customer Model"}}}}')]


@pytest.mark.parametrize(
    ("old", "new", "difference"),
    [
        ("model: Customer Model\n", 'model: "Customer\\u00a0Model"\n', "where this has U+00A0 NO-BREAK SPACE"),
        (
            "model: Customer Model\n",
            'model: "Customer Model\\u200b"\n',
            "but this has U+200B ZERO WIDTH SPACE at column 15",
        ),
        ("connection: MySQL Connection", 'connection: "MySQL Connection "', "but this has a blank at the end"),
        ("connection: MySQL Connection", "connection: MySQL  Connection", "but this has 2 blanks at column 6"),
    ],
)
def test_a_reference_is_never_suggested_to_be_itself(project: Workspace, old: str, new: str, difference: str) -> None:
    project.write("spec.yaml", SPEC.replace(old, new))
    done = project("validate", "-o", "json").json["diagnostics"]
    (error,) = [one for one in done if one["code"] == "unknown-reference"]
    assert " looks the same, but " in error["hint"]
    assert difference in error["hint"]
    assert [one["code"] for one in done] == ["unknown-reference"]


POSITIONS = {
    "connections:\n  'Shop ': {managed: false}\n": (2, 3, '"Shop " has a blank at the end.'),
    "connections:\n  \"Sh\\u200bop\": {managed: false}\n": (
        2, 3, '"Sh\u200bop" has U+200B ZERO WIDTH SPACE at column 3.',
    ),
    "removed: {models: [\"a\\tb\"]}\n": (1, 20, '"a\tb" has U+0009 TAB at column 2.'),
    "moved: {models: {a: ' b'}}\nmodels: {' b': {managed: false}}\n": (2, 10, '" b" has a blank at the beginning.'),
    "owns: {models: [\"a\\u00adb\"]}\n": (1, 17, '"a\u00adb" has U+00AD SOFT HYPHEN at column 2.'),
    "connections: {C: {managed: false}}\nmodels: {M: {connection: C, configuration: {}, identifier: 'id '}}\n": (
        2, 60, '"id " has a blank at the end.',
    ),
    "connections: {C: {managed: false}}\nmodels: {M: {connection: C, configuration: {}, fields: [\"b\\ufeff\"]}}\n": (
        2, 57, '"b\ufeff" has U+FEFF ZERO WIDTH NO-BREAK SPACE at column 2.',
    ),
    "syncs: {S: {mode: append, model: M, target: {connection: C, object: O}, fields: {A: \"a\\u202eb\"}, schedule: "
    "{frequency: manual}}}\nmodels: {M: {managed: false}}\nconnections: {C: {managed: false}}\n": (
        1, 85, '"a\u202eb" has U+202E RIGHT-TO-LEFT OVERRIDE at column 2.',
    ),
}  # fmt: skip


@pytest.mark.parametrize("text", POSITIONS)
def test_what_cannot_be_seen_is_pointed_out_where_it_stands(project: Workspace, text: str) -> None:
    project.write("spec.yaml", "version: 1\n" + text)
    line, column, detail = POSITIONS[text]
    said = project("validate", "-o", "json").json["diagnostics"]
    found = [one for one in said if one["code"] == "invisible-character"]
    places = [(one["place"]["line"], one["place"]["column"]) for one in found]
    assert places == [(line + 1, column)]
    assert [(one["severity"], one["detail"]) for one in found] == [("warning", detail)]


@pytest.mark.parametrize(
    "name",
    [
        "\U0001f469\u200d\U0001f469\u200d\U0001f467 family",
        "\U0001f3f3\ufe0f\u200d\U0001f308",
        "\U0001f469\U0001f3fd\u200d\U0001f680",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "\u0915\u094d\u200d\u0937",
        "\u0d36\u0d4d\u0d30\u0d40\u0d2e\u0d3e\u0d28\u0d4d\u200d",
        "\u9867\u5ba2\u3000\u540d",
        'It\'s: "fine" \\ [x]',
        "\U0001f642\u200d\u2194\ufe0f shaking",
        "\U0001f642\u200d\u2195",
        "\u26d3\ufe0f\u200d\U0001f4a5",
        "\u1781\u17d2\u1798\u17c2\u179a\u200b\u1780\u1798\u17d2\u1796\u17bb\u1787\u17b6",
        "\u0e44\u0e17\u0e22\u200b\u0e44\u0e17\u0e22",
        "\u182e\u1823\u1829\u182d\u1823\u182f\u180e\u1820",
        "\u05e9\u05dc\u05d5\u05dd\u200f! (a)",
        "a \u200f(\u05e9\u05dc\u05d5\u05dd)\u200e b",
        "\u0645\u062b\u0627\u0644\u061c: 1",
    ],
)
def test_what_a_script_needs_is_no_fault(project: Workspace, name: str) -> None:
    key = json.dumps(name, ensure_ascii=False)
    project.write("spec.yaml", f"version: 1\nconnections: {{{key}: {{managed: false}}}}\n")
    assert messages(project, "validate") == []


@pytest.mark.parametrize(
    "name",
    ["a\u200bb", "\u1781\u200b", "\u200b\u1781", "\u1781\u200bb", "\u180ea", "a\u180e", "a\u200eb", "\u200f",
     "1\u200e", "a\u200db", "\u2194\u200d", "<\u200d>", "+\u200d\U0001f642", "\u0e44\u200b \u0e44", "\u05d0 b\u200ec"],
)  # fmt: skip
def test_the_same_characters_are_doubtful_elsewhere(project: Workspace, name: str) -> None:
    project.write(
        "spec.yaml", f"version: 1\nconnections: {{{json.dumps(name, ensure_ascii=False)}: {{managed: false}}}}\n"
    )
    assert [one[0] for one in messages(project, "validate")] == ["invisible-character"]


def test_a_name_is_pointed_out_once_where_it_stands_first(project: Workspace) -> None:
    mapped = 'fields: {A: "id ", B: "id ", C: "id", D: "x\\u200b"}'
    sync = (
        f"{{mode: append, model: M, target: {{connection: C, object: O}}, {mapped}, schedule: {{frequency: manual}}}}"
    )
    project.write(
        "spec.yaml",
        f"version: 1\nconnections: {{C: {{managed: false}}, 'D ': {{managed: false}}}}\n"
        f"models: {{M: {{managed: false}}, 'D ': {{managed: false}}}}\nsyncs:\n  S: {sync}\n  T: {sync}\n",
    )
    said = project("validate", "-o", "json").json["diagnostics"]
    places = [(one["place"]["line"], one["detail"]) for one in said if one["code"] == "invisible-character"]
    assert places == [
        (2, '"D " has a blank at the end.'),
        (3, '"D " has a blank at the end.'),
        (5, '"id " has a blank at the end.'),
        (5, '"x\u200b" has U+200B ZERO WIDTH SPACE at column 2.'),
    ]


def test_columns_are_data(project: Workspace) -> None:
    """A field in another Unicode form is another field; the message tells the difference instead of the same name."""
    project.write("seed/mysql/company/cafes.csv", f"id,{COMPOSED}\n1,x\n")
    text = SPEC.replace("company.customers", "company.cafes")
    text = text[: text.index("    fields:")] + f"    fields: {{EMAIL: {DECOMPOSED}}}\n"
    text += "    schedule: {frequency: manual}\n"
    project.write("spec.yaml", text)
    assert project("apply", "-t", "connections/*", "--yes", "-q").code == 0
    said = [one for one in messages(project, "plan") if DECOMPOSED in one[1]]
    detail = f'syncs/MySQL to Snowflake Sync uses the field "{DECOMPOSED}", but company.cafes has no such field.'
    hint = f'"{COMPOSED}" looks the same, but has U+00E9 LATIN SMALL LETTER E WITH ACUTE at column 4, '
    assert said == [("unknown-source-field", detail, f"{hint}where this has U+0065 LATIN SMALL LETTER E")]


def test_a_look_alike_hides_no_other_character_of_a_name(project: Workspace) -> None:
    """Its warning describes the first difference; the blank at the end is another one."""
    names = ["Sh\u200bop", "Shop ", "Shop\u00a0"]
    project.write("spec.yaml", "connections:\n" + "".join(f'  "{name}": {{managed: false}}\n' for name in names))
    found = [one for code, one, *_ in messages(project, "validate") if code == "invisible-character"]
    assert found == [
        '"Sh\u200bop" has U+200B ZERO WIDTH SPACE at column 3.',
        '"Shop " has a blank at the end.',
        '"Shop\u00a0" has U+00A0 NO-BREAK SPACE at column 5.',
    ]
