"""Every kind of resource: what it is in a spec, on the wire and in a comparison."""

from applier.kinds.loading import load_spec
from applier.kinds.registry import KINDS, kinds_of, kinds_to_search

__all__ = ["KINDS", "kinds_of", "kinds_to_search", "load_spec"]
