"""Hides old values whose position tells that they were secrets: no spec knows a secret that was replaced by another."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from applier.secrets.secret import SENSITIVE, Secret, redact

ITEM = "*"  # the step of a path to every item of a list, and in patterns to every member
Keys = tuple[str, ...]


def redact_both(before: object, after: object) -> tuple[object, object]:
    """Return both sides for display: where the new value is a secret, so was the old one; empty text is no secret.

    Which items of two lists belong together is not known: a member that is secret in one item is hidden in all.
    """
    if isinstance(after, Secret):
        return (None if before is None else SENSITIVE), SENSITIVE if after else ""
    if isinstance(after, Mapping) and isinstance(before, Mapping):
        pairs = {key: redact_both(before.get(key), after.get(key)) for key in dict.fromkeys((*before, *after))}
        return {key: pairs[key][0] for key in before}, {key: pairs[key][1] for key in after}
    if isinstance(after, list):
        patterns = set(_secret_paths(after))
        return (SENSITIVE, SENSITIVE) if (ITEM,) in patterns else (redact(_hide_at(before, patterns)), redact(after))
    return redact(before), redact(after)


def secret_collections(values: Mapping[Keys, object], patterns: Collection[Keys]) -> list[Keys]:
    """Return the patterns over members of a collection (`fields.*.value`) that fit a secret in new values, by path.

    A member that gets another key together with its secret is a new member: the old one is paired with nothing.
    """
    found = {secret for path, value in values.items() for secret in _secret_paths(value, path)}
    collections = [one for one in patterns if ITEM in one]
    return [one for one in collections if any(matches(one, path[: len(one)]) for path in found)]


def hide_collections(value: object, path: Keys, patterns: Collection[Keys]) -> object:
    """Return an old value, which stands at a path, with everything hidden that one of the patterns fits."""
    if value is None or not patterns:
        return value
    if any(matches(one, path[: len(one)]) for one in patterns):
        return SENSITIVE
    if isinstance(value, Mapping):
        return {key: hide_collections(one, (*path, str(key)), patterns) for key, one in value.items()}
    return [hide_collections(one, (*path, ITEM), patterns) for one in value] if isinstance(value, list) else value


def matches(pattern: Keys, path: Keys) -> bool:
    """Return whether a path has the length of a pattern and agrees with it wherever it does not say `*`."""
    return len(pattern) == len(path) and all(want in (ITEM, have) for want, have in zip(pattern, path, strict=True))


def _secret_paths(value: object, path: Keys = ()) -> Iterator[Keys]:
    """Yield the paths of the secrets in a value, with the same step for every item of a list."""
    if isinstance(value, Secret):
        yield path
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from _secret_paths(one, (*path, str(key)))
    elif isinstance(value, list):
        for one in value:
            yield from _secret_paths(one, (*path, ITEM))


def _hide_at(value: object, patterns: Collection[Keys], path: Keys = ()) -> object:
    """Return a value with everything hidden that is at one of the paths."""
    if path in patterns:
        return SENSITIVE
    if isinstance(value, Mapping):
        return {key: _hide_at(one, patterns, (*path, str(key))) for key, one in value.items()}
    if isinstance(value, list):
        return [_hide_at(one, patterns, (*path, ITEM)) for one in value]
    return value
