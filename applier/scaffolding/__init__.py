"""Models and syncs to start from, as YAML for a spec."""

from applier.scaffolding.models import models
from applier.scaffolding.syncs import Wish, sync
from applier.scaffolding.words import Made

__all__ = ["Made", "Wish", "models", "sync"]
