"""Reads a spec: from files to validated resources."""

from applier.spec.loading import load
from applier.spec.variables.given import NOTHING_GIVEN, Given, environment_names

__all__ = ["NOTHING_GIVEN", "Given", "environment_names", "load"]
