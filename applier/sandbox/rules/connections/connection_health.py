"""Whether the system behind a connection can be reached: before a write, as a test, and as the health of one."""

from __future__ import annotations

from applier.sandbox import databases
from applier.sandbox.connection_types import ConnectionType
from applier.sandbox.json_values import Document, JsonObject, as_document, as_text
from applier.sandbox.rules import body_checks
from applier.sandbox.rules.connections import configurations
from applier.sandbox.rules.context import Context
from applier.sandbox.rules.refusals import Refusal, bad_request

KIND = "connection"
TEST_MEMBERS = {
    "type": body_checks.is_text,
    "configuration": body_checks.is_object,
    "connection_id": body_checks.is_identifier,
}


def refuse_unreachable(context: Context, known: ConnectionType, configuration: JsonObject) -> None:
    """Refuse a configuration whose system cannot be reached."""
    problem = connection_problem(context, known, configuration)
    if problem:
        raise Refusal(int(context.switches["unreachable_status"]), problem)


def check_health(context: Context, id: str) -> None:
    """Check whether the upstream system can be used, and store the result; refuse to go on when it cannot."""
    before = context.fetch(KIND, id)
    if not before["saved"]:
        raise bad_request("the connection has not been authorized")
    known = configurations.known_type(as_text(before, "type"))
    problem = connection_problem(context, known, as_document(before, "configuration"))
    health = {"status": "unhealthy", "status_error": problem} if problem else {"status": "healthy"}
    context.session.begin()
    before = context.fetch(KIND, id)
    found = {**{name: value for name, value in before.items() if name != "status_error"}, **health}
    if found != before:
        context.save(KIND, found)
    if problem:
        context.session.commit()
        raise bad_request(problem)


def test(context: Context, body: JsonObject) -> None:
    """Check a configuration without storing it."""
    body_checks.check(body, TEST_MEMBERS, ("type", "configuration"))
    known = configurations.known_type(as_text(body, "type"))
    stored: Document = {}
    if body.get("connection_id"):
        stored = as_document(context.fetch(KIND, as_text(body, "connection_id")), "configuration")
    sent = {**stored, **as_document(body, "configuration")}
    configuration = configurations.complete(known, sent, stored, context.switches)
    problem = connection_problem(context, known, configuration)
    if problem:
        raise bad_request(problem)


def connection_problem(context: Context, known: ConnectionType, configuration: JsonObject) -> str | None:
    """Return why the upstream system cannot be used, in its own words; None if it can."""
    try:
        if databases.supports(known.id):
            databases.open_database(known.id, configuration, context.data, live=context.live).close()
        else:
            databases.refuse_unreachable(configuration)
    except databases.DatabaseError as error:
        return f"connection failed: {error}"
    return None
