"""The values of records in types that JSON has."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal

from applier.sandbox.json_values import Document, JsonObject, as_documents


def to_json(records: Sequence[JsonObject]) -> list[Document]:
    """Return the records with their values in types that JSON has."""
    return as_documents(value_to_json(records))


def value_to_json(value: object) -> object:
    """Return a value in types that JSON has; NaN and infinity become null."""
    return json.loads(json.dumps(value, default=_plain), parse_constant=lambda _: None)


def _plain(value: object) -> object:
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value).decode(errors="replace")
    return str(value)
