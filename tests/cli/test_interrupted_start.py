"""Ctrl-C while the program starts: it ends with 130 and shows no traceback, whichever module is being loaded."""

from __future__ import annotations

import subprocess
import sys

import pytest

from applier.cli import INTERRUPTED
from applier.report import ExitCode
from tests.system import minimal_environment
from tests.workspace import ROOT

INTERRUPT_AT = """
import signal, sys

class Interrupt:
    def find_spec(self, name, path, target=None):
        if name == sys.argv[1]:
            sys.meta_path.remove(self)
            signal.raise_signal(signal.SIGINT)

from applier.cli import main

sys.meta_path.insert(0, Interrupt())
main(["plan", "--help"])
"""
LOADED = """
import sys
before = {*sys.modules}
from applier.cli import main
print(*sorted({*sys.modules} - before))
"""


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**minimal_environment(), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=False)


@pytest.mark.parametrize("module", ["applier.cli.process", "applier.system", "applier.cli.program", "click.core"])
def test_an_interrupted_start_is_silent(module: str) -> None:
    result = python(INTERRUPT_AT, module)
    assert (result.returncode, result.stdout, result.stderr) == (130, "", "")


@pytest.mark.parametrize("module", ["applier.cli.commands.plan", "applier.cli.flags", "applier.render.forms"])
def test_an_interrupted_command_says_so(module: str) -> None:
    result = python(INTERRUPT_AT, module)
    assert (result.returncode, result.stdout, result.stderr.strip()) == (130, "", "interrupted")


def test_nothing_is_loaded_before_an_interrupt_is_handled() -> None:
    loaded = python(LOADED).stdout.split()
    assert [one for one in loaded if one.startswith("applier")] == ["applier", "applier.cli"]
    assert "click" not in loaded


def test_the_exit_code_is_that_of_the_reports() -> None:
    assert INTERRUPTED == ExitCode.INTERRUPTED
