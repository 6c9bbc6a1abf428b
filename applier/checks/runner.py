"""Checks many resources at the same time, and gives each finding the severity that the spec sets."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from applier.api import side_by_side
from applier.checks.bulk_syncs import check_bulk_sync
from applier.checks.capabilities import check_connection
from applier.checks.context import CheckContext
from applier.checks.health import check_health
from applier.checks.models import check_model
from applier.checks.results import CheckResult, Passed
from applier.checks.syncs import check_sync
from applier.diagnostics import Diagnostic, Severity, in_order
from applier.discovery.offerings import Unavailable
from applier.kinds.bulk_sync.kind import BULK_SYNCS
from applier.kinds.connection.kind import CONNECTIONS
from applier.kinds.model.kind import MODELS
from applier.kinds.sync.kind import SYNCS
from applier.resolve import Declared
from applier.secrets import OURS

CheckFunction = Callable[[Declared, CheckContext], Iterator[CheckResult]]
CHECKS: Mapping[str, CheckFunction] = MappingProxyType(
    {
        CONNECTIONS.name: check_connection,
        MODELS.name: check_model,
        SYNCS.name: check_sync,
        BULK_SYNCS.name: check_bulk_sync,
    }
)
"""The check of each kind; a kind that is not in it has none."""

OFF = "off"


@dataclass(frozen=True, slots=True)
class CheckResults:
    """How many checks were completed, how many are deferred until resources exist, and the findings.

    `deferred_addresses` has the resources with deferred checks. `recorded` describes the recorded schemas that were
    used; None for checks against the live service.
    """

    completed: int = 0
    deferred: int = 0
    findings: tuple[Diagnostic, ...] = ()
    deferred_addresses: frozenset[str] = frozenset()
    recorded: str | None = field(default=None, metadata=OURS)


def run_checks(
    addresses: Collection[str], context: CheckContext, severities: Mapping[str, str], parallelism: int = 10
) -> CheckResults:
    """Check the managed declared resources among the addresses, and the health of the connections that they use."""
    known = [context.declared[one] for one in addresses if one in context.declared]
    resources = [one for one in known if one.resource.managed and one.resource.kind in CHECKS]
    with side_by_side(parallelism) as pool:
        by_resource = list(pool.map(lambda one: list(CHECKS[one.resource.kind](one, context)), resources))
    deferred = [one.resource.address for one, results in zip(resources, by_resource, strict=True) if _defers(results)]
    results = [result for each in by_resource for result in each]
    findings = [one for one in results if isinstance(one, Diagnostic)]
    findings += check_health(resources, context)
    return CheckResults(
        completed=sum(isinstance(one, Passed) for one in results) + len(findings),
        deferred=sum(one is Unavailable.DEFERRED for one in results),
        findings=in_order(apply_severities(findings, severities)),
        deferred_addresses=frozenset(deferred),
    )


def _defers(results: Collection[CheckResult]) -> bool:
    return Unavailable.DEFERRED in results


def apply_severities(findings: Collection[Diagnostic], severities: Mapping[str, str]) -> Iterator[Diagnostic]:
    """Return the findings with the severities of the spec, without those that it turns off."""
    for one in findings:
        severity = severities.get(one.code, one.severity.value)
        if severity != OFF:
            yield replace(one, severity=Severity(severity))
