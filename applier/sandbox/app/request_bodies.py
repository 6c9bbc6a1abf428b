"""The members of every request body and the query parameters, by method and path, for the OpenAPI description."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from applier.sandbox.rules import body_checks
from applier.sandbox.rules.access import organizations, policies, roles, users
from applier.sandbox.rules.bulk_syncs import bulk_schedules, bulk_schemas, bulk_syncs
from applier.sandbox.rules.connections import connection_health, connections, parameter_values, sharing, source_schemas
from applier.sandbox.rules.executions import bulk_executions, sync_executions
from applier.sandbox.rules.models import enrichment, models
from applier.sandbox.rules.notifications import webhooks
from applier.sandbox.rules.syncs import (
    error_handling,
    filters,
    filters_2025_09_18,
    identities,
    mappings,
    model_references,
    overrides,
    schedules,
    sync_targets,
    syncs,
)


@dataclass(frozen=True)
class Body:
    """A JSON object: its members, the required ones, and the members of those that are objects themselves."""

    members: Mapping[str, body_checks.Check]
    required: tuple[str, ...] = ()
    inside: Mapping[str, Body] = field(default_factory=dict)


SOURCE = Body(model_references.SOURCE_MEMBERS, ("model_id", "field"))
FIELD = Body(mappings.FIELD_MEMBERS, ("target",), {"source": SOURCE})
IDENTITY = Body(identities.MEMBERS, ("source", "target", "function"), {"source": SOURCE})
MODEL_CONDITION = Body(filters_2025_09_18.MODEL_MEMBERS, ("source", "function"), {"source": SOURCE})
TARGET_CONDITION = Body(filters_2025_09_18.TARGET_MEMBERS, ("field", "function"), {"value_source": SOURCE})
SYNC = Body(
    syncs.NEWER_MEMBERS,
    syncs.REQUIRED,
    {
        "fields": FIELD,
        "override_fields": FIELD,
        "schedule": Body(schedules.MEMBERS),
        "target": Body(sync_targets.MEMBERS, ("connection_id",)),
        "identity": IDENTITY,
        "identities": Body(identities.SEVERAL_MEMBERS, ("mappings",), {"mappings": IDENTITY}),
        "filters": Body(filters.FILTER_MEMBERS, ("function",), {"field": SOURCE}),
        "overrides": Body(overrides.MEMBERS, (), {"field": SOURCE}),
        "model_filters": Body(filters_2025_09_18.LIST_MEMBERS, (), {"conditions": MODEL_CONDITION}),
        "target_filters": Body(filters_2025_09_18.LIST_MEMBERS, (), {"conditions": TARGET_CONDITION}),
    },
)
MODEL = Body(
    models.MEMBERS,
    models.REQUIRED,
    {
        "additional_fields": Body(
            dict.fromkeys(("name", "label", "type"), body_checks.is_text), ("name", "label", "type")
        ),
        "relations": Body({"from": body_checks.is_text, "to": body_checks.is_object}, ("from", "to"), {"to": SOURCE}),
        "enricher": Body(enrichment.MEMBERS, ("connection_id",)),
    },
)
SCHEMA = Body(bulk_schemas.MEMBERS, ("id",), {"fields": Body(bulk_schemas.FIELD_MEMBERS, ("id",))})
SCHEDULE = Body(bulk_schedules.MEMBERS, ("frequency",))
BULK_SYNC = Body(
    {**bulk_syncs.MEMBERS, "schedule": body_checks.is_object, "discover": body_checks.is_flag},
    tuple(name for name in bulk_syncs.REQUIRED if name != "default_schedule"),  # the older version has `schedule`
    {"schedule": SCHEDULE, "default_schedule": SCHEDULE, "additional_schedules": SCHEDULE},
)
ACTIVE = Body({"active": body_checks.is_flag}, ("active",))
POLICY = Body(policies.MEMBERS, ("name",), {"policy_actions": Body(policies.ACTION_MEMBERS, ("action",))})
USER = Body(users.MEMBERS, ("email",))
SHARE = Body(sharing.MEMBERS, ("child_organization_id",))
WEBHOOK = Body(webhooks.MEMBERS, webhooks.REQUIRED)
NOTHING = Body({})

BODIES: Mapping[tuple[str, str], Body] = {
    ("POST", "/api/connections"): Body(connections.MEMBERS, ("name", "type", "configuration")),
    ("PUT", "/api/connections/{id}"): Body(connections.MEMBERS, ("name", "configuration")),
    ("POST", "/api/connections/{id}/share"): SHARE,
    ("POST", "/api/organizations/{organization}/connections/{id}/shared"): SHARE,
    ("POST", "/api/connections/test"): Body(connection_health.TEST_MEMBERS, ("type", "configuration")),
    ("POST", "/api/connections/{id}/modelsync/target/fields"): Body({"target": body_checks.is_text}, ("target",)),
    ("POST", "/api/connections/{id}/schemas/refresh"): NOTHING,
    ("POST", "/api/connections/{id}/schemas/{schema}/fields"): Body(
        {"fields": body_checks.is_objects},
        ("fields",),
        {"fields": Body(source_schemas.FIELD_MEMBERS, ("field_id", "label", "type"))},
    ),
    ("PATCH", "/api/connections/{id}/schemas/{schema}/fields/{field}"): Body(source_schemas.FIELD_MEMBERS),
    ("PUT", "/api/connections/{id}/schemas/{schema}/primary_keys"): Body(
        {"fields": body_checks.is_objects},
        ("fields",),
        {"fields": Body(source_schemas.KEY_MEMBERS, ("field_id", "is_primary_key"))},
    ),
    ("POST", "/api/connection_types/{type}/parameter_values"): Body(parameter_values.MEMBERS, ("field",)),
    ("POST", "/api/models"): MODEL,
    ("PUT", "/api/models/{id}"): MODEL,
    ("POST", "/api/model-preview"): MODEL,
    ("POST", "/api/enrichment/{id}/inputfields"): Body({"configuration": body_checks.is_object}),
    ("POST", "/api/syncs"): SYNC,
    ("PUT", "/api/syncs/{id}"): SYNC,
    ("POST", "/api/syncs/{id}/activate"): ACTIVE,
    ("POST", "/api/syncs/{id}/cancel"): NOTHING,
    ("POST", "/api/syncs/{id}/executions"): Body(sync_executions.START_MEMBERS),
    ("PUT", "/api/syncs/{id}/executions/{execution}"): Body({"status": body_checks.is_text}, ("status",)),
    ("POST", "/api/syncs/{id}/executions/{execution}/cancel"): NOTHING,
    ("PUT", "/api/syncs/{id}/error-handling"): Body(error_handling.MEMBERS),
    ("POST", "/api/bulk/syncs"): BULK_SYNC,
    ("PUT", "/api/bulk/syncs/{id}"): BULK_SYNC,
    ("POST", "/api/bulk/syncs/{id}/activate"): ACTIVE,
    ("POST", "/api/bulk/syncs/{id}/cancel"): NOTHING,
    ("POST", "/api/bulk/syncs/{id}/executions"): Body(bulk_executions.MEMBERS),
    ("POST", "/api/bulk/syncs/{id}/executions/{execution}/cancel"): NOTHING,
    ("POST", "/api/bulk/syncs/{id}/executions/{execution}/logs/export"): NOTHING,
    ("POST", "/api/bulk/syncs/{id}/schemas/{schema}/cancel"): NOTHING,
    ("PUT", "/api/bulk/syncs/{id}/error-handling"): Body(
        {"subscribers": body_checks.is_texts, "ingestion_failure_threshold": body_checks.is_number}
    ),
    ("PATCH", "/api/bulk/syncs/{id}/schemas"): Body(
        {"schemas": body_checks.is_objects}, ("schemas",), {"schemas": SCHEMA}
    ),
    ("PUT", "/api/bulk/syncs/{id}/schemas/{schema}"): Body(bulk_schemas.MEMBERS),
    ("POST", "/api/bulk/syncs/{id}/schedules"): Body({"schedule": body_checks.is_object}, ("schedule",)),
    ("PUT", "/api/bulk/syncs/{id}/schedules/{schedule}"): Body({"schedule": body_checks.is_object}, ("schedule",)),
    ("POST", "/api/organizations"): Body(organizations.MEMBERS, ("name",)),
    ("PUT", "/api/organizations/{id}"): Body(organizations.MEMBERS, ("name",)),
    ("POST", "/api/organizations/{organization}/users"): USER,
    ("PUT", "/api/organizations/{organization}/users/{id}"): USER,
    ("POST", "/api/organizations/{organization}/users/{id}/keys"): NOTHING,
    ("POST", "/api/organization/users"): USER,
    ("PUT", "/api/organization/users/{id}"): Body(users.MEMBERS),
    ("POST", "/api/permissions/roles"): Body(roles.MEMBERS, ("name",)),
    ("PUT", "/api/permissions/roles/{id}"): Body(roles.MEMBERS, ("name",)),
    ("POST", "/api/permissions/policies"): POLICY,
    ("PUT", "/api/permissions/policies/{id}"): POLICY,
    ("PUT", "/api/notifications/global-error-subscribers"): Body({"emails": body_checks.is_texts}),
    ("POST", "/api/webhooks"): WEBHOOK,
    ("PUT", "/api/webhooks/{id}"): WEBHOOK,
    ("POST", "/api/webhooks/{id}/enable"): NOTHING,
    ("POST", "/api/webhooks/{id}/disable"): NOTHING,
}
PAGES = ("page_token", "limit")
CURSOR = ("limit", "after")
QUERIES: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("DELETE", "/api/connections/{id}"): ("force",),
    ("GET", "/api/connections/{id}/modelsync/enrichment-source"): ("params[object]",),
    ("GET", "/api/connections/{id}/modelsync/source"): ("table", "object", "params[table]"),
    ("GET", "/api/connections/{id}/modelsync/source/fields"): ("table", "query", "view", "object", "params[table]"),
    ("GET", "/api/connections/{id}/modelsync/target"): ("type", "search"),
    ("GET", "/api/connections/{id}/modelsync/target/fields"): ("target", "refresh", "properties[name]"),
    ("GET", "/api/connections/{id}/modelsync/targetobjects"): ("include_target_creation_values",),
    ("GET", "/api/models"): PAGES,
    ("POST", "/api/models"): ("async",),
    ("GET", "/api/models/{id}"): ("async",),
    ("PUT", "/api/models/{id}"): ("async",),
    ("DELETE", "/api/models/{id}"): ("async",),
    ("GET", "/api/models/{id}/sample"): ("async",),
    ("POST", "/api/model-preview"): ("async",),
    ("GET", "/api/syncs"): ("active", "mode", "target_connection_id", *PAGES),
    ("GET", "/api/syncs/{id}/executions"): ("only_completed", "ascending", *PAGES),
    ("GET", "/api/syncs/{id}/executions/{execution}/consolelog"): CURSOR,
    ("GET", "/api/bulk/syncs"): ("active",),
    ("GET", "/api/bulk/syncs/{id}"): ("refresh_schemas",),
    ("DELETE", "/api/bulk/syncs/{id}"): ("refresh_schemas",),
    ("GET", "/api/bulk/syncs/status"): ("all", "active", "sync_id"),
    ("GET", "/api/bulk/syncs/{id}/executions"): ("only_terminal", "ascending", *PAGES),
    ("GET", "/api/bulk/syncs/{id}/executions/{execution}/consolelog"): CURSOR,
    ("GET", "/api/bulk/syncs/{id}/executions/{execution}/schemas/{schema}/consolelog"): CURSOR,
    ("GET", "/api/connections/{id}/ingest/consolelog"): ("sync_id", *CURSOR),
    ("POST", "/api/bulk/syncs/{id}/executions/{execution}/logs/export"): ("notify",),
    ("GET", "/api/bulk/syncs/{id}/schemas"): ("filters[enabled]",),
    ("GET", "/api/connections/{id}/bulksync/source"): ("include_fields",),
    ("GET", "/api/events"): ("organization_id", "type", "starting_after", "ending_before", "limit"),
    ("POST", "/api/organizations/{organization}/users/{id}/keys"): ("force",),
    ("GET", "/api/webhooks/{id}/deliveries"): ("success", "event_id", "start", "end", "page_token"),
}
