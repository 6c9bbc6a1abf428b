"""The records of a run that its log files contain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from applier.sandbox import databases
from applier.sandbox.databases.identity_matching import caseless
from applier.sandbox.databases.types import Row
from applier.sandbox.json_values import Document, JsonObject, as_text
from applier.sandbox.rules.json_records import to_json

MAX_LOGGED_RECORDS = 1000
MAX_TARGET_ROWS = 20_000
"""The largest target for which the log tells inserted records from updated ones."""


class RecordLog:
    """The records of one run, up to a limit."""

    def __init__(self) -> None:
        self._records: list[Row] = []
        self._known: set[str] | None = None
        self._sync: JsonObject = {}

    def begin(self, sync: JsonObject, target: databases.Database, *, look: bool) -> None:
        """Look up the identities in the target before anything is written."""
        self._sync = sync
        if sync.get("identity") and look:
            table, column = as_text(sync, "target", "object"), as_text(sync, "identity", "target")
            self._known = _known_identities(target, table, column)

    def record_batches(self, batches: Iterable[Sequence[Row]]) -> Iterator[list[Row]]:
        for batch in batches:
            self._records.extend(batch[: MAX_LOGGED_RECORDS - len(self._records)])
            yield list(batch)

    def logs(self, counts: databases.Counts) -> Mapping[str, list[Document]]:
        """Return the records by outcome, as far as it is known."""
        new, old = self._split_by_presence(counts)
        mode = self._sync.get("mode")
        return {
            "records": to_json(self._records),
            "errors": [{"error": text} for text in counts.errors],
            "inserts": to_json(new) if counts.insert else [],
            "updates": to_json(old) if counts.update else [],
            "deletes": to_json(old) if counts.delete and mode == "remove" else [],
        }

    def _split_by_presence(self, counts: databases.Counts) -> tuple[list[Row], list[Row]]:
        if self._known is None:
            return (self._records, []) if not counts.update else ([], self._records) if not counts.insert else ([], [])
        name = as_text(self._sync, "identity", "target")
        marked = [(row, caseless(row.get(name)) in self._known) for row in self._records]
        return [row for row, was_there in marked if not was_there], [row for row, was_there in marked if was_there]


def failure_logs(error: str) -> Mapping[str, list[Document]]:
    """Return the logs of a run that failed."""
    return {"errors": [{"error": error}]}


def _known_identities(target: databases.Database, table: str, column: str) -> set[str] | None:
    found: set[str] = set()
    count = 0
    if table not in target.tables():
        return None
    for batch in target.read({"table": table}):
        count += len(batch)
        if count > MAX_TARGET_ROWS:
            return None
        found |= {caseless(row.get(column)) for row in batch}
    return found
