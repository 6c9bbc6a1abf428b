"""What a check looks at: the declared resources, what is live beside them, and what connections offer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from applier.checks.rules import RULES
from applier.diagnostics import Diagnostic, Place
from applier.discovery.model import Catalog, NoSource, Source, SourceField, State
from applier.kinds.base import Canonical, mapping, sequence, text
from applier.live.snapshot import Live, Snapshot
from applier.resolve import DeclaredResources
from applier.resources import address_of


@dataclass(frozen=True, slots=True)
class CheckContext:
    """Everything that is known when a check is made. Without a network the snapshot is empty."""

    forms: DeclaredResources
    snapshot: Snapshot
    offers: Catalog

    def live(self, address: str) -> Live | None:
        """The one live object of an address."""
        finding = self.snapshot.at(address)
        return finding[0] if len(finding) == 1 else None


@dataclass(frozen=True, slots=True)
class ModelFields:
    """What a model exposes. `beyond` are fields of its source that it does not take; an `open` one may have more."""

    origin: str
    exposed: Mapping[str, SourceField] = field(default_factory=dict)
    beyond: frozenset[str] = frozenset()
    open: bool = False


def source_of(world: CheckContext, name: str) -> Source | NoSource | State:
    """What the source of a model offers."""
    canonical = _canonical(world, name)
    connection = text(canonical.get("connection"))
    if not connection or "configuration" not in canonical:
        return State.SILENT
    return world.offers.source(connection, mapping(canonical["configuration"]))


def model_fields(world: CheckContext, name: str) -> ModelFields | State:
    """The fields of a model as it will be: those of its source that it takes, added ones, those of its enrichment."""
    canonical, live = _canonical(world, name), world.live(address_of("models", name))
    source = source_of(world, name)
    if isinstance(source, State):
        return source
    if isinstance(source, NoSource):
        return State.SILENT  # said at the model itself
    kept = live.canonical if live and _same_source(live.canonical, canonical) else {}
    taken = canonical.get("fields", None if canonical.get("refresh") else kept.get("fields"))
    names = source.fields.keys() if not isinstance(taken, list) else source.fields.keys() & set(map(str, taken))
    exposed = {one: source.fields[one] for one in source.fields if one in names}
    added = mapping(canonical.get("additional_fields", kept.get("additional_fields")))
    exposed.update({one: SourceField(one, text(mapping(entry).get("type"))) for one, entry in added.items()})
    enricher = mapping(canonical.get("enricher", kept.get("enricher")))
    told = sequence(enricher.get("fields")) or sequence(mapping(kept.get("enricher")).get("fields"))
    exposed.update({str(one): SourceField(str(one)) for one in told})
    is_open = bool(enricher) and not told
    return ModelFields(origin(canonical), exposed, frozenset(source.fields.keys() - exposed.keys()), is_open)


def _canonical(world: CheckContext, name: str) -> Canonical:
    """A model as it will be: as it is declared, or else as it is live."""
    form = world.forms.get(address_of("models", name))
    if form is not None and form.resource.managed:
        return form.canonical
    live = world.live(address_of("models", name))
    return live.canonical if live else {}


def _same_source(live: Canonical, declared: Canonical) -> bool:
    """A model over another source has its fields: all of them, as a new one."""
    one, other = (
        {key: value for key, value in mapping(form.get("configuration")).items() if key != "tracking_columns" and value}
        for form in (live, declared)
    )
    return live.get("connection") == declared.get("connection") and one == other


def origin(canonical: Canonical) -> str:
    """How a source is called in a message: the table, never the text of a query."""
    configuration = {name: one for name, one in mapping(canonical.get("configuration")).items() if one}
    if "query" in configuration or not configuration:
        return "the query" if configuration else "the source"
    return ".".join(str(one) for name, one in configuration.items() if name != "tracking_columns" and text(one))


def finding(
    code: str,
    detail: str,
    place: Place,
    address: str,
    hint: str | None = None,
    related: tuple[Place, ...] = (),
) -> Diagnostic:
    """A finding of a rule, as bad as the rule says."""
    rule = RULES[code]
    return Diagnostic(code, rule.summary, detail, place, hint, rule.severity, address, related)
