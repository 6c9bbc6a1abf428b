"""The table of a sync's members: who decides over each, and why."""

from __future__ import annotations

from applier.kinds.field_table import FieldClass, describe_field
from applier.kinds.policy.attachment import POLICIES_FIELD

OWNED, OPTIONAL, WRITE_ONLY = FieldClass.OWNED, FieldClass.OPTIONAL, FieldClass.WRITE_ONLY

FIELDS = (
    describe_field("mode", OWNED, "what happens to records of the target; compared as it is written"),
    describe_field("active", OPTIONAL, "if omitted, a sync stays active or inactive", "#active"),
    describe_field("target", OWNED, "where records are written"),
    describe_field("target.connection", OWNED, "by name; the id is looked up"),
    describe_field(
        "target.object",
        OPTIONAL,
        "what `create` or `new_name` created counts as declared",
        "#created-targets",
    ),
    describe_field(
        "target.create", WRITE_ONLY, "never returned; after the create, the object is sent", "#created-targets"
    ),
    describe_field("target.new_name", WRITE_ONLY, "only read when the target is created", "#pseudo-targets"),
    describe_field("target.configuration", OPTIONAL, "the service may fill it", "#unset-members"),
    describe_field(
        "target.configuration.*", OPTIONAL, "only declared keys are compared; others are kept", "#unset-members"
    ),
    describe_field("target.filter_logic", OWNED, "compared by condition instead of letter", "#target-filters"),
    describe_field(
        "fields", OWNED, "by target field, in any order; one onto the identity is dropped", "#identity-mappings"
    ),
    describe_field("fields.*.field", OWNED, "name of the source field"),
    describe_field("fields.*.model", OWNED, "by name; the sync's model where none is named"),
    describe_field(
        "fields.*.value", OWNED, "a constant; it takes precedence over a field", "#mappings-with-a-constant"
    ),
    describe_field("fields.*.sync_mode", OWNED, "absent is updateOrCreate", "#unset-members"),
    describe_field("fields.*.new", OWNED, "absent is false", "#unset-members"),
    describe_field("fields.*.encrypt", OWNED, "absent is false; a constant is never encrypted", "#unset-members"),
    describe_field("identity", OWNED, "compared by the field that matches records"),
    describe_field("identity.new_field", OPTIONAL, "the service computes it", "#unset-members"),
    describe_field("identity.remote_field_type_id", OPTIONAL, "the service computes it", "#unset-members"),
    describe_field("identities", OWNED, "compared by rank with the strategy priority, else by target field"),
    describe_field("identities.mappings.*.new_field", OPTIONAL, "the service computes it", "#unset-members"),
    describe_field("identities.mappings.*.remote_field_type_id", OPTIONAL, "the service computes it", "#unset-members"),
    describe_field("schedule", OWNED, "only the members of the frequency; numbers as texts", "#schedule-numbers"),
    describe_field("schedule.run_after", OWNED, "by names, in any order", "#run-after"),
    describe_field("schedule.run_after_success_only", OWNED, "absent is false", "#schedule-members"),
    describe_field(
        "filters", OWNED, "compared by condition, in any order; the service sets the letters", "#filter-labels"
    ),
    describe_field("filter_logic", OWNED, "compared by condition instead of letter", "#filter-labels"),
    describe_field(
        "overrides", OWNED, "compared by condition, in any order; the service sets the field ids", "#field-references"
    ),
    describe_field("sync_all_records", OWNED, "absent is false"),
    describe_field("skip_initial_backfill", OWNED, "absent is false"),
    describe_field("only_enrich_updates", OWNED, "absent is false"),
    describe_field(
        "encryption_passphrase", WRITE_ONLY, "never returned; sent with every write", "#encryption-passphrase"
    ),
    POLICIES_FIELD,
)
