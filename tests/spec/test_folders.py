"""Which files of a folder are a spec: links, endings, hidden ones; and what is said about those that are not read."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from applier.diagnostics import Diagnostic
from applier.kinds import load_spec
from tests import effort
from tests.system import needs_links, needs_named_pipes, needs_permissions


def connection(name: str) -> str:
    return f"connections:\n  {name}: {{type: hubspot, configuration: {{}}}}\n"


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, "utf-8")


def read(*paths: str) -> tuple[list[str], list[str], list[tuple[str, str]]]:
    """Return the files that are read, what they declare, and what is said."""
    spec, problems = load_spec(paths or ["."], {})
    return list(spec.files), sorted(one.name for one in spec.resources.values()), [_short(one) for one in problems]


def _short(one: Diagnostic) -> tuple[str, str]:
    return one.code, one.detail


def test_endings_in_any_case(folder: Path) -> None:
    write(folder, {"a.YAML": connection("A"), "b.Yml": connection("B"), "c/d.YML": connection("C")})
    assert read() == (["a.YAML", "b.Yml", "c/d.YML"], ["A", "B", "C"], [])


@needs_links
def test_links_are_followed_and_real_names_count(folder: Path) -> None:
    write(folder, {"z/deep/a.yaml": connection("A"), "shared/b.yaml": connection("B"), "c.yaml": connection("C")})
    (folder / "a").symlink_to("z/deep", target_is_directory=True)
    (folder / "z" / "again").symlink_to(folder / "shared", target_is_directory=True)
    (folder / "d.yaml").symlink_to("c.yaml")
    assert read() == (["c.yaml", "shared/b.yaml", "z/deep/a.yaml"], ["A", "B", "C"], [])


@needs_links
def test_a_link_beside_the_folder_is_followed_inside_the_project(folder: Path) -> None:
    """The case of the issue; what the file includes lies beside it."""
    write(
        folder,
        {
            "shared/t.yaml": connection("${file:name}").replace("{}", "{a: '${file:name}'}"),
            "spec/a.yaml": connection("A"),
        },
    )
    write(folder, {"shared/name": "x"})
    (folder / "spec" / "team").symlink_to("../shared", target_is_directory=True)
    files, _, said = read("spec")
    assert files == ["spec/a.yaml", "spec/team/t.yaml"]
    assert "file-outside-project" not in [code for code, _ in said]
    spec, _ = load_spec(["spec"], {})
    assert spec.find("connections", "${file:name}").body["configuration"] == {"a": "x"}


@needs_links
@pytest.mark.parametrize("repository", [False, True])
def test_a_link_out_of_the_project_is_told_if_something_is_there(
    folder: Path, repository: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a repository its top is the border, elsewhere the current folder."""
    write(folder, {"shared/t.yaml": connection("T"), "shared/x.yaml": "on: push\n", "spec/a.yaml": connection("A")})
    (folder / "spec" / "team").symlink_to("../shared", target_is_directory=True)
    if repository:
        (folder / ".git").mkdir()
    monkeypatch.chdir(folder / "spec")
    why = f"the link team leads out of the project, to {folder.resolve()}/shared"
    outside = [("file-left-out", f'A file is not read: "team/t.yaml", which declares connections/T ({why}).')]
    if repository:
        (folder / "shared" / "x.yaml").unlink()
        assert read() == (["a.yaml", "team/t.yaml"], ["A", "T"], [])
    else:
        assert read() == (["a.yaml"], ["A"], outside)
        (folder / "shared" / "t.yaml").unlink()
        assert read() == (["a.yaml"], ["A"], [])


@needs_links
def test_loops(folder: Path) -> None:
    write(folder, {"a/a.yaml": connection("A"), "b/b.yaml": connection("B")})
    (folder / "a" / "self").symlink_to(".", target_is_directory=True)
    (folder / "a" / "up").symlink_to("..", target_is_directory=True)
    (folder / "a" / "b").symlink_to("../b", target_is_directory=True)
    (folder / "b" / "a").symlink_to("../a", target_is_directory=True)
    (folder / "nowhere.yaml").symlink_to("nowhere.yaml")
    assert read() == (
        ["a/a.yaml", "b/b.yaml"],
        ["A", "B"],
        [
            ("file-unreadable", '"nowhere.yaml" is a link that leads nowhere: the link leads back to itself.'),
            ("link-loop", '"a/self" is a link to "a", a folder that it is in. It is not followed.'),
            ("link-loop", '"a/up" is a link to a folder that it is in. It is not followed.'),
        ],
    )


@needs_links
def test_links_that_lead_nowhere(folder: Path) -> None:
    write(folder, {"a.yaml": connection("A")})
    for name in ("b.yaml", "team", "latest.log", ".#a.yaml"):
        (folder / name).symlink_to("gone")
    why = "it is a link that leads nowhere (gone)"
    assert read() == (
        ["a.yaml"],
        ["A"],
        [
            ("file-left-out", f'A file is not read: "team", which may declare resources ({why}).'),
            ("file-unreadable", '"b.yaml" is a link that leads nowhere: no such file or directory.'),
        ],
    )


@needs_links
def test_a_mounted_config_map(folder: Path) -> None:
    """Kubernetes puts the files into a hidden folder, behind two links."""
    write(folder, {"..2026_11/a.yaml": connection("A")})
    (folder / "..data").symlink_to("..2026_11", target_is_directory=True)
    (folder / "a.yaml").symlink_to("..data/a.yaml")
    assert read() == (["a.yaml"], ["A"], [])


LEFT_OUT = {
    "b.yaml.bak": "its name does not end in .yaml or .yml",
    "b.yaml~": "its name does not end in .yaml or .yml",
    "b.yml.txt": "its name does not end in .yaml or .yml",
    "deep/b.yaml.j2": "its name does not end in .yaml or .yml",
    ".b.yaml": "its name begins with a dot",
    ".old/deep/b.yaml": "it is in the hidden folder .old",
    "deep/.old/b.YML.orig": "it is in the hidden folder deep/.old",
    "b.vars.yaml": "files called NAME.vars.yaml hold values of variables",
}


@pytest.mark.parametrize("name", LEFT_OUT)
def test_what_declares_more_than_the_spec_is_named(folder: Path, name: str) -> None:
    write(folder, {"a.yaml": connection("A"), name: connection("B")})
    detail = f'A file is not read: "{name}", which declares connections/B ({LEFT_OUT[name]}).'
    assert read() == (["a.yaml"], ["A"], [("file-left-out", detail)])
    write(folder, {name: connection("A")})
    assert read() == (["a.yaml"], ["A"], [])  # a copy, such as an editor makes
    write(folder, {name: "{% if x %}\nmodels:\n  {{ x }}: 1\n"})
    detail = f'A file is not read: "{name}", which may declare resources ({LEFT_OUT[name]}).'
    assert read() == (["a.yaml"], ["A"], [("file-left-out", detail)])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
def test_a_copy_in_any_encoding_counts(folder: Path, encoding: str) -> None:
    write(folder, {"a.yaml": connection("A")})
    (folder / "b.yaml.bak").write_bytes(f"# é\n{connection('B')}".encode(encoding))
    declares = "may declare resources" if encoding != "utf-8-sig" else "declares connections/B"
    said = [(code, detail.split(" (")[0]) for code, detail in read()[2]]
    assert said == [("file-left-out", f'A file is not read: "b.yaml.bak", which {declares}')]


def test_a_document_may_be_indented(folder: Path) -> None:
    write(folder, {"a.yaml": connection("A"), "b.yaml.bak": "  connections:\n    B: {type: hubspot}\n"})
    assert [detail.split(" (")[0] for _, detail in read()[2]] == [
        'A file is not read: "b.yaml.bak", which declares connections/B'
    ]


def test_what_is_given_or_known_is_not_left_out(folder: Path) -> None:
    write(folder, {"a.yaml": connection("A"), ".b.yaml": connection("B"), "c.yaml.bak": connection("C")})
    lines = "moved: {connections: {C: A}}\n"
    assert read(".", ".b.yaml")[2][0][1].startswith('A file is not read: "c.yaml.bak"')
    write(folder, {"m.yaml": lines})
    assert read(".", ".b.yaml")[2] == []


def test_ordinary_repositories_make_no_noise(folder: Path) -> None:
    write(
        folder,
        {
            "a.yaml": connection("A"),
            ".github/workflows/ci.yml": "on: push\njobs: {}\n",
            ".git/worktrees/x/b.yaml": connection("B"),
            ".applier/sandbox/x.yaml": connection("B"),
            ".venv/lib/x.yaml": "models: [a, b]\nconnections:\n",
            ".pre-commit-config.yaml": "repos: []\n",
            ".cache/big.yaml.lock": "x:\n  models: {A: {}}\n# models:\n",
            ".cache/template.yml.j2": "{% if x %}\nx:\n  models: {A: {}}\n",
            "notes.txt": connection("B"),
        },
    )
    assert read() == (["a.yaml"], ["A"], [])


def test_many_are_counted(folder: Path) -> None:
    write(folder, {"a.yaml": connection("A"), **{f"{one}.yaml.bak": connection(f"B{one}") for one in range(7)}})
    ((code, detail),) = read()[2]
    why = "its name does not end in .yaml or .yml"
    named = "; ".join(f'"{one}.yaml.bak", which declares connections/B{one} ({why})' for one in range(5))
    assert (code, detail) == ("file-left-out", f"7 files are not read: {named}; and 2 more.")


@needs_named_pipes
def test_pipes_and_sockets_are_never_opened(folder: Path) -> None:
    write(folder, {"a.yaml": connection("A"), ".old/x": ""})
    os.mkfifo(folder / "pipe.yaml")
    os.mkfifo(folder / "pipe.yaml.bak")
    os.mkfifo(folder / ".old" / "pipe.yaml")
    (folder / "link.yml").symlink_to("pipe.yaml")
    with socket.socket(socket.AF_UNIX) as one:
        one.bind("socket.yaml")
        assert read() == (
            ["a.yaml"],
            ["A"],
            [
                ("not-a-file", f'"{name}" is neither a regular file nor a folder.')
                for name in ("link.yml", "pipe.yaml", "socket.yaml")
            ],
        )


@needs_named_pipes
def test_a_pipe_among_connection_types_is_never_opened(folder: Path) -> None:
    write(folder, {"a.yaml": connection("A"), "connection_types/x": ""})
    os.mkfifo(folder / "connection_types" / "mine.json")
    assert [code for code, _ in read()[2]] == ["connection-type-file"]


@needs_permissions
def test_folders_without_permission_are_errors_and_the_others_are_read(folder: Path) -> None:
    write(folder, {"a.yaml": connection("A"), "shut/b.yaml": connection("B"), ".shut/c.yaml": connection("C")})
    for name in ("shut", ".shut"):
        (folder / name).chmod(0)
    hidden = "it is in the hidden folder .shut, and cannot be read: permission denied"
    try:
        assert read() == (
            ["a.yaml"],
            ["A"],
            [
                ("file-left-out", f'A file is not read: ".shut", which may declare resources ({hidden}).'),
                ("file-unreadable", '"shut" cannot be read: permission denied.'),
            ],
        )
    finally:
        for name in ("shut", ".shut"):
            (folder / name).chmod(0o700)


def test_the_type_and_included_names_of_any_length(folder: Path) -> None:
    """Each of them becomes a path somewhere."""
    name = "x" * 5000
    write(folder, {"a.yaml": f"connections:\n  C: {{type: {name}, configuration: {{a: '${{file:{name}}}'}}}}\n"})
    assert read("a.yaml", name)[2] == [
        ("file-unreadable", f'"{name}" cannot be read: file name too long.'),
        ("unknown-connection-type", f'Unknown connection type "{name}" of connections/C.'),
        ("included-file", f'The file "{name}" cannot be read: file name too long.'),
    ]


FOLDERS = ("", "p", "p/q", ".h", "p/.h/r", "Z", "../out", "../out/deep")
NAMES = ("a.yaml", "b.YML", "c.yaml.bak", ".d.yaml", "e.vars.yaml", "f.yml~")
PLACES = st.tuples(st.sampled_from(FOLDERS), st.sampled_from(NAMES))
LINKS = st.tuples(
    st.sampled_from(FOLDERS[:6]), st.sampled_from(("l", "l.yaml", ".l")), st.sampled_from(FOLDERS), st.booleans()
)


@needs_links
@settings(max_examples=effort.scale(40, 3000))
@given(st.sets(PLACES, max_size=8), st.lists(LINKS, max_size=4), st.booleans())
def test_nothing_is_skipped_silently(
    places: set[tuple[str, str]], links: list[tuple[str, str, str, bool]], is_project: bool
) -> None:
    """What a file inside of the folder declares is read or known to be left out, whatever links lead where.

    So is what lies in a folder outside that a link leads to, unless the link is in a hidden folder.
    """
    with TemporaryDirectory() as scratch, pytest.MonkeyPatch.context() as patch:
        top = Path(scratch).resolve() / "top"
        for folder in FOLDERS:
            (top / folder).mkdir(parents=True, exist_ok=True)
        names = {place: f"R{number}" for number, place in enumerate(sorted(places))}
        for (folder, name), resource in names.items():
            (top / folder / name).write_text(connection(resource), "utf-8")
        linked: set[str] = set()
        for folder, name, target, is_absolute in links:
            link, goal = top / folder / name, os.path.normpath(top / target)
            if not os.path.lexists(link):
                link.symlink_to(goal if is_absolute else os.path.relpath(goal, link.parent), target_is_directory=True)
                linked |= set() if ".h" in folder else {target}
        if is_project:
            (top.parent / ".git").mkdir()
        patch.chdir(top)
        spec, problems = load_spec(["."], {})
    known = {one.name for one in spec.resources.values()} | {
        address.partition("/")[2] for one in spec.left_out for address in one.addresses or ()
    }
    expected = {
        resource
        for (folder, _), resource in names.items()
        if not folder.startswith("..") or any(folder == one or folder.startswith(f"{one}/") for one in linked if one)
    }
    assert expected <= known
    assert not [one for one in problems if one.code not in ("file-left-out", "link-loop", "no-spec-files")]
