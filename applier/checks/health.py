"""Reports connections that do not work, and connections whose catalog cannot be read, each once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from applier.checks.context import CheckContext
from applier.checks.results import finding_at
from applier.diagnostics import Diagnostic, Place
from applier.kinds.base import text
from applier.kinds.connection.kind import CONNECTIONS
from applier.kinds.model.kind import MODELS
from applier.live.snapshot import Live
from applier.resolve import Declared
from applier.spec.resources import address_of

HEALTHY = ("healthy", "")
UNCHECKED_CODES = frozenset({"unhealthy-connection", "not-checkable"})
"""The rules that say what was not checked."""


def check_health(resources: Sequence[Declared], context: CheckContext) -> Iterator[Diagnostic]:
    """Return a finding for each connection of the resources, where it is declared or else first used."""
    for name, first_use in sorted(_find_connections(resources, context).items()):
        address = address_of(CONNECTIONS.name, name)
        declared, live = context.connection(name)
        place = declared.resource.place if declared else first_use
        failure = context.catalog.failures.get(name)
        if live and not _is_healthy(live):
            detail = f'The connection "{name}" is {_describe_status(live)}.'
            hint = "fix the connection; resources that use it were not checked"
            yield finding_at("unhealthy-connection", detail, place, address, hint)
        elif failure:
            detail = f'The schemas of the connection "{name}" cannot be read: {failure}'
            yield finding_at("not-checkable", detail, place, address)
    if resources and "" in context.catalog.failures:
        detail = f"The connection types or schedules of the workspace cannot be read: {context.catalog.failures['']}"
        yield finding_at("not-checkable", detail, resources[0].resource.place, resources[0].resource.address)


def _is_healthy(live: Live) -> bool:
    return text(live.answer.get("status")) in HEALTHY and live.answer.get("saved") is not False


def _describe_status(live: Live) -> str:
    status, error = text(live.answer.get("status")), text(live.answer.get("status_error"))
    reason = error or ("it is not authorized yet" if status and live.answer.get("saved") is False else "")
    return f"{status or 'not authorized'}{': ' + reason if reason else ''}"


def _find_connections(resources: Sequence[Declared], context: CheckContext) -> dict[str, Place]:
    """Return the connections that resources use, by themselves or through a model, with the place of the first use."""
    used: dict[str, Place] = {}
    for declared in resources:
        for mention in declared.mentions:
            name = mention.name if mention.kind == CONNECTIONS.name else ""
            if mention.kind == MODELS.name:
                name = text(context.model(mention.name).get("connection"))
            if name:
                used.setdefault(name, declared.resource.place)
    return used
