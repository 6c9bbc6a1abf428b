"""A sync as version 2025-09-18 shows it: constants apart, old and new filter shapes, light entries in lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from applier.sandbox.app.shapes.sync_2024_02_08 import HIDDEN, with_nulls
from applier.sandbox.rules.context import Context
from applier.sandbox.store import Document

LISTED = (
    *("id", "organization_id", "name", "mode", "active", "model_ids", "schedule"),
    *("only_enrich_updates", "skip_initial_backfill", "sync_all_records"),
    *("created_at", "created_by", "updated_at", "updated_by"),
)


def shown(context: Context, sync: Mapping[str, Any]) -> Document:
    document = {name: value for name, value in sync.items() if name not in HIDDEN}
    fields = [*sync["fields"], *sync["override_fields"]]
    document |= {
        "fields": context.ordered([field for field in fields if "source" in field]),
        "override_fields": context.ordered([field for field in fields if "source" not in field]),
        "filters": context.ordered(sync["filters"]),
        "overrides": context.ordered(sync["overrides"]),
        "target": sync["target"],
        "schedule": sync["schedule"],
        "problems": [],
    }
    return with_nulls(document) if context.switches["unset_members"] == "null" else document


def listed(sync: Mapping[str, Any]) -> Document:
    """An entry of the list."""
    return {
        **{name: sync[name] for name in LISTED},
        "target_connection_id": sync["target"]["connection_id"],
        "target_object": sync["target"].get("object"),
    }
