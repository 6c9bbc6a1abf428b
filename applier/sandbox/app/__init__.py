"""The web application of the sandbox: its endpoints over one service."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from starlette.applications import Starlette

from applier.sandbox.app import openapi
from applier.sandbox.app.asgi import application
from applier.sandbox.app.authentication import Keys
from applier.sandbox.app.browser_guard import AllowedHosts, BrowserGuard
from applier.sandbox.app.routes import (
    bulk_syncs,
    connection_schemas,
    connections,
    identity,
    jobs,
    models,
    notifications,
    organizations,
    permissions,
    sandbox_control,
    sandbox_records,
    sync_execution_logs,
    syncs,
    webhooks,
)
from applier.sandbox.app.service import Service

API = (
    *identity.ENDPOINTS,
    *connections.ENDPOINTS,
    *connection_schemas.ENDPOINTS,
    *models.ENDPOINTS,
    *jobs.ENDPOINTS,
    *syncs.ENDPOINTS,
    *sync_execution_logs.ENDPOINTS,
    *bulk_syncs.ENDPOINTS,
    *organizations.ENDPOINTS,
    *permissions.ENDPOINTS,
    *notifications.ENDPOINTS,
    *webhooks.ENDPOINTS,
)
DATABASES = ("embedded", "live")


def create_app(
    data: Path,
    *,
    api_key: str | None = None,
    partner_key: str | None = None,
    switches: Mapping[str, str] = {},
    databases: str = "embedded",
    hosts: AllowedHosts | None = None,
) -> Starlette:
    """Return the application over a data folder; without any key every request acts for the first organization.

    `hosts` are those that a request may be sent to: all, unless a server that browsers reach names them.
    """
    if databases not in DATABASES:
        raise ValueError(f"databases must be one of {', '.join(DATABASES)}, not {databases!r}")
    keys = Keys(api_key, partner_key)
    service = Service(Path(data), keys=keys, switches=switches, live=databases == "live")
    endpoints = (*API, *sandbox_records.ENDPOINTS, *sandbox_control.endpoints(service))
    app = application(service, (*endpoints, openapi.endpoint_of(endpoints)))
    app.add_middleware(BrowserGuard, service=service, hosts=hosts)
    return app


def service_of(app: Starlette) -> Service:
    service: Service = app.state.service
    return service
