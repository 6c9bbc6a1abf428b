"""Runs programs and tells what they took: wall time, CPU time and peak memory, as the kernel counted them."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PYTHON = (sys.executable,)
MEBIBYTE = 1 << 20 if sys.platform == "darwin" else 1 << 10  # in `ru_maxrss`: bytes on macOS, kibibytes on Linux
APPLIER = (sys.executable, "-c", "from applier.cli import main; main()")  # what the console script does


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds on the clock, seconds of the processor, mebibytes at the peak."""

    wall: float
    cpu: float
    memory: float


class CommandFailedError(RuntimeError):
    """The program that was to be measured did not do its work; the text is what it said."""


def run(command: Sequence[str], settings: Mapping[str, str] | None = None, folder: Path | None = None) -> Cost:
    """One run of a program that has to succeed."""
    if not hasattr(os, "wait4"):
        raise SystemExit("The benchmarks need Linux or macOS: this system does not tell what a process took.")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("APPLIER_", "POLYTOMIC_"))}
    started = time.perf_counter()
    with subprocess.Popen(
        command,
        env={**environment, **(settings or {})},
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    ) as child:
        said = child.stdout.read() if child.stdout else ""
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - started
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise CommandFailedError(f"{' '.join(command)}\nended with {child.returncode}:\n{said[-2000:]}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / MEBIBYTE)


def median(costs: Sequence[Cost]) -> Cost:
    """The middle of each measure, whatever the machine did in between."""
    return Cost(*(statistics.median(getattr(cost, name) for cost in costs) for name in Cost.__slots__))


def side_by_side(
    commands: Mapping[str, Sequence[str]], repeat: int, settings: Mapping[str, str] | None = None
) -> dict[str, Cost]:
    """The medians of several programs that take turns, so that a slow moment of the machine hits them all."""
    costs: dict[str, list[Cost]] = {name: [] for name in commands}
    for name, command in commands.items():
        run(command, settings)  # fills the caches
        del name
    for _ in range(repeat):
        for name, command in commands.items():
            costs[name].append(run(command, settings))
    return {name: median(taken) for name, taken in costs.items()}
