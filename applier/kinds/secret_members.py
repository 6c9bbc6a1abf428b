"""Hides the members of a body that are always secret, and reports those that are written in a file, or are masks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from applier.diagnostics import Diagnostic, diagnose
from applier.secrets import Secret
from applier.secrets.urls import hide_urls, url_secrets
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
    """Return a warning for each member of the patterns that is a text which did not come from a placeholder.

    A mask is an error, wherever it comes from.
    """
    resource = declaration.resource
    for pattern in patterns:
        for path, value in find_values(resource.body, pattern):
            is_filled = declaration.document.is_filled(resource.kind, resource.name, *path)
            if is_masked(value):
                yield mask_as_secret(resource, path)
            elif isinstance(value, str) and value and not is_filled:
                yield secret_in_file(resource, path)


def secret_in_file(resource: Resource, path: Path) -> Diagnostic:
    """Return the warning for a member that is a secret in plain text."""
    detail = f'"{format_path(path)}" of {resource.address} contains a secret in plain text.'
    return _diagnose(
        "secret-in-file", resource, path, detail, 'use "${env:NAME}" and set the variable where applier runs'
    )


def mask_as_secret(resource: Resource, path: Path) -> Diagnostic:
    """Return the error for a member that is secret and has the text that the service shows in place of a secret."""
    detail = f'"{format_path(path)}" of {resource.address} is a mask: it would replace the real secret by asterisks.'
    return _diagnose(
        "mask-as-secret", resource, path, detail, 'use "${env:NAME}" and set the variable to the secret itself'
    )


def secret_in_url(declaration: Declaration, path: Path, value: object) -> Iterator[Diagnostic]:
    """Return the warning for a member whose text holds a URL with a password or a token, written in a file."""
    resource = declaration.resource
    if not isinstance(value, str) or isinstance(value, Secret) or not url_secrets(value):
        return
    if not declaration.document.is_filled(resource.kind, resource.name, *path):
        detail = f'The URL in "{format_path(path)}" of {resource.address} contains a secret: {hide_urls(value)}.'
        hint = 'use "${env:NAME}" for the whole URL, and set the variable where applier runs'
        yield _diagnose("secret-in-file", resource, path, detail, hint)


def _diagnose(code: str, resource: Resource, path: Path, detail: str, hint: str) -> Diagnostic:
    return diagnose(code, detail, resource.locate(*path), hint, address=resource.address)


def is_masked(value: object) -> bool:
    """Return whether a value is only asterisks, as the service shows in place of a secret.

    See docs/api/behaviours.md#masked-secrets.
    """
    return isinstance(value, str) and bool(value) and not value.strip("*")


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
