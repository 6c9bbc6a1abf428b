"""What a sync cannot mean even though its shape is right; what needs the live schema is not judged here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from applier.diagnostics import Diagnostic, Severity
from applier.resources import Path, Resource
from applier.secrets import Secret
from applier.spec.filters import filter_problems
from applier.spec.parts import items, mapping, text

NEW_TARGET = "__pt_new_"


def sync_problems(resource: Resource) -> Iterator[Diagnostic]:
    """Everything about one sync that can be told without the workspace."""
    if "model" not in resource.body:
        yield from _without_model(resource)
    yield from _onto_identity(resource)
    yield from _new_target(resource)
    if "filters" in resource.body or "overrides" in resource.body or _any_logic(resource.body):
        yield from filter_problems(resource)


def _any_logic(body: Mapping[str, object]) -> bool:
    return "filter_logic" in body or "filter_logic" in mapping(body, "target")


def _without_model(resource: Resource) -> Iterator[Diagnostic]:
    """A field needs a model: its own or the sync's (api.md section 16: both members of a source are required)."""
    paths = list(_fields_without_model(resource.body))
    if paths:
        fields = "a field comes" if len(paths) == 1 else f"{len(paths)} fields come"
        yield Diagnostic(
            "field-without-model",
            "Field without model",
            f"{resource.address} does not say which model {fields} from.",
            resource.locate(*paths[0]),
            'give the sync a "model", or the field one of its own',
            address=resource.address,
            related=tuple(resource.locate(*path) for path in paths[1:]),
        )


def _fields_without_model(body: Mapping[str, object]) -> Iterator[Path]:
    for target, source in mapping(body, "fields").items():
        if isinstance(source, str):
            yield ("fields", target)
        elif isinstance(source, dict) and "field" in source and "model" not in source:
            yield ("fields", target, "field")
    identity = mapping(body, "identity")
    if "field" in identity and "model" not in identity:
        yield ("identity", "field")
    for section in ("filters", "overrides"):
        for index, one in enumerate(items(body, section)):
            if isinstance(one, dict) and "field" in one and "model" not in one and one.get("field_type") != "Target":
                yield (section, index, "field")


def _onto_identity(resource: Resource) -> Iterator[Diagnostic]:
    """The server drops such a mapping (quirk 28)."""
    target = mapping(resource.body, "identity").get("target")
    if isinstance(target, str) and target in mapping(resource.body, "fields"):
        yield Diagnostic(
            "mapping-onto-identity",
            "Mapping onto the identity's target",
            f'{resource.address} maps "{target}", which its identity writes already; Polytomic drops the mapping.',
            resource.locate("fields", target[:], key=True),
            "remove it from the fields",
            Severity.WARNING,
            resource.address,
            (resource.locate("identity", "target"),),
        )


def _new_target(resource: Resource) -> Iterator[Diagnostic]:
    """An object such as `__pt_new_target` only stands for a target to be made (quirk 25)."""
    target = mapping(resource.body, "target")
    chosen = text(target, "object")
    if chosen.startswith(NEW_TARGET) and not isinstance(chosen, Secret) and "new_name" not in target:
        yield Diagnostic(
            "new-target-without-name",
            "New target without name",
            f'"target.object" of {resource.address} stands for a new target, but no name is given for it.',
            resource.locate("target", "object"),
            'add "new_name" beside it, or name an existing object',
            address=resource.address,
        )
