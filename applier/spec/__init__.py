"""From files to checked resources: read, fill, validate, merge, look for what cannot be right."""

from applier.spec.loading import load
from applier.spec.variables.given import NOTHING_GIVEN, Given, environment_names

__all__ = ["NOTHING_GIVEN", "Given", "environment_names", "load"]
