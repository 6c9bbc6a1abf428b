"""Bulk syncs: known by name so that a schedule can wait for one; not yet written by applier (api.md section 18)."""

from __future__ import annotations

from applier.kinds.base import Kind

BULK_SYNCS = Kind(
    name="bulk_syncs",
    noun="bulk sync",
    path="/api/bulk/syncs",
    desired=dict,
    from_api=dict,
    to_api=lambda name, canonical, live: {"name": name},
    comparable=dict,
    complete=lambda entry: True,
    writable=False,
)
