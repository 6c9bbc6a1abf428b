"""Adds live objects to a spec file as an export would write them; the rest of the file stays as it is."""

from __future__ import annotations

from pathlib import Path

from applier.api import Client
from applier.diagnostics import Diagnostic, diagnose
from applier.export.exporter import Export, ExportOptions, export_workspace
from applier.export.layout import format_body
from applier.spec.documents.patch import append_members
from applier.spec.documents.saving import rewrite
from applier.system import path_text


def export_for_adoption(client: Client, address: str, parallelism: int) -> Export:
    """Return the export of the live objects at an address, to be added to a spec. Raises ApiError."""
    return export_workspace(client, ExportOptions((address,), complete=False), parallelism)


def add_to_file(file: Path, address: str, exported: Export) -> Diagnostic | None:
    """Add the exported resources to a file, which is created if needed, or return why nothing was added.

    Raises OSError.
    """
    if not exported.entries:
        return diagnose("not-added", f"{address} cannot be exported. Nothing was added.", hint="see the warning above")
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        rewrite(file, exported.text.encode())
        return None
    data = file.read_bytes()
    for one in exported.entries:
        longer = append_members(data, one.kind, one.name, format_body(one))
        if longer is None:
            return diagnose(
                "not-added",
                f"{path_text(file)} cannot take {one.kind}/{one.name} without other changes. Nothing was added.",
                hint="check whether the file declares it already, or choose another --file",
            )
        data = longer
    rewrite(file, data)
    return None
