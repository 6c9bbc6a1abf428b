"""The sandbox as a web application: every endpoint over one service."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from starlette.applications import Starlette

from applier.sandbox.app import control
from applier.sandbox.app.routes import connections, identity, models, syncs
from applier.sandbox.app.service import Service
from applier.sandbox.app.web import application

API = (*identity.ENDPOINTS, *connections.ENDPOINTS, *models.ENDPOINTS, *syncs.ENDPOINTS)
DATABASES = ("embedded", "live")


def create_app(
    data: Path, *, api_key: str | None = None, switches: Mapping[str, str] = {}, databases: str = "embedded"
) -> Starlette:
    """The application over a data folder; without an api key everyone is let in as the one default organization."""
    if databases not in DATABASES:
        raise ValueError(f"databases must be one of {', '.join(DATABASES)}, not {databases!r}")
    service = Service(Path(data), api_key=api_key, switches=switches, live=databases == "live")
    return application(service, (*API, *control.endpoints(service)))


def service_of(app: Starlette) -> Service:
    service: Service = app.state.service
    return service
