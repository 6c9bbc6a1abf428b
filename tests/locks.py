"""What the locks in .locks/ hold."""

from __future__ import annotations

import re
import runpy
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
MOVED = runpy.run_path(str(ROOT / ".ci/moved.py"))
plain: Callable[[str], str] = MOVED["plain"]
"""A package's name as PyPI compares it."""


def requirements(name: str) -> dict[str, list[str]]:
    """By requirement, such as `click==8.5.1`, the options with its hashes."""
    found: dict[str, list[str]] = {}
    for entry in re.split(r"\n(?=\S)", (ROOT / f".locks/{name}.txt").read_text("utf-8")):
        if not entry.startswith("#"):
            head, *hashes = re.split(r"\s*\\\n\s+", entry.strip())
            found[head.partition(" ;")[0]] = hashes
    return found


def versions(name: str) -> dict[str, str]:
    """By name the version."""
    pairs = (one.split("==") for one in requirements(name))
    return {plain(package.partition("[")[0]): version for package, version in pairs}
