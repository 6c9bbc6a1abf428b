"""Reads JSON files that people do not write, and tells where one stops being JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from applier.diagnostics import Place
from applier.nesting import DEEPEST, is_too_deep
from applier.system import path_text

TOO_DEEP = f"it is nested deeper than {DEEPEST} levels"


class WrongFile(Exception):
    """A file is not of the kind that is needed: `str()` has the reason, `place` where it is, if that is known."""

    def __init__(self, reason: str, place: Place | None = None) -> None:
        super().__init__(reason)
        self.place = place


class NotJson(Exception):
    """Bytes are not JSON: `str()` has the reason in words; `line` and `column` count from 1."""

    def __init__(self, reason: str, line: int = 1, column: int = 1) -> None:
        super().__init__(reason)
        self.line, self.column = line, column

    def place(self, file: Path) -> Place:
        """Return the place in the file that holds the bytes."""
        return Place(path_text(file), self.line, self.column)


def decode_json(data: bytes, parse: Callable[[str], object] = json.loads) -> object:
    """Return the value of JSON bytes in UTF-8, UTF-16 or UTF-32, with or without a byte order mark. Raises `NotJson`.

    Windows PowerShell writes the output of a program as UTF-16 into a file.
    """
    encoding = json.detect_encoding(data)
    try:
        value = parse(data.decode(encoding))
    except UnicodeDecodeError as error:
        before = data[: error.start].decode(encoding, "replace")
        line_start = before.rfind("\n") + 1
        raise NotJson("it holds bytes that are no text", before.count("\n") + 1, len(before) - line_start + 1) from None
    except json.JSONDecodeError as error:
        raise NotJson(f"it is not JSON: {error.msg[:1].lower()}{error.msg[1:]}", error.lineno, error.colno) from None
    except RecursionError:
        raise NotJson(TOO_DEEP) from None
    except ValueError:
        raise NotJson("it holds a number of too many digits") from None
    if is_too_deep(value):
        raise NotJson(TOO_DEEP)
    return value
