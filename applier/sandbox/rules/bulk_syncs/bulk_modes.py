"""The modes of a bulk sync: what each does to a table, and which destinations offer it."""

from __future__ import annotations

from dataclasses import dataclass

from applier.sandbox.json_values import Document


@dataclass(frozen=True)
class BulkMode:
    """One way to write the records of a bulk sync."""

    id: str
    label: str
    description: str


MODES = (
    BulkMode("replicate", "Replicate", "Keep the destination's tables equal to the source"),
    BulkMode("snapshot", "Snapshot", "Write every run's records anew"),
    BulkMode("append", "Append", "Add every run's records to those that are there"),
)
MISSING = {"postgresql": {"snapshot"}}
RESYNC_MODES = ("refetch", "resync", "rebuild")


def modes_of(type_id: str) -> tuple[BulkMode, ...]:
    return tuple(mode for mode in MODES if mode.id not in MISSING.get(type_id, set()))


def as_mode(mode: BulkMode) -> Document:
    return {
        "id": mode.id,
        "label": mode.label,
        "description": mode.description,
        "requires_identity": False,
        "supports_field_sync_mode": False,
        "supports_target_filters": False,
    }
