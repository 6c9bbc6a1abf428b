"""The table of a bulk sync's members: who decides over each, and why."""

from __future__ import annotations

from applier.kinds.field_table import FieldClass, describe_field
from applier.kinds.policy.attachment import POLICIES_FIELD

OWNED, OPTIONAL, WRITE_ONLY = FieldClass.OWNED, FieldClass.OPTIONAL, FieldClass.WRITE_ONLY

FIELDS = (
    describe_field("source.connection", OWNED, "by name; the id is looked up"),
    describe_field("source.configuration", OPTIONAL, "the service adds defaults", "#bulk-defaults"),
    describe_field(
        "source.configuration.*", OPTIONAL, "only declared keys are compared; others are kept", "#bulk-defaults"
    ),
    describe_field("destination.connection", OWNED, "by name; the id is looked up"),
    describe_field("destination.configuration", OPTIONAL, "the service adds defaults", "#bulk-defaults"),
    describe_field(
        "destination.configuration.*", OPTIONAL, "only declared keys are compared; others are kept", "#bulk-defaults"
    ),
    describe_field("mode", OPTIONAL, "if omitted, the service's choice is kept"),
    describe_field("active", OPTIONAL, "if omitted, a bulk sync stays active or inactive", "#active"),
    describe_field("automatically_add_new_objects", OWNED, "absent is none; always sent", "#omitted-schema-fields"),
    describe_field("automatically_add_new_fields", OWNED, "absent is all; always sent", "#omitted-schema-fields"),
    describe_field("normalize_names", OWNED, "absent is enabled"),
    describe_field("disable_record_timestamps", OWNED, "absent is false"),
    describe_field("data_cutoff_timestamp", OWNED, "compared as a moment; absent is none"),
    describe_field("concurrency_limit", OWNED, "absent is none"),
    describe_field("resync_concurrency_limit", OWNED, "absent is none"),
    describe_field("schedule", OWNED, "only the members of the frequency; numbers as texts", "#schedule-numbers"),
    describe_field(
        "additional_schedules",
        OWNED,
        "by what they are for, in any order; one `multi` in 2024-02-08",
        "#bulk-schedules",
    ),
    describe_field("schemas", OPTIONAL, "if omitted, the service's choice is kept", "#selected-schemas"),
    describe_field(
        "schemas.*", OWNED, "complete when declared, but for what is added automatically", "#selected-schemas"
    ),
    describe_field("schemas.*.*", OPTIONAL, "only declared members are compared; others are kept", "#selected-schemas"),
    describe_field("schemas.*.enabled", OWNED, "what is not declared is disabled", "#selected-schemas"),
    describe_field("schemas.*.fields", OPTIONAL, "if omitted, the enabled fields are kept", "#omitted-schema-fields"),
    describe_field(
        "schemas.*.fields.*",
        OWNED,
        "complete when declared; new ones may be added automatically",
        "#omitted-schema-fields",
    ),
    describe_field("schemas.*.filters", OPTIONAL, "if omitted, the live filters are kept; compared in any order"),
    describe_field("schemas.*.filters.*", OWNED, "complete when declared"),
    POLICIES_FIELD,
)
