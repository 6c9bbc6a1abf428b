"""The validation of the records that are written to a service: required fields, choices, references and types."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from applier.sandbox.catalogues.types import Field, Object
from applier.sandbox.databases.embedded import EmbeddedDatabase
from applier.sandbox.databases.identity_matching import caseless
from applier.sandbox.databases.types import Identity, Rows
from applier.sandbox.databases.value_encoding import encoder
from applier.sandbox.json_values import Document

SHOWN = 100
NATIVES = {"number": "double", "boolean": "boolean", "datetime": "timestamp with time zone"}
CREATING = ("create", "updateOrCreate", "append", "replace", "snapshot")


class Checker:
    """The validation of one write: it passes the records that the service accepts, and counts the others."""

    def __init__(
        self,
        described: Object,
        database: EmbeddedDatabase,
        named: Sequence[str],
        mode: str,
        identity: Identity | None,
        keys_of: Callable[[str], set[str]],
    ) -> None:
        self.refused = 0
        self.errors: list[str] = []
        self._object = described
        self._mode = mode
        self._identity = identity
        self._known = [field for field in described.fields if field.id in named]
        creates = mode in CREATING
        self._unmapped = [field for field in described.fields if field.required and field.id not in named and creates]
        self._keys = {field.reference: keys_of(field.reference) for field in self._known if field.reference}
        self._present = _present(database, described, identity) if self._unmapped and identity else set()

    def accept_rows(self, rows: Rows) -> Iterator[list[Document]]:
        for batch in rows:
            yield [self._with_generated_values(row) for row in batch if self._takes(row)]

    def _takes(self, row: Mapping[str, object]) -> bool:
        problem = None if self._mode == "remove" else self._problem(row)
        if problem is None:
            return True
        self.refused += 1
        if len(self.errors) < SHOWN:
            self.errors.append(problem)
        return False

    def _problem(self, row: Mapping[str, object]) -> str | None:
        for field in self._known:
            value = row.get(field.id)
            problem = self._missing(field) if value in (None, "") else self._unfit(field, value)
            if problem is not None:
                return problem
        if self._unmapped and not self._is_there(row):
            return f"required fields are missing: {', '.join(field.id for field in self._unmapped)}"
        return None

    def _missing(self, field: Field) -> str | None:
        return f"required fields are missing: {field.id}" if field.required else None

    def _unfit(self, field: Field, value: object) -> str | None:
        if field.choices and str(value) not in field.choices:
            return f"{field.id}: bad value for restricted picklist field: {value}"
        if field.reference and self._keys[field.reference] and str(value) not in self._keys[field.reference]:
            return f"{field.id}: there is no {field.reference} with the id {value}"
        if field.type in NATIVES:
            try:
                encoder(NATIVES[field.type])(value)
            except (ValueError, TypeError, ArithmeticError):
                return f"{field.id}: {value!r} is not of type {field.native}"
        return None

    def _is_there(self, row: Mapping[str, object]) -> bool:
        return self._identity is not None and caseless(row.get(self._identity.column)) in self._present

    def _with_generated_values(self, row: Document) -> Document:
        """Return the record with the values that the service generates; an existing record keeps its key."""
        described, moment = self._object, datetime.now(UTC)
        given: Document = dict.fromkeys(described.stamps, moment)
        if described.key and row.get(described.key) in (None, ""):
            given[described.key] = described.new_key()
        return {**row, **given}


def _present(database: EmbeddedDatabase, described: Object, identity: Identity) -> set[str]:
    batches = database.read({"table": '"' + described.id.replace('"', '""') + '"'})
    return {caseless(row.get(identity.column)) for batch in batches for row in batch}
