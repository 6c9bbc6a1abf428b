"""Merges the overrides of an environment over each resource and the defaults of its kind under it.

No placeholder is filled in yet, so that a value that an environment replaces is never looked up. Every value keeps its
place: that of the topmost layer that gives it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from applier.diagnostics import Diagnostic, Place, diagnose
from applier.diagnostics.suggestions import suggest
from applier.spec.body import mapping
from applier.spec.documents import Document
from applier.spec.kinds import Kinds, SpecKind
from applier.spec.resources import Path, Written, address_of
from applier.spec.schema.lookup import RESOURCE_STEPS, value_at
from applier.spec.sections import Section, depth_of


@dataclass(frozen=True, slots=True)
class Layer:
    """What one part of the spec says about a resource: `value` stands at `base` below the key of `source`."""

    source: Section[Document]
    base: Path
    value: object = field(repr=False)

    def place(self, path: Path, key: bool) -> Place:
        return self.source.place((*self.base, *path), key)

    def document(self, path: Path) -> Document:
        return self.source.document((*self.base, *path))

    def place_to_write(self, path: Path) -> Written:
        document = self.document(path)
        return Written(document.file, document.position, (self.source.key, *self.base, *path), self.source.key)


@dataclass(frozen=True, slots=True)
class Layers:
    """What lies over a resource and what lies under it."""

    over: Layer | None = None
    under: Layer | None = None


@dataclass(frozen=True, slots=True)
class LayeredDocument:
    """A document whose resources are as the chosen environment has them, and that knows which layer gives a value."""

    source: Document
    value: Mapping[str, object] = field(repr=False)
    layers: Mapping[Path, Layers] = field(default_factory=dict, repr=False)

    @property
    def has_placeholders(self) -> bool:
        """True when the document may hold placeholders."""
        return bool(self.layers) or b"${" in self.source.data

    def place(self, path: Path = (), key: bool = False) -> Place:
        """Return where the value at a path is written (or its key), or the nearest thing around it."""
        layer = self._layer(path)
        return layer.place(path[RESOURCE_STEPS:], key) if layer else self.source.place(path, key)

    def document(self, path: Path) -> Document:
        """Return the document that gives the value at a path."""
        layer = self._layer(path)
        return layer.document(path[RESOURCE_STEPS:]) if layer else self.source

    def places_to_write(self, path: Path) -> tuple[Written, ...]:
        """Return where the value at a path of a resource can be written: where it comes from, then above that.

        Above a resource and its defaults are the overrides of the environment, if they have the member at all.
        """
        layer, over = self._layer(path), self.layers.get(path[:RESOURCE_STEPS], Layers()).over
        rest = path[RESOURCE_STEPS:]
        first = layer.place_to_write(rest) if layer else Written(self.source.file, self.source.position, path)
        if over is None or over is layer or not depth_of(over.value, rest):
            return (first,)
        return first, over.place_to_write(rest)

    def _layer(self, path: Path) -> Layer | None:
        """Return the layer that gives the value at a path, or None for the resource itself.

        It is the topmost layer that has all of the path; a mapping that several layers share belongs to the resource.
        """
        layers = self.layers.get(path[:RESOURCE_STEPS])
        if layers is None or len(path) <= RESOURCE_STEPS:
            return None
        rest, own = path[RESOURCE_STEPS:], depth_of(self.source.value, path) - RESOURCE_STEPS
        found: Layer | None = None
        deepest = own
        for layer in (layers.over, layers.under):
            depth = depth_of(layer.value, rest) if layer else 0
            above = layer is layers.over and depth == len(rest) and not isinstance(value_at(self.value, path), dict)
            if layer and (depth > deepest or above):
                found, deepest = layer, max(depth, len(rest) if above else depth)
        return found


@dataclass(frozen=True, slots=True)
class Stack:
    """All documents with their layers, the addresses that the environment takes away, and what is wrong."""

    documents: tuple[LayeredDocument, ...]
    dropped: frozenset[str] = frozenset()
    problems: tuple[Diagnostic, ...] = ()


def apply_layers(
    documents: Sequence[Document],
    defaults: Section[Document],
    environments: Section[Document],
    name: str | None,
    kinds: Kinds,
) -> Stack:
    """Return every document with the defaults and with the overrides of the environment of that name."""
    overrides = mapping(mapping(environments.value, name), "overrides") if name is not None else {}
    if not overrides and not defaults.value:
        return Stack(tuple(LayeredDocument(one, one.value) for one in documents))
    builder = _Builder(kinds, defaults, environments, overrides, (name or "", "overrides"))
    built = tuple(builder.document(one) for one in documents)
    return Stack(built, frozenset(builder.dropped), tuple(builder.problems))


def unknown_overrides(documents: Sequence[Document], environments: Section[Document], kinds: Kinds) -> list[Diagnostic]:
    """Return an error for each override, in any environment, of a name that no document declares."""
    known = {kind: {name for one in documents for name in mapping(one.value, kind)} for kind in kinds}
    problems = []
    for name in environments.value:
        overrides = mapping(mapping(environments.value, name), "overrides")
        for kind, names in known.items():
            for target in mapping(overrides, kind):
                if target not in names:
                    place = environments.place((name, "overrides", kind, target), key=True)
                    problems.append(_unknown(address_of(kind, target), place, suggest(target, sorted(names))))
    return problems


class _Builder:
    """Builds layered documents and collects what is wrong on the way."""

    def __init__(
        self,
        kinds: Kinds,
        defaults: Section[Document],
        environments: Section[Document],
        overrides: Mapping[str, object],
        base: Path,
    ) -> None:
        self.kinds, self.defaults, self.environments = kinds, defaults, environments
        self.overrides, self.base = overrides, base
        self.dropped: set[str] = set()
        self.problems: list[Diagnostic] = []

    def document(self, document: Document) -> LayeredDocument:
        value: dict[str, object] = dict(document.value)
        layers: dict[Path, Layers] = {}
        for name, kind in self.kinds.items():
            section = document.value.get(name)
            if isinstance(section, dict) and (self.defaults.value.get(name) or self.overrides.get(name)):
                value[name] = self.section(kind, section, layers)
        return LayeredDocument(document, value, layers)

    def section(self, kind: SpecKind, section: Mapping[str, object], layers: dict[Path, Layers]) -> dict[str, object]:
        """Return the resources of one kind with their layers, without those that the environment takes away."""
        overrides, default = mapping(self.overrides, kind.name), mapping(self.defaults.value, kind.name)
        result: dict[str, object] = {}
        for name, body in section.items():
            over, under = None, None
            if name in overrides and overrides[name] is None:
                self.dropped.add(address_of(kind.name, name))
                continue
            if isinstance(overrides.get(name), dict):
                over = Layer(self.environments, (*self.base, kind.name, name), overrides[name])
                body = self.merge(kind, overrides[name], body, over, ())  # noqa: PLW2901
            if default and isinstance(body, dict) and body.get("managed") is not False:
                under = Layer(self.defaults, (kind.name,), default)
                merged = self.merge(kind, body, default, None, ())
                body = _in_order_of(merged, (*body, *default))  # noqa: PLW2901
            result[name] = body
            if over or under:
                layers[kind.name, name] = Layers(over, under)
        return result

    def merge(self, kind: SpecKind, over: object, under: object, layer: Layer | None, path: Path) -> object:
        """Return `over` merged onto `under`; null takes away what is below it.

        `layer` is the override whose places problems have, None for defaults.
        """
        if not isinstance(over, dict):
            return over
        apart = _is_apart(kind, over, under, path)
        if apart and layer is None:
            return over
        below: dict[str, object] = under if isinstance(under, dict) and not apart else {}
        result = dict(below)
        for key, value in over.items():
            if value is None and key in below:
                del result[key]
            elif value is None and layer:
                self.problems.append(_removes_nothing(layer, (*path, key)))
            else:
                result[key] = self.merge(kind, value, below.get(key), layer, (*path, key))
        return result


def _in_order_of(value: object, keys: Sequence[str]) -> object:
    return {key: value[key] for key in keys if key in value} if isinstance(value, dict) else value


def _is_apart(kind: SpecKind, over: Mapping[str, object], under: object, path: Path) -> bool:
    """Return whether a mapping cannot be merged onto another value: onto no mapping, or onto another variant."""
    decisive = kind.variants.get(path, "")
    chosen = over.get(decisive)
    return not isinstance(under, dict) or (chosen is not None and decisive in under and chosen != under[decisive])


def _unknown(address: str, place: Place, suggestion: str | None) -> Diagnostic:
    return diagnose(
        "unknown-override",
        f"{address} is overridden, but not declared.",
        place,
        suggestion or "declare it outside of the environments; to remove it in one environment, set it to null",
        address=address,
    )


def _removes_nothing(layer: Layer, path: Path) -> Diagnostic:
    address = address_of(str(layer.base[-2]), str(layer.base[-1]))
    name = ".".join(map(str, path))
    return diagnose(
        "no-effect",
        f'The override sets "{name}" of {address} to null, but the resource does not have it.',
        layer.place(path, key=True),
        "remove the key",
        address=address,
    )
