"""A live URL with a password or a token in it is written to no file: a placeholder stands there, or the old value."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.workspace import Sandbox, Workspace

URL = "https://reader:geh3im-pw@files.example/x.csv?token=geh3im-token&page=1"
QUERY = "select 'https://files.example/?api_key=geh3im-key' as url"
CLEAR = "https://files.example/x.csv?page=1"


def connection(url: str) -> dict[str, Any]:
    return {"type": "csv", "configuration": {"url": url}}


@pytest.fixture
def live(tmp_path: Path) -> Workspace:
    """A workspace whose objects somebody else has made."""
    applier = Workspace.local(tmp_path, "data", SOURCE_PASSWD="x", REAL=URL, REAL_QUERY=QUERY)
    source = {"hostname": "db", "port": 3306, "dbname": "company", "account": "me", "passwd": "${env:SOURCE_PASSWD}"}
    content = {
        "version": 1,
        "connections": {
            "Source": {"type": "mysql", "configuration": source},
            "Files": connection("${env:REAL}"),
            "Open": connection(CLEAR),
        },
        "models": {
            "Urls": {"connection": "Source", "configuration": {"query": "${env:REAL_QUERY}"}, "fields": ["url"]}
        },
    }
    applier.write("made.yaml", yaml.safe_dump(content))
    assert applier("apply", "made.yaml", "--yes", "-q").code == 0
    (applier.folder / "made.yaml").unlink()
    return applier


def files(workspace: Workspace) -> dict[str, str]:
    paths = [one for one in workspace.folder.rglob("*") if one.suffix in (".yaml", ".example", ".sql")]
    return {one.name: one.read_text("utf-8") for one in paths}


def test_an_export_has_placeholders_for_them(live: Workspace) -> None:
    said = live("export", "--out", "spec")
    assert (said.code, "geh3im" in said.out + said.err) == (0, False)
    assert [name for name, text in files(live).items() if "geh3im" in text] == []
    variables = {
        line.split("=")[0] for line in files(live)[".env.example"].splitlines() if line and not line.startswith("#")
    }
    assert variables == {"SOURCE_PASSWD", "FILES_URL", "URLS_QUERY"}
    assert (
        yaml.safe_load(files(live)["files.yaml"])["connections"]["Files"]["configuration"]["url"] == "${env:FILES_URL}"
    )
    assert yaml.safe_load(files(live)["open.yaml"])["connections"]["Open"]["configuration"]["url"] == CLEAR
    again = Workspace(live.folder, {**live.environment, "FILES_URL": URL, "URLS_QUERY": QUERY}, live.sandbox)
    assert again("plan", "spec", "--detailed-exitcode", "-q").code == 0


@pytest.mark.parametrize("address", ["connections/Files", "models/Urls"])
def test_adopt_has_placeholders_for_them(live: Workspace, address: str) -> None:
    live.write("spec.yaml", "version: 1\n")
    said = live("adopt", address, "--file", "spec.yaml")
    text = live.read("spec.yaml")
    assert (said.code, "geh3im" in said.out + said.err + text) == (0, False)
    assert "${env:" in text


def test_pull_leaves_them(tmp_path: Path) -> None:
    """The old value stays, and so does one of the file that holds another token; no line of a patch shows either."""
    applier = Workspace.local(tmp_path, "data")
    old = {"A": connection(CLEAR), "B": connection(URL.replace("geh3im", "old")), "C": connection(CLEAR)}
    applier.write("spec.yaml", yaml.safe_dump({"version": 1, "connections": old}, sort_keys=False))
    assert applier("apply", "--yes", "-q").code == 0
    edits = {"A": URL, "B": URL, "C": f"{CLEAR}&more=1"}
    with Sandbox.open(tmp_path / "data") as sandbox:
        for name, url in edits.items():
            one = sandbox.named("connections", name)
            sandbox.put(f"/api/connections/{one['id']}", {"name": name, "configuration": {"url": url}})
    shown, pulled = applier("pull", "--dry-run"), applier("pull")
    reason = "configuration.url: the live value holds a secret. Set it by hand, as a placeholder"
    assert [one for one in pulled.err.splitlines() if "not written" in one] == [
        f"not written: connections/{name} {reason}" for name in ("A", "B")
    ]
    said = "".join((shown.out, shown.err, pulled.out, pulled.err))
    assert (pulled.code, "geh3im" in said, "old-pw" in said, "old-token" in said) == (4, False, False, False)
    assert yaml.safe_load(applier.read("spec.yaml"))["connections"] == {**old, "C": connection(edits["C"])}
