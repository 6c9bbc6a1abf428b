"""Copy one schema of a bulk sync into a table of the destination."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from applier.sandbox import databases
from applier.sandbox.databases.native_types import parse_native_type
from applier.sandbox.databases.types import Row
from applier.sandbox.json_values import Document, JsonObject, as_document, as_documents, as_optional_text, as_text
from applier.sandbox.runs.filter_evaluation import meets

BATCH = 1000


@dataclass(frozen=True)
class CopiedField:
    """A field that is copied, and the column that it is copied into."""

    id: str
    column: str
    type: str
    is_key: bool
    obfuscated: bool

    def value_of(self, row: Row) -> object:
        value = row.get(self.id)
        if self.obfuscated and value is not None:
            return hashlib.sha256(str(value).encode()).hexdigest()
        return value


@dataclass(frozen=True)
class RowFilter:
    """A condition that a record has to meet to be copied."""

    field: str
    function: str
    value: object

    def passes(self, row: Row) -> bool:
        return meets(self.function, row.get(self.field), self.value)


class SchemaCopy:
    """One schema on its way into one table.

    `selection` is the schema as the bulk sync selects it, `schema` as the source has it. `reached` is the highest value
    of the tracking field that was copied before.
    """

    def __init__(
        self, sync: Document, execution: Document, selection: Document, schema: JsonObject, reached: object
    ) -> None:
        self.reached = reached
        self._id = as_text(selection, "id")
        self._mode = as_text(sync, "mode")
        self._execution = execution
        self._key_count = sum(bool(field["is_primary_key"]) for field in as_documents(schema, "fields"))
        self._fields = _copied_fields(selection, schema)
        self._tracking_field = as_text(selection["tracking_field"] or "")
        namespace = as_document(sync, "destination_configuration").get("schema")
        self.table = f"{namespace}.{selection['output_name']}" if namespace else as_text(selection, "output_name")
        self._filters = [*_filters(selection), *self._tracking_filters(sync, selection)]

    def run(
        self, source: databases.Database, target: databases.Database, proceed: Callable[[], None]
    ) -> databases.Counts:
        """Copy the records; `proceed` is called before every batch and raises to stop the run."""
        proceed()
        if self._execution["fetch_mode"] == "none":
            return databases.Counts(0, 0, 0, 0, 0, ())
        rows = self._rows(source.read({"table": self._id}, batch=BATCH), proceed)
        if self._execution["is_test"]:
            return databases.Counts(0, 0, 0, sum(map(len, rows)), 0, ())
        columns = [databases.NewColumn(field.column, field.type) for field in self._fields]
        if self.table.lower() not in (table.lower() for table in target.tables()):
            target.create_table(self.table, columns)
        mode, identity = self._write_mode()
        return target.write(self.table, mode, rows, columns=columns, identity=identity, field_modes={})

    def _tracking_filters(self, sync: Document, selection: Document) -> Iterator[RowFilter]:
        """Return the conditions on the tracking field: the data cutoff, and what an incremental fetch leaves out."""
        if not self._tracking_field:
            return
        cutoff = as_optional_text(selection["data_cutoff_timestamp"] or sync["data_cutoff_timestamp"])
        if cutoff and not selection["disable_data_cutoff"]:
            yield RowFilter(self._tracking_field, "OnOrAfter", cutoff)
        is_incremental = self._execution["fetch_mode"] == "incremental" and self._write_mode()[0] != "replace"
        if is_incremental and self.reached is not None:
            yield RowFilter(self._tracking_field, "GreaterThan", self.reached)

    def _write_mode(self) -> tuple[str, databases.Identity | None]:
        """Return how the table is written: a replica is updated by its primary key if that is one field."""
        if self._mode == "append" and not self._execution["is_resync"]:
            return "append", None
        keys = [field.column for field in self._fields if field.is_key and not field.obfuscated]
        if self._mode == "replicate" and self._key_count == len(keys) == 1 and not self._execution["is_resync"]:
            return "updateOrCreate", databases.Identity(keys[0])
        return "replace", None

    def _rows(self, batches: Iterator[list[Row]], proceed: Callable[[], None]) -> Iterator[list[Row]]:
        for batch in batches:
            proceed()
            passed = [row for row in batch if all(condition.passes(row) for condition in self._filters)]
            self._track(passed)
            yield [{field.column: field.value_of(row) for field in self._fields} for row in passed]

    def _track(self, rows: list[Row]) -> None:
        for row in rows if self._tracking_field else ():
            value = row.get(self._tracking_field)
            if value is not None and (self.reached is None or meets("GreaterThan", value, self.reached)):
                self.reached = value


def _copied_fields(selection: Document, schema: JsonObject) -> list[CopiedField]:
    known = {as_text(field, "id"): field for field in as_documents(schema, "fields")}
    return [
        CopiedField(
            id=(id := as_text(field, "id")),
            column=as_text(field, "output_name"),
            type="string" if field["obfuscated"] else _column_type(known[id]),
            is_key=bool(known[id]["is_primary_key"]),
            obfuscated=bool(field["obfuscated"]),
        )
        for field in as_documents(selection, "fields")
        if field["enabled"]
    ]


def _column_type(field: JsonObject) -> str:
    """Return the kind of the source's native type, so that whole numbers stay whole."""
    native = as_text(field, "remote_type")
    return parse_native_type(native).kind if native else as_text(field, "type")


def _filters(selection: Document) -> list[RowFilter]:
    return [
        RowFilter(as_text(one.get("field_id") or ""), as_text(one, "function"), one.get("value"))
        for one in as_documents(selection, "filters")
    ]
