"""Switches of connections and of what they hold."""

from __future__ import annotations

from applier.sandbox.switches.switch import Switch

SWITCHES = (
    Switch(
        "duplicate_connection_name",
        "a second connection of the same name: 422, or allowed",
        "refuse",
        ("refuse", "allow"),
    ),
    Switch(
        "connection_type_change",
        "an update that names another type: refused with 400, or ignored",
        "refuse",
        ("refuse", "ignore"),
    ),
    Switch(
        "omitted_secrets",
        "a secret that an update leaves out: kept, or cleared like any other member",
        "keep",
        ("keep", "clear"),
    ),
    Switch(
        "mask_sent_back",
        "a mask that is sent for a secret: leaves the secret unchanged, or is stored as the new one",
        "unchanged",
        ("unchanged", "store"),
    ),
    Switch(
        "nested_secrets",
        "passwords and tokens inside nested authentication objects: returned as sent, or masked",
        "plain",
        ("plain", "mask"),
    ),
    Switch(
        "configuration_defaults",
        "defaults of the connection type: filled into the configuration, or left out",
        "fill",
        ("fill", "leave"),
    ),
    Switch(
        "unreachable_status",
        "status when `validate` finds the upstream system unreachable",
        "422",
        ("422", "400"),
    ),
    Switch(
        "unauthorized_status",
        "status of reading from a connection whose authorization is not finished",
        "400",
        ("400", "403", "422"),
    ),
    Switch(
        "schema_cache_refusals",
        "how often a bulk sync is refused because the schemas of a new source are not cached yet",
        "1",
        ("0", "1", "2", "5"),
    ),
    Switch(
        "schema_cache_refusal",
        "that refusal: 422 'cache refresh in progress', or 400 'did not provide any schemas'",
        "422",
        ("422", "400"),
    ),
    Switch(
        "schema_refresh_seconds",
        "how long a refresh of a connection's schemas takes",
        "0.2",
        ("0", "0.2", "2", "30"),
    ),
    Switch(
        "query_seconds",
        "time limit of a query while a client waits for its fields, a sample or records",
        "10",
        ("10", "1", "60"),
    ),
    Switch(
        "run_seconds",
        "time limit of the queries of an execution",
        "600",
        ("600", "1", "3600", "86400"),
    ),
)
