"""Run the command lines that a page shows, compare their output with the page, and find its headings and links."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.golden import normalize
from tests.system import minimal_environment, require_shell

ROOT = Path(__file__).parents[1]
UPDATE_DOCS = bool(os.environ.get("UPDATE_DOCS"))
CONSOLE = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#{1,6} (.+?)\s*$", re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)")
PAUSE = "\x1e"
# A page that is written on another day shows another date.
DAYS = re.compile(r"\b\d{4}-\d\d-\d\d\b")
COPIED = ("examples", "schemas", "docs/guides")


def command_lines(block: str) -> list[str]:
    """Return the command lines of a console block; a line that begins with `>` continues the one before."""
    found = re.findall(r"^\$ (.*(?:\n> .*)*)$", block, re.MULTILINE)
    return [one.replace("\n> ", "\n") for one in found]


def copy_project(folder: Path) -> Path:
    """Copy what the command lines need, and put `applier` on the path as this checkout has it."""
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns(".applier"))
    program = folder / ".bin/applier"
    program.parent.mkdir()
    python = shlex.quote(sys.executable)
    program.write_text(f'#!/bin/sh\nexec {python} -c "from applier.cli import main; main()" "$@"\n', "utf-8")
    program.chmod(0o755)
    return folder


def run_lines(lines: list[str], folder: Path, code: Path = ROOT) -> list[str]:
    """Run the lines one after the other in one shell; return the output of each, stdout and stderr together.

    `code` is the checkout whose `applier` they call.
    """
    settings = {
        **minimal_environment(),
        "PATH": f"{folder / '.bin'}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(code),
        "PYTHONUNBUFFERED": "1",
        "COLUMNS": "80",
        "LC_ALL": "C",
        "PYTHONUTF8": "1",
        "APPLIER_PARALLELISM": "1",  # so that progress is printed in one order
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


def with_current_output(page: str, folder: Path) -> str:
    """Return the page with the current output of every command line in its console blocks, run in an empty folder."""
    return with_output_in(page, copy_project(folder))


def with_output_in(page: str, folder: Path, code: Path = ROOT) -> str:
    """Return the page with the output that its command lines have in a folder, with the `applier` of a checkout."""
    require_shell()
    lines = [line for block in CONSOLE.findall(page) for line in command_lines(block)]
    outputs = iter(run_lines(lines, folder, code))
    return CONSOLE.sub(lambda block: "".join(_format_block(block[0], outputs)).rstrip("\n") + "\n", page)


def _format_block(block: str, outputs: Iterator[str]) -> Iterator[str]:
    for line in command_lines(block):
        output = next(outputs).strip("\n")
        yield "$ " + line.replace("\n", "\n> ") + "\n" + (f"{output}\n\n" if output else "")


def is_current(page: str, again: str) -> bool:
    """Return whether two versions of a page differ only in ids and times."""
    return DAYS.sub("<day>", normalize(page)) == DAYS.sub("<day>", normalize(again))


def check_or_write(path: Path, page: str) -> None:
    """Write a generated page when UPDATE_DOCS is set; else fail unless it is what the file holds."""
    if UPDATE_DOCS:
        path.write_text(page, encoding="utf-8")
    assert page == path.read_text(encoding="utf-8")


def anchors(page: str) -> set[str]:
    """Return the anchors that GitHub gives to the headings of a page."""
    counted: Counter[str] = Counter()
    found = set()
    for heading in HEADING.findall(FENCED.sub("", page)):
        anchor = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        found.add(f"{anchor}-{counted[anchor]}" if counted[anchor] else anchor)
        counted[anchor] += 1
    return found


def links(page: str) -> list[str]:
    """Return the targets of all links outside of code blocks."""
    return LINK.findall(FENCED.sub("", page))
