"""Checks a whole spec against the live service or against recorded schemas, and compares the two."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from applier.checks.context import CheckContext, LiveContext
from applier.checks.health import UNCHECKED_CODES
from applier.checks.record_schemas import record_schemas
from applier.checks.runner import CheckResults, run_checks
from applier.checks.schema_drift import find_schema_drift
from applier.diagnostics import Diagnostic, in_order
from applier.discovery.recorded import FILE_NAME, Schemas
from applier.discovery.recorded_catalog import RecordedCatalog
from applier.live.snapshot import Snapshot
from applier.resolve import DeclaredResources


def check_spec(context: CheckContext, severities: Mapping[str, str], parallelism: int) -> CheckResults:
    """Check every declared resource."""
    return run_checks(context.declared, context, severities, parallelism)


def check_recorded(
    declared: DeclaredResources, schemas: Schemas, severities: Mapping[str, str], now: datetime
) -> CheckResults:
    """Check every declared resource against recorded schemas, without a network."""
    results = check_spec(CheckContext(declared, Snapshot(), RecordedCatalog(schemas)), severities, 1)
    return replace(
        results, deferred=0, recorded=f"{FILE_NAME} of {schemas.taken[:10]}, {format_age(schemas.taken, now)}"
    )


def record_spec(
    context: LiveContext, severities: Mapping[str, str], parallelism: int
) -> tuple[Schemas, tuple[Diagnostic, ...]]:
    """Return what the checks of the whole spec read, and findings about what cannot be read."""
    unchecked = _find_unchecked(context, severities, parallelism)
    return record_schemas(context, datetime.now(UTC), parallelism), unchecked


def compare_with_recorded(
    context: LiveContext, schemas: Schemas, severities: Mapping[str, str], parallelism: int
) -> tuple[tuple[Diagnostic, ...], tuple[Diagnostic, ...]]:
    """Return how live schemas differ from recorded ones, and findings about what cannot be read."""
    unchecked = _find_unchecked(context, severities, parallelism)
    return in_order(find_schema_drift(schemas, context)), unchecked


def _find_unchecked(context: CheckContext, severities: Mapping[str, str], parallelism: int) -> tuple[Diagnostic, ...]:
    """Return findings about what cannot be read. Every request is sent here, in parallel; the answers are kept."""
    results = check_spec(context, severities, parallelism)
    return tuple(one for one in results.findings if one.code in UNCHECKED_CODES)


def format_age(taken: str, now: datetime) -> str:
    """Return the age of a recording in days, such as `3 days old`."""
    try:
        days = (now - datetime.fromisoformat(taken)).days
    except (ValueError, TypeError):
        return "of unknown age"
    return "taken today" if days <= 0 else f"{days} day{'s' if days > 1 else ''} old"
