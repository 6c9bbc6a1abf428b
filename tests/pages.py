"""Pages that show command lines and what they print: read, run word for word in a copy, compared, rewritten."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.cli.support import normalised
from tests.system import kept, require_shell

ROOT = Path(__file__).parents[1]
UPDATE_DOCS = bool(os.environ.get("UPDATE_DOCS"))
CONSOLE = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)
PAUSE = "\x1e"
# What a person would find differently: how long ago something was is not told, when it was is.
DAYS = re.compile(r"\b\d{4}-\d\d-\d\d\b")


def commands(block: str) -> list[str]:
    """The command lines of a console block; lines right after one that begin with `>` go on with it."""
    found = re.findall(r"^\$ (.*(?:\n> .*)*)$", block, re.MULTILINE)
    return [one.replace("\n> ", "\n") for one in found]


def copied(folder: Path) -> Path:
    """A copy of what the command lines need, and `applier` on the path as this checkout has it."""
    shutil.copytree(ROOT / "examples", folder / "examples", ignore=shutil.ignore_patterns(".applier"))
    shutil.copytree(ROOT / "schemas", folder / "schemas")
    program = folder / ".bin/applier"
    program.parent.mkdir()
    python = shlex.quote(sys.executable)
    program.write_text(f'#!/bin/sh\nexec {python} -c "from applier.cli import main; main()" "$@"\n', "utf-8")
    program.chmod(0o755)
    return folder


def told(lines: list[str], folder: Path) -> list[str]:
    """What each command line prints, one after the other in one shell, stdout and stderr as a terminal mixes them."""
    settings = {
        **kept(),
        "PATH": f"{folder / '.bin'}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "COLUMNS": "80",
        "LC_ALL": "C",
        "PYTHONUTF8": "1",
        "APPLIER_PARALLELISM": "1",  # so that what is told on the way comes in one order
    }
    script = "".join(f"{line}\nprintf '{PAUSE}'\n" for line in lines)
    ran = subprocess.run(
        ["bash", "-c", f"exec 2>&1\n{script}"],
        cwd=folder,
        env=settings,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    return ran.stdout.decode().split(PAUSE)[:-1]


def as_run(page: str, folder: Path) -> str:
    """The page with the output of every command line in its console blocks as it is now."""
    require_shell()
    outputs = iter(told([line for block in CONSOLE.findall(page) for line in commands(block)], copied(folder)))
    return CONSOLE.sub(lambda block: "".join(_shown(block[0], outputs)).rstrip("\n") + "\n", page)


def _shown(block: str, outputs: Iterator[str]) -> Iterator[str]:
    for line in commands(block):
        shown = next(outputs).strip("\n")
        yield "$ " + line.replace("\n", "\n> ") + "\n" + (f"{shown}\n\n" if shown else "")


def same(page: str, again: str) -> bool:
    """Whether two versions of a page differ only in ids and times."""
    return DAYS.sub("<day>", normalised(page)) == DAYS.sub("<day>", normalised(again))
