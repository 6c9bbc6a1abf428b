"""The spec at a git ref: which files are read, by which git, and the errors."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applier import system
from applier.cli import git_base, git_places
from applier.cli.console import CommandError
from applier.cli.git_tree import Entry, Tree
from applier.spec.resources import Spec
from tests.system import needs_links, require_git


class Repository:
    """A repository whose files were committed; what is read at a ref of it is kept."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.read: dict[str, str] = {}
        self.said: tuple[Sequence[str], Sequence[str]] = ((), ())

    def commit(self, *names: str) -> None:
        require_git()
        for name in names:
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_text(name, "utf-8")
        for words in ("init -q", "add .", "-c user.name=A -c user.email=a@example.com commit -q -m x"):
            subprocess.run(["git", *words.split()], cwd=self.folder, check=True)

    def at(self, reference: str, paths: Sequence[str], values: Sequence[str] = ()) -> dict[str, str]:
        """The files that were there for a reader, from the top of the repository on."""
        self.read = {}
        request = git_places.BaseRequest(reference, tuple(paths), tuple(values), Spec())
        git_base.read_base(request, self._reader)
        return self.read

    def _reader(self, paths: Sequence[str], values: Sequence[str]) -> tuple[Spec, tuple[()]]:
        self.said = (paths, values)
        (top,) = {
            one
            for path in paths
            for one in (Path(path), *Path(path).parents)
            if one.parent.name.startswith("applier-base-")
        }
        files = [one for one in top.rglob("*") if one.is_file()]
        self.read = {one.relative_to(top).as_posix(): one.read_text("utf-8") for one in files}
        return Spec(), ()


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    monkeypatch.chdir(tmp_path)
    return Repository(tmp_path)


def tree_of(paths: Collection[str]) -> Tree:
    return Tree(Path("/"), {one: Entry("100644", "", one) for one in paths}, sorted(paths))


NAMES = st.text(st.sampled_from("ab-./0"), min_size=1, max_size=5).filter(
    lambda one: not {"", ".", ".."}.intersection(one.split("/"))
)


@given(st.sets(NAMES, max_size=8), NAMES)
def test_a_tree_finds_what_lies_below_a_path(paths: set[str], asked: str) -> None:
    """Whatever sorts beside a slash."""
    files = {one for one in paths if not any(one.startswith(f"{other}/") for other in paths)}
    tree = tree_of(files)
    below = {one for one in files if one == asked or one.startswith(f"{asked}/")}
    assert ({one.path for one in tree.under(asked)}, tree.holds(asked)) == (below, bool(below))
    assert ({one.path for one in tree.under(".")}, tree.holds(".")) == (files, True)


def test_a_tree_is_not_searched_once_for_each_file() -> None:
    """So many files took minutes."""
    tree = tree_of([f"folder-{number % 500}/{number}.yaml" for number in range(100_000)])
    started = time.perf_counter()
    asked = [f"folder-{number % 600}" for number in range(20_000)] + [f"new/{number}.yaml" for number in range(20_000)]
    assert sum(map(tree.holds, asked)) == sum(number % 600 < 500 for number in range(20_000))
    assert sum(len(tree.under(f"folder-{number}")) for number in range(500)) == 100_000
    assert time.perf_counter() - started < 5


FILES = ("eu/spec.yaml", "eu/sql/a.sql", "eu[1]/spec.yaml", "us/spec.yaml", "vars/eu.vars.yaml", "big.bin")


@pytest.mark.parametrize(
    ("paths", "values", "read"),
    [
        (["eu"], [], ["eu/spec.yaml", "eu/sql/a.sql"]),
        (["eu/spec.yaml"], [], ["eu/spec.yaml", "eu/sql/a.sql"]),
        (["eu", "eu/sql"], [], ["eu/spec.yaml", "eu/sql/a.sql"]),
        (["eu[1]"], [], ["eu[1]/spec.yaml"]),
        (["us"], ["vars/eu.vars.yaml"], ["us/spec.yaml", "vars/eu.vars.yaml"]),
        (["us", "new"], [], ["us/spec.yaml"]),
        (["new"], [], []),
        ([], [], list(FILES)),
    ],
)
def test_only_the_folders_that_are_read_are_unpacked(
    repository: Repository, paths: list[str], values: list[str], read: list[str]
) -> None:
    repository.commit(*FILES)
    (repository.folder / "new").mkdir()
    assert sorted(repository.at("HEAD", paths, values)) == sorted(read)


def test_a_folder_that_is_gone_is_read_as_it_was(repository: Repository) -> None:
    repository.commit("all/eu/spec.yaml", "us/spec.yaml")
    (repository.folder / "all/eu/spec.yaml").unlink()
    (repository.folder / "all/eu").rmdir()
    assert repository.at("HEAD", ["all/eu"]) == {"all/eu/spec.yaml": "all/eu/spec.yaml"}


@needs_links
def test_a_link_may_lead_out_of_the_folder(repository: Repository) -> None:
    (repository.folder / "eu").mkdir()
    (repository.folder / "eu" / "shared.yaml").symlink_to("../shared/spec.yaml")
    repository.commit("eu/spec.yaml", "shared/spec.yaml")
    assert repository.at("HEAD", ["eu"])["eu/shared.yaml"] == "shared/spec.yaml"


def told(repository: Repository, reference: str = "HEAD") -> tuple[str, str]:
    with pytest.raises(CommandError) as caught:
        repository.at(reference, ["eu"])
    return caught.value.code, str(caught.value)


def test_an_archive_error_is_reported(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a name that Windows keeps for devices, or a full disk."""

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "Auf dem Datenträger ist nicht genug Speicherplatz")

    repository.commit("eu/spec.yaml")
    monkeypatch.setattr(Path, "write_bytes", full)
    assert told(repository) == ("bad-base", "Cannot unpack the files at HEAD: no space left on device.")


def test_an_unknown_ref_is_reported(repository: Repository) -> None:
    repository.commit("eu/spec.yaml")
    assert told(repository, "nowhere") == ("no-git", '"nowhere" is not a commit of this repository.')


def test_without_git(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    (repository.folder / "eu").mkdir()
    monkeypatch.setenv("PATH", str(repository.folder))
    assert told(repository) == ("no-git", "Cannot run git: no such file or directory.")


def test_a_program_in_the_current_folder_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows looks there first, so that a repository could bring its own git."""
    monkeypatch.setattr(system, "SYSTEM", "win32")
    for folder in ("here", "installed"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "git.exe").touch(0o755)
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("PATH", os.pathsep.join(["", ".", str(tmp_path / "empty"), str(tmp_path / "installed")]))
    assert system.program("git") == str(tmp_path / "installed" / "git.exe")
    assert system.program("hg") is None
