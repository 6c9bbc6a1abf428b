"""A whole spec beside what connections offer: checked, recorded, and compared with what was recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from applier import snapshot
from applier.api import Client
from applier.checks import whole
from applier.checks.live import LiveOffers
from applier.checks.recorded import Schemas
from applier.checks.running import Checked
from applier.checks.worlds import World
from applier.diagnostics import Diagnostic
from applier.linking import forms_of, link, mentioned_kinds
from applier.pipeline import Prepared, look
from applier.resources import Spec
from applier.settling import settled


def check_live(spec: Spec, client: Client, parallelism: int) -> tuple[Checked, tuple[Diagnostic, ...]]:
    """All of the spec, checked against what is live; with the names that lead nowhere. Raises `ApiError`."""
    seen, problems = _seen(spec, client, parallelism)
    return whole.check_all(seen, spec.checks, parallelism), problems


@dataclass(frozen=True, slots=True)
class Looked:
    """What is declared and live, and what live connections offer."""

    world: World
    offers: LiveOffers


def look_around(spec: Spec, client: Client, parallelism: int) -> Looked:
    """Every connection, model and sync, those of the spec too. Raises `ApiError`."""
    forms = forms_of(spec)
    kinds = snapshot.closure([*mentioned_kinds(forms), "connections", "models", "syncs"])
    seen, _ = settled(
        spec, snapshot.take(client, kinds, {one: form.canonical for one, form in forms.items()}, parallelism)
    )
    offers = whole.Seen(forms, seen, client).offers()
    return Looked(World(forms, seen, offers), offers)


def check_recorded(spec: Spec, schemas: Schemas) -> Checked:
    """All of the spec, checked against recorded schemas."""
    return whole.check_recorded(forms_of(spec), schemas, spec.checks, datetime.now(UTC))


def record_schemas(spec: Spec, client: Client, parallelism: int) -> tuple[Schemas, tuple[Diagnostic, ...]]:
    """What checking the spec reads, as it is now; with what is missing in it, and why. Raises `ApiError`."""
    seen, problems = _seen(spec, client, parallelism)
    schemas, unseen = whole.record_all(seen, spec.checks, parallelism)
    return schemas, (*problems, *unseen)


def moved_schemas(
    prepared: Prepared, spec: Spec, schemas: Schemas, client: Client, parallelism: int
) -> tuple[tuple[Diagnostic, ...], tuple[Diagnostic, ...]]:
    """Where live schemas are no longer as they were recorded, and what could not be looked at. Raises `ApiError`."""
    seen = whole.Seen(prepared.forms, prepared.snapshot, client)
    return whole.moved(seen, schemas, spec.checks, parallelism)


def _seen(spec: Spec, client: Client, parallelism: int) -> tuple[whole.Seen, tuple[Diagnostic, ...]]:
    forms = forms_of(spec)
    seen, unsettled = settled(spec, look(client, spec, forms, parallelism))
    return whole.Seen(forms, seen, client), (*unsettled, *link(forms, seen).diagnostics)
