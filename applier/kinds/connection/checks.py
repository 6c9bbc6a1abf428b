"""Checks the settings of a connection against what is known about its type, and marks its secrets as secret."""

from __future__ import annotations

from collections.abc import Iterator

from applier.diagnostics import Diagnostic, Severity, diagnose
from applier.diagnostics.suggestions import join_words, suggest
from applier.kinds.connection.types import ConnectionType, ConnectionTypes, map_settings
from applier.kinds.secret_members import is_masked, mask_as_secret, secret_in_file, secret_in_url
from applier.secrets import Secret, reveal_text
from applier.spec.body import members_of, text
from applier.spec.kinds import Body, Declaration
from applier.spec.resources import Path, Resource
from applier.spec.schema.messages import Subject, describe_violations, format_path
from applier.spec.schema.validator import fits
from applier.spec.schema.violations import find_violations


def check_connection(declaration: Declaration, types: ConnectionTypes) -> Iterator[Diagnostic]:
    """Return everything about a connection that does not fit its type, and secrets that are written in the file."""
    resource, document = declaration.resource, declaration.document
    type_id = text(resource.body, "type")
    found = types.find(reveal_text(type_id))
    if type_id and not found.known and not isinstance(type_id, Secret):
        yield _unknown_type(resource, type_id, types)
    configuration = resource.body.get("configuration", {})
    if not isinstance(configuration, dict):
        return
    if found.schema:
        schema = {**found.schema, "required": list(found.required)}  # demand only what a file can say
        if not fits(schema, configuration):
            subject = Subject(document, (resource.kind, resource.name, "configuration"))
            yield from describe_violations(subject, find_violations(schema, configuration))
        yield from _empty_settings(declaration, found, configuration)
        yield from _settings_without_effect(resource, found, configuration)
    for path, value in _values(configuration, ()):
        if not found.is_sensitive(path):
            yield from secret_in_url(declaration, ("configuration", *path), value)
        elif is_masked(value):
            yield mask_as_secret(resource, ("configuration", *path))
        elif not isinstance(value, Secret):
            yield from _secret_in_file(declaration, found, path, value)


def hide_settings(body: Body, types: ConnectionTypes) -> Body:
    """Return the body of a connection with every sensitive setting a `Secret`."""
    configuration = body.get("configuration")
    if not isinstance(configuration, dict):
        return body
    found = types.find(reveal_text(text(body, "type")))

    def hide(value: object, path: Path) -> object:
        if value is None or isinstance(value, bool | Secret) or not found.is_sensitive(path):
            return value
        return Secret(value)

    return {**body, "configuration": map_settings(configuration, hide)}


def _values(value: object, path: Path) -> Iterator[tuple[Path, object]]:
    """Return every text and number in a configuration, with its path."""
    if value is not None and not isinstance(value, bool | dict | list):
        yield path, value
    for step, member in members_of(value):
        yield from _values(member, (*path, step))


def _unknown_type(resource: Resource, type_id: str, types: ConnectionTypes) -> Diagnostic:
    suggestion = suggest(type_id, types.ids())
    return diagnose(
        "unknown-connection-type",
        f'Unknown connection type "{type_id}" of {resource.address}.',
        resource.locate("type"),
        suggestion or "its settings are sent unchecked",
        severity=Severity.ERROR if suggestion else Severity.WARNING,
        address=resource.address,
    )


def _empty_settings(declaration: Declaration, found: ConnectionType, configuration: Body) -> Iterator[Diagnostic]:
    """Return an error for each required setting that is there but empty."""
    resource = declaration.resource
    for name in found.required:
        reported = declaration.document.is_unfilled(resource.kind, resource.name, "configuration", name)
        if configuration.get(name) == "" and not reported:
            yield diagnose(
                "empty-value",
                f'"configuration.{name}" of {resource.address} cannot be empty.',
                resource.locate("configuration", name),
                "give it a value",
                address=resource.address,
            )


def _settings_without_effect(resource: Resource, found: ConnectionType, configuration: Body) -> Iterator[Diagnostic]:
    """Return warnings for settings that do nothing: unknown ones, computed ones, internal ones.

    See docs/api/behaviours.md#incomplete-type-data, docs/api/behaviours.md#computed-settings and
    docs/api/behaviours.md#hidden-settings.
    """
    for name in configuration:
        if (name,) in found.read_only:
            yield diagnose(
                "setting-without-effect",
                f'"configuration.{name}" of {resource.address} is computed by Polytomic and cannot be set.',
                resource.locate("configuration", name, key=True),
                "remove it",
                address=resource.address,
            )
        elif found.properties and name not in found.properties:
            settable = [one for one in found.properties if (one,) not in found.read_only]
            yield diagnose(
                "unknown-setting",
                f'"configuration.{name}" of {resource.address} is not a known setting of the type {found.id}.',
                resource.locate("configuration", name, key=True),
                suggest(name, settable) or f"known settings: {join_words(settable)}; it is sent as it is",
                address=resource.address,
            )


def _secret_in_file(declaration: Declaration, found: ConnectionType, path: Path, value: object) -> Iterator[Diagnostic]:
    """Return what is wrong with a secret that is written in the file itself."""
    resource = declaration.resource
    if declaration.document.is_filled(resource.kind, resource.name, "configuration", *path):
        return
    marked = tuple("*" if isinstance(step, int) else step for step in path) in found.sensitive
    if not isinstance(value, str):
        if not marked:  # else the type's schema has said so
            yield diagnose(
                "wrong-type",
                f'"{format_path(("configuration", *path))}" of {resource.address} must be a text, but is a number.',
                resource.locate("configuration", *path),
                "put it in quotes",
                address=resource.address,
            )
    elif value and (marked or path[-1] != "value"):
        yield secret_in_file(resource, ("configuration", *path))
