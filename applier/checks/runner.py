"""Checks many resources side by side: every finding with the severity that the spec gives its rule."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from applier.api import side_by_side
from applier.checks.bulk_syncs import check_bulk_sync
from applier.checks.capabilities import type_of
from applier.checks.context import CheckContext, finding
from applier.checks.models import check_model
from applier.checks.syncs import check_sync
from applier.diagnostics import Diagnostic, Place, Severity, in_order
from applier.diagnostics.suggestions import suggest
from applier.discovery.model import Result, State
from applier.kinds.base import text
from applier.resolve import Declared
from applier.resources import address_of

HEALTHY = ("healthy", "")
OFF = "off"
CHECKED = ("connections", "models", "syncs", "bulk_syncs")
NOT_SEEN = frozenset({"unhealthy-connection", "not-checkable"})
"""The rules that say what could not be looked at."""


@dataclass(frozen=True, slots=True)
class CheckResults:
    """How many checks were made, how many wait for what is not there yet, and what they found.

    `waiting_for` holds the addresses of those of which something waits; `by` says what they were checked against.
    """

    made: int = 0
    waiting: int = 0
    findings: tuple[Diagnostic, ...] = ()
    waiting_for: frozenset[str] = frozenset()
    by: str = "what connections offer"


def run_checks(
    addresses: Collection[str], world: CheckContext, severities: Mapping[str, str], parallelism: int = 10
) -> CheckResults:
    """Check the declared models, syncs and bulk syncs (and the types of connections) among the addresses."""
    forms = [world.forms[one] for one in addresses if one in world.forms and world.forms[one].resource.managed]
    with side_by_side(parallelism) as pool:
        results = list(pool.map(lambda form: list(_results(form, world)), forms))
    waiting = frozenset(
        form.resource.address for form, found_here in zip(forms, results, strict=True) if State.WAITS in found_here
    )
    everything = [one for found_here in results for one in found_here]
    everything += list(_health(forms, world))
    findings = [one for one in everything if not isinstance(one, State)]
    return CheckResults(
        made=sum(one is State.PASSED for one in everything) + len(findings),
        waiting=sum(one is State.WAITS for one in everything),
        findings=in_order(judged(findings, severities)),
        waiting_for=waiting,
    )


def judged(findings: Collection[Diagnostic], severities: Mapping[str, str]) -> Iterator[Diagnostic]:
    """The findings as bad as the spec says; without those that it leaves out."""
    for one in findings:
        severity = severities.get(one.code, one.severity.value)
        if severity != OFF:
            yield replace(one, severity=Severity(severity))


def _results(form: Declared, world: CheckContext) -> Iterator[Result]:
    if form.resource.kind == "models":
        yield from check_model(form, world)
    elif form.resource.kind == "syncs":
        yield from check_sync(form, world)
    elif form.resource.kind == "bulk_syncs":
        yield from check_bulk_sync(form, world)
    elif form.resource.kind == "connections":
        yield _type(form, world)


def _type(form: Declared, world: CheckContext) -> Result:
    resource, types = form.resource, world.offers.types()
    name = type_of(resource.name, world)
    if isinstance(types, State) or not name:
        return State.SILENT
    live = world.live(resource.address)
    known = live is not None and live.canonical.get("type") == name  # what is there may be of a retired type
    if name in types or known:
        return State.PASSED
    said = f'{resource.address} has the type "{name}", which the service does not offer.'
    return finding("connection-type-not-offered", said, resource.locate("type"), resource.address, suggest(name, types))


def _health(forms: Sequence[Declared], world: CheckContext) -> Iterator[Diagnostic]:
    """Each connection that does not work, once, where it is declared or else first mentioned."""
    used: dict[str, Place] = {}
    for form in forms:
        for one in _connections(form, world):
            used.setdefault(one, form.resource.place)
    for name, place in sorted(used.items()):
        address = address_of("connections", name)
        declared, live = world.forms.get(address), world.live(address)
        where = declared.resource.place if declared else place
        status = text(live.answer.get("status")) if live else ""
        failure = world.offers.failed.get(name)
        if live and (status not in HEALTHY or live.answer.get("saved") is False):
            why = text(live.answer.get("status_error")) or _unfinished(live.answer.get("saved"))
            said = f'The connection "{name}" is {status or "not authorized"}{": " + why if why else ""}.'
            hint = "repair it in Polytomic, or correct its configuration; what lies behind it was not checked"
            yield finding("unhealthy-connection", said, where, address, hint)
        elif failure:
            said = f'What the connection "{name}" offers could not be looked at: {failure}'
            yield finding("not-checkable", said, where, address)
    if forms and "" in world.offers.failed:
        said = f"What the service offers could not be looked at: {world.offers.failed['']}"
        yield finding("not-checkable", said, forms[0].resource.place, forms[0].resource.address)


def _unfinished(saved: object) -> str:
    return "nobody has authorized it yet" if saved is False else ""


def _connections(form: Declared, world: CheckContext) -> Iterator[str]:
    for use in form.mentions:
        if use.kind == "connections":
            yield use.name
        elif use.kind == "models":
            live = world.live(use.address)
            model = world.forms.get(use.address)
            canonical = model.canonical if model and model.resource.managed else live.canonical if live else {}
            yield from filter(None, [text(canonical.get("connection"))])
