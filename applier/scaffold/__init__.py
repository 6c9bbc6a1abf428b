"""Models and syncs to start from, as YAML for a spec."""

from applier.scaffold.models import models
from applier.scaffold.syncs import SyncRequest, sync
from applier.scaffold.text import Scaffold

__all__ = ["Scaffold", "SyncRequest", "models", "sync"]
