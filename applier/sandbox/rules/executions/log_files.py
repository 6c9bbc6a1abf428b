"""What the log files of executions have in common: their format, and when their links expire."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta


def to_json_lines(records: Sequence[object]) -> bytes:
    """Return the content of a log file: one JSON object a line."""
    return "".join(json.dumps(record) + "\n" for record in records).encode()


def link_expiry() -> str:
    """Return the time at which a link that is made now is said to expire."""
    expires = datetime.now(UTC) + timedelta(hours=1)
    return expires.isoformat(timespec="seconds").replace("+00:00", "Z")
