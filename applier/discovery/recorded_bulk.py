"""What connections offered to bulk syncs, as it stands in the file of recorded schemas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from applier.discovery.bulk_model import BulkDestination, BulkSource
from applier.discovery.model import SourceField, State


class Recorded(Protocol):
    """A recorded connection, as far as bulk syncs are concerned."""

    @property
    def bulk_source(self) -> BulkSource | None: ...

    @property
    def bulk_destination(self) -> BulkDestination | None: ...


class RecordedBulk:
    """The file as something that can tell what connections offer to bulk syncs."""

    def __init__(self, connections: Mapping[str, Recorded]) -> None:
        self._known = connections

    def source(self, connection: str, *, fields: bool) -> BulkSource | State:  # noqa: ARG002
        """What could be copied, if anybody looked."""
        known = self._known.get(connection)
        return (known.bulk_source if known else None) or State.SILENT

    def destination(self, connection: str) -> BulkDestination | State:
        """How it could be kept."""
        known = self._known.get(connection)
        return (known.bulk_destination if known else None) or State.SILENT


def encode_fields(fields: Mapping[str, SourceField]) -> dict[str, object]:
    """Fields for the file."""
    return {name: {"type": one.type, "native": one.native} for name, one in fields.items()}


def read_fields(fields: Mapping[str, Any]) -> dict[str, SourceField]:
    """Fields of the file."""
    return {name: SourceField(name, one.get("type", ""), one.get("native", "")) for name, one in fields.items()}


def encode_source(one: BulkSource) -> dict[str, object]:
    """A source for the file."""
    schemas = {id: None if fields is None else encode_fields(fields) for id, fields in one.schemas.items()}
    return _said({"schemas": schemas, "tracking": one.tracking, "settings": dict(one.settings)})


def encode_destination(one: BulkDestination) -> dict[str, object]:
    """A destination for the file."""
    lists = {"modes": sorted(one.modes), "resync_modes": sorted(one.resync_modes)}
    return _said({**lists, "history": one.history, "settings": dict(one.settings)})


def read_source(told: Mapping[str, Any]) -> BulkSource:
    """A source of the file."""
    schemas = {id: None if fields is None else read_fields(fields) for id, fields in told.get("schemas", {}).items()}
    return BulkSource(schemas, told.get("tracking"), told.get("settings", {}))


def read_destination(told: Mapping[str, Any]) -> BulkDestination:
    """A destination of the file."""
    modes, resync_modes = (tuple(told.get(name, ())) for name in ("modes", "resync_modes"))
    return BulkDestination(modes, resync_modes, told.get("history"), told.get("settings", {}))


def _said(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value not in (None, {}, [])}
