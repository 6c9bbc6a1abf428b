"""Where a place is from the top of the repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from applier.cli.ci_environment import find_repository
from applier.diagnostics import Place
from applier.render.parts.places import Repository
from tests.system import needs_links


@pytest.mark.parametrize(
    ("file", "path"),
    [
        ("spec.yaml", "pipelines/spec.yaml"),
        ("../other/spec.yaml", "other/spec.yaml"),
        ("eu\\spec.yaml", "pipelines/eu/spec.yaml"),
        ("/srv/spec.yaml", "/srv/spec.yaml"),
        ("C:\\work\\spec.yaml", "C:/work/spec.yaml"),
        ("//server/share/spec.yaml", "//server/share/spec.yaml"),
        ("<stdin>", "<stdin>"),
    ],
)
def test_paths_from_the_top(file: str, path: str) -> None:
    assert Repository("pipelines").path(Place(file)) == path


@pytest.mark.parametrize("file", ["<stdin>", "/dev/fd/63"])
def test_a_stream_has_no_web_address(file: str) -> None:
    repository = Repository("pipelines", "https://x/a/b/blob/abc/")
    assert repository.address(Place(file, 3, 1)) == ""
    assert repository.address(Place("spec.yaml", 3, 1)) == "https://x/a/b/blob/abc/pipelines/spec.yaml#L3"


@needs_links
def test_a_checkout_behind_a_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As `/tmp` on a Mac, and a drive of Windows that stands for a folder: the system names the folder either way."""
    (tmp_path / "real" / "eu").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    for name, value in {"GITHUB_SERVER_URL": "https://x", "GITHUB_REPOSITORY": "a/b", "GITHUB_SHA": "abc"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("APPLIER_COMMIT", raising=False)
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path / "real"))
    monkeypatch.setattr(Path, "cwd", lambda: tmp_path / "link" / "eu")
    assert find_repository() == Repository("eu", "https://x/a/b/blob/abc/")
