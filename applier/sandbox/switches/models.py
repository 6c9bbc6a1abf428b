"""Switches of models."""

from __future__ import annotations

from applier.sandbox.switches.switch import Switch

SWITCHES = (
    Switch(
        "model_list_fields",
        "entries of the list of models: with their fields, or without",
        "with",
        ("with", "without"),
    ),
    Switch(
        "omitted_enricher_id",
        "an update of a model that leaves the enrichment's id out: keeps the enrichment, or creates a new one",
        "keep",
        ("keep", "new"),
    ),
)
