"""The table of a connection's members: who decides over each, and why."""

from __future__ import annotations

from applier.kinds.field_table import FieldClass, describe_field
from applier.kinds.policy.attachment import POLICIES_FIELD

OWNED, OPTIONAL, WRITE_ONLY = FieldClass.OWNED, FieldClass.OPTIONAL, FieldClass.WRITE_ONLY

FIELDS = (
    describe_field("type", OWNED, "the kind of system; no update can change it", "#connection-type"),
    describe_field("configuration", OWNED, "secrets are never compared: the API shows only a mask", "#masked-secrets"),
    describe_field("configuration.*", OPTIONAL, "only declared keys are compared; others are kept", "#filled-settings"),
    POLICIES_FIELD,
    describe_field(
        "healthcheck_interval", WRITE_ONLY, "not in answers; sent with every write", "#write-only-connection-members"
    ),
    describe_field(
        "validate", WRITE_ONLY, "whether a write checks that the system is reachable", "#reachability-check"
    ),
)
