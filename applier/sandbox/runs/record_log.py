"""Remember which records a run has written, as far as its logs will show them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from applier.sandbox import databases
from applier.sandbox.rules.json_records import to_json
from applier.sandbox.runs.row_transform import Row
from applier.sandbox.store import Document

KEPT = 1000
LOOKED_AT = 20_000
"""In a larger target it is not looked up which records were there before."""


class RecordLog:
    """The first records of one run."""

    def __init__(self) -> None:
        self._records: list[Row] = []
        self._known: set[str] | None = None
        self._sync: Mapping[str, Any] = {}

    def begin(self, sync: Mapping[str, Any], target: databases.Database, *, look: bool) -> None:
        """Look up what is there before anything is written."""
        self._sync = sync
        identity = sync.get("identity")
        self._known = (
            _known_identities(target, sync["target"]["object"], identity["target"]) if identity and look else None
        )

    def record_batches(self, batches: Iterable[Sequence[Row]]) -> Iterator[list[Row]]:
        for batch in batches:
            self._records.extend(batch[: KEPT - len(self._records)])
            yield list(batch)

    def logs(self, counts: databases.Counts) -> dict[str, list[Any]]:
        """The records by what became of them, where that is known."""
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
        name = self._sync["identity"]["target"]
        marked = [(row, _casefold(row.get(name)) in self._known) for row in self._records]
        return [row for row, was_there in marked if not was_there], [row for row, was_there in marked if was_there]


def failure_logs(error: str) -> Document:
    """The logs of a run that did not come to its end."""
    return {"errors": [{"error": error}]}


def _known_identities(target: databases.Database, table: str, column: str) -> set[str] | None:
    found: set[str] = set()
    count = 0
    if table not in target.tables():
        return None
    for batch in target.read({"table": table}):
        count += len(batch)
        if count > LOOKED_AT:
            return None
        found |= {_casefold(row.get(column)) for row in batch}
    return found


def _casefold(value: object) -> str:
    return str(value).casefold()
