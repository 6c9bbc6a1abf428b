"""Check the mappings of a sync against its target: which fields exist, can be written, and can be an identity."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from applier.sandbox.json_values import JsonObject, as_documents, as_text
from applier.sandbox.rules.connections.target_descriptions import TargetDescription
from applier.sandbox.rules.context import Context
from applier.sandbox.rules.refusals import bad_request

CREATING = ("create", "append", "replace", "snapshot")
WRITING = (*CREATING, "update", "updateOrCreate")


def check_targets(
    context: Context,
    shape: TargetDescription,
    mode: str,
    fields: Sequence[JsonObject],
    identities: Sequence[JsonObject],
) -> None:
    """Refuse fields that the target does not have or cannot use in this way."""
    if shape.fields is None or context.switches["field_references"] == "store":
        return
    created = {as_text(field, "target") for field in fields if field.get("new")}
    created |= {as_text(identity, "target") for identity in identities if identity["new_field"]}
    for member in [*fields, *identities]:
        if not shape.field(as_text(member, "target")) and member["target"] not in created:
            raise bad_request(f"fields: the target has no field named {member['target']}")
    if context.switches["target_rules"] == "refuse":
        for problem in _problems(shape, mode, fields, identities, created):
            raise bad_request(problem)


def _problems(
    shape: TargetDescription,
    mode: str,
    fields: Sequence[JsonObject],
    identities: Sequence[JsonObject],
    created: set[str],
) -> Iterator[str]:
    if created and not shape.flags.get("supports_field_creation"):
        yield f"fields: the target creates no fields: {', '.join(sorted(created))}"
    for field in fields:
        yield from _write_problems(shape, mode, field)
    for identity in identities:
        known = shape.field(as_text(identity, "target"))
        functions = [function["id"] for function in as_documents((known or {}).get("identity_functions") or [])]
        if known and not known["supports_identity"]:
            yield f"identity: {identity['target']} cannot be used as an identity"
        elif known and identity["function"] not in functions and not shape.is_table:
            # Tables list Equality alone, but accept the others too.
            yield f"identity: {identity['target']} does not support the function {identity['function']}"


def _write_problems(shape: TargetDescription, mode: str, field: JsonObject) -> Iterator[str]:
    known = shape.field(as_text(field, "target"))
    if known is None:
        return
    written = known["createable"] or known["updateable"] if mode == "updateOrCreate" else True
    if mode in CREATING:
        written = known["createable"]
    elif mode == "update":
        written = known["updateable"]
    if mode in WRITING and not written:
        yield f"fields: {field['target']} is read-only in mode {mode}"
    if field.get("encryption_enabled") and not (known.get("encryptable") or shape.is_table):
        yield f"fields: {field['target']} cannot be encrypted"
