"""Name every behaviour that no source confirms: one switch each, with its default and the values it can take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Switch:
    """One behaviour of the service that is not known for certain."""

    name: str
    description: str
    default: str
    values: tuple[str, ...]


SWITCHES = (
    Switch(
        "default_version",
        "API version that answers a request without a version header",
        "2025-09-18",
        ("2025-09-18", "2024-02-08"),
    ),
    Switch("active_default", "`active` of a sync when a request leaves it out", "false", ("false", "true")),
    Switch(
        "start_inactive",
        "starting a sync that is not active: refused with 400, or run",
        "refuse",
        ("refuse", "run"),
    ),
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
        "a mask that is sent for a secret: means unchanged, or is stored as the new secret",
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
        "model_list_fields",
        "entries of the list of models: with their fields, or without",
        "with",
        ("with", "without"),
    ),
    Switch(
        "unset_members",
        "optional members of a sync that were not set: absent from answers, or null",
        "absent",
        ("absent", "null"),
    ),
    Switch(
        "override_source",
        "source of a constant merged into the fields: the zero UUID, an empty model id, or absent",
        "zero",
        ("zero", "empty", "absent"),
    ),
    Switch(
        "list_order",
        "members of lists whose order means nothing: as they were sent, or reversed",
        "sent",
        ("sent", "reversed"),
    ),
    Switch(
        "field_references",
        "source or target fields that do not exist: refused with 400, or stored",
        "refuse",
        ("refuse", "store"),
    ),
    Switch(
        "unreachable_status",
        "status when `validate` finds the upstream system unreachable",
        "422",
        ("422", "400"),
    ),
    Switch(
        "unauthorized_status",
        "status when a connection is looked into whose authorization nobody has finished",
        "400",
        ("400", "403", "422"),
    ),
    Switch(
        "omitted_enricher_id",
        "an update of a model that leaves the enrichment's id out: keeps the enrichment, or makes a new one",
        "keep",
        ("keep", "new"),
    ),
    Switch(
        "target_rules",
        "mappings that the target does not allow (read-only fields, other identity functions): refused, or stored",
        "refuse",
        ("refuse", "store"),
    ),
    Switch(
        "repeated_target_create",
        "`target.create` of what is there already: refused with 400, or a second is made beside it",
        "refuse",
        ("refuse", "second"),
    ),
    Switch(
        "undeclared_paging",
        "lists that only a text calls paginated (models; syncs of 2024-02-08): whole, or in pages of 50",
        "whole",
        ("whole", "pages"),
    ),
    Switch(
        "target_fields_by_post",
        "POST form of the target fields in 2025-09-18: served, or 404",
        "serve",
        ("serve", "refuse"),
    ),
    Switch("malformed_idempotency_key", "a malformed idempotency key: 400, or ignored", "refuse", ("refuse", "ignore")),
    Switch(
        "schema_cache_refusals",
        "how often a bulk sync is refused because the schemas of a new source are not known yet",
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
        "how long the schemas of a connection are being refreshed",
        "0.2",
        ("0", "0.2", "2", "30"),
    ),
    Switch(
        "query_seconds",
        "how long the query of a model may take while its fields or a sample are waited for",
        "10",
        ("10", "1", "60"),
    ),
    Switch(
        "bulk_list", "bulk syncs listed by version 2025-09-18: all at once, or in pages", "whole", ("whole", "paged")
    ),
    Switch("bulk_mode_default", "`mode` of a bulk sync that none is given for", "replicate", ("replicate", "snapshot")),
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
    Switch(
        "builtin_policies",
        "built-in policies among the `policies` of an object when it is written: not there, or there",
        "hidden",
        ("hidden", "shown"),
    ),
    Switch(
        "policy_actions",
        "actions in an answer with a policy: all that there are, or those that were sent",
        "all",
        ("all", "sent"),
    ),
    Switch("policy_edit_action", "the word for changing an object in a policy", "edit", ("edit", "update")),
    Switch(
        "object_policies",
        "policies of one's own on an object: beside the built-in one (any allows), in its place, or without effect",
        "any",
        ("any", "own", "ignore"),
    ),
    Switch("system_permissions", "status of changing a built-in role or policy", "403", ("403", "400")),
    Switch(
        "custom_permissions",
        "roles and policies of one's own: allowed, or refused with 403",
        "allow",
        ("allow", "refuse"),
    ),
    Switch(
        "system_policies",
        "the roles in a built-in policy: replaced by an update, or refused like any change of it",
        "edit",
        ("edit", "refuse"),
    ),
    Switch(
        "unknown_roles",
        "a policy that gives an action to a role that does not exist: refused with 400 or 404, or stored",
        "400",
        ("400", "404", "store"),
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
    Switch("missing_user", "reading a user that is gone: 404, or 200 with an empty id", "404", ("404", "empty")),
    Switch(
        "second_key",
        "a second API key for a user without `force`: added, or refused with 409",
        "add",
        ("add", "refuse"),
    ),
    Switch(
        "change_events",
        "events of changes such as `sync.updated`: listed beside those of executions, or not listed",
        "listed",
        ("listed", "unlisted"),
    ),
)
BY_NAME: Mapping[str, Switch] = {switch.name: switch for switch in SWITCHES}


class UnknownSwitch(ValueError):
    """A switch or a value that does not exist; the text names those that do."""


class Switches:
    """The settings of one running sandbox."""

    def __init__(self, chosen: Mapping[str, str] = {}) -> None:
        self._chosen: dict[str, str] = {}
        self.choose(chosen)

    def choose(self, chosen: Mapping[str, str]) -> None:
        for name, value in chosen.items():
            switch = BY_NAME.get(name)
            if switch is None:
                raise UnknownSwitch(f"no switch is called {name!r}; there are {', '.join(sorted(BY_NAME))}")
            if value not in switch.values:
                raise UnknownSwitch(f"switch {name} takes {' or '.join(switch.values)}, not {value!r}")
        self._chosen = {**self._chosen, **chosen}

    def restore(self) -> None:
        self._chosen = {}

    def __getitem__(self, name: str) -> str:
        return self._chosen.get(name, BY_NAME[name].default)

    def describe(self) -> list[dict[str, object]]:
        return [
            {
                "name": switch.name,
                "description": switch.description,
                "default": switch.default,
                "values": list(switch.values),
                "value": self[switch.name],
            }
            for switch in SWITCHES
        ]
