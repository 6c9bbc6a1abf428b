"""Endpoints under /_sandbox that the service does not have: the records of a connection, and its authorization."""

from __future__ import annotations

from applier.sandbox.app.http_messages import Answer, Call, Endpoint, data
from applier.sandbox.json_values import whole_number
from applier.sandbox.rules.connections import connection_records, connections
from applier.sandbox.rules.refusals import bad_request

MOST_DIGITS = 9
PAGE = b"<!doctype html><title>Authorized</title><p>The connection is authorized. You can close this page.</p>\n"


def records(call: Call) -> Answer:
    limit = whole_number(call.query("limit") or str(connection_records.MOST), MOST_DIGITS)
    if limit is None:
        raise bad_request("limit must be a number")
    return data(connection_records.list_records(call.context, call.parameter("id"), call.query("object") or "", limit))


def authorize(call: Call) -> Answer:
    connections.authorize(call.context, call.parameter("id"))
    return data({"id": call.parameter("id"), "saved": True})


def authorize_by_link(call: Call) -> Answer:
    """Answer the page of an `auth_url`."""
    authorize(call)
    return Answer(headers={"content-type": "text/html; charset=utf-8"}, content=PAGE)


ENDPOINTS = (
    Endpoint("GET", "/_sandbox/records/{id}", records),
    Endpoint("POST", f"{connections.AUTHORIZE}/{{id}}", authorize, reach="signed"),
    Endpoint("GET", f"{connections.AUTHORIZE}/{{id}}", authorize_by_link, reach="signed"),
)
