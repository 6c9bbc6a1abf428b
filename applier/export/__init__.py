"""The live workspace as a spec that a person would have written."""

from applier.export.exporter import Exported, Wish, export_state, export_workspace

__all__ = ["Exported", "Wish", "export_state", "export_workspace"]
