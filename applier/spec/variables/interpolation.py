"""Fills `${env:NAME}`, `${env:NAME:-default}`, `${var:name}` and `${file:path}` into the values of a document.

`$${` stands for `${`. What is filled in is never looked at again, keys are left as they are, and a text that holds
anything from the environment is a `Secret` as a whole.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial

from applier.diagnostics import Diagnostic, Place, diagnose
from applier.secrets import Secret, reveal_text, secrets_in
from applier.spec.documents.scalars import plain
from applier.spec.resources import Input, Path
from applier.spec.variables.placeholders import MARK, Sources, Unfilled, input_of, resolve_placeholder

_PLACEHOLDER = re.compile(r"\$\$\{|\$\{([^}]*)(\}?)")


@dataclass(frozen=True, slots=True)
class Filled:
    """A value without placeholders, the paths that had some, those of them that could not be filled in, and why.

    `inputs` are the values of the environment and of files that were filled in. `secrets` has the secret texts that
    were filled in at a path, each on its own.
    """

    value: object = field(repr=False)
    filled: frozenset[Path] = frozenset()
    unfilled: frozenset[Path] = frozenset()
    problems: tuple[Diagnostic, ...] = ()
    inputs: tuple[Input, ...] = field(default=(), repr=False)
    secrets: Mapping[Path, frozenset[str]] = field(default_factory=dict, repr=False)


def fill(
    value: object,
    sources: Callable[[Path], Sources],
    types_at: Callable[[Path], frozenset[str]],
    locate: Callable[[Path], Place],
) -> Filled:
    """Return a value with every text inside it filled in. The value itself is not changed.

    `sources` returns where the text at a path takes its values from, `types_at` which JSON types may stand at a path
    (an empty set: any); it is called only for a text that is one whole placeholder. `locate` returns the place of a
    path and is called only for problems.
    """
    filler = _Filler(sources, types_at, locate)
    result = filler.any(value, ())
    filled, unfilled = frozenset(filler.filled), frozenset(filler.unfilled)
    return Filled(result, filled, unfilled, tuple(filler.problems), tuple(filler.inputs), filler.secrets)


class _Filler:
    def __init__(
        self,
        sources: Callable[[Path], Sources],
        types_at: Callable[[Path], frozenset[str]],
        locate: Callable[[Path], Place],
    ) -> None:
        self.sources, self.types_at, self.locate = sources, types_at, locate
        self.filled: set[Path] = set()
        self.unfilled: set[Path] = set()
        self.problems: list[Diagnostic] = []
        self.inputs: list[Input] = []
        self.secrets: dict[Path, frozenset[str]] = {}

    def any(self, value: object, path: Path) -> object:
        if isinstance(value, str):
            return self.text(value, path) if MARK in value else value
        if isinstance(value, dict):
            return self.mapping(value, path)
        if isinstance(value, list):
            return self.list(value, path)
        return value

    # A mapping or list in which nothing changes is returned itself: most do not change.

    def mapping(self, value: dict[str, object], path: Path) -> dict[str, object]:
        result = value
        for key, member in value.items():
            if member.__class__ is dict or member.__class__ is list or (isinstance(member, str) and MARK in member):
                new = self.any(member, (*path, key))
                if new is not member:
                    result = dict(value) if result is value else result
                    result[key] = new
        return result

    def list(self, value: list[object], path: Path) -> list[object]:
        result = value
        for index, member in enumerate(value):
            new = self.any(member, (*path, index))
            if new is not member:
                result = value.copy() if result is value else result
                result[index] = new
        return result

    def text(self, text: str, path: Path) -> object:
        pieces: list[object] = []
        names: dict[int, str] = {}
        position = 0
        placeholders = 0
        for match in _PLACEHOLDER.finditer(text):
            pieces.append(text[position : match.start()])
            position = match.end()
            if match[0] == "$${":
                pieces.append(MARK)
                continue
            placeholders += 1
            names[len(pieces)] = match[1].partition(":")[2]
            pieces.append(self.placeholder(match, path))
        pieces.append(text[position:])
        if not placeholders:
            return "".join(map(str, pieces))
        self.filled.add(path)
        if secrets := frozenset(secrets_in(pieces)):
            self.secrets[path] = secrets
        present = [piece for piece in pieces if piece != "" or isinstance(piece, Secret)]
        if placeholders == 1 and len(present) <= 1 and text.startswith(MARK) and text.endswith("}"):
            return self.to_type(present[0] if present else "", path)
        texts = self.sources(path).number_text
        return join_parts(
            piece if isinstance(piece, str) else write_value(piece, partial(texts, names[index]))
            for index, piece in enumerate(pieces)
        )

    def placeholder(self, match: re.Match[str], path: Path) -> object:
        try:
            sources = self.sources(path)
            value = resolve_placeholder(match[1], closed=bool(match[2]), sources=sources)
        except Unfilled as problem:
            if problem.code:
                self.problems.append(diagnose(problem.code, problem.detail, self.locate(path), problem.hint))
            self.unfilled.add(path)
            return Secret("")
        self.inputs += input_of(match[1], value, sources)
        return value

    def to_type(self, value: object, path: Path) -> object:
        if not isinstance(value, str) or path in self.unfilled:
            return value
        types = self.types_at(path)
        if types and "string" not in types and not reveal_text(value).strip():
            detail = "The value is empty after its placeholder is filled in."
            hint = "give the placeholder a value, or remove the key"
            self.problems.append(diagnose("variable-empty", detail, self.locate(path), hint))
            self.unfilled.add(path)
        return convert(value, types)


def join_parts(pieces: Iterable[str]) -> str:
    """Return one text of several pieces, a secret if any piece is one."""
    texts = list(pieces)
    whole = "".join(texts)
    return Secret(whole) if any(isinstance(text, Secret) for text in texts) else whole


def write_value(value: object, number_text: Callable[[Path], str | None]) -> str:
    """Return a value as it stands within a longer text: as JSON with every number and letter as it is written.

    `number_text` returns how the number at a path of the value is written, if that is known: JSON would make 1.1 of
    `1.10`. The text is a secret if the value holds one.
    """
    text = _write(value, (), number_text)
    return Secret(text) if secrets_in(value) else text


def _write(value: object, path: Path, number_text: Callable[[Path], str | None]) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_write(one, (*path, index), number_text) for index, one in enumerate(value))}]"
    if isinstance(value, dict):
        members = (f"{_json(key)}: {_write(one, (*path, key), number_text)}" for key, one in value.items())
        return f"{{{', '.join(members)}}}"
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return (number_text(path) if is_number else None) or _json(value)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def convert(text: str, types: frozenset[str]) -> object:
    """Return a text as one of the JSON types; the text itself if text is among them or none of them fits.

    It is read as a file would be: `scalars` has the grammar.
    """
    if not types or "string" in types:
        return text
    value = plain(text.strip())
    if isinstance(value, bool):
        return value if "boolean" in types else text
    if isinstance(value, int | float) and ("number" in types or ("integer" in types and value == int(value))):
        return value
    return text
