"""Finds the names of other resources in a canonical form, and replaces names by ids or ids by names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from applier.kinds.base import Canonical, Kind
from applier.secrets import Secret
from applier.secrets.positions import matches
from applier.spec.body import find_values
from applier.spec.resources import Path, Pattern, address_of, canonical_name

MAY_HIDE = (Secret, Mapping, list)
"""The types of values that can be or hold a secret."""


@dataclass(frozen=True, slots=True)
class Mention:
    """One mention of another resource: where it stands in the canonical form, its kind and its name."""

    path: Path
    kind: str
    name: str

    @property
    def address(self) -> str:
        return address_of(self.kind, self.name)


def mentions_in(kind: Kind, canonical: Mapping[str, object]) -> Iterator[Mention]:
    """Return every mention in a canonical form, in the order of the references."""
    for reference in kind.references:
        for path, value in find_values(canonical, reference.path):
            if isinstance(value, str) and value:
                yield Mention(path, reference.kind, value)


def has_path(canonical: Mapping[str, object], path: Pattern) -> bool:
    """Return whether the form has a member at the path, where `*` stands for every key and item."""
    return any(True for _ in find_values(canonical, path))


def referenced_kinds(kind: Kind, canonical: Mapping[str, object]) -> set[str]:
    """Return the kinds of which the form names a resource, or says that it names none."""
    return {
        reference.kind
        for reference in kind.references
        if has_path(canonical, reference.path[:-1] if reference.path[-1] == "*" else reference.path)
    }


def translate_references(kind: Kind, canonical: Canonical, replace: Callable[[str, str], str]) -> Canonical:
    """Return the form with every mention replaced by `replace(kind, mention)`: names by ids or ids by names."""
    for reference in kind.references:
        translated = _replace(canonical, reference.path, partial(replace, reference.kind))
        canonical = translated if isinstance(translated, dict) else canonical
    return canonical


def reveal_names(kind: Kind, canonical: Canonical) -> Canonical:
    """Return the form with plain texts wherever no member is confidential, and with mentions in canonical form.

    What comes from the environment into a name, a mode or a field is a name: it is looked up and shown.
    """
    revealed = {name: _reveal(kind, value, (name,)) for name, value in canonical.items()}
    if all(one.name.isascii() for one in mentions_in(kind, revealed)):
        return revealed
    return dict(translate_references(kind, revealed, lambda _, name: canonical_name(name)))


def _reveal(kind: Kind, value: object, path: Pattern) -> object:
    if not isinstance(value, MAY_HIDE) or any(matches(one, path) for one in kind.confidential):
        return value
    if isinstance(value, Secret):
        return value.reveal()
    if isinstance(value, Mapping):
        return {key: _reveal(kind, member, (*path, key)) for key, member in value.items()}
    return [_reveal(kind, member, (*path, "*")) for member in value]


def _replace(value: object, pattern: Pattern, replace: Callable[[str], str]) -> object:
    if not pattern:
        return replace(value) if isinstance(value, str) and value else value
    first, rest = pattern[0], pattern[1:]
    if isinstance(value, Mapping):
        if first != "*" and first not in value:
            return value
        return {key: _replace(one, rest, replace) if first in ("*", key) else one for key, one in value.items()}
    if isinstance(value, list) and first == "*":
        return [_replace(one, rest, replace) for one in value]
    return value
