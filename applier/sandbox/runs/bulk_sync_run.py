"""Run one execution of a bulk sync: copy every selected schema, one after the other."""

from __future__ import annotations

import logging

from applier.sandbox import databases
from applier.sandbox.json_values import Document, as_documents, as_integer, as_text
from applier.sandbox.rules.bulk_syncs import bulk_schemas
from applier.sandbox.rules.connections import source_schemas
from applier.sandbox.rules.connections.record_stores import open_for_request
from applier.sandbox.rules.context import Context, now
from applier.sandbox.rules.executions import bulk_executions
from applier.sandbox.rules.refusals import Refusal
from applier.sandbox.runs.errors import Canceled, Skipped
from applier.sandbox.runs.schema_copy import SchemaCopy

log = logging.getLogger(__name__)


def run_bulk(context: Context, id: str) -> None:
    """Run an execution of a bulk sync and store its outcome."""
    execution = bulk_executions.change(context, id, status="running", started_at=now())
    if execution is None:
        return
    schemas = as_documents(execution, "schemas")
    try:
        _copy_schemas(context, execution, schemas)
        status, message = _outcome(schemas)
    except Canceled:
        schemas[:] = [one if one["completed_at"] else _end_schema(one, "canceled") for one in schemas]
        status, message = "canceled", ""
    except (Refusal, databases.DatabaseError) as error:
        status, message = "failed", str(error)
    except Exception:  # the thread's last resort: the execution must not stay running
        log.exception("bulk execution %s broke the sandbox", id)
        context.session.rollback()
        status, message = "failed", "internal error of the sandbox"
    totals = {name: sum(as_integer(schema, name) for schema in schemas) for name in bulk_executions.COUNTS}
    ended = {"status": status, "status_message": message, "completed_at": now(), "schemas": schemas}
    bulk_executions.change(context, id, **ended, **totals)


def _copy_schemas(context: Context, execution: Document, schemas: list[Document]) -> None:
    """Copy one schema after the other; the others are copied even if one fails."""
    sync = context.fetch("bulk_sync", as_text(execution, "sync_id"))
    origin = context.fetch("connection", as_text(sync, "source_connection_id"))
    destination = context.fetch("connection", as_text(sync, "destination_connection_id"))
    found = source_schemas.list_schemas(context, origin)
    with open_for_request(context, origin) as source, open_for_request(context, destination) as target:
        for place, schema in enumerate(schemas):
            schemas[place] = {**schema, "status": "running", "started_at": now()}
            bulk_executions.change(context, as_text(execution, "id"), schemas=schemas)
            try:
                counts = _copy_schema(context, (sync, execution), as_text(schema, "schema"), found, (source, target))
                ended = _end_schema(schemas[place], "completed")
                schemas[place] = {**ended, "record_count": counts.total, "error_count": counts.error}
            except Skipped:
                schemas[place] = _end_schema(schemas[place], "canceled")
            except (Refusal, databases.DatabaseError) as error:
                schemas[place] = {**_end_schema(schemas[place], "failed", str(error)), "error_count": 1}


def _copy_schema(
    context: Context,
    run: tuple[Document, Document],
    schema: str,
    found: list[Document],
    ends: tuple[databases.Database, databases.Database],
) -> databases.Counts:
    """Copy one schema from the source to the target, and store how far its tracking field was copied.

    `run` is the bulk sync with its execution, `found` are the schemas that the source has now.
    """
    sync, execution = run
    sync_id, execution_id = as_text(sync, "id"), as_text(execution, "id")

    def proceed() -> None:
        if bulk_executions.is_canceling(context, execution_id):
            raise Canceled
        if bulk_executions.is_skipping(context, execution_id, schema):
            raise Skipped

    reached = bulk_executions.progress(context, sync_id, schema)
    selection = bulk_schemas.schema_response(sync, found, schema)
    copy = SchemaCopy(sync, execution, selection, source_schemas.find(found, schema) or {"fields": []}, reached)
    counts = copy.run(*ends, proceed)
    if copy.reached != reached and not execution["is_test"]:
        bulk_executions.advance(context, sync_id, schema, copy.reached)
    return counts


def _outcome(schemas: list[Document]) -> tuple[str, str]:
    """Return the status of the execution and its message: those of the first schema that failed, if any."""
    failed = [schema for schema in schemas if schema["status"] == "failed"]
    return ("failed", f"{failed[0]['schema']}: {failed[0]['status_message']}") if failed else ("completed", "")


def _end_schema(schema: Document, status: str, message: str = "") -> Document:
    moment = now()
    return {**schema, "status": status, "status_message": message, "completed_at": moment, "updated_at": moment}
