"""Turns live objects, or those of Terraform states, into the files of a spec, and lists the secrets to set."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from applier.api import Client
from applier.diagnostics import Diagnostic
from applier.diagnostics.suggestions import suggest
from applier.export.entry import Entry
from applier.export.inventory import read_inventory, with_unique_names
from applier.export.layout import files_of, format_text
from applier.export.losses import (
    MissingReference,
    describe_losses,
    describe_missing,
    find_missing_references,
    unexportable_ids,
)
from applier.export.placeholders import SecretVariable, environment_file, replace_secrets
from applier.export.source_fields import with_all_fields
from applier.export.terraform import State
from applier.kinds import KINDS
from applier.kinds.base import Canonical
from applier.kinds.references import mentions_in
from applier.live.snapshot import Live, Snapshot, build_snapshot
from applier.patterns import find_all_matches
from applier.spec.documents.patch import GONE, edit_value
from applier.spec.resources import address_of
from applier.targeting import check_patterns

ENVIRONMENT_FILE = ".env.example"


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """What to export, by patterns over addresses (none: everything), and how to write it.

    With `apart` each resource has a file, with `split_sql` each long query. A `complete` export stands alone: it
    declares as unmanaged what it refers to, where a name could be taken for another.
    """

    only: tuple[str, ...] = ()
    apart: bool = True
    split_sql: bool = False
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Export:
    """A spec of live objects: its files by path, and the same as one text. `count` is the number of objects."""

    files: Mapping[str, str] = field(repr=False)
    text: str = field(repr=False)
    secret_variables: tuple[SecretVariable, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    count: int = 0
    entries: tuple[Entry, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class _Source:
    """What an export is made of.

    `unmanaged` has, by kind and id, the bodies that declare objects which are only referred to. `all_fields` are the
    ids of the objects that select all fields of their source.
    """

    snapshot: Snapshot
    selected: Collection[Live]
    unmanaged: Mapping[tuple[str, str], Mapping[str, object]] = field(default_factory=dict)
    all_fields: frozenset[str] = frozenset()


def export_workspace(client: Client, options: ExportOptions, parallelism: int) -> Export:
    """Return the export of the live objects that match. Raises ApiError."""
    inventory = read_inventory(client, options.only, parallelism)
    selected = _select(inventory.snapshot, options.only)
    all_fields = with_all_fields(client, selected, inventory.snapshot, parallelism)
    source = _Source(inventory.snapshot, selected, all_fields=all_fields)
    missing = find_missing_references(selected, inventory.snapshot)
    return _export(source, options, missing, describe_missing(missing, inventory.unlisted))


def export_state(state: State, options: ExportOptions) -> Export:
    """Return the export of the objects of Terraform states that match."""
    snapshot = with_unique_names(build_snapshot(state.entries))
    selected = [one for one in _select(snapshot, options.only) if (one.kind, one.id) not in state.unmanaged]
    return _export(_Source(snapshot, selected, state.unmanaged), options, [], describe_losses(state))


def _select(snapshot: Snapshot, patterns: Collection[str]) -> list[Live]:
    """Return the objects that match, but for those that are the service's own."""
    found = find_all_matches(patterns, _live_addresses(snapshot))
    return [
        one
        for kind in KINDS
        for one in snapshot.of_kind(kind)
        if KINDS[kind].is_exportable(one.answer) and (not patterns or address_of(kind, one.live_name) in found)
    ]


def _live_addresses(snapshot: Snapshot) -> set[str]:
    """Return the address of every live object under the name that the service has, which several may share."""
    return {address_of(one.kind, one.live_name) for one in snapshot.by_id.values()}


def _export(
    source: _Source, options: ExportOptions, missing: Collection[MissingReference], warnings: Iterable[Diagnostic]
) -> Export:
    left_out = unexportable_ids(missing)
    exported = [one for one in source.selected if one.id not in left_out]
    entries = [_entry(one, source, missing) for one in exported]
    entries += _declare_unmanaged(entries, source, left_out, options)
    entries.sort(key=lambda one: ([*KINDS].index(one.kind), one.name))
    entries, variables = replace_secrets(entries)
    files = files_of(entries, apart=options.apart, split_sql=options.split_sql)
    if variables:
        files[ENVIRONMENT_FILE] = environment_file(variables)
    diagnostics = (*check_patterns(options.only, _live_addresses(source.snapshot), "live object"), *warnings)
    return Export(files, format_text(entries), variables, diagnostics, len(exported), tuple(entries))


def _entry(live: Live, source: _Source, missing: Iterable[MissingReference]) -> Entry:
    """Return an object as a person would write it, pinned by its id where another object has the same name."""
    kind = KINDS[live.kind]
    canonical: Canonical = live.canonical
    for member in {one.member for one in missing if one.user is live}:
        canonical = edit_value(canonical, member, GONE)
    if live.id in source.all_fields and kind.export_rules.field_selection:
        canonical = edit_value(canonical, (kind.export_rules.field_selection.member,), GONE)
    return Entry(live.kind, live.name, {**kind.to_spec(canonical, live.answer, None), **_pin(live)}, live.id)


def _pin(live: Live) -> dict[str, object]:
    return {"id": live.id} if live.name != live.live_name else {}


def _declare_unmanaged(
    entries: Collection[Entry], source: _Source, left_out: Collection[str], options: ExportOptions
) -> list[Entry]:
    """Return the declarations of objects that the entries refer to, where a name alone would not do."""
    referenced = _find_referenced(entries, source.snapshot)
    declare_all = options.complete and any(_is_mistakable(one, entries) for one in referenced)
    return [
        Entry(one.kind, one.name, {"managed": False, **_pin(one), **source.unmanaged.get((one.kind, one.id), {})})
        for one in referenced
        if declare_all or one.name != one.live_name or (one.kind, one.id) in source.unmanaged or one.id in left_out
    ]


def _find_referenced(entries: Iterable[Entry], snapshot: Snapshot) -> list[Live]:
    """Return the live objects that the entries refer to without being entries themselves, by address."""
    entries = list(entries)
    managed = [one for one in entries if one.body.get("managed") is not False]
    canonical = [(KINDS[one.kind], KINDS[one.kind].from_spec(one.body)) for one in managed]
    addresses = {mention.address for kind, form in canonical for mention in mentions_in(kind, form)}
    return [one for address in sorted(addresses - {one.address for one in entries}) for one in snapshot.at(address)]


def _is_mistakable(live: Live, entries: Iterable[Entry]) -> bool:
    """Return whether an undeclared name would be taken for a typo of the name of an entry."""
    names = [one.name for one in entries if one.kind == live.kind]
    return suggest(live.name, names) is not None or live.name in names
