"""Decides what a scaffolded sync does: its mode, its identity and its mapped fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from applier.checks.model_fields import ModelFields
from applier.checks.targets import mandatory_fields
from applier.diagnostics.suggestions import bare_word
from applier.discovery.offerings import Mode, Target, TargetField
from applier.scaffold.matching import Match, match_fields

PREFERRED_MODES = ("updateOrCreate", "replace", "append", "create", "update")
KEY_NAMES = ("id", "email", "key", "uuid", "externalid")


@dataclass(frozen=True, slots=True)
class Draft:
    """The mode, the mapped fields and the identity; `unsure` matches may fail, `missing` fields have no match."""

    mode: Mode
    mapped: Mapping[str, Match]
    identity: Match | None
    unsure: Mapping[str, Match]
    missing: tuple[TargetField, ...]

    @property
    def lacks_identity(self) -> bool:
        """True where the mode requires an identity and no field fits."""
        return bool(self.mode.requires_identity) and self.identity is None


def draft_sync(fields: ModelFields, target: Target, wanted_mode: str | None) -> Draft:
    """Return the draft of a sync from a model to a target, in the wanted mode or the best one."""
    pairs = match_fields(fields.exposed, target.fields or {})
    if not pairs and target.has("supports_field_creation") and target.has("optional_target_mappings"):
        pairs = _pair_with_new_fields(fields, target)
    sure = {name: one for name, one in pairs.items() if one.is_sure}
    identity = _choose_identity(sure)
    mode = _choose_mode(wanted_mode, target, sure, identity)
    key = identity if mode.requires_identity else None
    mapped = {name: one for name, one in sure.items() if one is not key and is_writable(one.target, mode)}
    unsure = {name: one for name, one in pairs.items() if not one.is_sure and is_writable(one.target, mode)}
    return Draft(mode, mapped, key, unsure, _missing_fields(target, sure, mode))


def _pair_with_new_fields(fields: ModelFields, target: Target) -> dict[str, Match]:
    """Return each source field with a new target field, for a target that has at most a field for the identity."""
    able = [one for one in (target.fields or {}).values() if one.identity]
    keys = [one for one in fields.exposed.values() if _is_key_name(one.name) or bare_word(one.name).endswith("id")]
    pairs = {able[0].id: Match(keys[0], able[0])} if able and keys else {}
    used = {one.source.name for one in pairs.values()}
    return pairs | {name: Match(one, TargetField(name)) for name, one in fields.exposed.items() if name not in used}


def _is_key_name(name: str) -> bool:
    return bare_word(name) in KEY_NAMES


def _choose_identity(sure: Mapping[str, Match]) -> Match | None:
    """Return the match that is best as identity: one named like a key, else the first.

    A similar name is enough only for keys that come from elsewhere: a target's own ids are hardly those of the model.
    """
    able = [one for one in sure.values() if one.target.identity and one.target.createable is not False]
    able = [one for one in able if not one.similar or bare_word(one.target.id) in KEY_NAMES[1:]]
    return min(able, key=_key_rank, default=None)


def _key_rank(match: Match) -> int:
    name = bare_word(match.target.id)
    return KEY_NAMES.index(name) if name in KEY_NAMES else len(KEY_NAMES)


def _choose_mode(wanted: str | None, target: Target, sure: Mapping[str, Match], identity: Match | None) -> Mode:
    """Return the wanted mode, else the most usual one that works with the matches, else the most usual one."""
    offered = target.modes or {}
    if wanted:
        return offered.get(wanted, Mode(wanted))
    usual = [offered[one] for one in dict.fromkeys((*PREFERRED_MODES, *offered)) if one in offered]
    able = [one for one in usual if identity is not None or not one.requires_identity]
    complete = [one for one in able if not _missing_fields(target, sure, one)]
    return next(iter([*complete, *able, *usual]), Mode(PREFERRED_MODES[0]))


def _missing_fields(target: Target, sure: Mapping[str, Match], mode: Mode) -> tuple[TargetField, ...]:
    """Return the fields that new records require and that have no match."""
    return tuple(one for one in mandatory_fields(target, mode.name) if one.id not in sure)


def is_writable(field: TargetField, mode: Mode) -> bool:
    """Return False for a field that a mode cannot write."""
    if mode.name == "update":
        return field.updateable is not False
    if mode.name == "updateOrCreate":
        return not (field.createable is False and field.updateable is False)
    return field.createable is not False
