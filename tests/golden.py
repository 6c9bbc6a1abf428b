"""Compares texts with golden files; `UPDATE_GOLDEN=1` (`make golden`) writes the files instead."""

from __future__ import annotations

import os
import re
from pathlib import Path

from tests.system import as_on_linux

UPDATE = bool(os.environ.get("UPDATE_GOLDEN"))
IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
OTHERS = (
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)"), "<time>"),
    (re.compile(r"http://127\.0\.0\.1:\d+"), "<url>"),
    (re.compile(r'"fingerprint": "[0-9a-f]{16}"'), '"fingerprint": "<fingerprint>"'),
    (re.compile(r"\b\d+ ms\b"), "<n> ms"),
)


def compare(file: Path, actual: str) -> None:
    """Assert that the text is that of the golden file."""
    if UPDATE:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(actual, "utf-8", newline="\n")
    assert actual == (file.read_text("utf-8") if file.is_file() else "")


def normalize(text: str) -> str:
    """Replace what differs between runs and systems: ids are numbered in order, times and the server's port hidden."""
    numbers: dict[str, str] = {}
    text = IDS.sub(lambda match: numbers.setdefault(match.group(), f"<id {len(numbers) + 1}>"), text)
    for pattern, word in OTHERS:
        text = pattern.sub(word, text)
    return as_on_linux(text)
