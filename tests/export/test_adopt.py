"""`applier adopt`: a file of any form takes one more resource, and what is declared already is found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from applier.spec.documents.append import CannotAppend, append_members
from applier.spec.documents.parse import parse
from tests.workspace import Sandbox, Workspace

M = "M: {connection: C}"
C = "connections: {C: {managed: false}}\n"
NEW = "  B:\n    connection: C\n"
SECTION = "models:\n" + NEW
BRACKETS = "B: {connection: C}"

FORMS = {
    "a comment at the end": (f"models:\n  {M}\n# end", f"models:\n  {M}\n{NEW}# end\n"),
    "a section more": ("version: 1", f"version: 1\n\n{SECTION}"),
    "comments before the next section": (
        f"models:\n  {M}\n  # B\n\n# C\n{C}",
        f"models:\n  {M}\n{NEW}  # B\n\n# C\n{C}",
    ),
    "a document end": (f"models:\n  {M}\n...\n# c\n", f"models:\n  {M}\n{NEW}...\n# c\n"),
    "a document end of Windows": (f"models:\r\n  {M}\r\n...\r\n", f"models:\n  {M}\n{NEW}...\n".replace("\n", "\r\n")),
    "the second document": (
        f"{C}---\nmodels:\n  {M}\n---\nversion: 1\n",
        f"{C}---\nmodels:\n  {M}\n{NEW}---\nversion: 1\n",
    ),
    "the last document": (f"{C}---\nversion: 1\n", f"{C}---\nversion: 1\n\n{SECTION}"),
    "an alias at the end": (
        f"models:\n  A: &a\n    x: 1\n  {M}\n  D: *a",
        f"models:\n  A: &a\n    x: 1\n  {M}\n  D: *a\n{NEW}",
    ),
    "an alias at the end of the file": (
        "connections:\n  A: &a {x: 1}\n  D: *a # d\n",
        f"connections:\n  A: &a {{x: 1}}\n  D: *a # d\n\n{SECTION}",
    ),
    "an alias below": (
        f"models:\n  A:\n    x: [&f 1]\n  D:\n    x:\n      - *f\n{C}",
        f"models:\n  A:\n    x: [&f 1]\n  D:\n    x:\n      - *f\n{NEW}{C}",
    ),
    "brackets": (f"models: {{{M}}}\n", f"models: {{{M}, {BRACKETS}}}\n"),
    "brackets around all": (f"{{models: {{{M}}}}}", f"{{models: {{{M}, {BRACKETS}}}}}\n"),
    "brackets and another section": ("{version: 1}\n", f"{{version: 1, models: {{{BRACKETS}}}}}\n"),
    "a comma at the end": (f"models: {{{M},}}\n", f"models: {{{M}, {BRACKETS}}}\n"),
    "brackets in lines": (f"models: {{\n  {M} # m\n}}\n", f"models: {{\n  {M}, # m\n  {BRACKETS}\n}}\n"),
    "brackets in lines with commas": (f"models: {{\n  {M}, # m\n}}\n", f"models: {{\n  {M}, # m\n  {BRACKETS}\n}}\n"),
    "no newline at the end": (f"models:\n  {M}", f"models:\n  {M}\n{NEW}"),
    "Windows without a newline": (f"\ufeffmodels:\r\n  {M}", f"\ufeffmodels:\n  {M}\n{NEW}".replace("\n", "\r\n")),
    "null": (f"models: null # none\n{C}", f"models: # none\n{NEW}{C}"),
    "a tilde": ("models: ~\n", SECTION),
    "nothing": (f"models:\n  # M: m\n{C}", f"models:\n{NEW}  # M: m\n{C}"),
    "nothing and no newline": ("models:", SECTION),
    "empty brackets": (f"models: {{}}\n{C}", f"{SECTION}{C}"),
    "empty brackets of Windows": ("models: {}\r\n", SECTION.replace("\n", "\r\n")),
    "empty brackets in lines": ("models: {\n}\n", f"models: {{{BRACKETS}}}\n"),
    "an empty file": ("", SECTION),
    "comments only": ("# c\n", f"# c\n{SECTION}"),
    "the start of a document": ("# c\n---\n", f"# c\n---\n{SECTION}"),
    "a null document": ("--- null\n", f"--- null\n---\n{SECTION}"),
    "empty brackets of a file": ("{}\n", f"{{models: {{{BRACKETS}}}}}\n"),
    "a text of lines": (
        "models:\n  A:\n    x: |\n      select\n\n\n",
        f"models:\n  A:\n    x: |\n      select\n{NEW}\n\n",
    ),
    "a text that keeps its end": (
        "models:\n  A:\n    x: |+\n      s\n\n",
        f"models:\n  A:\n    x: |+\n      s\n\n{NEW}",
    ),
    "a text without a newline": ("models:\n  A:\n    x: |\n      s", f"models:\n  A:\n    x: |-\n      s\n{NEW}"),
    "a text with a comment in it": (
        "models:\n  A:\n    x: |\n      s\n      # s\n",
        f"models:\n  A:\n    x: |\n      s\n      # s\n{NEW}",
    ),
    "a deeper section": (f"  models:\n      {M}\n", f"  models:\n      {M}\n      B:\n        connection: C\n"),
    "a merge": (f"x-a: &x\n  {M}\nmodels:\n  <<: *x\n", f"x-a: &x\n  {M}\nmodels:\n  <<: *x\n{NEW}"),
    "an explicit key": (f"? models\n:\n  {M}\n", f"? models\n:\n  {M}\n{NEW}"),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_file_of_any_form_takes_one_more_resource(form: str) -> None:
    before, after = FORMS[form]
    made = append_members(before.encode(), "a.yaml", "models", "B", {"connection": "C"})
    assert made.decode() == after
    documents, problems = parse(made.removeprefix(b"\xef\xbb\xbf"), "a.yaml", Path())
    found = [one.value["models"]["B"] for one in documents if "B" in (one.value.get("models") or {})]  # type: ignore[index, operator]
    assert (found, problems) == ([{"connection": "C"}], [])


SHARED = "its section, or a part of it, is shared by an anchor, an alias or a tag"
REFUSED = {
    "x-a: &x\n  A: {}\nmodels: *x\n": (3, 1, f"models/B cannot be added to a.yaml: {SHARED}. Nothing was added."),
    "models: &x\n  A: {}\nx-a: *x\n": (1, 1, f"models/B cannot be added to a.yaml: {SHARED}. Nothing was added."),
    "version: 1\nmodels: [a]\n": (
        2,
        1,
        "models/B cannot be added to a.yaml: its section is no mapping of names to members. Nothing was added.",
    ),
    "models: 5\n": (
        1,
        1,
        "models/B cannot be added to a.yaml: its section is no mapping of names to members. Nothing was added.",
    ),
    f"{C}---\nmodels:\n  B: {{}}\n": (4, 3, "models/B is declared already. Nothing was added."),
    "models: {\n": (2, 1, "The file is not valid YAML: did not find expected node content."),
    "- a\n": (1, 1, "A spec is a mapping of keys to values at its top level."),
}


@pytest.mark.parametrize("before", REFUSED)
def test_what_cannot_be_added_says_why_and_where(before: str) -> None:
    with pytest.raises(CannotAppend) as refused:
        append_members(before.encode(), "a.yaml", "models", "B", {"connection": "C"})
    found = [(one.place.line, one.place.column, one.detail) for one in refused.value.diagnostics if one.place]
    assert found == [REFUSED[before]]


@pytest.fixture
def applier(tmp_path: Path) -> Iterator[Workspace]:
    """A folder beside two live models."""
    applier = Workspace.local(tmp_path)
    seed = applier.write(
        "../seed.yaml",
        "connections: {C: {type: mysql, configuration: {hostname: h, port: 3306, dbname: d, account: a, passwd: p}}}\n"
        "models:\n  M: {connection: C, configuration: {query: select 1}}\n"
        "  N: {connection: C, configuration: {query: select 2}}\n",
    )
    assert applier("apply", str(seed), "--yes", "--no-checks").code == 0
    yield applier
    seed.unlink()


HINT = "  hint: to take over live values, run applier pull; to declare it here, remove it there\n"


@pytest.mark.parametrize(
    ("content", "place", "how"),
    [
        ("models:\n  N: {}\n", "2:3", ""),
        ("version: 1\n---\nmodels: {N: {managed: false}}\n", "3:10", ""),
        ("moved: {models: {N: Other}}\n", "1:18", ' as "Other", under moved'),
        ("models: {X: {id: ID}}\n", "1:14", " as models/X, by its id"),
        (
            "environments:\n  dev:\n    overrides: {models: {X: {id: ID}}}\n",
            "3:30",
            ' as models/X, by its id in the environment "dev"',
        ),
    ],
)
def test_what_is_declared_in_another_file_says_where(content: str, place: str, how: str, applier: Workspace) -> None:
    with Sandbox.open(applier.folder / "data") as sandbox:
        content = content.replace("ID", f'"{sandbox.named("models", "N")["id"]}"')
    applier.write("team/a.yml", content)
    refused = applier("adopt", "models/N", "--file", "b.yaml")
    message = f"team/a.yml:{place}: error: models/N is declared already{how}. Nothing was added. [not-added]\n{HINT}"
    assert (refused.code, refused.out, refused.err) == (1, "", message)
    assert not (applier.folder / "b.yaml").exists()


def test_of_several_the_declared_ones_are_left_out(applier: Workspace) -> None:
    applier.write("a.yaml", "models:\n  M: {}\n")
    first = applier("adopt", "models/*", "--file", "b.yaml")
    told = "left out: models/M is declared already. (a.yaml:2:3)\nadded models/N to b.yaml\n"
    assert (first.code, first.out, first.err) == (0, "", told)
    again = applier("adopt", "models/*", "--file", "c.yaml")
    assert (again.code, again.err.count("is declared already"), (applier.folder / "c.yaml").exists()) == (1, 2, False)


def test_a_file_beside_the_current_folder_is_its_own_project(applier: Workspace) -> None:
    applier.write("a.yaml", "models:\n  M: {}\n")
    done = applier("adopt", "models/M", "--file", "../elsewhere/b.yaml")
    assert (done.code, done.err) == (0, "added models/M to ../elsewhere/b.yaml\n")


def test_files_outside_of_the_project_are_mentioned(applier: Workspace) -> None:
    applier.write("pipelines/a.yaml", "models: {M: {}}\n")
    applier.write("export.yaml", "models:\n  M: {}\n  N: {}\n")
    done = applier("adopt", "models/*", "--file", "pipelines/new/b.yaml")
    assert (done.code, done.err.splitlines()) == (
        0,
        [
            "left out: models/M is declared already. (pipelines/a.yaml:1:10)",
            "added models/N to pipelines/new/b.yaml",
            "models/N is declared in export.yaml:3:3 too; load only one of the files",
        ],
    )


def test_a_file_that_is_no_text_takes_nothing(applier: Workspace) -> None:
    applier.write("spec.yaml", "").write_bytes(b"models: {}\n\xff")
    refused = applier("adopt", "models/N", "--file", "spec.yaml")
    message = "spec.yaml:2:1: error: The file holds bytes that are not UTF-8 text. [not-utf8]"
    assert (refused.code, refused.err) == (1, f"{message}\n  hint: save the file in the encoding UTF-8\n")
    assert (applier.folder / "spec.yaml").read_bytes() == b"models: {}\n\xff"
