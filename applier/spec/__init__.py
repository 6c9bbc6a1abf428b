"""From files to checked resources: read, fill, validate, merge, look for what cannot be right."""

from applier.spec.given import NOTHING_GIVEN, Given, spelt
from applier.spec.load import load

__all__ = ["NOTHING_GIVEN", "Given", "load", "spelt"]
