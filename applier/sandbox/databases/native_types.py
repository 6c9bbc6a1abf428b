"""The native types of databases: what each contains, and its Polytomic type."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

WORDS = ("string", "number", "boolean", "datetime", "array", "object", "binary", "unknown")

_KIND_WORDS = {
    "text": "string", "time": "string", "integer": "number", "decimal": "number", "float": "number",
    "boolean": "boolean", "date": "datetime", "datetime": "datetime", "array": "array", "object": "object",
    "binary": "binary", "unknown": "unknown",
}  # fmt: skip

_KINDS = {
    "text": "char character varchar nchar nvarchar text ntext tinytext mediumtext longtext string clob uuid "
            "uniqueidentifier enum set citext name xml inet cidr macaddr bpchar interval year fixedstring",
    "integer": "int integer tinyint smallint mediumint bigint int2 int4 int8 int16 int32 int64 int128 int256 uint8 "
               "uint16 uint32 uint64 byteint serial bigserial smallserial long short",
    "decimal": "decimal dec numeric number bignumeric bigdecimal fixed money smallmoney",
    "float": "float float4 float8 float32 float64 double real",
    "boolean": "bool boolean bit",
    "date": "date date32",
    "datetime": "datetime datetime2 smalldatetime datetimeoffset datetime64 timestamp timestamptz timestamp_ntz "
                "timestamp_ltz timestamp_tz",
    "time": "time timetz",
    "array": "array super list",
    "object": "json jsonb variant object map struct record hstore",
    "binary": "binary varbinary blob tinyblob mediumblob longblob bytea bytes image rowversion",
}  # fmt: skip
_KIND_OF = {name: kind for kind, names in _KINDS.items() for name in names.split()}
_WRAPPED = re.compile(r"^(?:nullable|lowcardinality)\((.*)\)$", re.IGNORECASE)
_NATIVE = re.compile(r"^\s*(\w+)([^(<]*)(?:\(([^)]*)\))?(.*)$", re.DOTALL)


@dataclass(frozen=True)
class NativeType:
    """What a native type contains: its kind, the longest text, and the digits of a decimal."""

    kind: str
    length: int | None = None
    precision: int | None = None
    scale: int | None = None
    zoned: bool = False

    @property
    def word(self) -> str:
        return _KIND_WORDS[self.kind]


@lru_cache(maxsize=1024)
def parse_native_type(native: str) -> NativeType:
    """Parse a native type such as `varchar(255)`, `NUMBER(38,0)` or `timestamp without time zone`."""
    while wrapped := _WRAPPED.match(native.strip()):
        native = wrapped[1]
    found = _NATIVE.match(native)
    if found is None:
        return NativeType("unknown")
    base, middle, inside, rest = found[1].lower(), found[2].lower(), found[3] or "", (found[4] or "").lower()
    if rest.strip().endswith("[]") or middle.strip().endswith("[]"):
        return NativeType("array")
    kind = _KIND_OF.get(base, "unknown")
    numbers = [int(part) for part in re.findall(r"\d+", inside)] if base not in ("enum", "set") else []
    if base == "tinyint" and numbers == [1]:
        return NativeType("boolean")
    if base == "bit" and numbers and numbers != [1]:
        return NativeType("binary")
    if kind == "text":
        return NativeType("text", length=numbers[0] if numbers and "char" in base + middle else None)
    if kind == "decimal":
        return _decimal(base, numbers)
    zoned = base in ("timestamptz", "timestamp_tz", "datetimeoffset") or " with time zone" in middle + rest
    return NativeType(kind, zoned=zoned)


def _decimal(base: str, numbers: list[int]) -> NativeType:
    """Return the type of a decimal: without a fraction it is an integer; `numeric` without digits does not round."""
    if not numbers:
        return (
            NativeType("integer") if base == "number" else NativeType("decimal", scale=4 if "money" in base else None)
        )
    precision, scale = numbers[0], numbers[1] if len(numbers) > 1 else 0
    return NativeType("integer" if scale == 0 else "decimal", precision=precision, scale=scale)


def polytomic_type_of(native: str) -> str:
    """Return the Polytomic type of a native type."""
    return parse_native_type(native).word
