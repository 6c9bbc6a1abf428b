"""Where resources of each kind name others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from applier.resources import Path, Resource

Named = tuple[Path, str, str]
"""Where a name is written, the kind it is a name of, and the name."""

Pattern = tuple[str, ...]
"""A way into a body; `*` stands for every key of a mapping and every item of a list."""

POLICIES: tuple[Pattern, str] = (("policies", "*"), "policies")
MENTIONS: Mapping[str, tuple[tuple[Pattern, str], ...]] = {
    "connections": (POLICIES,),
    "models": (
        (("connection",), "connections"),
        (("relations", "*", "to", "model"), "models"),
        (("enricher", "connection"), "connections"),
        POLICIES,
    ),
    "bulk_syncs": (
        (("source", "connection"), "connections"),
        (("destination", "connection"), "connections"),
        POLICIES,
    ),
    "syncs": (
        (("model",), "models"),
        (("target", "connection"), "connections"),
        (("schedule", "connection"), "connections"),
        (("identity", "model"), "models"),
        (("identities", "mappings", "*", "model"), "models"),
        (("fields", "*", "model"), "models"),
        (("filters", "*", "model"), "models"),
        (("filters", "*", "value_field", "model"), "models"),
        (("overrides", "*", "model"), "models"),
        (("schedule", "run_after", "syncs", "*"), "syncs"),
        (("schedule", "run_after", "bulk_syncs", "*"), "bulk_syncs"),
        POLICIES,
    ),
}
"""Every place where a name stands, the more telling ones first."""

WAITS = ("schedule", "run_after")
"""Where a sync names those that it waits for."""


def mentions(resource: Resource) -> Iterator[Named]:
    """Every name of another resource that a resource says."""
    for pattern, kind in MENTIONS[resource.kind]:
        for path, name in _reach(resource.body, pattern, ()):
            yield path, kind, name


def waits(resource: Resource) -> Iterator[Named]:
    """The names of those that have to run before it."""
    for path, kind, name in mentions(resource) if resource.kind == "syncs" else ():
        if path[: len(WAITS)] == WAITS:
            yield path, kind, name


def _reach(value: object, pattern: Pattern, path: Path) -> Iterator[tuple[Path, str]]:
    if not pattern:
        if isinstance(value, str) and value:
            yield path, value
        return
    first, rest = pattern[0], pattern[1:]
    if isinstance(value, dict):
        if first == "*":
            for key, member in value.items():
                yield from _reach(member, rest, (*path, key))
        elif first in value:
            yield from _reach(value[first], rest, (*path, first))
    elif isinstance(value, list) and first == "*":
        for index, member in enumerate(value):
            yield from _reach(member, rest, (*path, index))
