"""Fills `${env:NAME}`, `${env:NAME:-default}`, `${var:name}` and `${file:path}` into the values of a document.

`$${` stands for `${`. What is filled in is never looked at again, keys are left as they are, and a text that holds
anything from the environment is a `Secret` as a whole (DESIGN.md section 1).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from applier.diagnostics import Diagnostic, Place
from applier.nearness import meant
from applier.secrets import Secret, secrets_in

Steps = tuple[str | int, ...]

LARGEST_FILE = 20 * 1024 * 1024
MARK = "${"
_PLACEHOLDER = re.compile(r"\$\$\{|\$\{([^}]*)(\}?)")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_NUMBER = re.compile(r"[-+]?(\.[0-9]{1,30}|[0-9]{1,30}(\.[0-9]{0,30})?)([eE][-+]?[0-9]{1,2})?")
_BOOLEANS = {"true": True, "false": False}
NOT_UTF8 = "variable-not-utf8", "Value is not UTF-8"
NOT_UTF8_HINT = (
    "give it as UTF-8 text; bytes of other sorts are given in the coding that the service takes, often base64"
)
KINDS = "${env:NAME}, ${env:NAME:-default}, ${var:name} and ${file:path}"


@dataclass(frozen=True, slots=True)
class Sources:
    """Where values come from. `folder` is that of the file that speaks, `project` the one that is never left.

    `without` holds the variables that have no value for a reason that has been reported.
    """

    environment: Mapping[str, str] = field(repr=False)
    variables: Mapping[str, object] = field(repr=False)
    folder: Path
    project: Path
    without: frozenset[str] = frozenset()


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


class _Unfilled(Exception):
    """A placeholder that cannot be filled: code, summary, detail and hint of its diagnostic; none if it is known."""


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
        return joined(pieces)

    def placeholder(self, match: re.Match[str], path: Steps) -> object:
        try:
            return _resolve(match[1], closed=bool(match[2]), sources=self.sources(path))
        except _Unfilled as problem:
            if problem.args:
                code, summary, detail, hint = problem.args
                self.problems.append(Diagnostic(code, summary, detail, self.locate(path), hint))
            self.failed.add(path)
            return Secret("")

    def typed(self, value: object, path: Steps) -> object:
        if not isinstance(value, str):
            return value
        return converted(value, self.wanted(path))


def is_utf8(text: str) -> bool:
    """False for a text with bytes in it that the process was given and that are no UTF-8: they cannot be sent."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def joined(pieces: list[object]) -> str:
    """One text of several pieces; secret if any piece is. What is not text is written as JSON."""
    texts = [piece if isinstance(piece, str) else json.dumps(piece) for piece in pieces]
    whole = "".join(texts)
    return Secret(whole) if any(secrets_in(piece) or isinstance(piece, Secret) for piece in pieces) else whole


def converted(text: str, wanted: frozenset[str]) -> object:
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


def _resolve(inside: str, closed: bool, sources: Sources) -> object:
    if not closed:
        raise _Unfilled(
            "placeholder-not-closed",
            "Placeholder without end",
            'A "${" has no "}" after it.',
            'close it, or write "$${" for a literal "${"',
        )
    kind, colon, rest = inside.partition(":")
    if MARK in inside:
        raise _Unfilled(
            "placeholder-nested",
            "Placeholder inside a placeholder",
            "A placeholder cannot hold another one.",
            "use a single placeholder, with a plain text as its default",
        )
    resolvers = {"env": _environment, "var": _variable, "file": _file}
    if not colon or kind not in resolvers:
        raise _unknown(inside, kind, colon, resolvers)
    return resolvers[kind](rest, sources)


def _unknown(inside: str, kind: str, colon: str, known: Mapping[str, object]) -> _Unfilled:
    if not colon and _NAME.fullmatch(inside):
        hint = 'write "${env:NAME}" for an environment variable, or "$${" for a literal "${"'
    else:
        near = meant(kind, known) if colon else None
        hint = f'{near + "; " if near else ""}known are {KINDS}; a literal "${{" is written "$${{"'
    return _Unfilled(
        "placeholder-unknown", "Unknown placeholder", 'This "${…}" is not a placeholder that is understood.', hint
    )


def _environment(rest: str, sources: Sources) -> str:
    name, has_default, default = rest.partition(":-")
    if not _NAME.fullmatch(name):
        raise _Unfilled(
            "placeholder-malformed",
            "Malformed placeholder",
            'What follows "env:" cannot be the name of an environment variable.',
            'write "${env:NAME}" or "${env:NAME:-default}"; names are letters, digits and "_"',
        )
    found = sources.environment.get(name)
    if found and not is_utf8(found):
        raise _Unfilled(
            *NOT_UTF8, f"The environment variable {name} holds bytes that are not UTF-8 text.", NOT_UTF8_HINT
        )
    if found:
        return Secret(found)
    if has_default:
        return default
    if found is not None:
        raise _Unfilled(
            "variable-empty",
            "Environment variable empty",
            f"The environment variable {name} is set, but empty.",
            f'give it a value; where it may be empty, write "${{env:{name}:-}}"',
        )
    near = meant(name, sources.environment)
    raise _Unfilled(
        "variable-not-set",
        "Environment variable not set",
        f"The environment variable {name} is not set.",
        f'{near + "; " if near else ""}set it, or give a default: "${{env:{name}:-default}}"',
    )


def _variable(name: str, sources: Sources) -> object:
    if name in sources.variables:
        return sources.variables[name]
    if name in sources.without:
        raise _Unfilled
    known = ", ".join(sorted(sources.variables))
    hint = meant(name, sources.variables) or (f"known are {known}" if known else 'declare it under "variables"')
    raise _Unfilled("variable-unknown", "Unknown variable", f'There is no variable "{name}".', hint)


def _file(name: str, sources: Sources) -> str:
    """The text of a file without its last line break, so that a query is the same text as one written in place."""
    try:
        path = (sources.folder / name).resolve()
        inside = path.is_relative_to(sources.project.resolve())
    except (OSError, ValueError, RuntimeError):
        raise _file_problem(name, "is not a path that can be used") from None
    if not inside:
        raise _Unfilled(
            "file-outside-project",
            "File outside the project",
            f'"{name}" leads out of the folder of the spec.',
            "keep included files beside the spec or below the folder given to the command",
        )
    if not path.is_file():
        raise _file_problem(name, "does not exist" if not path.exists() else "is not a file")
    try:
        with path.open("rb") as stream:
            data = stream.read(LARGEST_FILE + 1)
        if len(data) > LARGEST_FILE:
            raise _file_problem(name, f"is larger than {LARGEST_FILE // 1024 // 1024} MB")
        text = data.decode("utf-8-sig")
    except OSError:
        raise _file_problem(name, "cannot be read") from None
    except UnicodeDecodeError:
        raise _file_problem(name, "is not UTF-8 text") from None
    return text.removesuffix("\n").removesuffix("\r")


def _file_problem(name: str, what: str) -> _Unfilled:
    hint = "the path is relative to the file that says it"
    return _Unfilled("included-file", "Included file cannot be used", f'The file "{name}" {what}.', hint)
