"""Walks the table of references of a kind: which names a canonical form holds, and names for ids or ids for names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from applier.kinds.base import Canonical, Kind, matches
from applier.resources import Path, address_of
from applier.secrets import Secret


@dataclass(frozen=True, slots=True)
class Mention:
    """One mention of another resource: where in the canonical form, and whom."""

    path: Path
    kind: str
    name: str

    @property
    def address(self) -> str:
        return address_of(self.kind, self.name)


def mentions_in(kind: Kind, canonical: Mapping[str, object]) -> Iterator[Mention]:
    """Every mention in a canonical form, in the order of the table."""
    for reference in kind.references:
        for path, value in _reach(canonical, reference.path):
            if isinstance(value, str) and value:
                yield Mention(path, reference.kind, value)


def has_path(canonical: Mapping[str, object], path: tuple[str, ...]) -> bool:
    """True when the form has a member at the path, where `*` stands for every key and item."""
    return any(True for _ in _reach(canonical, path))


def referenced_kinds(kind: Kind, canonical: Mapping[str, object]) -> set[str]:
    """The kinds of which the form names one, or says that it names none."""
    return {
        reference.kind
        for reference in kind.references
        if has_path(canonical, reference.path[:-1] if reference.path[-1] == "*" else reference.path)
    }


def translate_references(kind: Kind, canonical: Canonical, word: Callable[[str, str], str]) -> Canonical:
    """The same form with every mention replaced by `word(kind, mention)`; names to ids or ids to names."""
    for reference in kind.references:
        canonical = _replaced(canonical, reference.path, lambda text, of=reference.kind: word(of, text))  # type: ignore[assignment,misc]
    return canonical


def reveal_names(kind: Kind, canonical: Canonical) -> Canonical:
    """The form with plain texts wherever the kind's table allows no secret: what comes from the environment into a
    name, a mode or a field is a name, is looked up and is shown."""
    return {name: _revealed(kind, value, (name,)) for name, value in canonical.items()}


def _revealed(kind: Kind, value: object, path: tuple[str, ...]) -> object:
    if any(matches(pattern, path) for pattern in kind.confidential):
        return value
    if isinstance(value, Secret):
        return value.reveal()
    if isinstance(value, Mapping):
        return {key: _revealed(kind, member, (*path, key)) for key, member in value.items()}
    if isinstance(value, list):
        return [_revealed(kind, member, (*path, "*")) for member in value]
    return value


def _reach(value: object, pattern: tuple[str, ...]) -> Iterator[tuple[Path, object]]:
    if not pattern:
        yield (), value
        return
    first, rest = pattern[0], pattern[1:]
    for key, member in _members(value, first):
        for path, found in _reach(member, rest):
            yield (key, *path), found


def _members(value: object, step: str) -> Iterator[tuple[str | int, object]]:
    if isinstance(value, Mapping):
        if step == "*":
            yield from value.items()
        elif step in value:
            yield step, value[step]
    elif isinstance(value, list) and step == "*":
        yield from enumerate(value)


def _replaced(value: object, pattern: tuple[str, ...], word: Callable[[str], str]) -> object:
    if not pattern:
        return word(value) if isinstance(value, str) and value else value
    first, rest = pattern[0], pattern[1:]
    if isinstance(value, Mapping):
        if first != "*" and first not in value:
            return value
        return {key: _replaced(member, rest, word) if first in ("*", key) else member for key, member in value.items()}
    if isinstance(value, list) and first == "*":
        return [_replaced(member, rest, word) for member in value]
    return value
