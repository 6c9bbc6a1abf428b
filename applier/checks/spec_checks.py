"""Checks of a whole spec: against what is live, or against recorded schemas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from applier.api import Client
from applier.checks.context import CheckContext
from applier.checks.plan_checks import live_ids
from applier.checks.record_schemas import record
from applier.checks.runner import CHECKED, NOT_SEEN, CheckResults, run_checks
from applier.checks.schema_drift import find_schema_drift
from applier.diagnostics import Diagnostic, in_order
from applier.discovery.live import LiveCatalog
from applier.discovery.recorded import FILE_NAME, RecordedCatalog, Schemas
from applier.live.snapshot import Snapshot
from applier.resolve import DeclaredResources


@dataclass(frozen=True, slots=True)
class Seen:
    """The declared forms, what is live beside them, and the client that saw it."""

    forms: DeclaredResources
    snapshot: Snapshot
    client: Client

    def offers(self) -> LiveCatalog:
        """What live connections offer; those that are declared and not live yet are waited for."""
        declared = [one.resource for one in self.forms.values() if one.resource.kind == "connections"]
        waits = [one.name for one in declared if not self.snapshot.at(one.address)]
        return LiveCatalog(self.client, live_ids(self.snapshot), waits)


def check_all(seen: Seen, severities: Mapping[str, str], parallelism: int) -> CheckResults:
    """Every declared resource against what is live."""
    return run_checks(_all(seen.forms), CheckContext(seen.forms, seen.snapshot, seen.offers()), severities, parallelism)


def check_recorded(
    forms: DeclaredResources, schemas: Schemas, severities: Mapping[str, str], now: datetime
) -> CheckResults:
    """Every declared resource against recorded schemas, without asking anybody."""
    result = run_checks(_all(forms), CheckContext(forms, Snapshot(), RecordedCatalog(schemas)), severities, 1)
    return replace(result, waiting=0, by=f"{FILE_NAME} of {schemas.taken[:10]}, {age(schemas.taken, now)}")


def record_all(seen: Seen, severities: Mapping[str, str], parallelism: int) -> tuple[Schemas, tuple[Diagnostic, ...]]:
    """What the checks of the whole spec read, and what could not be looked at."""
    offers = seen.offers()
    world = CheckContext(seen.forms, seen.snapshot, offers)
    unseen = _unseen(world, severities, parallelism)
    return record(world, offers, datetime.now(UTC), parallelism), unseen


def moved(
    seen: Seen, schemas: Schemas, severities: Mapping[str, str], parallelism: int
) -> tuple[tuple[Diagnostic, ...], tuple[Diagnostic, ...]]:
    """How what is live has moved away from the recorded schemas, and what could not be looked at."""
    world = CheckContext(seen.forms, seen.snapshot, seen.offers())
    unseen = _unseen(world, severities, parallelism)
    return in_order(find_schema_drift(schemas, world)), unseen


def _unseen(world: CheckContext, severities: Mapping[str, str], parallelism: int) -> tuple[Diagnostic, ...]:
    """Ask everything side by side, the answers are kept; what could not be looked at."""
    asked = run_checks(_all(world.forms), world, severities, parallelism)
    return tuple(one for one in asked.findings if one.code in NOT_SEEN)


def age(taken: str, now: datetime) -> str:
    """How long ago something was taken, in days."""
    try:
        days = (now - datetime.fromisoformat(taken)).days
    except (ValueError, TypeError):
        return "of unknown age"
    return "taken today" if days <= 0 else f"{days} day{'s' if days > 1 else ''} old"


def _all(forms: DeclaredResources) -> list[str]:
    return [one for one in forms if one.partition("/")[0] in CHECKED]
