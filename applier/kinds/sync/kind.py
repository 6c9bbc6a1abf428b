"""Syncs: which fields of which models go where, how and when (api.md sections 14 to 17, quirks 21 to 38)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from applier.kinds.base import ApiObject, Canonical, Kind, OnlyIn, ToggleEndpoint, mapping, sequence, without
from applier.kinds.export_rules import ExportRules
from applier.kinds.policy.attachment import normalize_policies, reconcile_policies
from applier.kinds.sync.checks import check_sync
from applier.kinds.sync.conditions import (
    api_conditions,
    api_filters,
    by_condition,
    comparable_filters,
    conditions,
    declared_filters,
    live_filters,
)
from applier.kinds.sync.export_form import sync_to_spec
from applier.kinds.sync.fields import FIELDS
from applier.kinds.sync.identities import (
    api_identities,
    comparable_identities,
    declared_identities,
    identity_targets,
    live_identities,
)
from applier.kinds.sync.mappings import api_mappings, declared_mappings, live_mappings
from applier.kinds.sync.schedules import api_schedule, comparable_schedule, declared_schedule, live_schedule
from applier.kinds.sync.targets import api_target, live_target, reconcile_target
from applier.kinds.sync.versions import ADAPTERS, CLEARED, IDENTITIES, VALUE_FIELDS
from applier.secrets import Secret
from applier.spec.kinds import Reference

FLAGS = ("sync_all_records", "only_enrich_updates", "skip_initial_backfill")


def from_spec(body: Mapping[str, object]) -> Canonical:
    """The written forms of a field become one; the sync's `model` is filled in wherever none is named."""
    model, passphrase = body.get("model"), body.get("encryption_passphrase")
    canonical: Canonical = {
        "mode": body.get("mode"),
        "target": without(mapping(body.get("target"))),
        "fields": declared_mappings(mapping(body.get("fields")), model),
        **declared_identities(body),
        "schedule": declared_schedule(mapping(body.get("schedule"))),
        **declared_filters(body),
        "overrides": [conditions(mapping(one), model) for one in sequence(body.get("overrides"))],
        **{flag: body.get(flag) or None for flag in FLAGS},
        "encryption_passphrase": passphrase if isinstance(passphrase, Secret | None) else Secret(passphrase),
    }
    return {**without(canonical), **_chosen(body)}


def _chosen(body: Mapping[str, object]) -> Canonical:
    """The optional members that are declared; no policies at all are a choice too."""
    chosen: Canonical = {"active": body["active"]} if body.get("active") is not None else {}
    return {**chosen, "policies": sequence(body["policies"])} if "policies" in body else chosen


def from_api(answer: ApiObject) -> Canonical:
    """The answer in the words of the spec, with ids where names belong."""
    filters, target_logic = live_filters(answer)
    canonical: Canonical = {
        "mode": answer.get("mode"),
        "target": without({**live_target(mapping(answer.get("target"))), "filter_logic": target_logic}),
        "fields": live_mappings(answer),
        **live_identities(answer),
        "schedule": live_schedule(mapping(answer.get("schedule"))),
        **filters,
        "overrides": [conditions(mapping(one), None) for one in sequence(answer.get("overrides"))],
        **{flag: answer.get(flag) or None for flag in FLAGS},
        "policies": sequence(answer.get("policies")),
    }
    # An entry of a light list (quirk 42) tells at least which models are used.
    used = {} if "fields" in answer else {"model_ids": sequence(answer.get("model_ids"))}
    return {**without({**canonical, **used}), "active": bool(answer.get("active"))}


def reconcile(declared: Canonical, live: Canonical) -> Canonical:
    """A target that was to be made is the object that it became; policies that nobody asked for are no difference."""
    target = reconcile_target(mapping(declared.get("target")), mapping(live.get("target")))
    return {**declared, "target": target, **reconcile_policies(declared, live)}


def to_api(name: str, canonical: Canonical, live: ApiObject | None) -> dict[str, object]:
    """A create body with what is declared only, or with `live` a full replacement with every list spelled out."""
    mapped, constants = api_mappings(mapping(canonical.get("fields")))
    body: dict[str, object] = {
        "name": name,
        "mode": canonical["mode"],
        "fields": mapped,
        "schedule": api_schedule(mapping(canonical.get("schedule"))),
        "target": api_target(mapping(canonical.get("target")), mapping((live or {}).get("target"))),
    }
    optional: dict[str, object] = {
        "override_fields": constants,
        "filters": api_filters(canonical),
        "filter_logic": canonical.get("filter_logic"),
        "overrides": [api_conditions(mapping(one)) for one in sequence(canonical.get("overrides"))],
        **api_identities(canonical, live),
        **{flag: canonical.get(flag) for flag in FLAGS},
        "encryption_passphrase": canonical.get("encryption_passphrase"),
        "policies": canonical.get("policies"),
    }
    if live is None:
        active = {"active": False} if canonical.get("active") is False else {}
        return {**body, **without(optional), **active}
    for member in CLEARED:
        body[member] = optional.pop(member)
    body.update({flag: bool(optional.pop(flag)) for flag in FLAGS})
    body["active"] = canonical.get("active", bool(live.get("active")))
    policies = canonical.get("policies", live.get("policies"))
    return {**body, **without(optional), **({"policies": policies} if policies is not None else {})}


def normalize(canonical: Canonical) -> Canonical:
    """Filters by what they say instead of by letter, schedules by meaning, no mapping onto the identity (quirk 28)."""
    taken = identity_targets(canonical)
    form: Canonical = {
        **canonical,
        "fields": {name: value for name, value in mapping(canonical.get("fields")).items() if name not in taken},
        **comparable_identities(canonical),
        "schedule": comparable_schedule(mapping(canonical.get("schedule"))),
        **comparable_filters(canonical),
        "overrides": by_condition([mapping(one) for one in sequence(canonical.get("overrides"))]),
    }
    return {**without(form), **normalize_policies(canonical)}


def _is_complete(entry: ApiObject) -> bool:
    return isinstance(entry.get("target"), Mapping) and isinstance(entry.get("fields"), list)


SYNCS = Kind(
    name="syncs",
    noun="sync",
    definition="sync",
    path="/api/syncs",
    from_spec=from_spec,
    from_api=from_api,
    to_api=to_api,
    to_spec=lambda canonical, answer, present: sync_to_spec(canonical, present),
    export_rules=ExportRules(inline=(("schedule",), ("identity",), ("fields", "*"))),
    normalize=normalize,
    reconcile=reconcile,
    fields=FIELDS,
    is_complete=_is_complete,
    offline_checks=check_sync,
    secrets=(("encryption_passphrase",),),
    variants=MappingProxyType({("schedule",): "frequency"}),
    only_live=(Reference(("model_ids", "*"), "models"),),
    confidential=(
        ("target", "configuration"),
        ("target", "create"),
        ("fields", "*", "value"),
        ("filters", "*", "value"),
        ("overrides", "*", "value"),
        ("overrides", "*", "override"),
        ("encryption_passphrase",),
    ),
    toggle=ToggleEndpoint("active", on="activate", off="activate", sends_value=True),
    only_in=(OnlyIn(("identities",), IDENTITIES), OnlyIn(("filters", "*", "value_field"), VALUE_FIELDS)),
    version_adapters=ADAPTERS,
    runs=True,
    live_checks=True,
)
