"""The sync modes: what each does, whether it needs an identity, and which destinations offer it."""

from __future__ import annotations

from dataclasses import dataclass

from applier.sandbox.json_values import Document


@dataclass(frozen=True)
class Mode:
    """One way to write to a target."""

    id: str
    label: str
    description: str
    requires_identity: bool
    supports_target_filters: bool = False
    supports_field_sync_mode: bool = False


DATABASE_MODES = (
    Mode("create", "Create", "Create records when they don’t exist; don’t update existing ones", True),
    Mode("update", "Update", "Update existing records only; don’t create new ones", True),
    Mode(
        "updateOrCreate",
        "Update or Create",
        "Update records when they exist and create them when they don’t",
        True,
    ),
    Mode("replace", "Replace", "Replace all existing rows", False),
    Mode("append", "Append", "Append rows to the end of the table", False),
)
MISSING = {"postgresql": {"append"}}


def modes_of(type_id: str) -> tuple[Mode, ...]:
    """Return the modes that a destination of this type offers."""
    return tuple(mode for mode in DATABASE_MODES if mode.id not in MISSING.get(type_id, set()))


def as_target_mode(mode: Mode) -> Document:
    """Return a mode in the form of the target fields."""
    return {
        "mode": mode.id,
        "description": mode.description,
        "label": mode.label,
        "requires_identity": mode.requires_identity,
        "supports_target_filters": mode.supports_target_filters,
        "supports_field_sync_mode": mode.supports_field_sync_mode,
    }


def as_object_mode(mode: Mode) -> Document:
    """Return a mode in the form of the list of target objects, which has other names for its members."""
    return {
        "id": mode.id,
        "requires_identity": mode.requires_identity,
        "supports_per_field_mode": mode.supports_field_sync_mode,
        "supports_target_filters": mode.supports_target_filters,
    }
