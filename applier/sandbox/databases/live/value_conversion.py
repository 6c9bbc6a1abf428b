"""The conversion of values for a live database and from it; None where no conversion is needed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from applier.sandbox.databases.native_types import parse_native_type

Converter = Callable[[object], object]


def decoder(native: str) -> Converter | None:
    """Return the conversion from the driver's value to the sandbox's."""
    kind = parse_native_type(native).kind
    if kind == "boolean":
        return _boolean
    if kind in ("array", "object"):
        return _parse_json
    if kind in ("time", "unknown") or native in ("uuid", "inet", "cidr", "interval"):
        return _plain
    if kind == "binary":
        return lambda value: bytes(value) if isinstance(value, bytearray | memoryview) else value
    return None


def encoder(native: str) -> Converter | None:
    """Return the conversion from the sandbox's value to the driver's."""
    shape = parse_native_type(native)
    if shape.kind == "datetime" and not shape.zoned:
        return _without_zone
    return _ENCODERS.get(shape.kind)


def array_as_json(native: str) -> Converter | None:
    """Return the conversion of lists for systems that store them as JSON."""
    return _json if parse_native_type(native).kind == "array" else None


def _boolean(value: object) -> object:
    if isinstance(value, bytes):
        return any(value)
    return None if value is None else bool(value)


def _parse_json(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def _plain(value: object) -> object:
    """Return times, and values of other types without an equivalent in JSON, as texts."""
    if isinstance(value, timedelta):
        seconds = int(value.total_seconds())
        return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    if value is None or isinstance(value, str | int | float | list | dict | bytes):
        return value
    return value.isoformat() if isinstance(value, time) else str(value)


def _text(value: object) -> object:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return _json(value)
    if isinstance(value, datetime):
        return value.isoformat(" ")
    return value.decode() if isinstance(value, bytes) else str(value)


def _json(value: object) -> object:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, default=str, ensure_ascii=False, separators=(",", ":"))


def _without_zone(value: object) -> object:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).replace(tzinfo=None)
    return value


def _number(value: object) -> object:
    return int(value) if isinstance(value, bool) else value


def _truth(value: object) -> object:
    if isinstance(value, str):
        return {"true": True, "t": True, "1": True, "false": False, "f": False, "0": False}.get(value.lower(), value)
    return bool(value) if isinstance(value, int) else value


def _unknown(value: object) -> object:
    return str(value) if isinstance(value, UUID) else _json(value) if isinstance(value, dict | list) else value


_ENCODERS: dict[str, Callable[[object], object]] = {
    "text": _text, "object": _json, "integer": _number, "decimal": _number, "float": _number, "boolean": _truth,
    "unknown": _unknown,
}  # fmt: skip
