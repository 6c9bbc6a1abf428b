"""Whether values of one type fit a field of another: by Polytomic's words, and by what native types say beside."""

from __future__ import annotations

import re
from dataclasses import dataclass

from applier.discovery.model import SourceField, TargetField

LOSSY = {
    ("string", "number"): "a text that is no number is refused",
    ("string", "boolean"): "a text that is neither true nor false is refused",
    ("string", "datetime"): "a text that is no time is refused",
    ("string", "array"): "a text that is no list is refused",
    ("number", "boolean"): "a number other than 0 and 1 is refused",
    ("number", "datetime"): "a number is not a time by itself",
    ("datetime", "number"): "a time is not a number by itself",
    ("binary", "string"): "bytes that are no text are refused",
    # Columns of JSON are objects to Polytomic, whatever they hold.
    **{("object", other): f"JSON that holds no {other} is refused" for other in ("number", "boolean", "datetime")},
    ("object", "array"): "JSON that holds no list is refused",
}
IMPOSSIBLE = frozenset(
    [(one, other) for one in ("array", "binary") for other in ("number", "boolean", "datetime")]
    + [("boolean", "datetime"), ("datetime", "boolean")]
)
UNLIMITED = 65535  # lengths from here on are what a column has when nobody gives it one
_INTEGERS = re.compile(r"(tiny|small|medium|big|byte)?int(eger)?\d*|(big)?serial|long")
_FLOATS = re.compile(r"float\d*|double|real")
_DECIMALS = re.compile(r"dec(imal)?|numeric|number|bignumeric|bigdecimal")
_NATIVE = re.compile(r"^\s*(\w+)([^(]*)(?:\(([^)]*)\))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Shape:
    """What a native type holds, as far as it can be read: how long texts, which digits, dates or times."""

    length: int | None = None
    fraction: bool | None = None
    date: bool | None = None


def shape(native: str) -> Shape:
    """Reads `varchar(255)`, `NUMBER(38,0)`, `double`, `date` and the like; what it does not know says nothing."""
    found = _NATIVE.match(native)
    if found is None:
        return Shape()
    base, rest = found[1].casefold(), found[2].casefold()
    numbers = [int(one) for one in re.findall(r"\d+", found[3] or "")]
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


def misfit(source: SourceField, target: TargetField) -> tuple[str, str] | None:
    """The rule that is broken and why; None when every value fits, or nothing is known."""
    pair = (source.type, target.type)
    if pair in IMPOSSIBLE:
        return "impossible-type", f"no {source.type} can be written as {target.type}"
    if pair in LOSSY:
        return "lossy-type", LOSSY[pair]
    if source.type == target.type:
        reason = _narrowed(shape(source.native), shape(target.native))
        return ("lossy-type", reason) if reason else None
    return None


def _narrowed(source: Shape, target: Shape) -> str | None:
    if source.length and target.length and source.length > target.length:
        return f"texts of more than {target.length} characters do not fit"
    if source.fraction and target.fraction is False:
        return "fractions are lost"
    if source.date is False and target.date:
        return "the time of day is lost"
    return None
