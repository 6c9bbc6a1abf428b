"""Run bulk syncs: copy every chosen schema into a table of the destination, one after the other."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from applier.sandbox import databases
from applier.sandbox.databases.native_types import shape_of
from applier.sandbox.rules.bulk_syncs import bulk_schemas
from applier.sandbox.rules.connections import source_schemas
from applier.sandbox.rules.connections.record_stores import open_for_request
from applier.sandbox.rules.context import Context, now
from applier.sandbox.rules.executions import bulk_executions
from applier.sandbox.rules.refusals import Refusal
from applier.sandbox.runs.filter_evaluation import meets
from applier.sandbox.store import Document

log = logging.getLogger(__name__)
BATCH = 1000
Row = dict[str, Any]


class Canceled(Exception):
    """Someone asked for the execution to stop."""


class Skipped(Exception):
    """Someone asked for one schema to be left out."""


def run_bulk(context: Context, id: str) -> None:
    """Take an execution from created to its end."""
    execution = bulk_executions.change(context, id, status="running", started_at=now())
    if execution is None:
        return
    schemas: list[Document] = list(execution["schemas"])
    try:
        status, message = _run(context, execution, schemas)
    except Canceled:
        schemas[:] = [one if one["completed_at"] else _end_schema(one, "canceled") for one in schemas]
        status, message = "canceled", ""
    except (Refusal, databases.DatabaseError) as error:
        status, message = "failed", str(error)
    except Exception:  # the thread's last resort: the execution must not stay running
        log.exception("bulk execution %s broke the sandbox", id)
        context.session.rollback()
        status, message = "failed", "internal error of the sandbox"
    totals = {name: sum(schema[name] for schema in schemas) for name in bulk_executions.COUNTS}
    ended = {"status": status, "status_message": message, "completed_at": now(), "schemas": schemas}
    bulk_executions.change(context, id, **ended, **totals)


def _run(context: Context, execution: Document, schemas: list[Document]) -> tuple[str, str]:
    """Copy one schema after the other; one that fails does not keep the others from being copied."""
    sync = context.fetch("bulk_sync", execution["sync_id"])
    origin = context.fetch("connection", sync["source_connection_id"])
    destination = context.fetch("connection", sync["destination_connection_id"])
    found = source_schemas.list_schemas(context, origin)

    def proceed(schema: str) -> None:
        if bulk_executions.is_canceling(context, execution["id"]):
            raise Canceled
        if bulk_executions.is_skipping(context, execution["id"], schema):
            raise Skipped

    with open_for_request(context, origin) as source, open_for_request(context, destination) as target:
        for place, running in enumerate(schemas):
            schemas[place] = {**running, "status": "running", "started_at": now()}
            bulk_executions.change(context, execution["id"], schemas=schemas)
            try:
                reached = bulk_executions.progress(context, sync["id"], running["schema"])
                copy = Copy(
                    sync, execution, bulk_schemas.schema_response(sync, found, running["schema"]), found, reached
                )
                counts = copy.run(source, target, partial(proceed, running["schema"]))
                if copy.reached != reached and not execution["is_test"]:
                    bulk_executions.advance(context, sync["id"], running["schema"], copy.reached)
                told = {"record_count": counts.total, "error_count": counts.error}
                schemas[place] = {**_end_schema(schemas[place], "completed"), **told}
            except Skipped:
                schemas[place] = _end_schema(schemas[place], "canceled")
            except (Refusal, databases.DatabaseError) as error:
                schemas[place] = {**_end_schema(schemas[place], "failed", str(error)), "error_count": 1}
    failed = [schema for schema in schemas if schema["status"] == "failed"]
    return ("failed", f"{failed[0]['schema']}: {failed[0]['status_message']}") if failed else ("completed", "")


def _end_schema(schema: Document, status: str, message: str = "") -> Document:
    moment = now()
    return {**schema, "status": status, "status_message": message, "completed_at": moment, "updated_at": moment}


class Copy:
    """One schema on its way into one table."""

    def __init__(
        self, sync: Document, execution: Document, choice: Document, source: list[Document], reached: Any
    ) -> None:
        self.reached = reached
        """How far the tracked field has been copied."""
        self._choice = choice
        self._mode = str(sync["mode"])
        self._execution = execution
        self._schema = source_schemas.find(source, choice["id"]) or {"fields": []}
        self._fields = [field for field in choice["fields"] if field["enabled"]]
        self._cutoff = None if choice["disable_data_cutoff"] else _cutoff(choice, sync)
        namespace = sync["destination_configuration"].get("schema")
        self.table = f"{namespace}.{choice['output_name']}" if namespace else str(choice["output_name"])
        self._since = self._floor()

    def run(
        self, source: databases.Database, target: databases.Database, proceed: Callable[[], None]
    ) -> databases.Counts:
        proceed()
        if self._execution["fetch_mode"] == "none":
            return databases.Counts(0, 0, 0, 0, 0, ())
        rows = self._rows(source.read({"table": self._choice["id"]}, batch=BATCH), proceed)
        if self._execution["is_test"]:
            return databases.Counts(0, 0, 0, sum(map(len, rows)), 0, ())
        columns = self._columns()
        if self.table.lower() not in (table.lower() for table in target.tables()):
            target.create_table(self.table, columns)
        mode, identity = self._writing()
        return target.write(self.table, mode, rows, columns=columns, identity=identity, field_modes={})

    def _floor(self) -> Any:
        """What was reached before, where only what came since is fetched: not if the table is written anew."""
        return (
            self.reached if self._execution["fetch_mode"] == "incremental" and self._writing()[0] != "replace" else None
        )

    def _writing(self) -> tuple[str, databases.Identity | None]:
        """Replicas are kept up by their primary key; without a single one they are written anew."""
        if self._mode == "append" and not self._execution["is_resync"]:
            return "append", None
        keys = [field["id"] for field in self._schema["fields"] if field["is_primary_key"]]
        named = [field["output_name"] for field in self._fields if field["id"] in keys and not field["obfuscated"]]
        if self._mode == "replicate" and len(keys) == len(named) == 1 and not self._execution["is_resync"]:
            return "updateOrCreate", databases.Identity(named[0])
        return "replace", None

    def _columns(self) -> list[databases.NewColumn]:
        known = {field["id"]: field for field in self._schema["fields"]}
        return [databases.NewColumn(field["output_name"], _type(known[field["id"]], field)) for field in self._fields]

    def _rows(self, batches: Iterator[list[Row]], proceed: Callable[[], None]) -> Iterator[list[Row]]:
        for batch in batches:
            proceed()
            passed = [row for row in batch if self._passes(row)]
            self._track(passed)
            yield [self._copy_row(row) for row in passed]

    def _track(self, rows: list[Row]) -> None:
        tracked = self._choice["tracking_field"]
        for row in rows if tracked else ():
            value = row.get(tracked)
            if value is not None and (self.reached is None or meets("GreaterThan", value, self.reached)):
                self.reached = value

    def _passes(self, row: Row) -> bool:
        tracked = self._choice["tracking_field"]
        if self._cutoff and tracked and not meets("OnOrAfter", row.get(tracked), self._cutoff):
            return False
        if self._since is not None and tracked and not meets("GreaterThan", row.get(tracked), self._since):
            return False
        return all(
            meets(condition["function"], row.get(condition.get("field_id") or ""), condition.get("value"))
            for condition in self._choice["filters"]
        )

    def _copy_row(self, row: Row) -> Row:
        return {field["output_name"]: _value(row.get(field["id"]), field) for field in self._fields}


def _cutoff(choice: Mapping[str, Any], sync: Mapping[str, Any]) -> str | None:
    found: str | None = choice["data_cutoff_timestamp"] or sync["data_cutoff_timestamp"]
    return found


def _type(known: Mapping[str, Any], field: Mapping[str, Any]) -> str:
    """The kind of the source's own type, so that whole numbers stay whole."""
    if field["obfuscated"]:
        return "string"
    return shape_of(known["remote_type"]).kind if known["remote_type"] else str(known["type"])


def _value(value: Any, field: Mapping[str, Any]) -> Any:
    if field["obfuscated"] and value is not None:
        return hashlib.sha256(str(value).encode()).hexdigest()
    return value
