"""The live workspace as a spec that a person would have written."""

from applier.export.exporting import Exported, Wish, exported, exported_state

__all__ = ["Exported", "Wish", "exported", "exported_state"]
