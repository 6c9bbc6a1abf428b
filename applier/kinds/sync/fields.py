"""The table of a sync's members: who decides over each, and why."""

from __future__ import annotations

from applier.kinds.base import Field, FieldClass

OWNED, OPTIONAL, WRITE_ONLY = FieldClass.OWNED, FieldClass.OPTIONAL, FieldClass.WRITE_ONLY

FIELDS = (
    Field(("mode",), OWNED, "what happens to records of the target; compared as it is written"),
    Field(("active",), OPTIONAL, "without it a sync stays switched on or off as it is (quirk 38)"),
    Field(("target",), OWNED, "where records are written"),
    Field(("target", "connection"), OWNED, "by name; the id is looked up"),
    Field(("target", "object"), OPTIONAL, "what was made for `create` or `new_name` counts as declared (quirk 23)"),
    Field(("target", "create"), WRITE_ONLY, "never returned; once it is made the object is sent (quirk 23)"),
    Field(("target", "new_name"), WRITE_ONLY, "only read when the target is made (quirk 25)"),
    Field(("target", "configuration"), OPTIONAL, "the service may fill it (quirk 22)"),
    Field(("target", "configuration", "*"), OPTIONAL, "only declared keys are compared; others are kept (quirk 22)"),
    Field(("target", "filter_logic"), OWNED, "compared with conditions in place of letters (quirk 31)"),
    Field(("fields",), OWNED, "by target field, in any order; one onto the identity is dropped (quirks 28 and 40)"),
    Field(("fields", "*", "field"), OWNED, "name of the source field"),
    Field(("fields", "*", "model"), OWNED, "by name; the sync's model where none is named"),
    Field(("fields", "*", "value"), OWNED, "a constant; beside a field it counts instead of it (quirk 27)"),
    Field(("fields", "*", "sync_mode"), OWNED, "absent is updateOrCreate (quirk 22)"),
    Field(("fields", "*", "new"), OWNED, "absent is false (quirk 22)"),
    Field(("fields", "*", "encrypt"), OWNED, "absent is false; a constant is never encrypted (quirk 22)"),
    Field(("identity",), OWNED, "by what finds the counterpart of a record"),
    Field(("identity", "new_field"), OPTIONAL, "the service computes it (quirk 22)"),
    Field(("identity", "remote_field_type_id"), OPTIONAL, "the service computes it (quirk 22)"),
    Field(("identities",), OWNED, "several of them: by rank with the strategy priority, else by target field"),
    Field(("identities", "mappings", "*", "new_field"), OPTIONAL, "the service computes it (quirk 22)"),
    Field(("identities", "mappings", "*", "remote_field_type_id"), OPTIONAL, "the service computes it (quirk 22)"),
    Field(("schedule",), OWNED, "only the members of the frequency; numbers as texts (quirks 35 and 36)"),
    Field(("schedule", "run_after"), OWNED, "by names, in any order (quirk 37)"),
    Field(("schedule", "run_after_success_only"), OWNED, "absent is false (quirk 36)"),
    Field(("filters",), OWNED, "by what they look at, in any order; letters are the service's (quirks 29 and 40)"),
    Field(("filter_logic",), OWNED, "compared with conditions in place of letters (quirk 29)"),
    Field(("overrides",), OWNED, "by what they look at, in any order; field ids are the service's (quirk 30)"),
    Field(("sync_all_records",), OWNED, "absent is false"),
    Field(("skip_initial_backfill",), OWNED, "absent is false"),
    Field(("only_enrich_updates",), OWNED, "absent is false"),
    Field(("encryption_passphrase",), WRITE_ONLY, "never returned; sent with every write (quirk 24)"),
    Field(("policies",), OPTIONAL, "by name; those that the service attaches by itself do not count (quirk 46)"),
)
