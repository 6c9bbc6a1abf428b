"""Draws connections, models and syncs as a graph: text, DOT, Mermaid and SVG, without other programs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape

from applier.graph import RANK, by_kind_and_name, invert_edges
from applier.kinds import KINDS
from applier.render.parts.words import printable

COLOURS = {"create": "#2da44e", "update": "#bf8700", "rename": "#bf8700", "replace": "#cf222e", "delete": "#cf222e"}
PLAIN = "#57606a"
WIDTH, HEIGHT, GAP_X, GAP_Y, MARGIN = 220, 40, 90, 18, 20  # of an SVG node and between nodes, in pixels
LONGEST = 30  # characters of a name inside a node


@dataclass(frozen=True, slots=True)
class Diagram:
    """Addresses with the addresses they need; `marks` has the action of a plan on some of them."""

    needs: Mapping[str, tuple[str, ...]]
    marks: Mapping[str, str]

    @property
    def addresses(self) -> list[str]:
        """All nodes by kind and name, including those that are only needed by others."""
        mentioned = {other for others in self.needs.values() for other in others}
        return sorted({*self.needs, *mentioned}, key=by_kind_and_name)

    @property
    def edges(self) -> list[tuple[str, str]]:
        """Pairs of a needed address and one that needs it, in the direction of the data."""
        return [(need, address) for address in self.addresses for need in self.needs.get(address, ())]


def render(diagram: Diagram, form: str) -> str:
    """Return the graph in one of `render.forms.GRAPH_FORMS`."""
    return _RENDERERS[form](diagram)


def _text(diagram: Diagram) -> str:
    """Return a tree from each root in the direction of the data; a node that was shown before is only named."""
    dependents = invert_edges({address: diagram.needs.get(address, ()) for address in diagram.addresses})
    seen: set[str] = set()
    lines: list[str] = []
    waiting = [(one, 0) for one in reversed(diagram.addresses) if not diagram.needs.get(one)]
    while waiting:
        address, depth = waiting.pop()
        mark = diagram.marks.get(address)
        more = " …" if address in seen and dependents.get(address) else ""
        lines.append("  " * depth + printable(address) + (f"  [{mark}]" if mark else "") + more)
        if address not in seen:
            seen.add(address)
            followers = sorted(dependents.get(address, ()), key=by_kind_and_name, reverse=True)
            waiting.extend((one, depth + 1) for one in followers)
    return "\n".join(lines)


def _dot(diagram: Diagram) -> str:
    """Return the graph for Graphviz."""
    lines = ["digraph applier {", "  rankdir=LR;", '  node [shape=box, style=rounded, fontname="sans-serif"];']
    for address in diagram.addresses:
        colour = COLOURS.get(diagram.marks.get(address, ""), PLAIN)
        lines.append(f"  {_identify(address)} [label={_quote(_label(address))}, color={_quote(colour)}];")
    lines += [f"  {_identify(source)} -> {_identify(target)};" for source, target in diagram.edges]
    return "\n".join([*lines, "}"])


def _identify(address: str) -> str:
    """Return the id of a node, which is shown where it has no label; no two addresses have the same."""
    return _quote(printable(address.replace("\\", "\\\\")))


def _quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _label(address: str) -> str:
    kind, _, name = address.partition("/")
    return f"{KINDS[kind].noun}\n{printable(name)}"


def _mermaid(diagram: Diagram) -> str:
    """Return a Mermaid flowchart, as GitHub shows it."""
    numbers = {address: f"n{number}" for number, address in enumerate(diagram.addresses)}
    lines = ["flowchart LR"]
    for address, node in numbers.items():
        kind, name = _label(address).split("\n", 1)
        lines.append(f'  {node}["{_escape(name)}<br/><small>{kind}</small>"]')
    lines += [f"  {numbers[source]} --> {numbers[target]}" for source, target in diagram.edges]
    for mark, colour in COLOURS.items():
        marked = [numbers[address] for address, its in diagram.marks.items() if its == mark and address in numbers]
        if marked:
            lines += [f"  classDef {mark} stroke:{colour},stroke-width:3px", f"  class {','.join(marked)} {mark}"]
    return "\n".join(lines)


def _escape(text: str) -> str:
    """Return the text with everything that Mermaid or HTML might interpret as numbered entities."""
    return "".join(one if one.isalnum() or one in " .,-_()" else f"#{ord(one)};" for one in text)


def svg(diagram: Diagram) -> str:
    """Return a picture with a column per kind and an arrow per reference; titles have the full names."""
    places = _places(diagram)
    width = max((x for x, _ in places.values()), default=0) + WIDTH + GAP_X // 2 + MARGIN  # arrows inside a column
    height = max((y for _, y in places.values()), default=0) + HEIGHT + MARGIN
    arrow = (
        '<defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" '
        f'orient="auto"><path d="M0 0L8 4L0 8z" fill="{PLAIN}"/></marker></defs>'
    )
    edges = [_edge(places[source], places[target]) for source, target in diagram.edges]
    nodes = [_node(address, *places[address], diagram.marks.get(address, "")) for address in diagram.addresses]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        'font-family="system-ui, sans-serif" role="img" aria-label="Dependency graph">'
    )
    return "\n".join([head, arrow, *edges, *nodes, "</svg>"])


def _places(diagram: Diagram) -> dict[str, tuple[int, int]]:
    """Return the position of each node: a column per kind, ordered so that few arrows cross."""
    columns: dict[int, list[str]] = {}
    for address in diagram.addresses:
        columns.setdefault(RANK.get(address.partition("/")[0], len(RANK)), []).append(address)
    rows: dict[str, int] = {}
    places: dict[str, tuple[int, int]] = {}

    def middle(address: str) -> tuple[float, str]:
        needed = diagram.needs.get(address, ())
        return sum(rows.get(one, 0) for one in needed) / max(1, len(needed)), address

    for column, (_, addresses) in enumerate(sorted(columns.items())):
        for row, address in enumerate(sorted(addresses, key=middle) if column else addresses):
            rows[address] = row
            places[address] = (MARGIN + column * (WIDTH + GAP_X), MARGIN + row * (HEIGHT + GAP_Y))
    return places


def _edge(source: tuple[int, int], target: tuple[int, int]) -> str:
    x1, y1 = source[0] + WIDTH, source[1] + HEIGHT // 2
    x2, y2 = target[0], target[1] + HEIGHT // 2
    if source[0] == target[0]:  # inside one column: around the right side
        x2 = target[0] + WIDTH
        path = f"M{x1} {y1}C{x1 + GAP_X // 2} {y1} {x2 + GAP_X // 2} {y2} {x2} {y2}"
    else:
        middle = (x1 + x2) // 2
        path = f"M{x1} {y1}C{middle} {y1} {middle} {y2} {x2} {y2}"
    return f'<path d="{path}" fill="none" stroke="{PLAIN}" marker-end="url(#arrow)"/>'


def _node(address: str, x: int, y: int, mark: str) -> str:
    kind, name = _label(address).split("\n", 1)
    short = name if len(name) <= LONGEST else name[: LONGEST - 1] + "…"
    colour = COLOURS.get(mark, PLAIN)
    title = escape(printable(address) + (f" ({mark})" if mark else ""))
    return (
        f'<g><title>{title}</title><rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="6" fill="#ffffff" '
        f'stroke="{colour}" stroke-width="{3 if mark else 1}"/><text x="{x + 10}" y="{y + 16}" font-size="10" '
        f'fill="{colour}">{escape(kind)}{escape(f" · {mark}") if mark else ""}</text><text x="{x + 10}" y="{y + 31}" '
        f'font-size="13" fill="#1f2328">{escape(short)}</text></g>'
    )


_RENDERERS: Mapping[str, Callable[[Diagram], str]] = {"text": _text, "dot": _dot, "mermaid": _mermaid, "svg": svg}
