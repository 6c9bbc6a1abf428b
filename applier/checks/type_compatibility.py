"""Compares the type of a source field with that of a target field, by Polytomic's types and by native ones."""

from __future__ import annotations

import re
from dataclasses import dataclass

from applier.discovery.offerings import SourceField, TargetField

LOSSY = {
    ("string", "number"): "text that is not a number is rejected",
    ("string", "boolean"): "text other than true and false is rejected",
    ("string", "datetime"): "text that is not a time is rejected",
    ("string", "array"): "text that is not a list is rejected",
    ("number", "boolean"): "numbers other than 0 and 1 are rejected",
    ("number", "datetime"): "numbers that are not a time are rejected",
    ("datetime", "number"): "times that are not a number are rejected",
    ("binary", "string"): "bytes that are not text are rejected",
    # Columns of JSON are objects to Polytomic, whatever they hold.
    **{("object", other): f"JSON that is not a {other} is rejected" for other in ("number", "boolean", "datetime")},
    ("object", "array"): "JSON that is not a list is rejected",
}
IMPOSSIBLE = frozenset(
    [(one, other) for one in ("array", "binary") for other in ("number", "boolean", "datetime")]
    + [("boolean", "datetime"), ("datetime", "boolean")]
)
UNLIMITED = 65535  # columns without a declared length report lengths from here on
_INTEGERS = re.compile(r"(tiny|small|medium|big|byte)?int(eger)?\d*|(big)?serial|long")
_FLOATS = re.compile(r"float\d*|double|real")
_DECIMALS = re.compile(r"dec(imal)?|numeric|number|bignumeric|bigdecimal")
_NATIVE = re.compile(r"^\s*(\w+)([^(]*)(?:\(([^)]*)\))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Misfit:
    """The rule that a pair of types breaks, and why. Without `is_certain` some values may fit."""

    code: str
    reason: str

    @property
    def is_certain(self) -> bool:
        return self.code == "impossible-type"


@dataclass(frozen=True, slots=True)
class Shape:
    """What a native type holds, None where it does not say: length of texts, fractions, dates without time."""

    length: int | None = None
    fraction: bool | None = None
    date: bool | None = None


def parse_native_type(native: str) -> Shape:
    """Return the shape of a native type such as `varchar(255)`, `NUMBER(38,0)`, `double` or `date`."""
    match = _NATIVE.match(native)
    if match is None:
        return Shape()
    base, rest = match[1].casefold(), match[2].casefold()
    numbers = [int(one) for one in re.findall(r"[0-9]{1,9}", match[3] or "")]
    if "char" in base + rest:
        return Shape(length=numbers[0] if numbers and numbers[0] < UNLIMITED else None)
    if _INTEGERS.fullmatch(base):
        return Shape(fraction=False)
    if _FLOATS.fullmatch(base):
        return Shape(fraction=True)
    if _DECIMALS.fullmatch(base):
        return Shape(fraction=len(numbers) > 1 and numbers[1] > 0) if numbers else Shape()
    if base == "date":
        return Shape(date=True)
    return Shape(date=False) if base.startswith(("datetime", "timestamp")) else Shape()


def find_misfit(source: SourceField, target: TargetField) -> Misfit | None:
    """Return the rule that is broken; None when every value fits, or nothing is known."""
    pair = (source.type, target.type)
    if pair in IMPOSSIBLE:
        return Misfit("impossible-type", f"no {source.type} can be converted to a {target.type}")
    if pair in LOSSY:
        return Misfit("lossy-type", LOSSY[pair])
    if source.type != target.type:
        return None
    reason = _find_loss(parse_native_type(source.native), parse_native_type(target.native))
    return Misfit("lossy-type", reason) if reason else None


def _find_loss(source: Shape, target: Shape) -> str | None:
    if source.length and target.length and source.length > target.length:
        return f"text of more than {target.length} characters does not fit"
    if source.fraction and target.fraction is False:
        return "fractions are lost"
    if source.date is False and target.date:
        return "the time of day is lost"
    return None
