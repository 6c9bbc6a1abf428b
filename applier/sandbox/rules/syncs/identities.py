"""How a sync recognises records: one mapping, or in the newer version several with a strategy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from applier.sandbox.rules import body_checks
from applier.sandbox.rules.connections.target_descriptions import TargetDescription
from applier.sandbox.rules.refusals import bad_request
from applier.sandbox.store import Document

if TYPE_CHECKING:
    from applier.sandbox.rules.syncs.model_references import Models

MEMBERS = {
    "source": body_checks.is_object,
    "target": body_checks.is_text,
    "function": body_checks.is_text,
    "new_field": body_checks.is_flag,
    "remote_field_type_id": body_checks.is_text,
}
SEVERAL_MEMBERS = {"mappings": body_checks.is_objects, "strategy": body_checks.is_text}
FUNCTIONS = ("Equality", "ISubstring", "OneOf", "DomainMatch", "HostnameMatch")
STRATEGIES = ("priority", "and")
FIRST_IDENTITY_MEMBERS = ("source", "target", "function")


def normalise_identities(models: Models, body: Mapping[str, Any], shape: TargetDescription) -> Document:
    """The identity mappings of a request; `identity` counts only where there is no `identities`."""
    several = body.get("identities")
    if several is None:
        one = body.get("identity")
        return {"mappings": [_mapping(models, one, "identity: ")] if one else []}
    body_checks.check(several, SEVERAL_MEMBERS, ("mappings",), "identities: ")
    mappings = [_mapping(models, mapping, "identities: ") for mapping in several["mappings"]]
    strategy = several.get("strategy")
    if strategy is not None and strategy not in STRATEGIES:
        raise bad_request(f"identities: strategy must be one of {', '.join(STRATEGIES)}")
    if len(mappings) > 1:
        _check_several(mappings, strategy, shape)
    if body.get("identity"):
        _check_same(_mapping(models, body["identity"], "identity: "), mappings)
    return {"mappings": mappings, **({"strategy": strategy} if strategy else {})}


def check_replaceable(before: Mapping[str, Any], body: Mapping[str, Any], *, newer: bool) -> None:
    """A sync with several mappings is updated only by a request that says all of them."""
    if len(mappings_of(before)) > 1 and (not newer or body.get("identities") is None):
        raise bad_request("identities is required: the sync has several identity mappings")


def mappings_of(sync: Mapping[str, Any]) -> list[Document]:
    """Every identity mapping of a stored sync, those stored before there could be several included."""
    if "identities" in sync:
        return list(sync["identities"]["mappings"])
    return [sync["identity"]] if sync.get("identity") else []


def _mapping(models: Models, mapping: Mapping[str, Any], at: str) -> Document:
    body_checks.check(mapping, MEMBERS, ("source", "target", "function"), at)
    if mapping["function"] not in FUNCTIONS:
        raise bad_request(f"{at}function must be one of {', '.join(FUNCTIONS)}")
    return {
        "source": models.source(mapping["source"], at),
        "target": mapping["target"],
        "function": mapping["function"],
        "new_field": bool(mapping.get("new_field")),
        "remote_field_type_id": mapping.get("remote_field_type_id") or "",
    }


def _check_several(mappings: list[Document], strategy: str | None, shape: TargetDescription) -> None:
    if strategy is None:
        raise bad_request("identities: strategy is required with more than one mapping")
    if not shape.flags.get("supports_multiple_identities"):
        raise bad_request("identities: the target supports only one identity mapping")
    targets = [mapping["target"] for mapping in mappings]
    if len(set(targets)) < len(targets):
        raise bad_request("identities: a target field is there twice")


def _check_same(identity: Document, mappings: list[Document]) -> None:
    first = mappings[0] if mappings else {}
    if any(identity[name] != first.get(name) for name in FIRST_IDENTITY_MEMBERS):
        raise bad_request("identity and identities contradict each other")
