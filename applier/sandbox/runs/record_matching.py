"""Recognise the records of a service by several mappings, and leave out those that the target filters do not choose."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from applier.sandbox import databases
from applier.sandbox.catalogues import Object
from applier.sandbox.databases.identity_matching import domain_of, hostname_of, members
from applier.sandbox.rules.syncs.filter_logic import Verdict, all_of, parse
from applier.sandbox.rules.syncs.identities import mappings_of
from applier.sandbox.runs.filter_evaluation import meets
from applier.sandbox.runs.row_transform import HIDDEN, Row
from applier.sandbox.store import Document

FORMS: Mapping[str, Callable[[str], str]] = {"DomainMatch": domain_of, "HostnameMatch": hostname_of}


class RecordMatcher:
    """The records that a target has, and what a sync says of them."""

    def __init__(self, target: databases.Database, described: Object, sync: Mapping[str, Any]) -> None:
        self._described = described
        self._mappings = mappings_of(sync)
        self._all_must_match = (sync.get("identities") or {}).get("strategy") == "and"
        self._filters = [one for one in sync["filters"] if one["field_type"] == "Target"]
        self._verdict = _verdict(sync, self._filters)
        self._makes_new = sync["mode"] in ("create", "updateOrCreate")
        self._records = [row for batch in target.read({"table": described.id}) for row in batch]

    @property
    def is_several(self) -> bool:
        return len(self._mappings) > 1

    def match_batches(self, batches: Iterable[Sequence[Row]]) -> Iterator[list[Row]]:
        """The rows that are to be written; with several mappings each says by its key which record it is."""
        for batch in batches:
            yield [kept for row in batch if (kept := self._match_row(row)) is not None]

    def _match_row(self, row: Row) -> Row | None:
        found = self._find_record(row)
        if found is not None and self._filters and not self._passes(found, row):
            return None
        shown = {name: value for name, value in row.items() if not name.startswith(HIDDEN)}
        if not self.is_several:
            return shown
        if found is None:
            if not self._makes_new:
                return None
            found = {**shown, self._described.key: self._described.new_key()}
            self._records.append(found)
        return {**shown, self._described.key: found[self._described.key]}

    def _find_record(self, row: Row) -> Mapping[str, Any] | None:
        if self._all_must_match:
            return next(
                (known for known in self._records if all(_same(one, known, row) for one in self._mappings)), None
            )
        for mapping in self._mappings:
            for known in self._records:
                if _same(mapping, known, row):
                    return known
        return None

    def _passes(self, known: Mapping[str, Any], row: Row) -> bool:
        return self._verdict(
            {
                one["label"]: meets(
                    one["function"],
                    known.get(one["field_id"]),
                    row.get(f"{HIDDEN}{one['label']}") if "value_field" in one else one.get("value"),
                )
                for one in self._filters
            }
        )


def matcher_for(target: databases.Database, described: Object | None, sync: Mapping[str, Any]) -> RecordMatcher | None:
    """What it takes beyond one identity; None for syncs that need no more."""
    needed = len(mappings_of(sync)) > 1 or any(one["field_type"] == "Target" for one in sync["filters"])
    return RecordMatcher(target, described, sync) if described is not None and needed else None


def _verdict(sync: Mapping[str, Any], filters: Sequence[Document]) -> Verdict:
    logic, labels = sync["target"].get("filter_logic"), [one["label"] for one in filters]
    if not logic:
        return all_of(labels)
    others = {one["label"]: True for one in sync["filters"] if one["label"] not in labels}
    verdict = parse(logic, [*labels, *others])
    return lambda answers: verdict({**others, **answers})


def _same(mapping: Mapping[str, Any], known: Mapping[str, Any], row: Row) -> bool:
    mine, theirs = row.get(mapping["target"]), known.get(mapping["target"])
    if mine in (None, "") or theirs in (None, ""):
        return False
    wanted, candidate = str(mine).casefold(), str(theirs).casefold()
    function = mapping["function"]
    if function == "ISubstring":
        return wanted in candidate
    if function == "OneOf":
        return wanted in {part.casefold() for part in members(candidate)}
    form = FORMS.get(function, str)
    return form(wanted) == form(candidate)
