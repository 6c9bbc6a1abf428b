"""Checks of the enrichment of a model: the connection enriches, and is given what it asks for (api.md 10.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from applier.checks.capabilities import check_capability
from applier.checks.context import CheckContext, finding
from applier.diagnostics.suggestions import join_words, suggest
from applier.discovery.model import Inputs, NoSource, Result, State
from applier.kinds.base import mapping, text
from applier.resolve import Declared
from applier.secrets import Secret


def check_enrichment(form: Declared, world: CheckContext) -> Iterator[Result]:
    """Everything about the enrichment of a model, if it has one."""
    enricher = mapping(form.canonical.get("enricher"))
    if not enricher:
        return
    connection = text(enricher.get("connection"))
    able = check_capability(form, world, "enrichment", connection, ("enricher", "connection"))
    yield able
    if not isinstance(able, State):
        return
    inputs = world.offers.enrichment(connection, mapping(enricher.get("configuration")))
    if isinstance(inputs, State):
        yield inputs
    elif isinstance(inputs, NoSource):
        yield _unknown(form, connection, inputs)
    else:
        yield from _inputs(form, mapping(enricher.get("mappings")), inputs)


def _unknown(form: Declared, connection: str, why: NoSource) -> Result:
    resource, configuration = form.resource, mapping(mapping(form.canonical.get("enricher")).get("configuration"))
    place = resource.locate("enricher", "configuration", *((why.item,) if why.item else ()))
    written, hint = configuration.get(why.item), f"there are: {join_words(why.offered)}"
    if why.needed:
        said = f'The enrichment of {resource.address} does not choose what it asks "{connection}" for.'
        hint = f"write exactly one of: {join_words(why.needed)}"
    elif why.said:
        said, hint = f'"{connection}" does not accept the enrichment of {resource.address}: {why.said}', ""
    else:
        said = f'{resource.address} is enriched by the {why.item} "{written}", which "{connection}" does not have.'
        hint = (None if isinstance(written, Secret) else suggest(why.value, why.offered)) or hint
    return finding("unknown-enrichment", said, place, resource.address, hint or None)


def _inputs(form: Declared, mappings: Mapping[str, object], inputs: Inputs) -> Iterator[Result]:
    resource, unknown = form.resource, False
    for field, given in mappings.items():
        name = text(given)
        if name in inputs.names:
            yield State.PASSED
            continue
        unknown = True
        said = f'{resource.address} gives its enrichment the input "{name}", which it does not take.'
        hint = suggest(name, inputs.names) or f"it takes: {join_words(inputs.names)}"
        place = resource.locate("enricher", "mappings", field)
        yield finding("enrichment-input", said, place, resource.address, hint)
    given_names = set(map(text, mappings.values()))
    if unknown or any(set(one) <= given_names for one in inputs.alternatives):
        return
    said = f"{resource.address} does not give its enrichment all that it needs."
    hint = "it needs " + ", or ".join(" and ".join(one) for one in inputs.alternatives)
    yield finding("enrichment-input", said, resource.locate("enricher", "mappings"), resource.address, hint)
