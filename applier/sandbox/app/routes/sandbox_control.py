"""Endpoints under /_sandbox that the service does not have: request log, faults, switches, reset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from applier.sandbox import databases, faults
from applier.sandbox.app import request_log
from applier.sandbox.app.http_messages import Answer, Call, Endpoint, data
from applier.sandbox.json_values import whole_number
from applier.sandbox.rules.refusals import bad_request, conflict, not_found
from applier.sandbox.switches import UnknownSwitch
from applier.sandbox.system import reason

if TYPE_CHECKING:
    from applier.sandbox.app.service import Service


MOST_DIGITS = 18
"""How many digits a number of the log has at most: the database counts in 64 bits."""


def requests(call: Call) -> Answer:
    after = whole_number(call.query("after") or "0", MOST_DIGITS)
    if after is None:
        raise bad_request("after must be a number")
    found = request_log.list_requests(
        call.context.session,
        reveal=bool(call.flag("reveal")),
        after=after,
        method=call.query("method"),
        path=call.query("path"),
    )
    return data(found)


def clear_requests(call: Call) -> Answer:
    request_log.clear(call.context.session)
    return data(None)


def list_faults(call: Call) -> Answer:
    return data(faults.list_faults(call.context.session))


def add_fault(call: Call) -> Answer:
    try:
        fault = faults.parse_fault(call.body())
    except (faults.FaultError, TypeError, ValueError) as error:
        raise bad_request(str(error)) from error
    faults.add(call.context.session, fault)
    return data({"id": fault.id})


def clear_faults(call: Call) -> Answer:
    faults.remove(call.context.session)
    return data(None)


def remove_fault(call: Call) -> Answer:
    if not faults.remove(call.context.session, call.parameter("id")):
        raise not_found("fault", call.parameter("id"))
    return data(None)


def list_switches(call: Call) -> Answer:
    return data(call.context.switches.describe())


def choose_switches(call: Call) -> Answer:
    try:
        call.context.switches.choose({name: str(value) for name, value in call.body().items()})
    except UnknownSwitch as error:
        raise bad_request(str(error)) from error
    return list_switches(call)


def restore_switches(call: Call) -> Answer:
    call.context.switches.restore()
    return list_switches(call)


def endpoints(service: Service) -> tuple[Endpoint, ...]:
    def reset(call: Call) -> Answer:
        """Delete everything; with `{"databases": false}` the tables stay."""
        if call.body().get("databases") is not False:
            try:
                databases.reset(service.data)
            except OSError as error:
                raise conflict(f"tables cannot be deleted: {reason(error)}") from error
        service.empty()
        return data(None)

    return (
        Endpoint("POST", "/_sandbox/reset", reset, reach="sandbox"),
        Endpoint("GET", "/_sandbox/requests", requests, reach="sandbox"),
        Endpoint("DELETE", "/_sandbox/requests", clear_requests, reach="sandbox"),
        Endpoint("GET", "/_sandbox/faults", list_faults, reach="sandbox"),
        Endpoint("POST", "/_sandbox/faults", add_fault, reach="sandbox"),
        Endpoint("DELETE", "/_sandbox/faults", clear_faults, reach="sandbox"),
        Endpoint("DELETE", "/_sandbox/faults/{id}", remove_fault, reach="sandbox"),
        Endpoint("GET", "/_sandbox/switches", list_switches, reach="sandbox"),
        Endpoint("PUT", "/_sandbox/switches", choose_switches, reach="sandbox"),
        Endpoint("DELETE", "/_sandbox/switches", restore_switches, reach="sandbox"),
    )
