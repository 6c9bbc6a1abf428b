"""Fills `${env:NAME}`, `${env:NAME:-default}`, `${var:name}` and `${file:path}` into the values of a document.

`$${` stands for `${`. What is filled in is never looked at again, keys are left as they are, and a text that holds
anything from the environment is a `Secret` as a whole (DESIGN.md section 1).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from applier.diagnostics import Diagnostic, Place
from applier.secrets import Secret, secrets_in
from applier.spec.variables.placeholders import MARK, Sources, Unfilled, resolve_placeholder

Steps = tuple[str | int, ...]

_PLACEHOLDER = re.compile(r"\$\$\{|\$\{([^}]*)(\}?)")
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_NUMBER = re.compile(r"[-+]?(\.[0-9]{1,30}|[0-9]{1,30}(\.[0-9]{0,30})?)([eE][-+]?[0-9]{1,2})?")
_BOOLEANS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Filled:
    """A value without placeholders, the paths that had some, those of them that could not be filled in, and why."""

    value: Any = field(repr=False)
    touched: frozenset[Steps] = frozenset()
    failed: frozenset[Steps] = frozenset()
    problems: tuple[Diagnostic, ...] = ()


def fill(
    value: object,
    sources: Callable[[Steps], Sources],
    wanted: Callable[[Steps], frozenset[str]],
    locate: Callable[[Steps], Place],
) -> Filled:
    """Fill every text inside a value.

    `sources` tells where values for the text at a path come from, `wanted` which JSON types may stand at a path (none:
    unknown), asked only for a text that is one whole placeholder; `locate` tells the place of a path, asked only for
    problems. The value itself is not changed.
    """
    filler = _Filler(sources, wanted, locate)
    result = filler.any(value, ())
    return Filled(result, frozenset(filler.touched), frozenset(filler.failed), tuple(filler.problems))


class _Filler:
    def __init__(
        self,
        sources: Callable[[Steps], Sources],
        wanted: Callable[[Steps], frozenset[str]],
        locate: Callable[[Steps], Place],
    ) -> None:
        self.sources, self.wanted, self.locate = sources, wanted, locate
        self.touched: set[Steps] = set()
        self.failed: set[Steps] = set()
        self.problems: list[Diagnostic] = []

    def any(self, value: Any, path: Steps) -> Any:
        if isinstance(value, str):
            return self.text(value, path) if MARK in value else value
        if isinstance(value, dict):
            return self.members(value, value.items(), path)
        if isinstance(value, list):
            return self.members(value, enumerate(value), path)
        return value

    def members(self, around: Any, members: Iterable[tuple[Any, Any]], path: Steps) -> Any:
        """The mapping or list itself when nothing in it changes (most do not), else a copy."""
        changed: list[tuple[Any, Any]] = []
        for key, member in members:
            if member.__class__ is str:
                if MARK in member:
                    changed.append((key, self.text(member, (*path, key))))
            elif member.__class__ is dict or member.__class__ is list:
                new = self.any(member, (*path, key))
                if new is not member:
                    changed.append((key, new))
        if not changed:
            return around
        result = around.copy()
        for key, new in changed:
            result[key] = new
        return result

    def text(self, text: str, path: Steps) -> object:
        pieces: list[object] = []
        position = 0
        placeholders = 0
        for match in _PLACEHOLDER.finditer(text):
            pieces.append(text[position : match.start()])
            position = match.end()
            if match[0] == "$${":
                pieces.append(MARK)
                continue
            placeholders += 1
            pieces.append(self.placeholder(match, path))
        pieces.append(text[position:])
        if not placeholders:
            return "".join(map(str, pieces))
        self.touched.add(path)
        present = [piece for piece in pieces if piece != "" or isinstance(piece, Secret)]
        if placeholders == 1 and len(present) == 1 and text.startswith(MARK) and text.endswith("}"):
            return self.typed(present[0], path)
        return join_parts(pieces)

    def placeholder(self, match: re.Match[str], path: Steps) -> object:
        try:
            return resolve_placeholder(match[1], closed=bool(match[2]), sources=self.sources(path))
        except Unfilled as problem:
            if problem.args:
                code, summary, detail, hint = problem.args
                self.problems.append(Diagnostic(code, summary, detail, self.locate(path), hint))
            self.failed.add(path)
            return Secret("")

    def typed(self, value: object, path: Steps) -> object:
        if not isinstance(value, str):
            return value
        return convert(value, self.wanted(path))


def join_parts(pieces: list[object]) -> str:
    """One text of several pieces; secret if any piece is. What is not text is written as JSON."""
    texts = [piece if isinstance(piece, str) else json.dumps(piece) for piece in pieces]
    whole = "".join(texts)
    return Secret(whole) if any(secrets_in(piece) or isinstance(piece, Secret) for piece in pieces) else whole


def convert(text: str, wanted: frozenset[str]) -> object:
    """The text as the JSON type that is wanted; the text itself if text may stand there or nothing fits."""
    if not wanted or "string" in wanted:
        return text
    plain = text.strip()
    if "boolean" in wanted and plain.lower() in _BOOLEANS:
        return _BOOLEANS[plain.lower()]
    if {"integer", "number"} & wanted and _INTEGER.fullmatch(plain):
        return int(plain)
    if "number" in wanted and _NUMBER.fullmatch(plain):
        return float(plain)
    return text
