"""Streams in other encodings, closed ones and full ones: no traceback, and no result that is lost or untrue."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.cli.test_golden import SPEC
from tests.system import WINDOWS, minimal_environment, needs_full_device, needs_shell
from tests.workspace import ROOT, Sandbox, Workspace

ROLE = "version: 1\nroles:\n  'Ä → ﬁ': {}\n"


def call(applier: Workspace, *arguments: str | bytes, **environment: str) -> tuple[int, bytes, bytes]:
    """Return exit code, stdout and stderr of a process, in bytes."""
    done = subprocess.run(
        [sys.executable, "-m", "applier", *arguments],
        cwd=applier.folder,
        env={**minimal_environment(), "PYTHONPATH": str(ROOT), **applier.environment, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=60,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def local(tmp_path: Path) -> Workspace:
    applier = Workspace.local(tmp_path)
    applier.write("spec.yaml", ROLE)
    return applier


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("cp1252", b"roles/\xc4 \\u2192 \\ufb01\n"),
        ("cp1252:strict", b"roles/\xc4 \\u2192 \\ufb01\n"),
        ("utf-16", "roles/Ä → ﬁ\n".encode(f"utf-16-{sys.byteorder[0]}e")),
        ("idna", "roles/Ä → ﬁ\n".encode()),  # which is for names of hosts, and writes no other text
    ],
)
def test_text_in_another_encoding(local: Workspace, encoding: str, name: bytes) -> None:
    assert call(local, "graph", "spec.yaml", PYTHONIOENCODING=encoding) == (0, name, b"")


@pytest.mark.parametrize("form", ["json", "junit", "markdown"])
def test_documents_are_utf_8_in_every_encoding(local: Workspace, form: str) -> None:
    """A reader of JSON or XML knows no other encoding, and a spec in another one could not be read."""
    code, out, _ = call(local, "plan", "spec.yaml", "-o", form, PYTHONIOENCODING="cp1252:strict")
    assert (code, "Ä → ﬁ" in out.decode("utf-8")) == (0, True)
    assert form != "json" or json.loads(out)["changes"][0]["name"] == "Ä → ﬁ"
    assert form != "junit" or ET.fromstring(out).find(".//testcase[@name='roles/Ä → ﬁ']") is not None


def test_an_export_is_utf_8_in_every_encoding(local: Workspace) -> None:
    assert local("apply", "--yes").code == 0
    code, out, _ = call(local, "export", PYTHONIOENCODING="ascii:strict", LC_ALL="C", PYTHONUTF8="0")
    assert (code, out) == (0, "version: 1\n\nroles:\n  Ä → ﬁ: {}\n".encode())
    code, _, _ = call(local, "export", "--out", "out", PYTHONIOENCODING="cp1252:strict", LC_ALL="C", PYTHONUTF8="0")
    assert code == 0
    assert [one.read_bytes() for one in (local.folder / "out/roles").iterdir()] == [out]


@pytest.mark.skipif(WINDOWS, reason="paths of Windows are text")
def test_a_path_that_is_not_utf_8(local: Workspace) -> None:
    """Each of its bytes that is not text is shown as half of a pair, as Python has it, and as `%FF` in a URI."""
    name = os.fsdecode(b"b\xff.yaml")
    (local.folder / name).write_bytes(b"bad: [")
    reports = [f"--report={form}=report.{form}" for form in ("json", "junit", "sarif", "html", "markdown", "github")]
    assert local("validate", name, *reports).code == 1
    texts = {one.suffix: one.read_bytes().decode("utf-8") for one in local.folder.glob("report.*")}
    assert json.loads(texts[".json"])["diagnostics"][0]["place"]["file"] == name
    assert '"uri": "b%FF.yaml"' in texts[".sarif"]
    assert [form for form, text in texts.items() if "udcff" not in text] == [".sarif"]
    assert "Traceback" not in call(local, "validate", b"b\xff.yaml", PYTHONIOENCODING="cp1252")[2].decode("cp1252")


def in_shell(applier: Workspace, line: str) -> tuple[int, str]:
    """Run a line in which `applier` is the command; return the code of the first in the pipe, and what is shown."""
    script = f'applier() {{ "{sys.executable}" -m applier "$@"; }}; {line}; exit ${{PIPESTATUS[0]}}'
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=applier.folder,
        env={**minimal_environment(), "PYTHONPATH": str(ROOT), **applier.environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    return done.returncode, done.stdout


@pytest.mark.extended
@needs_shell
@needs_full_device
@pytest.mark.parametrize(
    ("streams", "code"),
    [(">&-", 4), ("2>&-", 4), ("2>/dev/full", 4), (">&- 2>/dev/full", 4), ("-o json >/dev/full", 4)],
)
def test_a_stream_that_fails_does_not_hide_what_was_done(
    applier: Workspace, sandbox: Sandbox, streams: str, code: int
) -> None:
    """An apply of which one change is refused."""
    applier.write("spec.yaml", SPEC)
    sandbox.fault(status=400, body={"message": "no"}, method="POST", path="/api/syncs")
    ended, shown = in_shell(applier, f"applier apply spec.yaml --yes --result result.json {streams}")
    result = json.loads(applier.read("result.json"))
    assert (ended, "Traceback" in shown, "Exception" in shown) == (code, False, False)
    assert (result["exit_code"], sorted(one["status"] for one in result["outcomes"])) == (
        4,
        ["done", "done", "done", "failed"],
    )


@needs_full_device
def test_a_report_that_fails_does_not_hide_what_was_done(applier: Workspace, sandbox: Sandbox) -> None:
    applier.write("spec.yaml", SPEC)
    sandbox.fault(status=400, body={"message": "no"}, method="POST", path="/api/syncs")
    applied = applier("apply", "spec.yaml", "--yes", "-o", "json", "--report", "junit=/dev/full")
    assert (applied.code, applied.json["exit_code"]) == (4, 4)
    assert [one["code"] for one in applied.json["diagnostics"]][-1] == "not-saved"


@pytest.mark.extended
@needs_shell
@needs_full_device
@pytest.mark.parametrize("command", ["export", "explain"])
def test_a_full_disk_for_any_output_is_an_error(local: Workspace, command: str) -> None:
    assert local("apply", "--yes").code == 0
    code, shown = in_shell(local, f"applier {command} >/dev/full")
    assert (code, "rite the output: no space left on device" in shown, "Traceback" in shown) == (1, True, False)
