"""Checks of one model: its source exists, and so does every field of it that the model names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from applier.checks.capabilities import check_capability
from applier.checks.context import CheckContext, ModelFields, finding, model_fields, origin, source_of
from applier.checks.enrichments import check_enrichment
from applier.diagnostics.suggestions import join_words, suggest
from applier.discovery.model import NoSource, Result, Source, State
from applier.kinds.base import mapping, sequence, text
from applier.resolve import Declared
from applier.resources import Path
from applier.secrets import Secret


def check_model(form: Declared, world: CheckContext) -> Iterator[Result]:
    """Everything about one declared model."""
    readable = check_capability(form, world, "source", text(form.canonical.get("connection")), ("connection",))
    yield readable
    if not isinstance(readable, State):
        return
    yield from check_enrichment(form, world)
    source = source_of(world, form.resource.name)
    yield _exists(form, source)
    if not isinstance(source, NoSource):
        yield from _own_fields(form, source)
        yield from _related_fields(form, world)


def _exists(form: Declared, source: Source | NoSource | State) -> Result:
    if isinstance(source, State):
        return source
    if isinstance(source, Source):
        return State.PASSED
    resource = form.resource
    connection = f'the connection "{form.canonical.get("connection")}"'
    place = resource.locate("configuration", *((source.item,) if source.item else ()))
    if source.needed:
        given = f"has {join_words(source.offered)}" if source.offered else "has none of them"
        said = f"{resource.address} has to choose one of {join_words(source.needed)} of {connection}, but {given}."
        return finding("incomplete-source", said, place, resource.address, "write exactly one of them")
    if source.said:
        said = f"{connection[0].upper()}{connection[1:]} does not accept the {source.item} of {resource.address}: "
        return finding("unknown-source", f"{said}{source.said}", place, resource.address)
    written = mapping(form.canonical.get("configuration")).get(source.item)  # a secret is not shown
    said = f'{resource.address} reads the {source.item} "{written}", which {connection} does not have.'
    near = None if isinstance(written, Secret) else suggest(source.value, source.offered)
    hint = near or f"there are: {join_words(source.offered)}"
    return finding("unknown-source", said, place, resource.address, hint)


def _own_fields(form: Declared, source: Source | State) -> Iterator[Result]:
    """The fields that it takes and those that it names beside."""
    canonical, places = form.canonical, list[tuple[str, Path]]()
    for member in ("fields", "tracking_columns"):
        names = sequence(form.resource.body.get(member))
        places += [(str(name), (member, number)) for number, name in enumerate(names)]
    if canonical.get("identifier"):
        places.append((text(canonical["identifier"]), ("identifier",)))
    relations = [mapping(one) for one in sequence(canonical.get("relations"))]
    places += [(text(one.get("from")), ("relations", number, "from")) for number, one in enumerate(relations)]
    mappings = mapping(mapping(canonical.get("enricher")).get("mappings"))
    places += [(name, ("enricher", "mappings", name)) for name in mappings]
    if isinstance(source, State):
        yield from (source for _ in places)
        return
    added = {name: source.fields.get(name) for name in mapping(canonical.get("additional_fields"))}
    known = [*source.fields, *added]
    for name, path in places:
        if name in known or (path[0] != "fields" and canonical.get("enricher") and path[0] != "enricher"):
            yield State.PASSED
        else:
            yield unknown_field(form, name, path, origin(canonical), known)


def _related_fields(form: Declared, world: CheckContext) -> Iterator[Result]:
    for number, relation in enumerate(map(mapping, sequence(form.canonical.get("relations")))):
        end = mapping(relation.get("to"))
        fields = model_fields(world, text(end.get("model")))
        path = ("relations", number, "to", "field")
        yield check_field(form, text(end.get("field")), path, text(end.get("model")), fields)


def check_field(form: Declared, name: str, path: Path, model: str, fields: ModelFields | State) -> Result:
    """One mention of a model's field."""
    if isinstance(fields, State):
        return fields
    if name in fields.exposed or fields.open or not name:
        return State.PASSED
    if name not in fields.beyond:
        return unknown_field(form, name, path, fields.origin, [*fields.exposed, *sorted(fields.beyond)])
    said = f'{form.resource.address} uses "{name}", which {fields.origin} has, but the model "{model}" does not take.'
    hint = 'add it to the "fields" of the model; "refresh: true" has the source read again'
    return finding("field-not-in-model", said, form.resource.locate(*path), form.resource.address, hint)


def unknown_field(form: Declared, name: str, path: Path, source: str, known: Iterable[str]) -> Result:
    """The finding for a field that is not there."""
    names = list(known)
    said = f'{form.resource.address} uses "{name}", but {source} has no such field.'
    hint = suggest(name, names) or f"it has: {join_words(names)}"
    return finding("unknown-source-field", said, form.resource.locate(*path), form.resource.address, hint)
