"""No output and no file holds a character that cannot be seen: a name with one round-trips by its escape."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applier.diagnostics.characters import escape_json
from applier.spec.documents.parse import parse
from applier.spec.documents.write import dump_yaml
from tests.workspace import Sandbox, Workspace

HIDDEN = (
    "\x07\x1b\x7f\x85\x9b\xad\u061c\u200b\u200d\u200e\u2028\u2029\u202a\u202e\u2060\u2066\u2069\ufeff\ufff9\U000e0041"
)
NAMES = [f"R{number}{one}x" for number, one in enumerate(HIDDEN)]
QUERY = (
    "select 1 -- \u202e\nfrom a where b = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\x9b\u2066'"
)
SPEC = {
    "version": 1,
    "connections": {
        "C\u202ex": {
            "type": "mysql",
            "configuration": {"hostname": "h\u202eb", "account": "me", "passwd": "p", "dbname": "d", "port": 1},
        }
    },
    "models": {"M\u202e\x9b": {"connection": "C\u202ex", "configuration": {"query": QUERY}, "identifier": "id"}},
    "roles": {one: {} for one in NAMES},
}


def hidden_in(text: str) -> list[str]:
    """Return what is in a text that nobody sees."""
    found = {one for one in text if unicodedata.category(one) in ("Cc", "Cf", "Cs", "Zl", "Zp")}
    return sorted(f"U+{ord(one):04X}" for one in found - {"\n"})


@pytest.fixture
def applier(tmp_path: Path) -> Workspace:
    applier = Workspace.local(tmp_path)
    applier.write("spec.yaml", dump_yaml(SPEC))
    return applier


FORMS = ("text", "json", "junit", "sarif", "html", "markdown", "github")


def test_every_form_of_a_plan(applier: Workspace) -> None:
    for form in FORMS:
        planned = applier("plan", "--no-checks", "-o", form)
        assert (planned.code, hidden_in(planned.out), hidden_in(planned.err)) == (0, [], [])
    changes = applier("plan", "--no-checks", "-o", "json").json["changes"]
    assert [one["name"] for one in changes if one["kind"] == "models"] == ["M\u202e\x9b"]


@pytest.mark.parametrize("form", ["text", "dot", "mermaid", "svg"])
def test_every_form_of_a_graph(applier: Workspace, form: str) -> None:
    drawn = applier("graph", "-o", form)
    assert (drawn.code, hidden_in(drawn.out)) == (0, [])


def test_no_two_nodes_of_a_graph_have_one_id(applier: Workspace) -> None:
    applier.write("spec.yaml", json.dumps({"version": 1, "roles": {"a\u202e": {}, "a\\u202e": {}}}))
    assert len(set(re.findall(r'^  "(.*?)" \[', applier("graph", "-o", "dot").out, re.MULTILINE))) == 2


def test_every_file_that_is_written(applier: Workspace) -> None:
    applier("plan", "--no-checks", "--out", "plan.json")
    applier("apply", "--yes", "--no-checks", "--result", "result.json", APPLIER_LOCK_KEY="0123456789abcdef")
    assert applier("show", "plan.json").code == 0
    files = ("plan.json", "result.json", "applier.lock")
    assert {name: hidden_in(applier.read(name)) for name in files} == {name: [] for name in files}


@pytest.mark.parametrize("option", [(), ("--split-sql",), ("--layout", "one")], ids=str)
def test_an_export_shows_every_character(applier: Workspace, option: tuple[str, ...]) -> None:
    spec = {**SPEC, "models": {}}
    applier.write("spec.yaml", dump_yaml(spec))
    assert applier("apply", "--yes", "--no-checks").code == 0
    printed = applier("export")
    assert (hidden_in(printed.out), hidden_in(printed.err)) == ([], [])
    assert applier("export", "--out", "out", *option).code == 0
    for file in (applier.folder / "out").rglob("*.*"):
        assert (hidden_in(file.read_text("utf-8")), hidden_in(file.name)) == ([], [])
    assert "# connections/C\\u202ex: " in applier.read("out/.env.example")
    assert applier("plan", "out", "--no-checks", "--detailed-exitcode", "-q", C_X_PASSWD="p").code == 0


def test_a_pull_writes_escapes(applier: Workspace) -> None:
    """A live value with such a character is seen in the patch, and is the same value when the file is read."""
    applier.write("spec.yaml", dump_yaml({"version": 1, "connections": {"C": SPEC["connections"]["C\u202ex"]}}))  # type: ignore[index]
    assert applier("apply", "--yes", "--no-checks").code == 0
    with Sandbox.open(applier.folder / "data") as sandbox:
        live = sandbox.named("connections", "C")
        edited = {**live["configuration"], "hostname": "new\u2066\x9b", "passwd": "p"}
        sandbox.put(f"/api/connections/{live['id']}", {"name": "C", "configuration": edited})
    patch = applier("pull", "--dry-run").out
    assert ('+      hostname: "new\\u2066\\u009b"\n' in patch, hidden_in(patch)) == (True, [])
    assert applier("pull").code == 0
    assert hidden_in(applier.read("spec.yaml")) == []
    assert applier.is_up_to_date("--no-checks")


def test_the_comments_of_env_example_are_utf_8(applier: Workspace) -> None:
    spec = {"version": 1, "connections": {"顧客 → Größe": SPEC["connections"]["C\u202ex"]}}  # type: ignore[index]
    applier.write("spec.yaml", dump_yaml(spec))
    assert applier("apply", "--yes", "--no-checks").code == 0
    assert applier("export", "--out", "out").code == 0
    assert "# connections/顧客 → Größe: configuration.passwd\n" in applier.read("out/.env.example")


def test_a_query_in_a_file_of_sql_has_no_hidden_character(tmp_path: Path) -> None:
    from applier.export.layout import Entry, files_of

    entry = Entry("models", "M", {"connection": "C", "configuration": {"query": QUERY}})
    files = files_of([entry], apart=True, split_sql=True)
    assert list(files) == ["models/m.yaml"]
    assert hidden_in(files["models/m.yaml"]) == []


TEXT = st.text(st.one_of(st.sampled_from(f"{HIDDEN}\n\r\t\"'\\ :#-é👩"), st.characters(codec="utf-8")), max_size=12)


@given(TEXT, TEXT)
def test_yaml_and_json_say_the_same_with_escapes(key: str, value: str) -> None:
    from applier.spec.documents.names import canonical_name

    document = {f"k{key}": {"a": value, "b": [value]}}
    written = dump_yaml(document)
    (read,), problems = parse(written.encode("utf-8"), "", Path())
    assert (read.value, problems) == ({canonical_name(f"k{key}"): document[f"k{key}"]}, [])
    as_json = escape_json(json.dumps(document, ensure_ascii=False, indent=1))
    assert (json.loads(as_json), hidden_in(as_json)) == (document, [])


@pytest.mark.parametrize("text", ["👨‍👩‍👧", "می‌خواهم", "क्‍ष", "שלום \u200f!"])
def test_what_letters_and_emoji_need_stays_readable(text: str) -> None:
    assert text in dump_yaml({"a": text})
