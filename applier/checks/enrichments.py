"""Checks of the enrichment of a model: its connection can enrich, and its inputs are mapped.

See docs/api/discovery.md#enrichment-inputs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from applier.checks.capabilities import ENRICHMENT, check_capability
from applier.checks.configuration_problems import enrichment_finding
from applier.checks.context import CheckContext
from applier.checks.results import PASSED, CheckResult, finding
from applier.diagnostics import Diagnostic
from applier.discovery.hints import suggest_or_list
from applier.discovery.offerings import EnrichmentInputs, Unavailable
from applier.kinds.base import mapping, text
from applier.resolve import Declared


def check_enrichment(declared: Declared, context: CheckContext) -> Iterator[CheckResult]:
    """Check the enrichment of a model, if it has one."""
    enricher = mapping(declared.canonical.get("enricher"))
    if not enricher:
        return
    connection = text(enricher.get("connection"))
    capability = check_capability(declared, context, ENRICHMENT, connection, ("enricher", "connection"))
    yield capability
    if isinstance(capability, Diagnostic):
        return
    inputs = context.catalog.enrichment(connection, mapping(enricher.get("configuration")))
    if isinstance(inputs, Unavailable):
        yield inputs
    elif isinstance(inputs, EnrichmentInputs):
        yield from _check_inputs(declared, mapping(enricher.get("mappings")), inputs)
    else:
        yield enrichment_finding(declared, inputs)


def _check_inputs(
    declared: Declared, mappings: Mapping[str, object], inputs: EnrichmentInputs
) -> Iterator[CheckResult]:
    """Check that every mapped input exists, and then that they are enough."""
    address, all_known = declared.resource.address, True
    for field, value in mappings.items():
        name = text(value)
        if name in inputs.names:
            yield PASSED
            continue
        all_known = False
        detail = f'{address} maps the enrichment input "{name}", but the enrichment has no such input.'
        path = ("enricher", "mappings", field)
        yield finding(declared, "enrichment-input", detail, path, suggest_or_list(name, inputs.names))
    mapped = set(map(text, mappings.values()))
    if all_known and not any(set(one) <= mapped for one in inputs.alternatives):
        detail = f"{address} does not map every input that its enrichment requires."
        hint = "map " + ", or ".join(" and ".join(one) for one in inputs.alternatives)
        yield finding(declared, "enrichment-input", detail, ("enricher", "mappings"), hint)
