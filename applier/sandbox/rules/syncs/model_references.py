"""The models that a sync refers to, and their fields by name and by id."""

from __future__ import annotations

from applier.sandbox.json_values import Document, JsonObject, as_document, as_documents, as_text
from applier.sandbox.rules import body_checks
from applier.sandbox.rules.context import Context
from applier.sandbox.rules.refusals import bad_request

SOURCE_MEMBERS = {"model_id": body_checks.is_text, "field": body_checks.is_text}


class Models:
    """The models that a sync refers to, each read once, and which of them have been used."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.used: dict[str, Document] = {}

    def source(self, source: JsonObject, at: str) -> Document:
        """Return a reference to a model's field with model_id and field alone; refuse one to what does not exist."""
        body_checks.check(source, SOURCE_MEMBERS, ("model_id", "field"), at)
        model = self._model(as_text(source, "model_id"), at)
        names = {field["name"] for field in as_documents(model, "fields")}
        if names and source["field"] not in names and self._context.switches["field_references"] == "refuse":
            raise bad_request(f"{at}model {model['name']} has no field named {source['field']}")
        return {"field": source["field"], "model_id": source["model_id"]}

    def field_id(self, source: JsonObject) -> str | None:
        model = self._model(as_text(source, "model_id"), "")
        fields = (field for field in as_documents(model, "fields") if field["name"] == source["field"])
        return next((as_text(field, "id") for field in fields), None)

    def by_field_id(self, field_id: str, at: str) -> Document:
        """Return the reference to the model field with this UUID."""
        for model in self._context.session.find_all("model", self._context.organization):
            for field in as_documents(model, "fields"):
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
        """Return the enrichment with this id in the form of a model; its fields are those that it adds."""
        for model in self._context.session.find_all("model", self._context.organization):
            enricher = as_document(model.get("enricher") or {})
            if enricher.get("enricher_id") == id:
                self.used.setdefault(as_text(model, "id"), model)
                name = f"enrichment of {model['name']}"
                return {"id": model["id"], "name": name, "fields": enricher["fields"]}
        return None
