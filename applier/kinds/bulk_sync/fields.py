"""The table of a bulk sync's members: who decides over each, and why."""

from __future__ import annotations

from applier.kinds.base import Field, FieldClass

OWNED, OPTIONAL, WRITE_ONLY = FieldClass.OWNED, FieldClass.OPTIONAL, FieldClass.WRITE_ONLY

FIELDS = (
    Field(("source", "connection"), OWNED, "by name; the id is looked up"),
    Field(("source", "configuration"), OPTIONAL, "the service adds defaults (quirk 59)"),
    Field(("source", "configuration", "*"), OPTIONAL, "only declared keys are compared; others are kept (quirk 59)"),
    Field(("destination", "connection"), OWNED, "by name; the id is looked up"),
    Field(("destination", "configuration"), OPTIONAL, "the service adds defaults (quirk 59)"),
    Field(("destination", "configuration", "*"), OPTIONAL, "only declared keys are compared; others are kept (59)"),
    Field(("mode",), OPTIONAL, "without it the service's choice is kept"),
    Field(("active",), OPTIONAL, "without it a bulk sync stays switched on or off as it is (quirk 38)"),
    Field(("automatically_add_new_objects",), OWNED, "absent is none; always sent (quirk 61)"),
    Field(("automatically_add_new_fields",), OWNED, "absent is all; always sent (quirk 61)"),
    Field(("normalize_names",), OWNED, "absent is enabled"),
    Field(("disable_record_timestamps",), OWNED, "absent is false"),
    Field(("data_cutoff_timestamp",), OWNED, "compared as a moment; absent is none"),
    Field(("concurrency_limit",), OWNED, "absent is none"),
    Field(("resync_concurrency_limit",), OWNED, "absent is none"),
    Field(("schedule",), OWNED, "only the members of the frequency; numbers as texts (quirks 35, 36 and 59)"),
    Field(("additional_schedules",), OWNED, "by what they are for, in any order; one `multi` in 2024-02-08 (quirk 62)"),
    Field(("schemas",), OPTIONAL, "without them the service's choice is kept (quirk 60)"),
    Field(("schemas", "*"), OWNED, "complete when declared, but for what is added automatically (quirks 60 and 61)"),
    Field(("schemas", "*", "*"), OPTIONAL, "only declared members are compared; others are kept (quirk 60)"),
    Field(("schemas", "*", "enabled"), OWNED, "what is not declared is disabled (quirk 60)"),
    Field(("schemas", "*", "fields"), OPTIONAL, "without a list those that are enabled are kept (quirk 61)"),
    Field(("schemas", "*", "fields", "*"), OWNED, "complete when declared; new ones may be added automatically (61)"),
    Field(("schemas", "*", "filters"), OPTIONAL, "without a list those that there are are kept; in any order"),
    Field(("schemas", "*", "filters", "*"), OWNED, "complete when declared"),
    Field(("policies",), OPTIONAL, "by name; those that the service attaches by itself do not count (quirk 46)"),
)
