"""A whole spec beside what connections offer: checked, recorded, and compared with what was recorded."""

from __future__ import annotations

from datetime import UTC, datetime

from applier.api import Client
from applier.checks import spec_checks
from applier.checks.context import LiveContext, live_context
from applier.checks.runner import CheckResults
from applier.diagnostics import Diagnostic
from applier.discovery.recorded import Schemas
from applier.live import snapshot
from applier.live.matching import match_resources
from applier.pipeline import Prepared, look
from applier.resolve import declared_resources, mentioned_kinds, resolve_references
from applier.resources import Spec


def check_live(spec: Spec, client: Client, parallelism: int) -> tuple[CheckResults, tuple[Diagnostic, ...]]:
    """All of the spec, checked against what is live; with the names that lead nowhere. Raises `ApiError`."""
    context, problems = _context(spec, client, parallelism)
    return spec_checks.check_spec(context, spec.checks, parallelism), problems


def look_live(spec: Spec, client: Client, parallelism: int) -> LiveContext:
    """Every connection, model and sync, those of the spec too. Raises `ApiError`."""
    forms = declared_resources(spec)
    kinds = snapshot.with_referenced_kinds([*mentioned_kinds(forms), "connections", "models", "syncs"])
    seen, _ = match_resources(
        spec, snapshot.read_snapshot(client, kinds, {one: form.canonical for one, form in forms.items()}, parallelism)
    )
    return live_context(forms, seen, client)


def check_recorded(spec: Spec, schemas: Schemas) -> CheckResults:
    """All of the spec, checked against recorded schemas."""
    return spec_checks.check_recorded(declared_resources(spec), schemas, spec.checks, datetime.now(UTC))


def record_schemas(spec: Spec, client: Client, parallelism: int) -> tuple[Schemas, tuple[Diagnostic, ...]]:
    """What checking the spec reads, as it is now; with what is missing in it, and why. Raises `ApiError`."""
    context, problems = _context(spec, client, parallelism)
    schemas, unseen = spec_checks.record_spec(context, spec.checks, parallelism)
    return schemas, (*problems, *unseen)


def schema_drift(
    prepared: Prepared, spec: Spec, schemas: Schemas, client: Client, parallelism: int
) -> tuple[tuple[Diagnostic, ...], tuple[Diagnostic, ...]]:
    """Where live schemas are no longer as they were recorded, and what could not be looked at. Raises `ApiError`."""
    context = live_context(prepared.forms, prepared.snapshot, client)
    return spec_checks.compare_with_recorded(context, schemas, spec.checks, parallelism)


def _context(spec: Spec, client: Client, parallelism: int) -> tuple[LiveContext, tuple[Diagnostic, ...]]:
    forms = declared_resources(spec)
    seen, unsettled = match_resources(spec, look(client, spec, forms, parallelism))
    return live_context(forms, seen, client), (*unsettled, *resolve_references(forms, seen).diagnostics)
