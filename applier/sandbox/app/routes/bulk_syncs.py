"""Bulk syncs."""

from applier.sandbox.app.messages import Endpoint

ENDPOINTS: tuple[Endpoint, ...] = ()
