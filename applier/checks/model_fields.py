"""The fields of a model as it is going to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from applier.checks.context import CheckContext
from applier.discovery.offerings import ConfigurationProblem, Source, SourceField, Unavailable
from applier.kinds.base import Canonical, mapping, sequence, text
from applier.kinds.model.kind import MODELS
from applier.spec.resources import address_of


@dataclass(frozen=True, slots=True)
class ModelFields:
    """The fields of a model. `unselected` are fields of its source that it leaves out.

    A model is `open` if its enrichment may add fields that are not listed. `origin` names its source in messages.
    """

    origin: str
    exposed: Mapping[str, SourceField] = field(default_factory=dict)
    unselected: frozenset[str] = frozenset()
    open: bool = False


FieldsByModel = Mapping[str, ModelFields | Unavailable]


def model_source(context: CheckContext, name: str) -> Source | ConfigurationProblem | Unavailable:
    """Return what the source of a model offers."""
    canonical = context.model(name)
    connection = text(canonical.get("connection"))
    if not connection or "configuration" not in canonical:
        return Unavailable.UNKNOWN
    return context.catalog.source(connection, mapping(canonical["configuration"]))


def model_fields(context: CheckContext, name: str) -> ModelFields | Unavailable:
    """Return the selected fields of a model's source, its additional fields and those of its enrichment."""
    source = model_source(context, name)
    if not isinstance(source, Source):
        # A problem is reported at the model itself.
        return source if isinstance(source, Unavailable) else Unavailable.UNKNOWN
    canonical, live = context.model(name), context.live(address_of(MODELS.name, name))
    kept = live.canonical if live and _has_same_source(live.canonical, canonical) else {}
    selected = canonical.get("fields", None if canonical.get("refresh") else kept.get("fields"))
    names = source.fields.keys() & set(map(str, selected)) if isinstance(selected, list) else source.fields.keys()
    exposed = {one: source.fields[one] for one in source.fields if one in names}
    additional = mapping(canonical.get("additional_fields", kept.get("additional_fields")))
    exposed |= {one: SourceField(one, text(mapping(entry).get("type"))) for one, entry in additional.items()}
    enricher = mapping(canonical.get("enricher", kept.get("enricher")))
    enriched = sequence(enricher.get("fields")) or sequence(mapping(kept.get("enricher")).get("fields"))
    exposed |= {str(one): SourceField(str(one)) for one in enriched}
    unselected = frozenset(source.fields.keys() - exposed.keys())
    return ModelFields(source_label(canonical), exposed, unselected, bool(enricher) and not enriched)


def _has_same_source(live: Canonical, declared: Canonical) -> bool:
    """Return False where an update changes the source: then the model gets all fields, like a new one."""
    one, other = (
        {
            key: value
            for key, value in mapping(canonical.get("configuration")).items()
            if key != "tracking_columns" and value
        }
        for canonical in (live, declared)
    )
    return live.get("connection") == declared.get("connection") and one == other


def source_label(canonical: Canonical) -> str:
    """Return what messages call the source of a model: the name of the table, never the text of a query."""
    configuration = {name: one for name, one in mapping(canonical.get("configuration")).items() if one}
    if "query" in configuration or not configuration:
        return "the query" if configuration else "the source"
    return ".".join(str(one) for name, one in configuration.items() if name != "tracking_columns" and text(one))
