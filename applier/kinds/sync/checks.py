"""Checks of a sync that need nothing but the spec."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from applier.diagnostics import Diagnostic, diagnose
from applier.kinds.sync.filter_checks import filter_problems
from applier.kinds.sync.targets import NEW_TARGET
from applier.secrets import Secret, reveal_text
from applier.spec.body import items, mapping, text
from applier.spec.kinds import Declaration
from applier.spec.resources import Path, Resource
from applier.spec.schema.lookup import value_at


def check_sync(declaration: Declaration) -> Iterator[Diagnostic]:
    """Return everything that is wrong with a sync and that the schema cannot see."""
    resource = declaration.resource
    if "model" not in resource.body:
        yield from _fields_without_model(resource)
    yield from _mappings_onto_identity(resource)
    yield from _new_target_without_name(resource)
    yield from _object_and_create(resource)
    yield from _identity_and_identities(resource)
    yield from _missing_passphrase(resource)
    if "filters" in resource.body or "overrides" in resource.body or _has_logic(resource.body):
        yield from filter_problems(resource)


def _has_logic(body: Mapping[str, object]) -> bool:
    return "filter_logic" in body or "filter_logic" in mapping(body, "target")


def _fields_without_model(resource: Resource) -> Iterator[Diagnostic]:
    """Return an error when a field has no model, neither its own nor the sync's.

    See docs/api/mappings.md.
    """
    paths = list(_paths_without_model(resource.body))
    if paths:
        fields = "a field" if len(paths) == 1 else f"{len(paths)} fields"
        yield diagnose(
            "field-without-model",
            f"No model is set for {fields} of {resource.address}.",
            resource.locate(*paths[0]),
            'give the sync a "model", or the field one of its own',
            address=resource.address,
            related=tuple(resource.locate(*path) for path in paths[1:]),
        )


def _paths_without_model(body: Mapping[str, object]) -> Iterator[Path]:
    for target, source in mapping(body, "fields").items():
        if isinstance(source, str):
            yield ("fields", target)
        elif isinstance(source, dict) and "field" in source and "model" not in source:
            yield ("fields", target, "field")
    identity = mapping(body, "identity")
    if "field" in identity and "model" not in identity:
        yield ("identity", "field")
    for index, entry in enumerate(items(mapping(body, "identities"), "mappings")):
        if isinstance(entry, dict) and "field" in entry and "model" not in entry:
            yield ("identities", "mappings", index, "field")
    for section in ("filters", "overrides"):
        for index, one in enumerate(items(body, section)):
            if isinstance(one, dict) and "field" in one and "model" not in one and one.get("field_type") != "Target":
                yield (section, index, "field")


def _mappings_onto_identity(resource: Resource) -> Iterator[Diagnostic]:
    """Return a warning for each mapping onto the identity's field: the server drops it.

    See docs/api/behaviours.md#identity-mappings.
    """
    fields = mapping(resource.body, "fields")
    paths: list[Path] = [("identity", "target")]
    paths += [
        ("identities", "mappings", index, "target")
        for index in range(len(items(mapping(resource.body, "identities"), "mappings")))
    ]
    for path in paths:
        target = value_at(resource.body, path)
        if isinstance(target, str) and target in fields:
            yield diagnose(
                "mapping-onto-identity",
                f'{resource.address} maps "{target}", which its identity writes already; Polytomic drops the mapping.',
                resource.locate("fields", reveal_text(target), key=True),
                "remove it from the fields",
                address=resource.address,
                related=(resource.locate(*path),),
            )


def _new_target_without_name(resource: Resource) -> Iterator[Diagnostic]:
    """Return an error when an object such as `__pt_new_target`, which stands for a new target, has no name.

    See docs/api/behaviours.md#pseudo-targets.
    """
    target = mapping(resource.body, "target")
    chosen = text(target, "object")
    if chosen.startswith(NEW_TARGET) and not isinstance(chosen, Secret) and "new_name" not in target:
        yield diagnose(
            "new-target-without-name",
            f'"target.object" of {resource.address} stands for a new target, but no name is given for it.',
            resource.locate("target", "object"),
            'add "new_name", or name an existing object',
            address=resource.address,
        )


def _object_and_create(resource: Resource) -> Iterator[Diagnostic]:
    """Return an error when a target has both `create` and `object`: `create` makes the object that `object` names.

    See docs/api/syncs.md#target.
    """
    target = mapping(resource.body, "target")
    if "object" in target and "create" in target:
        yield diagnose(
            "object-and-create",
            f'"target" of {resource.address} sets both object and create.',
            resource.locate("target", "create", key=True),
            "keep one of them: create for a new object, object for one that exists",
            address=resource.address,
            related=(resource.locate("target", "object", key=True),),
        )


def _identity_and_identities(resource: Resource) -> Iterator[Diagnostic]:
    """Return an error for `identity` beside `identities`: the service reads it only when `identities` is absent.

    See docs/api/mappings.md#filters-and-identities-of-2025-09-18.
    """
    if resource.body.get("identity") is not None and resource.body.get("identities") is not None:
        yield diagnose(
            "identity-and-identities",
            f"{resource.address} has an identity and a list of identities.",
            resource.locate("identity", key=True),
            "put it into the list, or drop the list",
            address=resource.address,
            related=(resource.locate("identities", key=True),),
        )


def _missing_passphrase(resource: Resource) -> Iterator[Diagnostic]:
    """Return an error for each encrypted field when the sync has no passphrase.

    See docs/api/mappings.md#mappings.
    """
    passphrase = resource.body.get("encryption_passphrase")
    for target, source in mapping(resource.body, "fields").items():
        if passphrase is None and isinstance(source, dict) and source.get("encrypt") is True:
            yield diagnose(
                "passphrase-missing",
                f'{resource.address} encrypts "{target}", but has no "encryption_passphrase".',
                resource.locate("fields", reveal_text(target), "encrypt"),
                "add encryption_passphrase: ${env:NAME}",
                address=resource.address,
            )
