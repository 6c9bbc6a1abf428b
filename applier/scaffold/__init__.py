"""Models and syncs to start from, as YAML for a spec."""

from applier.scaffold.models import models
from applier.scaffold.syncs import Wish, sync
from applier.scaffold.text import Made

__all__ = ["Made", "Wish", "models", "sync"]
