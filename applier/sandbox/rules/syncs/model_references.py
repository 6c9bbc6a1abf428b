"""The models that a sync refers to, and their fields by name and by id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from applier.sandbox.rules import body_checks
from applier.sandbox.rules.context import Context
from applier.sandbox.rules.refusals import bad_request
from applier.sandbox.store import Document

SOURCE_MEMBERS = {"model_id": body_checks.is_text, "field": body_checks.is_text}


class Models:
    """The models that a sync refers to, each read once, and which of them have been used."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.used: dict[str, Document] = {}

    def source(self, source: Mapping[str, Any], at: str) -> Document:
        """A reference to a model's field, checked; answers model_id and field alone."""
        body_checks.check(source, SOURCE_MEMBERS, ("model_id", "field"), at)
        model = self._model(source["model_id"], at)
        names = {field["name"] for field in model["fields"]}
        if names and source["field"] not in names and self._context.switches["field_references"] == "refuse":
            raise bad_request(f"{at}model {model['name']} has no field named {source['field']}")
        return {"field": source["field"], "model_id": source["model_id"]}

    def field_id(self, source: Mapping[str, Any]) -> str | None:
        model = self._model(source["model_id"], "")
        return next((field["id"] for field in model["fields"] if field["name"] == source["field"]), None)

    def by_field_id(self, field_id: str, at: str) -> Document:
        """The reference behind the UUID of a model field."""
        for model in self._context.session.find_all("model", self._context.organization):
            for field in model["fields"]:
                if field["id"] == field_id:
                    return self.source({"model_id": model["id"], "field": field["name"]}, at)
        raise bad_request(f"{at}field {field_id} does not exist")

    def _model(self, id: str, at: str) -> Document:
        if id not in self.used:
            model = self._context.session.get("model", id, self._context.organization) or self._enrichment_fields(id)
            if model is None:
                raise bad_request(f"{at}model {id} does not exist")
            self.used[id] = model
        return self.used[id]

    def _enrichment_fields(self, id: str) -> Document | None:
        """The fields that an enrichment adds to a model, under the enrichment's id."""
        for model in self._context.session.find_all("model", self._context.organization):
            enricher = model.get("enricher") or {}
            if enricher.get("enricher_id") == id:
                self.used.setdefault(model["id"], model)
                return {"id": model["id"], "name": f"enrichment of {model['name']}", "fields": enricher["fields"]}
        return None
