"""Adds live objects to a spec file as an export would write them; the rest of the file stays as it is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from applier.api import Client
from applier.diagnostics import Diagnostic, diagnose
from applier.export.declarations import find_declarations
from applier.export.entry import Entry
from applier.export.exporter import Export, ExportOptions, export_workspace
from applier.export.layout import format_body, format_text
from applier.kinds import KINDS
from applier.saving import write_file
from applier.spec.documents.append import CannotAppend, append_members
from applier.spec.documents.files import raw_content
from applier.spec.documents.parse import parse
from applier.system import exists, path_text


def export_for_adoption(client: Client, address: str, parallelism: int) -> Export:
    """Return the export of the live objects at an address, to be added to a spec. Raises ApiError."""
    return export_workspace(client, ExportOptions((address,), complete=False), parallelism)


def _has_section(data: bytes, kind: str) -> bool:
    """Return whether a file declares resources of a kind."""
    documents, _ = parse(data, "", Path())
    return any(one.value.get(kind) for one in documents)


@dataclass(frozen=True, slots=True)
class Adopted:
    """The resources that were added to a file; and why, if there are none, or why others were left out.

    `elsewhere` has those that files outside of the project declare too.
    """

    entries: tuple[Entry, ...] = ()
    problems: tuple[Diagnostic, ...] = ()
    elsewhere: tuple[Diagnostic, ...] = ()


def add_to_file(file: Path, address: str, exported: Export) -> Adopted:
    """Add the exported resources to a file, which is created if needed; all but those that are declared already.

    Raises OSError.
    """
    if not exported.entries:
        own = "the service's own objects are not exported; declare it with managed: false"
        hint = "see the warning above" if exported.diagnostics else own
        return _refuse(diagnose("not-added", f"{address} cannot be exported. Nothing was added.", hint=hint))
    declarations = find_declarations(exported.entries, file)
    declared, elsewhere = declarations.in_project, tuple(declarations.elsewhere.values())
    entries = tuple(one for one in exported.entries if one.address not in declared)
    if not entries:
        return Adopted(problems=tuple(declared.values()))
    if not exists(file):
        file.parent.mkdir(parents=True, exist_ok=True)
        write_file(file, format_text(entries))
        return Adopted(entries, tuple(declared.values()), elsewhere)
    data, unreadable = raw_content(file, path_text(file))
    if data is None:
        return Adopted(problems=tuple(unreadable))
    for one in entries:
        if KINDS[one.kind].singleton and _has_section(data, one.kind):
            detail = f"{path_text(file)} declares {KINDS[one.kind].plural} already, and an organization has one."
            hint = "change the declaration, or use pull"
            return _refuse(diagnose("not-added", f"{detail} Nothing was added.", hint=hint))
        try:
            data = append_members(data, path_text(file), one.kind, one.name, format_body(one))
        except CannotAppend as refused:
            return Adopted(problems=refused.diagnostics)
    write_file(file, data)
    return Adopted(entries, tuple(declared.values()), elsewhere)


def _refuse(problem: Diagnostic) -> Adopted:
    return Adopted(problems=(problem,))
