"""Find the target records of a sync with several identity mappings or with target filters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from applier.sandbox import databases
from applier.sandbox.catalogues import Object
from applier.sandbox.databases.identity_matching import domain_of, hostname_of, members
from applier.sandbox.databases.types import Row
from applier.sandbox.json_values import Document, JsonObject, as_document, as_documents, as_text
from applier.sandbox.rules.syncs.filter_logic import Verdict, all_of, parse
from applier.sandbox.rules.syncs.identities import mappings_of
from applier.sandbox.runs.filter_evaluation import meets
from applier.sandbox.runs.row_transform import HIDDEN

FORMS: Mapping[str, Callable[[str], str]] = {"DomainMatch": domain_of, "HostnameMatch": hostname_of}


@dataclass(frozen=True)
class IdentityMapping:
    """A target field by which records are compared, and the function that compares them."""

    target: str
    function: str

    def matches(self, record: JsonObject, row: Row) -> bool:
        mine, theirs = row.get(self.target), record.get(self.target)
        if mine in (None, "") or theirs in (None, ""):
            return False
        wanted, candidate = str(mine).casefold(), str(theirs).casefold()
        if self.function == "ISubstring":
            return wanted in candidate
        if self.function == "OneOf":
            return wanted in {part.casefold() for part in members(candidate)}
        form = FORMS.get(self.function, str)
        return form(wanted) == form(candidate)


@dataclass(frozen=True)
class TargetFilter:
    """One filter over a field of the target."""

    label: str
    field: str
    function: str
    value: object
    has_value_field: bool

    def answer(self, record: JsonObject, row: Row) -> bool:
        value = row.get(f"{HIDDEN}{self.label}") if self.has_value_field else self.value
        return meets(self.function, record.get(self.field), value)


class RecordMatcher:
    """The records that a target has, and the rules by which a sync finds them."""

    def __init__(self, target: databases.Database, described: Object, sync: JsonObject) -> None:
        self._described = described
        self._mappings = [
            IdentityMapping(as_text(mapping, "target"), as_text(mapping, "function")) for mapping in mappings_of(sync)
        ]
        self._all_must_match = as_document(sync.get("identities") or {}).get("strategy") == "and"
        self._filters = [_target_filter(one) for one in as_documents(sync, "filters") if one["field_type"] == "Target"]
        self._verdict = _verdict(sync, [one.label for one in self._filters])
        self._creates = sync["mode"] in ("create", "updateOrCreate")
        self._records = [row for batch in target.read({"table": described.id}) for row in batch]

    @property
    def has_several_mappings(self) -> bool:
        return len(self._mappings) > 1

    def match_batches(self, batches: Iterable[Sequence[Row]]) -> Iterator[list[Row]]:
        """Return the rows to write; with several mappings each row has the key of the record that it matches."""
        for batch in batches:
            yield [matched for row in batch if (matched := self._match_row(row)) is not None]

    def _match_row(self, row: Row) -> Row | None:
        record = self._find_record(row)
        if record is not None and self._filters and not self._passes(record, row):
            return None
        written = {name: value for name, value in row.items() if not name.startswith(HIDDEN)}
        if not self.has_several_mappings:
            return written
        if record is None:
            if not self._creates:
                return None
            record = {**written, self._described.key: self._described.new_key()}
            self._records.append(record)
        return {**written, self._described.key: record[self._described.key]}

    def _find_record(self, row: Row) -> Row | None:
        if self._all_must_match:
            matching = (
                record for record in self._records if all(mapping.matches(record, row) for mapping in self._mappings)
            )
            return next(matching, None)
        for mapping in self._mappings:
            for record in self._records:
                if mapping.matches(record, row):
                    return record
        return None

    def _passes(self, record: JsonObject, row: Row) -> bool:
        return self._verdict({one.label: one.answer(record, row) for one in self._filters})


def matcher_for(target: databases.Database, described: Object | None, sync: JsonObject) -> RecordMatcher | None:
    """Return the matcher of a sync; None for one that a single identity without target filters is enough for."""
    has_target_filters = any(one["field_type"] == "Target" for one in as_documents(sync, "filters"))
    needed = len(mappings_of(sync)) > 1 or has_target_filters
    return RecordMatcher(target, described, sync) if described is not None and needed else None


def _target_filter(sent: Document) -> TargetFilter:
    return TargetFilter(
        label=as_text(sent, "label"),
        field=as_text(sent, "field_id"),
        function=as_text(sent, "function"),
        value=sent.get("value"),
        has_value_field="value_field" in sent,
    )


def _verdict(sync: JsonObject, labels: Sequence[str]) -> Verdict:
    logic = as_document(sync, "target").get("filter_logic")
    if not logic:
        return all_of(labels)
    others = {as_text(one, "label"): True for one in as_documents(sync, "filters") if one["label"] not in labels}
    verdict = parse(as_text(logic), [*labels, *others])
    return lambda answers: verdict({**others, **answers})
