"""A document with its placeholders filled in that knows where every value is written and which were filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as Folder
from types import MappingProxyType

from applier.diagnostics import Diagnostic, Place
from applier.secrets import Secret
from applier.spec.body import as_mapping
from applier.spec.kinds import Kinds
from applier.spec.resources import Input, Path
from applier.spec.schema.lookup import is_word, types_at, value_at
from applier.spec.validation.keys import key_problems
from applier.spec.variables.interpolation import fill
from applier.spec.variables.overrides import LayeredDocument
from applier.spec.variables.placeholders import Sources
from applier.spec.variables.values import Variables

SETTINGS = ("variables", "environments", "defaults")
"""Sections that have made the document what it is, and hold no values of their own any more."""


@dataclass(frozen=True, slots=True)
class FilledDocument:
    """A document without placeholders. Only `reveal_words` ever changes its `value`.

    `secrets` has the secret texts that were filled in at a path, each on its own.
    """

    source: LayeredDocument
    kinds: Kinds = field(repr=False)
    value: dict[str, object] = field(repr=False)
    filled: frozenset[Path] = frozenset()
    unfilled: frozenset[Path] = frozenset()
    inputs: tuple[Input, ...] = field(default=(), repr=False)
    secrets: Mapping[Path, frozenset[str]] = field(default_factory=dict, repr=False)

    @property
    def file(self) -> str:
        """The file that holds the document."""
        return self.source.source.file

    @property
    def position(self) -> int:
        """The position of the document in its file."""
        return self.source.source.position

    def place(self, path: Path = (), key: bool = False) -> Place:
        return self.source.place(path, key)

    def is_filled(self, *path: str | int) -> bool:
        """Return whether a placeholder was filled in at the path."""
        return path in self.filled

    def is_unfilled(self, *path: str | int) -> bool:
        """Return whether a placeholder at the path could not be filled in, which is reported elsewhere."""
        return path in self.unfilled


def fill_document(
    document: LayeredDocument,
    kinds: Kinds,
    environment: Mapping[str, str],
    variables: Variables,
    contents: Mapping[Folder, bytes] = MappingProxyType({}),
) -> tuple[FilledDocument, tuple[Diagnostic, ...]]:
    """Return the document with its placeholders filled in, and why some could not be.

    `contents` has bytes that count in place of those of included files, by real path.
    """
    whole = dict(document.value)
    if not document.has_placeholders:
        return FilledDocument(document, kinds, whole), ()
    settings = {key: whole[key] for key in SETTINGS if key in whole}
    value = {key: member for key, member in whole.items() if key not in settings}

    def sources(path: Path) -> Sources:
        origin = document.document(path)
        return Sources(
            environment,
            variables.values,
            origin.folder,
            origin.project,
            variables.without,
            variables.number_text,
            contents,
        )

    result = fill(value, sources, lambda path: types_at(path, whole, kinds), document.place)
    problems = (*result.problems, *key_problems(document, value))
    filled = {**as_mapping(result.value), **settings}
    return FilledDocument(
        document, kinds, filled, result.filled, result.unfilled, result.inputs, result.secrets
    ), problems


def reveal_words(document: FilledDocument) -> None:
    """Make plain texts of filled-in names and words such as a mode, which are looked up and have to be shown.

    They stay secret until all checks are done, so that no message shows what somebody put there by mistake.
    """
    for path in document.filled:
        around, last = value_at(document.value, path[:-1]), path[-1]
        found = value_at(around, (last,))
        if not isinstance(found, Secret) or not is_word(path, document.value, document.kinds):
            continue
        match around:
            case dict():
                around[last] = found.reveal()
            case list() if isinstance(last, int):
                around[last] = found.reveal()
