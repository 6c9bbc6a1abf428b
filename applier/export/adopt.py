"""Adds live objects to a spec file as an export would write them; the rest of the file stays as it is."""

from __future__ import annotations

from pathlib import Path

from applier.api import Client
from applier.diagnostics import Diagnostic, diagnose
from applier.export.exporter import Export, ExportOptions, export_workspace
from applier.export.layout import format_body
from applier.kinds import KINDS
from applier.saving import write_file
from applier.spec.documents.parse import parse
from applier.spec.documents.patch import append_members
from applier.system import path_text


def export_for_adoption(client: Client, address: str, parallelism: int) -> Export:
    """Return the export of the live objects at an address, to be added to a spec. Raises ApiError."""
    return export_workspace(client, ExportOptions((address,), complete=False), parallelism)


def _has_section(data: bytes, kind: str) -> bool:
    """Return whether a file declares resources of a kind."""
    documents, _ = parse(data, "", Path())
    return any(one.value.get(kind) for one in documents)


def add_to_file(file: Path, address: str, exported: Export) -> Diagnostic | None:
    """Add the exported resources to a file, which is created if needed, or return why nothing was added.

    Raises OSError.
    """
    if not exported.entries:
        own = "the service's own objects are not exported; declare it with managed: false"
        hint = "see the warning above" if exported.diagnostics else own
        return diagnose("not-added", f"{address} cannot be exported. Nothing was added.", hint=hint)
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        write_file(file, exported.text)
        return None
    data = file.read_bytes()
    for one in exported.entries:
        if KINDS[one.kind].singleton and _has_section(data, one.kind):
            detail = f"{path_text(file)} declares {KINDS[one.kind].plural} already, and an organization has one."
            return diagnose("not-added", f"{detail} Nothing was added.", hint="change the declaration, or use pull")
        longer = append_members(data, one.kind, one.name, format_body(one))
        if longer is None:
            return diagnose(
                "not-added",
                f"{path_text(file)} cannot take {one.kind}/{one.name} without other changes. Nothing was added.",
                hint="check whether the file declares it already, or choose another --file",
            )
        data = longer
    write_file(file, data)
    return None
