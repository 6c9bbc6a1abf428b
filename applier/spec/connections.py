"""Checks the settings of each connection against what is known about its type, and makes its secrets secret."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from applier.diagnostics import Diagnostic, Severity, diagnose
from applier.diagnostics.suggestions import join_words, suggest
from applier.kinds.connection.types import (
    ConnectionType,
    connection_type,
    is_sensitive,
    known_types,
    read_only,
    sensitive,
)
from applier.resources import Resource
from applier.secrets import Secret
from applier.spec.body import text
from applier.spec.merging import Declaration
from applier.spec.schema.lookup import Steps
from applier.spec.schema.messages import Subject, describe_violations, dotted_path
from applier.spec.schema.validator import fits
from applier.spec.schema.violations import violations


def connection_problems(one: Declaration) -> Iterator[Diagnostic]:
    """Everything about one connection that does not fit its type, and secrets that are written in the file."""
    type_id = text(one.resource.body, "type")
    found = connection_type(type_id[:])
    if type_id and found is None and not isinstance(type_id, Secret):
        yield _unknown_type(one.resource, type_id)
    configuration = one.resource.body.get("configuration", {})
    if not isinstance(configuration, dict):
        return
    if found is not None and found.schema:
        schema = _checked_schema(found)
        if not fits(schema, configuration):
            subject = Subject(one.document, (one.resource.kind, one.resource.name, "configuration"))
            yield from describe_violations(subject, violations(schema, configuration))
        yield from _empty(one, found, configuration)
        yield from _ineffective(one.resource, found, configuration)
    for path, value in _leaves(configuration, ()):
        if is_sensitive(type_id[:], path):
            yield from _literal(one, type_id[:], path, value)


def with_secrets(resource: Resource) -> Resource:
    """The connection with every sensitive setting a `Secret`."""
    configuration = resource.body.get("configuration")
    if not isinstance(configuration, dict):
        return resource
    hidden = _hidden(configuration, text(resource.body, "type")[:], ())
    return replace(resource, body={**resource.body, "configuration": hidden})


def _hidden(value: Any, type_id: str, path: Steps) -> Any:
    if isinstance(value, dict):
        return {key: _hidden(member, type_id, (*path, key)) for key, member in value.items()}
    if isinstance(value, list):
        return [_hidden(member, type_id, (*path, index)) for index, member in enumerate(value)]
    if value is None or isinstance(value, bool | Secret) or not is_sensitive(type_id, path):
        return value
    return Secret(value)


def _leaves(value: object, path: Steps) -> Iterator[tuple[Steps, object]]:
    """Every text and number in a configuration that was not filled in as a secret."""
    members: Iterable[tuple[str | int, object]] = ()
    if isinstance(value, dict):
        members = value.items()
    elif isinstance(value, list):
        members = enumerate(value)
    elif value is not None and not isinstance(value, bool | Secret):
        yield path, value
    for step, member in members:
        yield from _leaves(member, (*path, step))


def _checked_schema(found: ConnectionType) -> dict[str, Any]:
    """The type's schema, demanding only what a file can say."""
    return {**found.schema, "required": list(found.required)}


def _unknown_type(resource: Resource, type_id: str) -> Diagnostic:
    near = suggest(type_id, known_types())
    return diagnose(
        "unknown-connection-type",
        f'The connection type "{type_id}" of {resource.address} is not known.',
        resource.locate("type"),
        near or "its settings are sent unchecked",
        severity=Severity.ERROR if near else Severity.WARNING,
        address=resource.address,
    )


def _empty(one: Declaration, found: ConnectionType, configuration: dict[str, object]) -> Iterator[Diagnostic]:
    """Required settings that are there and say nothing."""
    resource = one.resource
    for name in found.required:
        told = one.document.failed(resource.kind, resource.name, "configuration", name)
        if configuration.get(name) == "" and not told:
            yield diagnose(
                "empty-value",
                f'"configuration.{name}" of {resource.address} cannot be empty.',
                resource.locate("configuration", name),
                "give it a value",
                address=resource.address,
            )


def _ineffective(resource: Resource, found: ConnectionType, configuration: dict[str, object]) -> Iterator[Diagnostic]:
    """Warnings for settings that do nothing: unknown ones (quirk 65), computed ones (5) and internal ones (6)."""
    for name in configuration:
        if (name,) in read_only(found.id):
            yield diagnose(
                "setting-without-effect",
                f'"configuration.{name}" of {resource.address} is filled in by Polytomic and cannot be set.',
                resource.locate("configuration", name, key=True),
                "remove it",
                address=resource.address,
            )
        elif found.properties and name not in found.properties:
            settable = [one for one in found.properties if (one,) not in read_only(found.id)]
            yield diagnose(
                "unknown-setting",
                f'"configuration.{name}" of {resource.address} is not a known setting of the type {found.id}.',
                resource.locate("configuration", name, key=True),
                suggest(name, settable) or f"known are {join_words(settable)}; it is sent as it is",
                address=resource.address,
            )


def _literal(one: Declaration, type_id: str, path: Steps, value: object) -> Iterator[Diagnostic]:
    """What is said about a secret that is written in the file itself, by whatever name it is known as one."""
    resource = one.resource
    if one.document.touched(resource.kind, resource.name, "configuration", *path):
        return
    phrase = f'"{dotted_path(("configuration", *path))}" of {resource.address}'
    marked = tuple("*" if isinstance(step, int) else step for step in path) in sensitive(type_id)
    if not isinstance(value, str):
        if not marked:  # else the type's schema has said so
            yield diagnose(
                "wrong-type",
                f"{phrase} must be a text, but is a number.",
                resource.locate("configuration", *path),
                "put it in quotes",
                address=resource.address,
            )
    elif value and (marked or path[-1] != "value"):
        yield diagnose(
            "secret-in-file",
            f"{phrase} is a secret, and it is written in the file.",
            resource.locate("configuration", *path),
            'use "${env:NAME}" and set the variable where applier runs',
            address=resource.address,
        )
