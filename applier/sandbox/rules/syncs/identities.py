"""The identity of a sync: one mapping, or in version 2025-09-18 several with a strategy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from applier.sandbox.json_values import Document, JsonObject, as_document, as_documents
from applier.sandbox.rules import body_checks
from applier.sandbox.rules.connections.target_descriptions import TargetDescription
from applier.sandbox.rules.refusals import bad_request

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


def normalise_identities(models: Models, body: JsonObject, shape: TargetDescription) -> Document:
    """Return the identity mappings of a request; `identity` counts only where there is no `identities`."""
    if body.get("identities") is None:
        one = body.get("identity")
        return {"mappings": [_mapping(models, as_document(one), "identity: ")] if one else []}
    several = as_document(body, "identities")
    body_checks.check(several, SEVERAL_MEMBERS, ("mappings",), "identities: ")
    mappings = [_mapping(models, mapping, "identities: ") for mapping in as_documents(several, "mappings")]
    strategy = several.get("strategy")
    if strategy is not None and strategy not in STRATEGIES:
        raise bad_request(f"identities: strategy must be one of {', '.join(STRATEGIES)}")
    if len(mappings) > 1:
        _check_several(mappings, strategy, shape)
    if body.get("identity"):
        _check_same(_mapping(models, as_document(body, "identity"), "identity: "), mappings)
    return {"mappings": mappings, **({"strategy": strategy} if strategy else {})}


def check_replaceable(before: JsonObject, body: JsonObject, *, newer: bool) -> None:
    """Refuse to update a sync with several identity mappings by a request that does not name all of them."""
    if len(mappings_of(before)) > 1 and (not newer or body.get("identities") is None):
        raise bad_request("identities is required: the sync has several identity mappings")


def mappings_of(sync: JsonObject) -> list[Document]:
    """Return the identity mappings of a stored sync; one stored by an older sandbox has `identity` alone."""
    if "identities" in sync:
        return as_documents(sync, "identities", "mappings")
    return [as_document(sync, "identity")] if sync.get("identity") else []


def _mapping(models: Models, mapping: JsonObject, at: str) -> Document:
    body_checks.check(mapping, MEMBERS, ("source", "target", "function"), at)
    if mapping["function"] not in FUNCTIONS:
        raise bad_request(f"{at}function must be one of {', '.join(FUNCTIONS)}")
    return {
        "source": models.source(as_document(mapping, "source"), at),
        "target": mapping["target"],
        "function": mapping["function"],
        "new_field": bool(mapping.get("new_field")),
        "remote_field_type_id": mapping.get("remote_field_type_id") or "",
    }


def _check_several(mappings: list[Document], strategy: object, shape: TargetDescription) -> None:
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
