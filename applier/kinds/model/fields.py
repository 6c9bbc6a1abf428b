"""The table of a model's members: who decides over each, and why."""

from __future__ import annotations

from applier.kinds.base import Field, FieldClass

OWNED, OPTIONAL, WRITE_ONLY = FieldClass.OWNED, FieldClass.OPTIONAL, FieldClass.WRITE_ONLY

FIELDS = (
    Field(("connection",), OWNED, "by name; the id is looked up"),
    Field(("configuration",), OWNED, "null and empty text are absent: answers hold every choice (quirk 14)"),
    Field(("configuration", "*"), OWNED, "false, zero and emptiness are as good as absent (quirk 14)", loose=True),
    Field(("configuration", "tracking_columns"), OPTIONAL, "the service adds it by itself (quirk 14)"),
    Field(("identifier",), OWNED, "empty is absent (quirk 17)"),
    Field(("tracking_columns",), OWNED, "in any order; null is an empty list (quirk 17)"),
    Field(("fields",), OPTIONAL, "without a list the model keeps the fields it has; in any order (quirk 15)"),
    Field(("additional_fields",), OPTIONAL, "by name; without a list those that the model has are kept (quirk 16)"),
    Field(("additional_fields", "*"), OWNED, "type and label; the list is complete when it is declared (quirk 16)"),
    Field(("additional_fields", "*", "example"), WRITE_ONLY, "the service may rewrite it (quirk 16)"),
    Field(("relations",), OPTIONAL, "in any order; without a list those that the model has are kept (quirk 13)"),
    Field(("relations", "*"), OWNED, "by model name and field names; complete when declared (quirk 43)"),
    Field(("enricher",), OPTIONAL, "without it the enrichment stays as it is; its id is the service's (quirk 18)"),
    Field(("enricher", "*"), OWNED, "compared when an enrichment is declared (quirk 18)"),
    Field(("enricher", "configuration", "*"), OWNED, "false and zero are as good as absent (quirk 14)", loose=True),
    Field(("enricher", "fields"), OPTIONAL, "without a list all are enabled; by name (quirk 18)"),
    Field(("labels",), OPTIONAL, "ids, in any order; compared where the service tells them (quirk 17)"),
    Field(("policies",), OPTIONAL, "by name; those that the service attaches by itself do not count (quirk 46)"),
    Field(("refresh",), WRITE_ONLY, "asks for the source's fields to be read again; sent with every update"),
)
