"""The encoding of values for SQLite by native type, and back; it refuses what the real system would refuse."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from applier.sandbox.databases.native_types import NativeType, parse_native_type

AFFINITIES = {
    "integer": "INTEGER", "boolean": "INTEGER", "float": "REAL", "decimal": "NUMERIC", "binary": "BLOB",
}  # fmt: skip
_INTEGERS = {"tinyint": 8, "int1": 8, "smallint": 16, "int2": 16, "mediumint": 24, "int": 32, "integer": 32, "int4": 32}
_TRUE, _FALSE = {"true", "t", "yes", "y", "on", "1"}, {"false", "f", "no", "n", "off", "0"}


class TooLong(ValueError):
    """A text is longer than its column."""


class OutOfRange(ValueError):
    """A number is larger than its column holds."""


def affinity_of(native: str) -> str:
    """Return the affinity of a native type, by which SQLite compares its values."""
    return AFFINITIES.get(parse_native_type(native).kind, "TEXT")


@lru_cache(maxsize=1024)
def encoder(native: str, checked: bool = True) -> Callable[[object], object]:
    """Return the function that encodes a value for a column of this type. The function raises ValueError."""
    shape = parse_native_type(native)
    convert = _ENCODERS[shape.kind]
    bits = _INTEGERS.get(native.partition("(")[0].partition(" ")[0].lower(), 64) if checked else 64
    bits += "unsigned" in native.lower()

    def encode(value: object) -> object:
        if value is None:
            return None
        kept = convert(value, shape)
        if isinstance(kept, int) and shape.kind == "integer" and kept.bit_length() >= bits:
            raise OutOfRange(str(value))
        return kept

    return encode


@lru_cache(maxsize=1024)
def decoder(native: str) -> Callable[[object], object]:
    """Return the function that decodes a stored value into the value that the real system's driver returns."""
    shape = parse_native_type(native)
    convert = _DECODERS.get(shape.kind)
    if convert is None:
        return lambda kept: kept
    found = convert

    def decode(kept: object) -> object:
        if kept is None:
            return None
        try:
            return found(kept, shape)
        except (ValueError, TypeError, InvalidOperation):
            return kept

    return decode


def _text(value: object, shape: NativeType) -> object:
    if isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, dict | list | tuple):
        text = _json(value, shape)
    elif isinstance(value, bytes):
        text = value.decode("utf-8")
    elif isinstance(value, datetime):
        text = value.isoformat(" ")
    else:
        text = str(value)
    if shape.length is not None and len(text) > shape.length:
        raise TooLong(len(text))
    return text


def _number(value: object) -> Decimal:
    if isinstance(value, bool):
        return Decimal(int(value))
    try:
        number = Decimal(str(value).strip()) if isinstance(value, int | float | str | Decimal) else None
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite():
        raise ValueError(f"not a number: {value!r}")
    return number


def _integer(value: object, _: NativeType) -> object:
    if type(value) is int:
        return value
    return int(_number(value).to_integral_value())


def _decimal(value: object, shape: NativeType) -> object:
    number = _number(value)
    if shape.scale is not None:
        if shape.precision is not None and number and number.adjusted() >= shape.precision - shape.scale:
            raise OutOfRange(str(value))
        number = round(number, shape.scale)
    return format(number, "f")


def _float(value: object, _: NativeType) -> object:
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return float(_number(value))


def _boolean(value: object, _: NativeType) -> object:
    word = str(value).strip().lower()
    if word in _TRUE:
        return 1
    if word in _FALSE:
        return 0
    return int(bool(_number(value)))


def _date(value: object, _: NativeType) -> object:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return datetime.fromisoformat(str(value).strip()).date().isoformat()


def _datetime(value: object, shape: NativeType) -> object:
    if isinstance(value, datetime):
        moment = value
    elif isinstance(value, date):
        moment = datetime.combine(value, time())
    else:
        moment = datetime.fromisoformat(str(value).strip())
    if moment.tzinfo is not None and not shape.zoned:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    return moment.isoformat(" ")


def _time(value: object, _: NativeType) -> object:
    return value.isoformat() if isinstance(value, time) else str(value)


def _json(value: object, _: NativeType) -> str:
    if isinstance(value, str):
        try:
            json.loads(value)
        except RecursionError:
            raise ValueError("nested too deep") from None
        return value
    return json.dumps(value, default=str, ensure_ascii=False, separators=(",", ":"))


def _binary(value: object, _: NativeType) -> object:
    return bytes(value) if isinstance(value, bytes | bytearray | memoryview) else str(value).encode()


def _any(value: object, shape: NativeType) -> object:
    return value if isinstance(value, int | float | str | bytes) else _text(value, shape)


_ENCODERS: dict[str, Callable[[object, NativeType], object]] = {
    "text": _text, "integer": _integer, "decimal": _decimal, "float": _float, "boolean": _boolean, "date": _date,
    "datetime": _datetime, "time": _time, "array": _json, "object": _json, "binary": _binary, "unknown": _any,
}  # fmt: skip


def _to_decimal(kept: object, shape: NativeType) -> object:
    number = Decimal(str(kept))
    return number if shape.scale is None else round(number, shape.scale)


_DECODERS: dict[str, Callable[[object, NativeType], object]] = {
    "boolean": lambda kept, shape: bool(kept),
    "decimal": _to_decimal,
    "date": lambda kept, shape: date.fromisoformat(str(kept)),
    "datetime": lambda kept, shape: datetime.fromisoformat(str(kept)),
    "array": lambda kept, shape: json.loads(str(kept)),
    "object": lambda kept, shape: json.loads(str(kept)),
}
