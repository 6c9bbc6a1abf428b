"""Loads a spec with all registered kinds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from os import PathLike

from applier.diagnostics import Diagnostic
from applier.kinds.registry import KINDS
from applier.secrets.urls import url_secrets
from applier.spec.body import find_values, members_of
from applier.spec.loading import load
from applier.spec.resources import Resource, Spec
from applier.spec.variables.given import NOTHING_GIVEN, Given


def load_spec(
    paths: Sequence[str | PathLike[str]], environment: Mapping[str, str], given: Given = NOTHING_GIVEN
) -> tuple[Spec, tuple[Diagnostic, ...]]:
    """Return everything that the files and folders declare, and everything that is wrong with it; see `spec.load`."""
    spec, problems = load(paths, environment, KINDS, given)
    in_urls = {secret for one in spec.resources.values() for secret in _secrets_in_urls(one)}
    in_names = {secret for one in spec.removals for secret in url_secrets(one.name)}
    removals = tuple(replace(one, name=KINDS[one.kind].label(one.name)) for one in spec.removals)
    return replace(spec, secrets=spec.secrets | in_urls | in_names, removals=removals), problems


def _secrets_in_urls(resource: Resource) -> Iterator[str]:
    """Return the passwords and tokens of the URLs in the members of a resource whose texts may be secrets."""
    kind = KINDS[resource.kind]
    for pattern in kind.confidential:
        for _, value in find_values(resource.body, pattern):
            yield from _secrets_in_value(value)


def _secrets_in_value(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield from url_secrets(value)
    for _, member in members_of(value):
        yield from _secrets_in_value(member)
