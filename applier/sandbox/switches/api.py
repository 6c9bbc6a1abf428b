"""Switches of the API as a whole: versions, pagination, lists, idempotency keys."""

from __future__ import annotations

from applier.sandbox.switches.switch import Switch

SWITCHES = (
    Switch(
        "default_version",
        "API version that answers a request without a version header",
        "2025-09-18",
        ("2025-09-18", "2024-02-08"),
    ),
    Switch(
        "unset_members",
        "optional members of a sync that were not set: absent from answers, or null",
        "absent",
        ("absent", "null"),
    ),
    Switch(
        "list_order",
        "members of lists whose order means nothing: as they were sent, or reversed",
        "sent",
        ("sent", "reversed"),
    ),
    Switch(
        "undeclared_paging",
        "lists whose pagination is not certain (models; syncs of 2024-02-08): whole, or in pages of 50",
        "whole",
        ("whole", "pages"),
    ),
    Switch("malformed_idempotency_key", "a malformed idempotency key: 400, or ignored", "refuse", ("refuse", "ignore")),
)
