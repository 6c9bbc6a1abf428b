"""Switches of syncs."""

from __future__ import annotations

from applier.sandbox.switches.switch import Switch

SWITCHES = (
    Switch("active_default", "`active` of a sync when a request leaves it out", "false", ("false", "true")),
    Switch(
        "start_inactive",
        "starting a sync that is not active: refused with 400, or runs it",
        "refuse",
        ("refuse", "run"),
    ),
    Switch(
        "override_source",
        "source of a constant merged into the fields: the zero UUID, an empty model id, or absent",
        "zero",
        ("zero", "empty", "absent"),
    ),
    Switch(
        "field_references",
        "source or target fields that do not exist: refused with 400, or stored",
        "refuse",
        ("refuse", "store"),
    ),
    Switch(
        "target_rules",
        "mappings that the target does not allow (read-only fields, other identity functions): refused, or stored",
        "refuse",
        ("refuse", "store"),
    ),
    Switch(
        "repeated_target_create",
        "`target.create` of an object that exists: refused with 400, or creates a second one",
        "refuse",
        ("refuse", "second"),
    ),
    Switch(
        "target_fields_by_post",
        "POST form of the target fields in 2025-09-18: served, or 404",
        "serve",
        ("serve", "refuse"),
    ),
)
