"""A webhook as the target of syncs: one object, whose fields are those that the sync maps."""

from __future__ import annotations

from applier.sandbox.catalogues.common_fields import USUAL
from applier.sandbox.catalogues.types import EQUALITY, Catalogue, Field, Object

CATALOGUE = Catalogue(
    "webhook",
    (
        Object(
            "webhook",
            "Webhook",
            (Field("key", "Key", identity=EQUALITY),),
            USUAL,
            key="record_id",
            flags={"supports_field_creation": True, "optional_target_mappings": True},
            is_source=False,
        ),
    ),
)
