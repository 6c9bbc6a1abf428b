"""Lays the overrides of an environment over each resource and the defaults of its kind under it.

Nothing is filled in yet, so that what an environment replaces is never looked up. Every value keeps its place: that of
the topmost layer that says it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from applier.diagnostics import Diagnostic, Place, diagnose
from applier.diagnostics.suggestions import suggest
from applier.resources import address_of
from applier.spec.body import mapping
from applier.spec.documents import Document
from applier.spec.schema.lookup import SECTIONS, Steps
from applier.spec.sections import Section, depth_of

ALTERNATIVES: Mapping[Steps, str] = {("schedule",): "frequency"}
"""Mappings whose members depend on one of them: where the layers differ in that one, the upper one counts alone."""


@dataclass(frozen=True, slots=True)
class Layer:
    """What one part of the spec says about a resource: `value` stands at `base` below the key of `source`."""

    source: Section[Document]
    base: Steps
    value: Any = field(repr=False)

    def place(self, path: Steps, key: bool) -> Place:
        return self.source.place((*self.base, *path), key)

    def document(self, path: Steps) -> Document:
        return self.source.document((*self.base, *path))


@dataclass(frozen=True, slots=True)
class Layers:
    """What lies over a resource and what lies under it."""

    over: Layer | None = None
    under: Layer | None = None


@dataclass(frozen=True, slots=True)
class LayeredDocument:
    """A document whose resources are as the chosen environment has them, and which still knows who said what."""

    source: Document
    value: Mapping[str, Any] = field(repr=False)
    layers: Mapping[Steps, Layers] = field(default_factory=dict, repr=False)

    @property
    def has_placeholders(self) -> bool:
        """True when anything may have to be filled in."""
        return bool(self.layers) or b"${" in self.source.data

    def place(self, path: Steps = (), key: bool = False) -> Place:
        """Where the value at a path is written (or its key), or the nearest thing around it."""
        layer = self._layer(path)
        return layer.place(path[2:], key) if layer else self.source.place(path, key)

    def document(self, path: Steps) -> Document:
        """The document that says the value at a path."""
        layer = self._layer(path)
        return layer.document(path[2:]) if layer else self.source

    def _layer(self, path: Steps) -> Layer | None:
        """The layer that says the value at a path, or None for the resource itself.

        The topmost that has all of the path; a mapping that several have together is the resource's own matter.
        """
        layers = self.layers.get(path[:2])
        if layers is None or len(path) < 3:
            return None
        rest, own = path[2:], depth_of(self.source.value, path) - 2
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
    """All documents in their layers, the addresses that the environment takes away, and what is wrong."""

    documents: tuple[LayeredDocument, ...]
    dropped: frozenset[str] = frozenset()
    problems: tuple[Diagnostic, ...] = ()


def apply_layers(
    documents: Sequence[Document], defaults: Section[Document], environments: Section[Document], name: str | None
) -> Stack:
    """Every document with the defaults and with the overrides of the environment of that name."""
    chosen = environments.value.get(name) if name is not None else None
    overrides = mapping(chosen, "overrides") if isinstance(chosen, dict) else {}
    if not overrides and not defaults.value:
        return Stack(tuple(LayeredDocument(one, one.value) for one in documents))
    builder = _Builder(defaults, environments, overrides, (name or "", "overrides"))
    built = tuple(builder.document(one) for one in documents)
    return Stack(built, frozenset(builder.dropped), tuple(builder.problems))


def unknown_overrides(documents: Sequence[Document], environments: Section[Document]) -> list[Diagnostic]:
    """Overrides, in any environment, of names that nothing declares."""
    known = {kind: {name for one in documents for name in mapping(one.value, kind)} for kind in SECTIONS}
    problems = []
    for name, environment in environments.value.items():
        overrides = mapping(environment, "overrides") if isinstance(environment, dict) else {}
        for kind, names in known.items():
            for target in mapping(overrides, kind):
                if target not in names:
                    place = environments.place((name, "overrides", kind, target), key=True)
                    problems.append(_unknown(address_of(kind, target), place, suggest(target, sorted(names))))
    return problems


class _Builder:
    """Builds layered documents and collects what is wrong on the way."""

    def __init__(
        self, defaults: Section[Document], environments: Section[Document], overrides: Mapping[str, Any], base: Steps
    ) -> None:
        self.defaults, self.environments, self.overrides, self.base = defaults, environments, overrides, base
        self.dropped: set[str] = set()
        self.problems: list[Diagnostic] = []

    def document(self, document: Document) -> LayeredDocument:
        value: dict[str, Any] = dict(document.value)
        layers: dict[Steps, Layers] = {}
        for kind in SECTIONS:
            section = document.value.get(kind)
            if not isinstance(section, dict) or not (self.defaults.value.get(kind) or self.overrides.get(kind)):
                continue
            value[kind] = {}
            for name, body in section.items():
                self.resource(value[kind], layers, (kind, name), body)
        return LayeredDocument(document, value, layers)

    def resource(
        self, section: dict[str, Any], layers: dict[Steps, Layers], address: tuple[str, str], body: Any
    ) -> None:
        kind, name = address
        overrides, over, under = mapping(self.overrides, kind), None, None
        if name in overrides and overrides[name] is None:
            self.dropped.add(address_of(kind, name))
            return
        if isinstance(overrides.get(name), dict):
            over = Layer(self.environments, (*self.base, kind, name), overrides[name])
            body = self.merged(overrides[name], body, over, ())
        default = mapping(self.defaults.value, kind)
        if default and isinstance(body, dict) and body.get("managed") is not False:
            under = Layer(self.defaults, (kind,), default)
            whole = self.merged(body, default, None, ())
            body = {key: whole[key] for key in (*body, *default) if key in whole}
        section[name] = body
        if over or under:
            layers[address] = Layers(over, under)

    def merged(self, over: Any, under: Any, layer: Layer | None, path: Steps) -> Any:
        """`over` on top of `under`; null takes away what is below it. `layer` is asked for places of an override."""
        if not isinstance(over, dict) or (layer is None and _apart(over, under, path)):
            return over
        below: dict[str, Any] = {} if _apart(over, under, path) else under
        result = dict(below)
        for key, value in over.items():
            if value is None and key in below:
                del result[key]
            elif value is None and layer:
                self.problems.append(_removes_nothing(layer, (*path, key)))
            else:
                result[key] = self.merged(value, below.get(key), layer, (*path, key))
        return result


def _apart(over: dict[str, Any], under: Any, path: Steps) -> bool:
    """True when a mapping cannot be laid over something else: that is no mapping, or one of another sort."""
    tag = ALTERNATIVES.get(path, "")
    chosen = over.get(tag)
    return not isinstance(under, dict) or (chosen is not None and tag in under and chosen != under[tag])


def value_at(value: Any, path: Steps) -> Any:
    """The value at a path, None when there is none."""
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _unknown(address: str, place: Place, near: str | None) -> Diagnostic:
    return diagnose(
        "unknown-override",
        f"{address} is not declared, so that nothing can be overridden.",
        place,
        near or "declare it outside of the environments; an environment that does not want it says null",
        address=address,
    )


def _removes_nothing(layer: Layer, path: Steps) -> Diagnostic:
    address = address_of(str(layer.base[-2]), str(layer.base[-1]))
    name = ".".join(map(str, path))
    return diagnose(
        "no-effect",
        f'"{name}" of {address} is to be taken away, but nothing gives it.',
        layer.place(path, key=True),
        "remove the key",
        address=address,
    )
