"""How a sync finds the counterpart of a record: by one mapping or several.

See docs/api/mappings.md#identity and docs/api/mappings.md#filters-and-identities-of-2025-09-18.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from applier.kinds.base import ApiObject, Canonical, is_unset, mapping, sequence, text, without

FILLED = ("new_field", "remote_field_type_id")  # the service computes them where a request does not say them


def identities_from_spec(body: Mapping[str, object]) -> Canonical:
    """Return `identity`, or `identities` when there are several; a list of one is the same as that one.

    The sync's model counts where none is named, and the function is `Equality` unless said.
    """
    model = body.get("model")
    one, several = mapping(body.get("identity")), mapping(body.get("identities"))
    entries = [_identity_from_spec(mapping(entry), model) for entry in sequence(several.get("mappings"))]
    if len(entries) > 1:
        return {"identities": {"strategy": several.get("strategy") or "priority", "mappings": entries}}
    return {"identity": entries[0] if entries else _identity_from_spec(one, model)}


def _identity_from_spec(identity: Mapping[str, object], model: object) -> dict[str, object]:
    if not identity:
        return {}
    return without({"function": "Equality", "model": model, **without(identity)})


def identities_from_api(answer: ApiObject) -> Canonical:
    """Return the same of an answer, with ids where names belong."""
    several = mapping(answer.get("identities"))
    entries = [_identity_from_api(mapping(entry)) for entry in sequence(several.get("mappings"))]
    if len(entries) > 1:
        return {"identities": {"strategy": several.get("strategy"), "mappings": entries}}
    return {"identity": entries[0] if entries else _identity_from_api(mapping(answer.get("identity")))}


def _identity_from_api(identity: Mapping[str, object]) -> dict[str, object]:
    source = mapping(identity.get("source"))
    others = {key: value for key, value in identity.items() if key != "source"}
    return without({"model": source.get("model_id"), "field": source.get("field"), **others})


def normalize_identities(canonical: Canonical) -> Canonical:
    """Return several identities by their rank where it counts, else by their target."""
    several = mapping(canonical.get("identities"))
    if not several:
        return {}
    entries = [mapping(entry) for entry in sequence(several.get("mappings"))]
    ranked = several.get("strategy") == "priority"
    keys = [str(rank) if ranked else text(entry.get("target")) for rank, entry in enumerate(entries, 1)]
    return {"identities": {**several, "mappings": dict(zip(keys, entries, strict=True))}}


def identity_targets(canonical: Canonical) -> frozenset[str]:
    """Return the target fields that identities write; the service drops mappings onto them.

    See docs/api/behaviours.md#identity-mappings.
    """
    return frozenset(text(entry.get("target")) for entry in sync_identities(canonical))


def identities_to_api(canonical: Canonical, live: ApiObject | None) -> dict[str, object]:
    """Return the `identity` of a request, or `identities` when there are several."""
    known = sync_identities(identities_from_api(live or {}))
    bodies = [_identity_to_api(entry, known) for entry in sync_identities(canonical)]
    several = mapping(canonical.get("identities"))
    if several:
        return {"identities": {"mappings": bodies, **without({"strategy": several.get("strategy")})}}
    return {"identity": bodies[0]} if bodies else {}


def sync_identities(canonical: Canonical) -> list[Mapping[str, object]]:
    """Return the identities of a sync in canonical form, one or several."""
    several = [mapping(entry) for entry in sequence(mapping(canonical.get("identities")).get("mappings"))]
    one = mapping(canonical.get("identity"))
    return several or ([one] if one else [])


def _identity_to_api(identity: Mapping[str, object], known: Sequence[Mapping[str, object]]) -> dict[str, object]:
    body: dict[str, object] = {"source": {"field": identity["field"], "model_id": identity["model"]}}
    for live in known:
        if live.get("target") == identity.get("target"):
            body.update({key: live[key] for key in FILLED if not is_unset(live.get(key))})
    return body | {key: value for key, value in identity.items() if key not in ("model", "field")}
