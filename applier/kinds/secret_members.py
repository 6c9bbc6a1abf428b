"""Hides the members of a body that are always secret, and warns of those that are written in a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from applier.diagnostics import Diagnostic, diagnose
from applier.secrets import Secret
from applier.spec.body import find_values, members_of
from applier.spec.kinds import Body, Declaration
from applier.spec.resources import Path, Pattern, Resource
from applier.spec.schema.messages import format_path


def hide_members(body: Body, patterns: Iterable[Pattern]) -> Body:
    """Return the body with a `Secret` at every path of the patterns; the body itself if nothing changes."""
    for pattern in patterns:
        hidden = _hide(body, pattern)
        body = hidden if isinstance(hidden, dict) else body
    return body


def literal_secrets(declaration: Declaration, patterns: Iterable[Pattern]) -> Iterator[Diagnostic]:
    """Return a warning for each member of the patterns that is a text which did not come from a placeholder."""
    resource = declaration.resource
    for pattern in patterns:
        for path, value in find_values(resource.body, pattern):
            is_filled = declaration.document.is_filled(resource.kind, resource.name, *path)
            if isinstance(value, str) and value and not is_filled:
                yield secret_in_file(resource, path)


def secret_in_file(resource: Resource, path: Path) -> Diagnostic:
    """Return the warning for a member that is a secret in plain text."""
    return diagnose(
        "secret-in-file",
        f'"{format_path(path)}" of {resource.address} contains a secret in plain text.',
        resource.locate(*path),
        'use "${env:NAME}" and set the variable where applier runs',
        address=resource.address,
    )


def _hide(value: object, pattern: Pattern) -> object:
    if not pattern:
        return Secret(value) if isinstance(value, str | int | float) and not isinstance(value, bool | Secret) else value
    result = value
    for step, member in list(members_of(value)):
        if pattern[0] not in ("*", step):
            continue
        hidden = _hide(member, pattern[1:])
        if hidden is not member:
            result = value.copy() if result is value and isinstance(value, dict | list) else result
            match result:
                case dict():
                    result[step] = hidden
                case list() if isinstance(step, int):
                    result[step] = hidden
    return result
