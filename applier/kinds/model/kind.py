"""Models: a table, a view or a query of a connection.

See docs/api/models.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from applier.kinds.base import (
    ApiObject,
    Canonical,
    Kind,
    is_blank,
    mapping,
    sequence,
    text,
    without,
)
from applier.kinds.export_rules import ExportRules, FieldSelection
from applier.kinds.model.checks import check_model
from applier.kinds.model.enrichment import enricher_from_api, enricher_from_spec, enricher_to_api, keep_enricher
from applier.kinds.model.export_form import model_to_spec
from applier.kinds.model.fields import FIELDS
from applier.kinds.policy.attachment import normalize_policies, reconcile_policies
from applier.secrets import Secret


class UnreadableLabel(str):
    """A label whose id the answer does not have."""

    __slots__ = ()


LISTS = ("fields", "relations", "labels", "policies")  # declared, even if empty, or left as they are live
SENT = ("identifier", "tracking_columns", "fields", "labels", "policies")
NOT_READABLE = UnreadableLabel("(cannot be read)")
LINE_BREAK = re.compile(r"\r\n?")


def from_spec(body: Mapping[str, object]) -> Canonical:
    """Return the declared members; an empty list is a choice where leaving it out keeps what is live."""
    canonical: Canonical = {
        "connection": body.get("connection"),
        "configuration": _configuration(body),
        "identifier": body.get("identifier"),
        "tracking_columns": sequence(body.get("tracking_columns")),
        "refresh": body.get("refresh"),
    }
    canonical = without(canonical)
    if "enricher" in body:
        canonical["enricher"] = enricher_from_spec(mapping(body["enricher"]))
    if "additional_fields" in body:
        entries = [mapping(one) for one in sequence(body["additional_fields"])]
        canonical["additional_fields"] = {
            text(one.get("name")): _additional({"label": one.get("name"), **one}) for one in entries
        }
    return {**canonical, **{member: sequence(body[member]) for member in LISTS if member in body}}


def _configuration(body: Mapping[str, object]) -> dict[str, object]:
    """Return the configuration without unset texts; line breaks are those of YAML, also of a live query.

    Queries come from browsers and from files of Windows with other ones, which mean the same to every database.
    """
    members = without(mapping(body.get("configuration")), _is_unset_text)
    return {name: _with_line_feeds(value) for name, value in members.items()}


def _with_line_feeds(value: object) -> object:
    if not isinstance(value, str) or "\r" not in value:
        return value
    normalized = LINE_BREAK.sub("\n", value)
    return Secret(normalized) if isinstance(value, Secret) else normalized


def _is_unset_text(value: object) -> bool:
    """Return whether a value is null or an empty text; false, zero and other empty values count.

    See docs/api/behaviours.md#model-configuration.
    """
    return value is None or value == ""


def _additional(entry: Mapping[str, object]) -> dict[str, object]:
    return without({name: entry.get(name) for name in ("type", "label", "example")})


def from_api(answer: ApiObject) -> Canonical:
    """Return an answer in the words of the spec.

    Fields are objects in answers, with those that users added; labels are objects too.

    See docs/api/behaviours.md#model-fields, docs/api/behaviours.md#additional-fields and
    docs/api/behaviours.md#empty-values-of-models.
    """
    canonical = without(
        {
            "connection": answer.get("connection_id"),
            "configuration": _configuration(answer),
            "identifier": answer.get("identifier"),
            "tracking_columns": sequence(answer.get("tracking_columns")),
            "relations": [_relation_from_api(mapping(one)) for one in sequence(answer.get("relations"))],
            "enricher": enricher_from_api(mapping(answer.get("enricher"))),
            "labels": _labels(answer),
            "policies": sequence(answer.get("policies")),
        }
    )
    if isinstance(answer.get("fields"), list):
        canonical["fields"] = [text(one.get("name")) for one in _fields(answer, user_added=False)]
        canonical["additional_fields"] = {
            text(one.get("name")): _additional(one) for one in _fields(answer, user_added=True)
        }
    return canonical


def _labels(answer: ApiObject) -> list[object]:
    """Return the ids of the labels; what members their objects have is not documented.

    See docs/api/behaviours.md#empty-values-of-models.
    """
    entries = sequence(answer.get("labels"))
    return [one.get("id", NOT_READABLE) if isinstance(one, Mapping) else one for one in entries]


def _relation_from_api(relation: Mapping[str, object]) -> dict[str, object]:
    far_end = mapping(relation.get("to"))
    return {"from": relation.get("from"), "to": {"model": far_end.get("model_id"), "field": far_end.get("field")}}


def _fields(answer: ApiObject, *, user_added: bool) -> list[Mapping[str, object]]:
    entries = [mapping(one) for one in sequence(answer.get("fields"))]
    return [one for one in entries if bool(one.get("user_added")) is user_added]


def reconcile(declared: Canonical, live: Canonical) -> Canonical:
    """Return the declared form with system-attached policies, and with live labels that cannot be read."""
    form = {**declared, **reconcile_policies(declared, live)}
    if "labels" in declared and any(isinstance(one, UnreadableLabel) for one in sequence(live.get("labels"))):
        form["labels"] = live["labels"]
    return form


def to_api(name: str, canonical: Canonical, live: ApiObject | None) -> dict[str, object]:
    """Return a create body, or with `live` a full replacement: what is not declared is sent back.

    See docs/api/behaviours.md#model-replacement.
    """
    body: dict[str, object] = {
        "name": name,
        "connection_id": canonical["connection"],
        "configuration": canonical.get("configuration", {}),
        **{member: canonical[member] for member in SENT if member in canonical and _is_readable(canonical[member])},
    }
    if "additional_fields" in canonical:
        entries = mapping(canonical["additional_fields"]).items()
        body["additional_fields"] = [{"name": name, **mapping(entry)} for name, entry in entries]
    if "relations" in canonical:
        body["relations"] = [_relation_to_api(mapping(one)) for one in sequence(canonical["relations"])]
    if canonical.get("enricher"):
        body["enricher"] = enricher_to_api(mapping(canonical["enricher"]), mapping((live or {}).get("enricher")))
    return body if live is None else {**_members_to_keep(canonical, live), **body}


def _is_readable(value: object) -> bool:
    """Return whether a value can be sent: not a list of labels of which an answer lacks an id."""
    return not any(isinstance(one, UnreadableLabel) for one in sequence(value))


def _relation_to_api(relation: Mapping[str, object]) -> dict[str, object]:
    far_end = mapping(relation.get("to"))
    return {"from": relation.get("from"), "to": {"model_id": far_end.get("model"), "field": far_end.get("field")}}


def _members_to_keep(canonical: Canonical, live: ApiObject) -> dict[str, object]:
    """Return the live members that a full replacement repeats, so that it clears nothing that is not declared."""
    kept: dict[str, object] = {
        "identifier": "",
        "tracking_columns": [],
        "additional_fields": [_field_to_api(one) for one in _fields(live, user_added=True)],
        "relations": sequence(live.get("relations")),
        "labels": [one for one in _labels(live) if not isinstance(one, UnreadableLabel)],
    }
    if _same_source(canonical, live):  # another source has other fields: all of them, as for a new model
        kept["fields"] = [text(one.get("name")) for one in _fields(live, user_added=False)]
    if "enricher" not in canonical and live.get("enricher"):
        kept["enricher"] = keep_enricher(mapping(live["enricher"]))
    if live.get("policies"):
        kept["policies"] = live["policies"]
    return kept | ({"refresh": canonical["refresh"]} if "refresh" in canonical else {})


def _field_to_api(field: Mapping[str, object]) -> dict[str, object]:
    """Return a user's field for a request, where examples are texts; in answers they can be anything."""
    members = _additional(field)
    return {"name": field.get("name"), **without(members, lambda value: not isinstance(value, str))}


def _same_source(canonical: Canonical, live: ApiObject) -> bool:
    declared, found = (
        {key: value for key, value in mapping(one.get("configuration")).items() if not is_blank(value)}
        for one in (canonical, live)
    )
    if "tracking_columns" not in declared:
        found.pop("tracking_columns", None)
    return canonical["connection"] == live.get("connection_id") and declared == found


def normalize(canonical: Canonical) -> Canonical:
    """Return the form to compare: fields, columns, labels and relations have no order.

    See docs/api/behaviours.md#list-order.
    """
    unordered: Canonical = {
        member: sorted(map(str, sequence(canonical[member])))
        for member in ("fields", "tracking_columns", "labels")
        if member in canonical
    }
    if "relations" in canonical:
        relations = [mapping(one) for one in sequence(canonical["relations"])]
        unordered["relations"] = {_relation_key(one): one for one in relations}
    return {**canonical, **unordered, **normalize_policies(canonical)}


def _relation_key(relation: Mapping[str, object]) -> str:
    far_end = mapping(relation.get("to"))
    return f"{relation.get('from')} = {far_end.get('model')}.{far_end.get('field')}"


def _is_complete(entry: ApiObject) -> bool:
    return "configuration" in entry and isinstance(entry.get("fields"), list)


MODELS = Kind(
    name="models",
    noun="model",
    definition="model",
    path="/api/models",
    from_spec=from_spec,
    from_api=from_api,
    to_api=to_api,
    to_spec=lambda canonical, answer, present: model_to_spec(canonical),
    export_rules=ExportRules(
        query=("configuration", "query"),
        field_selection=FieldSelection("fields", "connection", "configuration"),
    ),
    normalize=normalize,
    reconcile=reconcile,
    fields=FIELDS,
    is_complete=_is_complete,
    offline_checks=check_model,
    deferred=("relations",),
    confidential=(("configuration",), ("enricher", "configuration")),
)
