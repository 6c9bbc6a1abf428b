"""The table of a model's members: who decides over each, and why."""

from __future__ import annotations

from applier.kinds.field_table import FieldClass, describe_field
from applier.kinds.policy.attachment import POLICIES_FIELD

OWNED, OPTIONAL, WRITE_ONLY = FieldClass.OWNED, FieldClass.OPTIONAL, FieldClass.WRITE_ONLY

FIELDS = (
    describe_field("connection", OWNED, "by name; the id is looked up"),
    describe_field(
        "configuration", OWNED, "null and empty text are absent: answers hold every choice", "#model-configuration"
    ),
    describe_field(
        "configuration.*", OWNED, "false, zero and empty values equal absent ones", "#model-configuration", loose=True
    ),
    describe_field("configuration.tracking_columns", OPTIONAL, "the service adds it by itself", "#model-configuration"),
    describe_field("identifier", OWNED, "empty is absent", "#empty-values-of-models"),
    describe_field("tracking_columns", OWNED, "in any order; null is an empty list", "#empty-values-of-models"),
    describe_field("fields", OPTIONAL, "if omitted, the live fields are kept; compared in any order", "#model-fields"),
    describe_field(
        "additional_fields", OPTIONAL, "by name; if omitted, the live fields are kept", "#additional-fields"
    ),
    describe_field(
        "additional_fields.*", OWNED, "type and label; the list is complete when it is declared", "#additional-fields"
    ),
    describe_field("additional_fields.*.example", WRITE_ONLY, "the service may rewrite it", "#additional-fields"),
    describe_field(
        "relations", OPTIONAL, "compared in any order; if omitted, the live relations are kept", "#model-replacement"
    ),
    describe_field("relations.*", OWNED, "by model name and field names; complete when declared", "#model-relations"),
    describe_field(
        "enricher", OPTIONAL, "if omitted, the live enrichment is kept; the service sets its id", "#enrichment-id"
    ),
    describe_field("enricher.*", OWNED, "compared when an enrichment is declared", "#enrichment-id"),
    describe_field(
        "enricher.configuration.*", OWNED, "false and zero equal absent values", "#model-configuration", loose=True
    ),
    describe_field("enricher.fields", OPTIONAL, "if omitted, all are enabled; by name", "#enrichment-id"),
    describe_field("labels", OPTIONAL, "ids, in any order; compared when answers have them", "#empty-values-of-models"),
    POLICIES_FIELD,
    describe_field("refresh", WRITE_ONLY, "reads the source's fields again; sent with every update"),
)
