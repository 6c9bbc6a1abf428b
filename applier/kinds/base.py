"""What every kind tells the engine about itself: where it lives, whom it names, which fields are whose.

Both sides of a comparison are brought into one *canonical form*: a nested mapping in the words of the spec, where
absent means the API's default (so `null`, `""`, `[]` and an unset member are all absent), lists without order are
sorted or keyed, and other resources are referred to by name. `desired` and `from_api` make it, `to_api` takes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

Canonical = dict[str, object]
ApiObject = Mapping[str, object]


class FieldClass(StrEnum):
    """Who decides over a field (DESIGN.md section 4)."""

    OWNED = "owned"  # leaving it out of the spec means the API's default
    OPTIONAL = "optional"  # compared and written only when the spec says it; else the live value is kept
    WRITE_ONLY = "write-only"  # sent with every write, never compared


@dataclass(frozen=True, slots=True)
class Field:
    """One row of a kind's table. In `path`, `*` stands for every key. `key` maps a value to what is compared."""

    path: tuple[str, ...]
    rule: FieldClass
    default: object = None
    key: Callable[[object], object] | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """A member of the canonical form that holds the name of another resource (or a list of names)."""

    path: tuple[str, ...]
    kind: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A row of facts about one kind of resource.

    `name` is the key in the spec, `noun` the word in sentences, `path` the list endpoint. `complete` tells whether a
    list entry is as good as a single read (quirks 19 and 42).
    """

    name: str
    noun: str
    path: str
    desired: Callable[[Mapping[str, object]], Canonical]
    from_api: Callable[[ApiObject], Canonical]
    to_api: Callable[[str, Canonical, ApiObject | None], dict[str, object]]
    complete: Callable[[ApiObject], bool]
    fields: tuple[Field, ...] = ()
    references: tuple[Reference, ...] = ()
    fixed: tuple[str, ...] = ()
    managed: bool = field(default=True)

    def row(self, path: tuple[str, ...]) -> Field:
        """The most specific row of the table for a path; what has no row is owned."""
        fitting = [one for one in self.fields if matches(one.path, path[: len(one.path)])]
        return max(fitting, key=lambda one: len(one.path), default=Field(path, FieldClass.OWNED))


def matches(pattern: tuple[str, ...], path: tuple[str, ...]) -> bool:
    """True when the path has the pattern's length and agrees with it wherever it does not say `*`."""
    return len(pattern) == len(path) and all(want in ("*", have) for want, have in zip(pattern, path, strict=True))


def at(value: object, pattern: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], object]]:
    """Every (path, value) inside nested mappings that a pattern reaches; what is not there is passed over."""
    if not pattern:
        yield (), value
    elif isinstance(value, Mapping):
        first, rest = pattern[0], pattern[1:]
        for name in value if first == "*" else ((first,) if first in value else ()):
            for path, found in at(value[name], rest):
                yield (name, *path), found
