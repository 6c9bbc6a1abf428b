"""A model for everything that a connection lists to be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from applier.checks.context import CheckContext
from applier.diagnostics import Diagnostic
from applier.discovery.drill_down import Level
from applier.discovery.live import LiveCatalog
from applier.kinds.base import mapping
from applier.resources import address_of
from applier.scaffold.text import Made, no_connection, nothing, quoted


def models(world: CheckContext, offers: LiveCatalog, connection: str, glob: str) -> Made | Diagnostic:
    """A model for everything that can be chosen at the first level and needs nothing deeper, or a deeper one."""
    found = [one for one in _choices(offers, connection, {}) if fnmatchcase(".".join(one.values()), glob)]
    if not found:
        said = f'The connection "{connection}" lists nothing to be read that fits "{glob}".'
        return no_connection(world, connection) or nothing(said, f'see: applier inspect source "{connection}"')
    lines = ["models:"]
    for one in found:
        lines += [f"  {quoted(_name(world, connection, one))}:", f"    connection: {quoted(connection)}"]
        lines += ["    configuration:", *(f"      {name}: {quoted(value)}" for name, value in one.items())]
    return Made("\n".join(lines) + "\n")


def _name(world: CheckContext, connection: str, chosen: Mapping[str, str]) -> str:
    """What it is called; the connection in front where something else is called so already."""
    name = ".".join(chosen.values())
    address = address_of("models", name)
    form, live = world.forms.get(address), world.live(address)
    known = form.canonical if form else live.canonical if live else None
    if known is None or (known.get("connection") == connection and chosen.items() <= _said(known).items()):
        return name
    return f"{connection} {name}"


def _said(canonical: Mapping[str, object]) -> Mapping[str, object]:
    return mapping(canonical.get("configuration"))


def _choices(offers: LiveCatalog, connection: str, made: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Every way down to a source, by the values that are listed."""
    level = offers.level(connection, dict(made))
    if not isinstance(level, Level):
        return
    for name, item in level.items.items():
        if name in made or (name not in level.needed and not made):
            continue
        for value in item.values:
            chosen = {**made, name: value}
            if item.needed:
                yield from _choices(offers, connection, chosen)
            else:
                yield chosen
