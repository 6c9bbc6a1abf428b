"""Files and YAML: what is read, and what is said about what cannot be."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from applier.diagnostics import Place, Severity, diagnose
from applier.kinds import load_spec
from applier.spec.documents import read_documents
from tests.system import needs_named_pipes, needs_permissions


def test_files_and_folders(folder: Path, loaded) -> None:
    spec, problems = loaded(
        {
            "b.yaml": "connections:\n  B: {type: hubspot}\n",
            "deep/er/a.yml": "connections:\n  A: {type: hubspot}\n",
            ".hidden/c.yaml": "not: [valid",
            ".hidden.yaml": "not: [valid",
            "notes.txt": "not: [valid",
            "seed/table.csv": "a,b\n",
        }
    )
    assert problems == ()
    assert spec.files == ("b.yaml", "deep/er/a.yml")
    assert list(spec.resources) == ["connections/B", "connections/A"]
    assert load_spec(["b.yaml", ".", "./b.yaml"], {})[1] == ()  # each file once


def test_missing_empty_and_odd_paths(folder: Path) -> None:
    (folder / "nothing").mkdir()
    spec, problems = load_spec(["none.yaml", "nothing", "bad\0name"], {})
    assert spec.resources == {}
    assert [(one.code, one.detail) for one in problems] == [
        ("file-not-found", 'File or folder "bad\0name" not found.'),
        ("file-not-found", 'File or folder "none.yaml" not found.'),
        ("no-spec-files", 'No YAML files in "nothing".'),
    ]
    assert all(one.hint for one in problems)


@needs_named_pipes
def test_a_pipe_is_no_file(folder: Path) -> None:
    """Nobody waits for what comes out of it; the other paths are told all the same."""
    os.mkfifo(folder / "pipe.yaml")
    spec, problems = load_spec(["none.yaml", "pipe.yaml"], {})
    assert spec.resources == {}
    assert [(one.code, one.detail) for one in problems] == [
        ("file-not-found", 'File or folder "none.yaml" not found.'),
        ("not-a-file", '"pipe.yaml" is neither a regular file nor a folder.'),
    ]
    assert all(one.hint for one in problems)


@needs_permissions
def test_unreadable_file(folder: Path) -> None:
    (folder / "spec.yaml").write_text("version: 1", "utf-8")
    (folder / "spec.yaml").chmod(0)
    assert [one.detail for one in load_spec(["spec.yaml"], {})[1]] == ['"spec.yaml" cannot be read: permission denied.']


SYNTAX = {
    "a: b: c": (
        "mapping values are not allowed in this context",
        (1, 5),
        'a text that holds ": " needs quotes; else check the indentation',
    ),
    "a:\n\t- b": (
        "found character that cannot start any token",
        (2, 1),
        "indent with spaces; YAML does not allow tabs there",
    ),
    "a: @b": ("found character that cannot start any token", (1, 4), "put the text in quotes"),
    "a: 'b": ("found unexpected end of stream", (1, 6), "the quote of line 1 is not closed"),
    "a:\n  b: {c: 1\n  d: 2\n": (
        "did not find expected ',' or '}'",
        (3, 4),
        'close the "{" of line 2, or put a "," between its members',
    ),
    "a:\n- [b\n- c\n": (
        "did not find expected ',' or ']'",
        (4, 1),
        'close the "[" of line 2, or put a "," between its members',
    ),
    "a: {b: c: d}": ("did not find expected ',' or '}'", (1, 9), 'a text that holds ": " needs quotes'),
    "a: {: 1}": (
        "did not find expected node content",
        (1, 5),
        'a key or value is missing here; an empty text is written ""',
    ),
    "x-a: 1\n...\nx-b: 1": (
        "did not find expected <document start>",
        (3, 1),
        'a further document starts with a line "---"',
    ),
    "x-a: {b:}": (
        "found unexpected ':'",
        (1, 8),
        'inside { } and [ ] a ":" needs a blank after it, or the text quotes',
    ),
    '{"x-a": "\\ud83d\\ude00"}': (
        "found invalid Unicode character escape code",
        (1, 12),
        "write the character itself; YAML knows no pairs of escapes",
    ),
    "%YAML 2.0\n---\na: 1": ("found incompatible YAML document", (1, 1), 'remove the line that starts with "%YAML"'),
    "a: *b": (
        "found undefined alias",
        (1, 4),
        'a "*name" needs an "&name" before it; a text that starts with "*" needs quotes',
    ),
    "a: {b: ${env:C}, d: e}": (
        "did not find expected ',' or '}'",
        (1, 9),
        'inside { } and [ ] a text with "${" needs quotes',
    ),
    "a: b\n c: d\n": (
        "mapping values are not allowed in this context",
        (2, 3),
        'a text that holds ": " needs quotes; else check the indentation',
    ),
    "a: 1\n\x01": ("control characters are not allowed", (2, 1), "the file may be binary; save it as plain text"),
}


@pytest.mark.parametrize("text", SYNTAX)
def test_syntax_errors(text: str, problems) -> None:
    problem, (line, column), hint = SYNTAX[text]
    assert problems(text) == (
        diagnose(
            "yaml-syntax",
            f"The file is not valid YAML: {problem}.",
            Place("spec.yaml", line, column),
            hint,
        ),
    )


REFUSED = {
    "- a": ("not-a-mapping", (1, 1)),
    "text": ("not-a-mapping", (1, 1)),
    "x-a: !foo b": ("unknown-tag", (1, 6)),
    "x-a: !!python/object/apply:os.system [id]": ("unknown-tag", (1, 6)),
    "x-a: !!binary aGk=": ("unknown-tag", (1, 6)),
    "x-a: !!set {a, b}": ("unknown-tag", (1, 6)),
    "x-a: !!int abc": ("wrong-tag", (1, 6)),
    "x-a: !!int 'true'": ("wrong-tag", (1, 6)),
    "x-a: !!map [a]": ("wrong-tag", (1, 6)),
    "x-a: .inf": ("not-a-json-number", (1, 6)),
    "x-a: [1, -.NaN, .nan]": ("not-a-json-number", (1, 17)),
    "x-a: 1e999": ("not-a-json-number", (1, 6)),
    "x-a: 18446744073709551616": ("not-a-json-number", (1, 6)),
    "x-a: " + "9" * 5000: ("not-a-json-number", (1, 6)),
    "x-a: {~: b}": ("key-not-text", (1, 7)),
    "x-a: {[b]: c}": ("key-not-text", (1, 7)),
    "x-a: {{b: c}: d}": ("key-not-text", (1, 7)),
    "x-a:\n  ?\n  : b": ("key-not-text", (2, 4)),
    "x-a: {<<: b}": ("merge-not-a-mapping", (1, 11)),
    "x-a: &a [*a]": ("endless-alias", (1, 6)),
    "x-a: &a {b: {c: *a}}": ("endless-alias", (1, 6)),
    "x-a: " + "[" * 200 + "]" * 200: ("nested-too-deep", (1, 104)),
    "x-a: " + "[" * 500_000: ("nested-too-deep", (1, 104)),
    "- " * 500_000: ("nested-too-deep", (1, 199)),
    "x-a: " + "{a: " * 500_000: ("nested-too-deep", (1, 398)),
    "? " * 500_000: ("nested-too-deep", (1, 199)),
    # The scanner reads ahead: what it finds behind the place where the file goes too deep is not what is wrong first.
    "x-é: " + "[" * 200 + "@": ("nested-too-deep", (1, 104)),
    "x-é: " + "[" * 200 + "\x01": ("nested-too-deep", (1, 104)),
    "x-a: b\n---\nx-é: " + "[" * 2000: ("nested-too-deep", (3, 104)),
    "x-a: " + "[" * 90 + "@": ("yaml-syntax", (1, 96)),
    "x-a: " + "[" * 90 + "\x01": ("yaml-syntax", (1, 96)),
}


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: text[:40])
def test_refused_values(text: str, problems) -> None:
    code, (line, column) = REFUSED[text]
    assert [(one.code, one.place, one.severity) for one in problems(text)] == [
        (code, Place("spec.yaml", line, column), Severity.ERROR)
    ]


def test_aliases_do_not_lead_deeper_than_what_is_written(problems) -> None:
    """What is done with a value is done level by level, which must not exhaust the stack."""
    lists, mappings = "[" * 50 + "]" * 50, "{a: " * 50 + "}" * 50
    assert problems(f"x-a: &a {lists}\nx-b: {'[' * 49}*a{']' * 49}\nx-c: {{<<: {{b: *a}}, c: {mappings}}}") == ()
    for text, line in {
        f"x-a: &a {lists}\nx-b: {'[' * 50}*a{']' * 50}": 1,
        f"x-a: &a {mappings}\nx-b: &b [[*a]]\nx-c: {'[' * 48}*b{']' * 48}": 2,
        f"---\nx-a: &a {lists}\nx-b: &b [*a, {lists}]\nx-c: &c {'[' * 40}*b{']' * 40}\nx-d: {'{a: ' * 9}*c{'}' * 9}": 4,
        "\n".join(["x-0: &l0 [a]", *(f"x-{n}: &l{n} {'[' * 90}*l{n - 1}{']' * 90}" for n in range(1, 20))]): 2,
    }.items():
        assert problems(text) == (
            diagnose(
                "nested-too-deep",
                "Values are nested more than 100 levels deep.",
                Place("spec.yaml", line, 6),
                "reduce the number of levels",
            ),
        )


def test_alias_bomb(problems) -> None:
    levels = ["x-0: &l0 [a, b, c, d, e, f, g, h, i]"]
    levels += [f"x-{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 12)]
    assert [one.code for one in problems("\n".join(levels))] == ["too-many-aliases"]
    merged = ["x-0: &l0 {" + ", ".join(f"k{n}: 1" for n in range(2000)) + "}"]
    merged += [f"x-{n}: {{<<: [{', '.join(['*l0'] * 100)}]}}" for n in range(1, 12)]
    assert [one.code for one in problems("\n".join(merged))] == ["too-many-aliases"]


def test_bytes(folder: Path, problems) -> None:
    assert problems({"spec.yaml": b"\xef\xbb\xbfversion: 1\r\n"}) == ()
    assert problems({"spec.yaml": "version: 1\nx-a: b".encode("utf-16")})[0].code == "not-utf8"
    assert problems({"spec.yaml": "x-a: ä\nx-b: 'ö".encode() + b"\xff'"}) == (
        diagnose(
            "not-utf8",
            "The file holds bytes that are not UTF-8 text.",
            Place("spec.yaml", 2, 8),
            "save the file in the encoding UTF-8",
        ),
    )


def test_large_file(folder: Path) -> None:
    with (folder / "spec.yaml").open("wb") as stream:
        stream.truncate(21 * 1024 * 1024)
    _, problems = load_spec(["spec.yaml"], {})
    assert [(one.code, one.place) for one in problems] == [("file-too-large", Place("spec.yaml"))]


def test_empty_files(problems) -> None:
    for text in ("", "# only a comment\n", "---\n", "---\n---\n"):
        assert [(one.code, one.severity) for one in problems(text)] == [("empty-file", Severity.WARNING)]


def test_several_documents_in_a_file(loaded) -> None:
    spec, problems = loaded("---\nconnections:\n  A: {type: hubspot}\n---\n\n---\nconnections:\n  B: {type: 1}\n...\n")
    assert list(spec.resources) == ["connections/A", "connections/B"]
    assert [(one.code, one.place) for one in problems] == [("wrong-type", Place("spec.yaml", 8, 13))]


def test_duplicate_keys(problems) -> None:
    assert problems("x-a:\n  b: 1\n  c: 2\n  'b': 3\n") == (
        diagnose(
            "duplicate-key",
            'Duplicate key "b", first in line 2.',
            Place("spec.yaml", 4, 3),
            "remove or rename one of them",
            related=(Place("spec.yaml", 2, 3),),
        ),
    )


PLAIN = {
    "on": "on", "yes": "yes", "No": "No", "y": "y", "off": "off",
    "true": True, "False": False, "tRUE": "tRUE",
    "null": None, "~": None, "": None, "nULL": "nULL",
    "12": 12, "010": 10, "+7": 7, "-7": -7, "0o17": 15, "0x1F": 31, "0b11": "0b11", "1_000": "1_000",
    "1.5": 1.5, ".5": 0.5, "5.": 5.0, "1e3": 1000.0, "-1.5E-2": -0.015, "1.2.3": "1.2.3", "1,5": "1,5",
    "1:30": "1:30", "190:20:30": "190:20:30", "2024-01-31": "2024-01-31",
    "2001-12-14t21:59:43.10-05:00": "2001-12-14t21:59:43.10-05:00",
    "=": "=", "<<": "<<", "-": None, ".": ".", "+": "+", "e5": "e5", "0o8": "0o8", "0xg": "0xg",
    "!!str 010": "010", "!!int 0x10": 16, "!!float 3": 3.0, "!!bool true": True, "!!null ''": None,
    "'12'": "12", '"true"': "true", "|\n  a\n  b": "a\nb\n",
}  # fmt: skip


@pytest.mark.parametrize("text", [one for one in PLAIN if one != "-"])
def test_plain_values_follow_the_core_schema(text: str, folder: Path) -> None:
    (folder / "spec.yaml").write_text(f"x-a: {text}\n", "utf-8")
    documents, problems = read_documents(["spec.yaml"])[:2]
    value = documents[0].value["x-a"]
    assert (value, type(value), problems) == (PLAIN[text], type(PLAIN[text]), ())


def test_keys_are_text_as_written(folder: Path) -> None:
    (folder / "spec.yaml").write_text("x-a: {123: a, true: b, 1.50: c, 010: d, !!str 5: e, 'null': f}\n", "utf-8")
    documents, problems = read_documents(["spec.yaml"])[:2]
    assert documents[0].value["x-a"] == {"123": "a", "true": "b", "1.50": "c", "010": "d", "5": "e", "null": "f"}
    assert problems == ()


def test_merge_keys_and_aliases(folder: Path) -> None:
    (folder / "spec.yaml").write_text(
        "x-base: &base {a: 1, b: 2}\n"
        "x-more: &more {b: 3, c: 3}\n"
        "x-one: {<<: *base, b: own}\n"
        "x-two:\n  <<: [*more, *base]\n  d: *base\n"
        "x-three: {'<<': text}\n",
        "utf-8",
    )
    documents, problems = read_documents(["spec.yaml"])[:2]
    assert problems == ()
    assert documents[0].value["x-one"] == {"a": 1, "b": "own"}
    assert documents[0].value["x-two"] == {"a": 1, "b": 3, "c": 3, "d": {"a": 1, "b": 2}}
    assert documents[0].value["x-three"] == {"<<": "text"}
    place = documents[0].place
    assert place(("x-one", "b")) == Place("spec.yaml", 3, 23)
    assert place(("x-one", "a"), key=True) == Place("spec.yaml", 1, 16)  # through the merge key
    assert place(("x-two", "c")) == Place("spec.yaml", 2, 25)
    assert place(("x-two", "d", "b")) == Place("spec.yaml", 1, 25)  # through the alias
    assert place(("x-two", "nothing", "below")) == Place("spec.yaml", 4, 1)  # what is around it
    assert place(("nothing",)) == Place("spec.yaml", 1, 1)


def test_an_unreadable_part_causes_no_further_errors(problems) -> None:
    found = problems("models: {M: !foo 1, N: !!int x, O: .inf}\nsyncs: {S: 3}")
    assert [(one.code, one.place.line, one.place.column) for one in found] == [
        ("unknown-tag", 1, 13),
        ("wrong-tag", 1, 24),
        ("not-a-json-number", 1, 36),
        ("wrong-type", 2, 12),
    ]


def test_a_mistake_under_an_anchor_is_reported_once(problems) -> None:
    use = "{<<: *a, fields: {A: {value: x}}}"
    anchor = "x-a: &a {mode: append, target: {connection: C}, schedule: {frequency: manual}, active: 1}"
    (only,) = problems(f"connections: {{C: {{managed: false}}}}\n{anchor}\nsyncs: {{S: {use}, T: {use}}}")
    assert (only.detail, only.place.line) == (
        '"active" of syncs/S must be true or false, but is a whole number (the same for 1 more).',
        2,
    )
