"""Formats JSON that is shown as well as read."""

from __future__ import annotations

import json
import re

UNSHOWN = re.compile("[\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What JSON allows in a text as it is: control characters, separators of lines, what changes their direction, and bytes
that are no text."""


def dump_json(document: object) -> str:
    """Return a document as JSON in which no text of others can steer the terminal or the log that shows it."""
    text = json.dumps(document, indent=2, ensure_ascii=False, default=str)
    return UNSHOWN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
