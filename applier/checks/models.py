"""Checks of one model: its source exists, and so does each field of it that the model names."""

from __future__ import annotations

from collections.abc import Iterator

from applier.checks.capabilities import SOURCE, check_capability
from applier.checks.configuration_problems import model_finding
from applier.checks.context import CheckContext
from applier.checks.enrichments import check_enrichment
from applier.checks.model_fields import model_fields, model_source, source_label
from applier.checks.results import PASSED, CheckResult
from applier.checks.source_fields import check_model_field, unknown_source_field
from applier.diagnostics import Diagnostic
from applier.discovery.offerings import Source, Unavailable
from applier.kinds.base import mapping, sequence, text
from applier.resolve import Declared
from applier.spec.resources import Path


def check_model(declared: Declared, context: CheckContext) -> Iterator[CheckResult]:
    """Check everything about one declared model."""
    connection = text(declared.canonical.get("connection"))
    capability = check_capability(declared, context, SOURCE, connection, ("connection",))
    yield capability
    if isinstance(capability, Diagnostic):
        return
    yield from check_enrichment(declared, context)
    source = model_source(context, declared.resource.name)
    if isinstance(source, Source | Unavailable):
        yield PASSED if isinstance(source, Source) else source
        yield from _check_own_fields(declared, source)
        yield from _check_related_fields(declared, context)
    else:
        yield model_finding(declared, source)


def _check_own_fields(declared: Declared, source: Source | Unavailable) -> Iterator[CheckResult]:
    """Check every field of its own source that a model names."""
    canonical, mentions = declared.canonical, list(_find_mentions(declared))
    if isinstance(source, Unavailable):
        yield from (source for _ in mentions)
        return
    known = list(dict.fromkeys((*source.fields, *mapping(canonical.get("additional_fields")))))
    for name, path in mentions:
        may_be_enriched = bool(canonical.get("enricher")) and path[0] not in ("fields", "enricher")
        if name in known or may_be_enriched:
            yield PASSED
        else:
            yield unknown_source_field(declared, name, path, source_label(canonical), known)


def _find_mentions(declared: Declared) -> Iterator[tuple[str, Path]]:
    """Return every field of its own source that a model names, with the path at which it does."""
    canonical = declared.canonical
    for member in ("fields", "tracking_columns"):
        for number, name in enumerate(sequence(declared.resource.body.get(member))):
            yield str(name), (member, number)
    if canonical.get("identifier"):
        yield text(canonical["identifier"]), ("identifier",)
    for number, relation in enumerate(map(mapping, sequence(canonical.get("relations")))):
        yield text(relation.get("from")), ("relations", number, "from")
    for name in mapping(mapping(canonical.get("enricher")).get("mappings")):
        yield name, ("enricher", "mappings", name)


def _check_related_fields(declared: Declared, context: CheckContext) -> Iterator[CheckResult]:
    """Check the fields of other models to which relations lead."""
    for number, relation in enumerate(map(mapping, sequence(declared.canonical.get("relations")))):
        end = mapping(relation.get("to"))
        model = text(end.get("model"))
        fields = model_fields(context, model)
        yield check_model_field(declared, text(end.get("field")), ("relations", number, "to", "field"), model, fields)
