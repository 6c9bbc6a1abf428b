"""The inference of a column's type from the texts in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from applier.sandbox.databases.systems import System

_INTEGER = re.compile(r"-?(0|[1-9]\d{0,17})")
_DECIMAL = re.compile(r"-?(0|[1-9]\d*)\.(\d+)")
_BOOLEAN = re.compile(r"true|false", re.IGNORECASE)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_DATETIME = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?")
_SHORT = 255


@dataclass
class TypeGuess:
    """The type that fits all values so far."""

    kind: str = ""
    longest: int = 0
    whole: int = 1
    fraction: int = 0
    wide: bool = False

    def see(self, text: str) -> None:
        if text == "" or self.kind == "text":
            self.longest = max(self.longest, len(text))
            return
        kind = self._kind(text)
        self.longest = max(self.longest, len(text))
        if self.kind in ("", kind):
            self.kind = kind
        elif {self.kind, kind} == {"integer", "decimal"}:
            self.kind = "decimal"
        elif {self.kind, kind} == {"date", "datetime"}:
            self.kind = "datetime"
        else:
            self.kind = "text"

    def native(self, system: System) -> str:
        kind = self.kind or "text"
        if kind == "text" and 0 < self.longest <= _SHORT:
            kind = "short"
        if kind == "integer" and self.wide:
            kind = "long"
        scale = max(2, self.fraction)
        return system.natives[kind].format(p=max(10, self.whole + scale), s=scale)

    def _kind(self, text: str) -> str:
        if _INTEGER.fullmatch(text):
            self.whole = max(self.whole, len(text.lstrip("-")))
            self.wide = self.wide or not -(2**31) <= int(text) < 2**31
            return "integer"
        if found := _DECIMAL.fullmatch(text):
            self.whole, self.fraction = max(self.whole, len(found[1])), max(self.fraction, len(found[2]))
            return "decimal"
        if _BOOLEAN.fullmatch(text):
            return "boolean"
        try:
            if _DATE.fullmatch(text):
                date.fromisoformat(text)
                return "date"
            if _DATETIME.fullmatch(text):
                datetime.fromisoformat(text)
                return "datetime"
        except ValueError:
            pass
        return "text"
