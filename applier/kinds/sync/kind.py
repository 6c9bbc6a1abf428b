"""Syncs: which fields of which models are written where, how and when.

See docs/api/syncs.md, docs/api/schedules.md, docs/api/mappings.md and docs/api/executions.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from applier.kinds.base import ApiObject, Canonical, Kind, mapping, sequence, without
from applier.kinds.endpoints import Executions, OnlyIn, ToggleEndpoint
from applier.kinds.export_rules import ExportRules
from applier.kinds.policy.attachment import normalize_policies, reconcile_policies
from applier.kinds.sync.checks import check_sync
from applier.kinds.sync.conditions import (
    condition_to_api,
    filters_from_api,
    filters_from_spec,
    filters_to_api,
    key_by_condition,
    normalize_filters,
    parse_condition,
)
from applier.kinds.sync.export_form import sync_to_spec
from applier.kinds.sync.fields import FIELDS
from applier.kinds.sync.identities import (
    identities_from_api,
    identities_from_spec,
    identities_to_api,
    identity_targets,
    normalize_identities,
)
from applier.kinds.sync.mappings import mappings_from_api, mappings_from_spec, mappings_to_api
from applier.kinds.sync.schedules import normalize_schedule, schedule_from_api, schedule_from_spec, schedule_to_api
from applier.kinds.sync.targets import reconcile_target, target_from_api, target_to_api
from applier.kinds.sync.versions import ADAPTERS, CLEARED, IDENTITIES, VALUE_FIELDS
from applier.secrets import Secret
from applier.spec.kinds import Reference

FLAGS = ("sync_all_records", "only_enrich_updates", "skip_initial_backfill")


def from_spec(body: Mapping[str, object]) -> Canonical:
    """Return the declared members with one form of mappings; the sync's `model` stands wherever none is named."""
    model, passphrase = body.get("model"), body.get("encryption_passphrase")
    canonical: Canonical = {
        "mode": body.get("mode"),
        "target": without(mapping(body.get("target"))),
        "fields": mappings_from_spec(mapping(body.get("fields")), model),
        **identities_from_spec(body),
        "schedule": schedule_from_spec(mapping(body.get("schedule"))),
        **filters_from_spec(body),
        "overrides": [parse_condition(mapping(one), model) for one in sequence(body.get("overrides"))],
        **{flag: body.get(flag) or None for flag in FLAGS},
        "encryption_passphrase": passphrase if isinstance(passphrase, Secret | None) else Secret(passphrase),
    }
    return {**without(canonical), **_declared_options(body)}


def _declared_options(body: Mapping[str, object]) -> Canonical:
    """Return the optional members that are declared; an empty list of policies is a choice too."""
    chosen: Canonical = {"active": body["active"]} if body.get("active") is not None else {}
    return {**chosen, "policies": sequence(body["policies"])} if "policies" in body else chosen


def from_api(answer: ApiObject) -> Canonical:
    """Return an answer in the words of the spec, with ids where names belong."""
    filters, target_logic = filters_from_api(answer)
    canonical: Canonical = {
        "mode": answer.get("mode"),
        "target": without({**target_from_api(mapping(answer.get("target"))), "filter_logic": target_logic}),
        "fields": mappings_from_api(answer),
        **identities_from_api(answer),
        "schedule": schedule_from_api(mapping(answer.get("schedule"))),
        **filters,
        "overrides": [parse_condition(mapping(one), None) for one in sequence(answer.get("overrides"))],
        **{flag: answer.get(flag) or None for flag in FLAGS},
        "policies": sequence(answer.get("policies")),
    }
    # An entry of a light list tells at least which models are used. (docs/api/behaviours.md#light-sync-lists)
    used = {} if "fields" in answer else {"model_ids": sequence(answer.get("model_ids"))}
    return {**without({**canonical, **used}), "active": bool(answer.get("active"))}


def reconcile(declared: Canonical, live: Canonical) -> Canonical:
    """Return the declared form with the object that a created target became, and with system-attached policies."""
    target = reconcile_target(mapping(declared.get("target")), mapping(live.get("target")))
    return {**declared, "target": target, **reconcile_policies(declared, live)}


def to_api(name: str, canonical: Canonical, live: ApiObject | None) -> dict[str, object]:
    """Return a create body with what is declared, or with `live` a full replacement that says every list."""
    mapped, constants = mappings_to_api(mapping(canonical.get("fields")))
    body: dict[str, object] = {
        "name": name,
        "mode": canonical["mode"],
        "fields": mapped,
        "schedule": schedule_to_api(mapping(canonical.get("schedule"))),
        "target": target_to_api(mapping(canonical.get("target")), mapping((live or {}).get("target"))),
    }
    optional: dict[str, object] = {
        "override_fields": constants,
        "filters": filters_to_api(canonical),
        "filter_logic": canonical.get("filter_logic"),
        "overrides": [condition_to_api(mapping(one)) for one in sequence(canonical.get("overrides"))],
        **identities_to_api(canonical, live),
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
    """Return the form to compare: filters by what they test, and no mapping onto the identity.

    See docs/api/behaviours.md#identity-mappings.
    """
    taken = identity_targets(canonical)
    form: Canonical = {
        **canonical,
        "fields": {name: value for name, value in mapping(canonical.get("fields")).items() if name not in taken},
        **normalize_identities(canonical),
        "schedule": normalize_schedule(mapping(canonical.get("schedule"))),
        **normalize_filters(canonical),
        "overrides": key_by_condition([mapping(one) for one in sequence(canonical.get("overrides"))]),
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
    executions=Executions(target=("target", "object")),
    full_resync_members=("mode", "identity"),
    list_references=(Reference(("model_ids",), "models"), Reference(("target_connection_id",), "connections")),
)
