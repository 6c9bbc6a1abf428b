"""From files to checked resources: read, fill, validate, merge, look for what cannot be right."""

from applier.spec.load import load

__all__ = ["load"]
