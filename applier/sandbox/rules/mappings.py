"""What a sync maps: fields, constants, identity, filters and overrides, checked against models and target columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from applier.sandbox import databases
from applier.sandbox.rules import bodies
from applier.sandbox.rules.conditions import check_logic, normalised_filters, normalised_overrides
from applier.sandbox.rules.context import ZERO_UUID, Context
from applier.sandbox.rules.refusals import malformed
from applier.sandbox.store import Document

FIELD_MEMBERS = {
    "target": bodies.is_text,
    "source": bodies.is_object,
    "override_value": bodies.is_text,
    "new": bodies.is_flag,
    "sync_mode": bodies.is_text,
    "encryption_enabled": bodies.is_flag,
}
IDENTITY_MEMBERS = {
    "source": bodies.is_object,
    "target": bodies.is_text,
    "function": bodies.is_text,
    "new_field": bodies.is_flag,
    "remote_field_type_id": bodies.is_text,
}
IDENTITY_FUNCTIONS = ("Equality", "ISubstring", "OneOf", "DomainMatch", "HostnameMatch")
FIELD_SYNC_MODES = ("create", "updateOrCreate")
SOURCE_MEMBERS = {"model_id": bodies.is_text, "field": bodies.is_text}


def normalised(context: Context, body: Mapping[str, Any], columns: list[databases.Column] | None) -> Document:
    """Everything of a sync that names model fields and target fields, as it is stored, with the models it uses."""
    models = Models(context)
    identity = _identity(models, body.get("identity"))
    fields = [_field(models, field) for field in body["fields"]]
    overriding = [_constant(field) for field in body.get("override_fields") or []]
    if identity:
        fields = [field for field in fields if field["target"] != identity["target"]]
    _check_targets(context, columns, fields + overriding, identity)
    filters = normalised_filters(models, body.get("filters") or [])
    check_logic(body.get("filter_logic"), filters)
    return {
        "fields": fields,
        "override_fields": overriding,
        **({"identity": identity} if identity else {}),
        "filters": filters,
        **({"filter_logic": body["filter_logic"]} if body.get("filter_logic") else {}),
        "overrides": normalised_overrides(models, body.get("overrides") or []),
        "model_ids": list(models.used),
    }


class Models:
    """The models that a sync refers to, each read once, and which of them have been used."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.used: dict[str, Document] = {}

    def source(self, source: Mapping[str, Any], at: str) -> Document:
        """A reference to a model's field, checked; answers model_id and field alone."""
        bodies.check(source, SOURCE_MEMBERS, ("model_id", "field"), at)
        model = self._model(source["model_id"], at)
        names = {field["name"] for field in model["fields"]}
        if names and source["field"] not in names and self._context.switches["field_references"] == "refuse":
            raise malformed(f"{at}model {model['name']} has no field named {source['field']}")
        return {"field": source["field"], "model_id": source["model_id"]}

    def field_id(self, source: Mapping[str, Any]) -> str | None:
        model = self._model(source["model_id"], "")
        return next((field["id"] for field in model["fields"] if field["name"] == source["field"]), None)

    def by_field_id(self, field_id: str, at: str) -> Document:
        """The reference behind the UUID of a model field."""
        for model in self._context.session.every("model", self._context.organization):
            for field in model["fields"]:
                if field["id"] == field_id:
                    return self.source({"model_id": model["id"], "field": field["name"]}, at)
        raise malformed(f"{at}field {field_id} does not exist")

    def _model(self, id: str, at: str) -> Document:
        if id not in self.used:
            model = self._context.session.get("model", id, self._context.organization)
            if model is None:
                raise malformed(f"{at}model {id} does not exist")
            self.used[id] = model
        return self.used[id]


def is_absent(source: Mapping[str, Any] | None) -> bool:
    """Null, empty and the zero UUID all mean that there is no source."""
    return not source or source.get("model_id") in (None, "", ZERO_UUID)


def _field(models: Models, field: Mapping[str, Any]) -> Document:
    at = f"fields: {field.get('target')}: "
    _check_field(field, at)
    stored = bodies.given(field, "target", "override_value", "new", "sync_mode", "encryption_enabled")
    if not is_absent(field.get("source")):
        return {"source": models.source(field["source"], at), **stored}
    if "override_value" not in stored:
        raise malformed(f"{at}source is required")
    return stored


def _constant(field: Mapping[str, Any]) -> Document:
    at = f"override_fields: {field.get('target')}: "
    _check_field(field, at)
    if field.get("override_value") is None:
        raise malformed(f"{at}override_value is required")
    return bodies.given(field, "target", "override_value", "new", "sync_mode")


def _check_field(field: Mapping[str, Any], at: str) -> None:
    bodies.check(field, FIELD_MEMBERS, ("target",), at)
    if field.get("sync_mode") and field["sync_mode"] not in FIELD_SYNC_MODES:
        raise malformed(f"{at}sync_mode must be one of {', '.join(FIELD_SYNC_MODES)}")


def _identity(models: Models, identity: Mapping[str, Any] | None) -> Document | None:
    if not identity:
        return None
    bodies.check(identity, IDENTITY_MEMBERS, ("source", "target", "function"), "identity: ")
    if identity["function"] not in IDENTITY_FUNCTIONS:
        raise malformed(f"identity: function must be one of {', '.join(IDENTITY_FUNCTIONS)}")
    return {
        "source": models.source(identity["source"], "identity: "),
        "target": identity["target"],
        "function": identity["function"],
        "new_field": bool(identity.get("new_field")),
        "remote_field_type_id": identity.get("remote_field_type_id") or "",
    }


def _check_targets(
    context: Context,
    columns: list[databases.Column] | None,
    fields: list[Document],
    identity: Mapping[str, Any] | None,
) -> None:
    if columns is None or context.switches["field_references"] == "store":
        return
    known = {column.name for column in columns}
    created = {field["target"] for field in fields if field.get("new")}
    if identity and identity["new_field"]:
        created.add(identity["target"])
    named = [field["target"] for field in fields] + ([identity["target"]] if identity else [])
    for target in named:
        if target not in known | created:
            raise malformed(f"fields: the target has no field named {target}")
