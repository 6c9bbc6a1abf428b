"""Switches of bulk syncs."""

from __future__ import annotations

from applier.sandbox.switches.switch import Switch

SWITCHES = (
    Switch(
        "bulk_list", "bulk syncs listed by version 2025-09-18: all at once, or in pages", "whole", ("whole", "paged")
    ),
    Switch(
        "bulk_mode_default",
        "`mode` of a bulk sync when a request leaves it out",
        "replicate",
        ("replicate", "snapshot"),
    ),
    Switch(
        "bulk_defaults",
        "configurations and schedules of a bulk sync: with members that were not sent, or as they were sent",
        "fill",
        ("fill", "leave"),
    ),
    Switch(
        "bulk_update_schemas",
        "`schemas` in an update of a bulk sync by version 2024-02-08: ignored, or the new selection",
        "ignore",
        ("ignore", "replace"),
    ),
    Switch(
        "bulk_schedule_ids",
        "id of a schedule in the answers of a bulk sync's schedules: absent, or present",
        "absent",
        ("absent", "present"),
    ),
)
