"""The live workspace, or a Terraform state, as a spec; and live edits back into spec files."""

from applier.export.exporter import Export, ExportOptions, export_state, export_workspace

__all__ = ["Export", "ExportOptions", "export_state", "export_workspace"]
