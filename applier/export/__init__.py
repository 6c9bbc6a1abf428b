"""The live workspace as a spec that a person would have written."""

from applier.export.exporting import Exported, Wish, exported

__all__ = ["Exported", "Wish", "exported"]
