"""Switches of events and webhooks."""

from __future__ import annotations

from applier.sandbox.switches.switch import Switch

SWITCHES = (
    Switch(
        "change_events",
        "events of changes such as `sync.updated`: listed beside those of executions, or not listed",
        "listed",
        ("listed", "unlisted"),
    ),
    Switch("second_webhook", "status of creating a second webhook for an organization", "422", ("422", "409")),
    Switch(
        "webhook_endpoint",
        "an endpoint of a webhook that is not an http or https URL: refused with 422, or stored",
        "refuse",
        ("refuse", "store"),
    ),
    Switch(
        "webhook_secrets",
        "the secret of a webhook in answers: masked, or as it was sent",
        "mask",
        ("mask", "plain"),
    ),
)
